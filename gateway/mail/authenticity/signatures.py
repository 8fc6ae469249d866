"""DKIM (RFC 6376), by dkimpy: which domains signed a mail, as far as that can prove its author.

dkimpy reads and checks the signature. It is given the header fields, and the body is compared by
us: by itself it takes time that grows with the square of a fold or of a run of blanks, and it
believes `l=`, behind which anybody may write on.
"""

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from gateway.mail.authenticity.questions import (
    Answer,
    Answers,
    Inquiry,
    Question,
    Type,
    ask,
    is_name,
)
from gateway.mail.format import prescan

MAX_SIGNATURES = 5

_MAX_FIELD = 4096
_MAX_KEY = 2048
_LEAST_BITS = 1024
_MOST_BITS = 4096
_MOST_EXPONENT = 2**32
# dkimpy takes the square of the length of a run of blanks.
_LONG_RUN = re.compile(rb"\s{80}")
_LINE_END = re.compile(rb"\r?\n")
_NAME = re.compile(rb"[!-9;-~]{1,200}")

# What dkimpy has to say is said in the reason for the verdict.
_SILENT = logging.getLogger("casepost.dkim")
_SILENT.setLevel(logging.CRITICAL + 1)

_NOT_HERE = "its algorithm (ed25519) cannot be checked here"

Tags = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature that was looked at. `problem` says why it proves nothing, "" if it is valid.

    `certain` is False where it could not be checked, which does not make the mail a forgery.
    """

    domain: str
    selector: str
    problem: str = ""
    certain: bool = True

    @property
    def valid(self) -> bool:
        """Say whether its domain answers for the mail."""
        return not self.problem


class Signed:
    """A mail's header fields and body as DKIM hashes them."""

    def __init__(self, content: bytes) -> None:
        """Take a mail apart, unless its readers could differ on what its fields are."""
        self._body = b""
        self._hashes: dict[bytes, bytes] = {}
        self.fields: list[tuple[bytes, bytes]] = []
        block = prescan.read_block(content)
        if prescan.too_much(content) or block.problem or block.sound < len(block.fields):
            return
        fields = list(_fields(content[: block.body]))
        seen = [(name.lower().decode("ascii"), _LINE_END.sub(b"\r\n", raw)) for name, raw in fields]
        known = [(field.name, _LINE_END.sub(b"\r\n", field.raw)) for field in block.fields]
        if seen == known:
            self.fields = fields
            self._body = content[block.body :]

    def signatures(self) -> Iterator[tuple[int, bytes]]:
        """Give the DKIM-Signature fields with their places among those of that name."""
        values = [value for name, value in self.fields if name.lower() == b"dkim-signature"]
        return iter(enumerate(values))

    def _simple(self) -> bytes:
        """Give the body in "simple" form (RFC 6376 section 3.4.3)."""
        return _ended_once(_with_line_ends(self._body)) or b"\r\n"

    def _relaxed(self) -> bytes:
        """Give the body in "relaxed" form (RFC 6376 section 3.4.4)."""
        lines = _with_line_ends(self._body).replace(b"\t", b" ")
        while b"  " in lines:  # Each time runs are half as long; a pattern takes far longer.
            lines = lines.replace(b"  ", b" ")
        return _ended_once(lines.replace(b" \r\n", b"\r\n"))

    def hash_of(self, form: bytes) -> bytes:
        """Give the SHA-256 of the body in a form, b"" if there is no such form."""
        if form not in self._hashes:
            body = {b"simple": self._simple, b"relaxed": self._relaxed}.get(form)
            self._hashes[form] = hashlib.sha256(body()).digest() if body else b""
        return self._hashes[form]


def check(
    content: bytes, received_at: datetime, may_align: Callable[[str], bool], answers: Answers
) -> Inquiry[tuple[Checked, ...]]:
    """Check the signatures of domains that may answer for the author, at most MAX_SIGNATURES."""
    signed = Signed(content)
    chosen: list[tuple[int, Tags, Checked]] = []
    for index, value in signed.signatures():
        tags = _tags(value)
        domain = _text(tags.get(b"d", b""))
        if len(chosen) < MAX_SIGNATURES and is_name(domain) and may_align(domain):
            selector = _text(tags.get(b"s", b""))
            refused = _refused(tags, received_at)
            checked = Checked(domain, selector, refused, certain=refused != _NOT_HERE)
            chosen.append((index, tags, checked))
    wanted = [
        Question(f"{checked.selector}._domainkey.{checked.domain}", Type.TXT)
        for _, _, checked in chosen
    ]
    keys = yield from ask(answers, *wanted)
    return tuple(
        checked if checked.problem else _verified(signed, index, tags, checked, key)
        for (index, tags, checked), key in zip(chosen, keys, strict=True)
    )


