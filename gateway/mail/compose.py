"""Outgoing mail: values to the bytes that the courier hands over, checked before anybody has them.

Whatever a customer wrote is cleaned before it stands in a header, and the finished bytes are read
again: they must have exactly the header fields that were meant, so that no trick with encoded
words adds one.
"""

import email
import email.policy
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime

from gateway.mail.model import Mailbox

_LONGEST_HEADER_TEXT = 200
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Unsafe(ValueError):
    """A composed mail does not have the header fields that were meant; it must not go out."""


class _IdList(UnstructuredHeader):
    """A header of message ids, folded between them and never encoded (RFC 5322 section 3.6.4).

    The standard library encodes an id that is longer than a line, and threading breaks.
    """

    def fold(self, *, policy: email.policy.Policy) -> str:
        """Write one id a line."""
        return f"{self.name}: " + (policy.linesep + " ").join(str(self).split()) + policy.linesep


def _policy() -> email.policy.EmailPolicy:
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references", "message-id"):
        registry.map_to_type(name, _IdList)
    return email.policy.SMTP.clone(header_factory=registry)


_POLICY = _policy()


@dataclass(frozen=True, slots=True)
class Letter:
    """What an outgoing mail says. `references` end with the mail that is answered, if any.

    `language` is that of the body, as in Content-Language (RFC 3282); "" leaves it unsaid.
    """

    sender: Mailbox
    to: Mailbox
    subject: str
    body: str
    message_id: str
    at: datetime
    references: tuple[str, ...] = ()
    automatic: bool = True
    language: str = ""


def compose(letter: Letter) -> bytes:
    """Give the mail as bytes with CRLF line ends. Raises Unsafe, and then nothing may be sent."""
    fields: list[tuple[str, object]] = [
        ("From", _address(letter.sender)),
        ("To", _address(letter.to)),
        ("Subject", header_text(letter.subject)),
        ("Date", format_datetime(letter.at)),
        ("Message-ID", letter.message_id),
    ]
    if letter.references:
        fields += [
            ("In-Reply-To", letter.references[-1]),
            ("References", " ".join(letter.references)),
        ]
    if letter.automatic:
        # RFC 3834 section 5; the other two are for responders that do not know it.
        fields += [
            ("Auto-Submitted", "auto-replied"),
            ("Precedence", "bulk"),
            ("X-Auto-Response-Suppress", "All"),
        ]
    message = EmailMessage(_POLICY)
    for name, value in fields:
        message[name] = value
    plain = letter.body.isascii() and all(len(line) <= 900 for line in letter.body.splitlines())
    message.set_content(letter.body, cte="7bit" if plain else "quoted-printable")
    meant = [name for name, _ in fields]
    if letter.language:
        # After the content, which takes all its own header fields away when it is set.
        message["Content-Language"] = letter.language
        meant.append("Content-Language")
    content = message.as_bytes()
    _check(content, [*meant, "Content-Type", "Content-Transfer-Encoding", "MIME-Version"])
    return content


def header_text(text: str) -> str:
    """Make any text fit to stand in a header: one line, no control, no encoded word, bounded."""
    kept = "".join(
        " " if c.isspace() else c
        for c in text
        if c.isspace() or unicodedata.category(c) not in _UNWANTED
    )
    kept = kept.replace("=?", "= ?")
    return " ".join(kept.split())[:_LONGEST_HEADER_TEXT].rstrip()


def reference_list(references: Sequence[str], answered: str) -> tuple[str, ...]:
    """Give the References of an answer (RFC 5322 section 3.6.4), oldest first, bounded.

    The first id keeps the thread together and the last ones matter most, so the middle goes.
    """
    ids = [i for i in dict.fromkeys((*references, answered)) if _is_plain_id(i)]
    return tuple(ids if len(ids) <= _MOST_IDS else [ids[0], *ids[-(_MOST_IDS - 1) :]])


_MOST_IDS = 20
_LONGEST_ID = 500


def _is_plain_id(message_id: str) -> bool:
    """Say whether an id can be repeated on a header line as it is."""
    return (
        2 < len(message_id) <= _LONGEST_ID  # noqa: PLR2004  the two brackets
        and message_id.isascii()
        and message_id.isprintable()
        and message_id[0] == "<"
        and message_id[-1] == ">"
        and not any(c in " <>" for c in message_id[1:-1])
    )


def _address(mailbox: Mailbox) -> Address:
    """Give a mailbox for a header; its display name is cleaned like any text."""
    local, _, domain = mailbox.address.rpartition("@")
    return Address(header_text(mailbox.name)[:100], username=local, domain=domain)


def _check(content: bytes, meant: Sequence[str]) -> None:
    """Read the bytes again: exactly the header fields meant, in well-formed lines."""
    found = [name.lower() for name in email.message_from_bytes(content).keys()]  # noqa: SIM118  repeats
    if sorted(found) != sorted(name.lower() for name in meant):
        message = f"the composed mail has the header fields {found}"
        raise Unsafe(message)
    for line in content.split(b"\r\n"):
        if b"\n" in line or b"\r" in line or len(line) > 998:  # noqa: PLR2004  RFC 5322 2.1.1
            message = "the composed mail has a line that is not one"
            raise Unsafe(message)