def _refused(tags: Tags, received_at: datetime) -> str:
    """Say why a signature proves nothing whatever its key, "" if it may."""
    names = [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]
    if b"from" not in names:
        return "it does not cover From"
    if b"l" in tags:
        return "it covers only a part of the body (l=)"
    if tags.get(b"a") == b"ed25519-sha256":
        return _NOT_HERE
    if tags.get(b"a") != b"rsa-sha256":
        return "its algorithm proves nothing"
    expires = tags.get(b"x", b"")
    if expires and not (expires.isdigit() and len(expires) <= 12):
        return "its time of expiry cannot be read"
    if expires and int(expires) < received_at.timestamp():
        return "it has expired"
    return ""


def _verified(signed: Signed, index: int, tags: Tags, checked: Checked, key: Answer) -> Checked:
    """Check a signature against its key, and the body against the signature."""
    domain, selector = checked.domain, checked.selector
    if not key.certain:
        return Checked(domain, selector, "the DNS does not give its key", certain=False)
    problem, record = _key(key, tags)
    if not problem and not _body_is_as_signed(signed, tags):
        problem = "the body is not what was signed"
    if not problem and not _is_signature(signed, index, record):
        problem = "the signature does not match"
    return Checked(domain, selector, problem)


def _key(answer: Answer, tags: Tags) -> tuple[str, bytes]:
    """Give what is wrong with a signature's key, "" if nothing is, and its record."""
    records = [record for record in answer.records if "p=" in record]
    if len(records) != 1 or len(records[0]) > _MAX_KEY:
        return ("there is no key for it" if not records else "its key is not one record"), b""
    record = records[0].encode("latin-1")
    try:
        found = parse_tag_value(record)
        key, bits, kind, _ = dkim.evaluate_pk("key", record)
        exponent = key["publicExponent"]
    except Exception:  # dkimpy stumbles in many ways over what stands in a stranger's DNS
        return "its key cannot be read", b""
    if kind != b"rsa" or not _LEAST_BITS <= bits <= _MOST_BITS or exponent > _MOST_EXPONENT:
        return f"its key is too weak or too large ({bits} bits)", b""
    hashes = [name.strip() for name in found.get(b"h", b"sha256").split(b":")]
    flags = [flag.strip() for flag in found.get(b"t", b"").split(b":")]
    identity = tags.get(b"i", b"@" + tags[b"d"]).rpartition(b"@")[2]
    if b"sha256" not in hashes or (b"s" in flags and identity.lower() != tags[b"d"].lower()):
        return "its key is not for such a signature", b""
    if not {b"*", b"email"} & {service.strip() for service in found.get(b"s", b"*").split(b":")}:
        return "its key is not for mail", b""
    return "", record


def _body_is_as_signed(signed: Signed, tags: Tags) -> bool:
    form = tags.get(b"c", b"simple/simple").partition(b"/")[2] or b"simple"
    try:
        claimed = _decoded(tags[b"bh"])
    except (KeyError, ValueError):
        return False
    return claimed != b"" and signed.hash_of(form) == claimed


def _is_signature(signed: Signed, index: int, record: bytes) -> bool:
    """Ask dkimpy whether the header is what was signed."""
    verifier = dkim.DKIM(logger=_SILENT, minkey=_LEAST_BITS)
    verifier.headers = [[name, value] for name, value in signed.fields]
    try:
        tags, names, fields = verifier.verify_headerprep(index)
        del tags[b"bh"]  # The body was compared, and would be put into form all over again.
        return bool(verifier.verify_sig(tags, names, fields[index], lambda *_, **__: record))
    except Exception:  # what dkimpy cannot even read is no signature
        return False


def _tags(value: bytes) -> Tags:
    """Read a signature's tags; none if it could take dkimpy long, or is none."""
    if len(value) > _MAX_FIELD or _LONG_RUN.search(value):
        return {}
    try:
        tags: Tags = parse_tag_value(value)
    except InvalidTagValueList:
        return {}
    return tags


def _fields(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Split a header block into names, case as written, and values with their line ends."""
    name, lines = b"", list[bytes]()
    for line in _LINE_END.split(head):
        if line.startswith((b" ", b"\t")) and name:
            lines.append(line)
            continue
        if name:
            yield name, b"\r\n".join([*lines, b""])
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            return
        lines = [value]


def _with_line_ends(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _ended_once(body: bytes) -> bytes:
    """Give a body without the empty lines at its end, and with the end of its last line."""
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""


def _decoded(text: bytes) -> bytes:
    """Decode Base64 with blanks in it. Raises ValueError if it is none."""
    return base64.b64decode(b"".join(text.split()), validate=True)


def _text(value: bytes) -> str:
    return value.decode("latin-1").lower()
