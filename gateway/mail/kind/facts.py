"""A mail's header fields by name, and the few facts about it that many questions are asked of.

Whoever judges what made a mail asks for dozens of fields, nearly all of which it lacks; so they
are put by name once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.mail import dsn
from gateway.mail.format import content_type
from gateway.mail.format.content_type import Value
from gateway.mail.model import Bounce, Envelope, Mail

# Values with which a program says that a mark does not hold.
NO = frozenset({"no", "false", "0", "none"})

_TELLING = frozenset({"multipart/report", "text/calendar"})

_COMMENT = re.compile(r"\([^()]*\)")
_MOST_COMMENTS = 5
_LONGEST = 1000
_KEYWORD = re.compile(r"[^\s;,()\"'<>]{1,60}")


@dataclass(frozen=True, slots=True)
class Facts:
    """A mail with what is asked of it more than once.

    `author` is canonical and for warnings only, so the claimed one does where no clean one is
    known; `local_part` is its left side without the plus-extension. `null_path` says that the
    transport gave no reverse-path (RFC 5321 section 4.5.5). `content_type` has its parameters
    only for reports and calendars. `inside` are the media types of the parts that are not text.
    `answers` says that it names a mail that it answers, `precedence_given` that whoever passed it
    on wrote its Precedence. `bounce` is what it says of a mail that was not delivered.
    """

    mail: Mail
    fields: Mapping[str, tuple[str, ...]]
    content_type: Value
    author: str
    local_part: str
    null_path: bool
    inside: frozenset[str]
    answers: bool
    precedence_given: bool
    bounce: Bounce | None

    def first(self, name: str) -> str:
        """Give the first field of that name (lower case), or ""."""
        values = self.fields.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Give every field of that name (lower case), in order."""
        return self.fields.get(name, ())


def gather(mail: Mail, envelope: Envelope) -> Facts:
    """Gather the facts about a mail."""
    fields: dict[str, tuple[str, ...]] = {}
    for header in mail.headers:
        fields[header.name] = (*fields.get(header.name, ()), header.value)
    author = mail.author or mail.claimed_author
    address = author.address if author else ""
    # Return-Path is the final delivery's word; where we are that, the transport has said it.
    path = fields.get("return-path", ("",))[0].strip().lower()
    if envelope.reverse_path is not None:
        null = envelope.reverse_path.strip() in {"", "<>"}
    else:
        # Some write down the null path as the name of the daemon that uses it; with a domain, it
        # is the address of a gateway that passed a person's mail on.
        null = path in {"<>", "<mailer-daemon>", "mailer-daemon"}
    types = {a.media_type for a in mail.attachments} | {e.media_type for e in mail.enclosed}
    return Facts(
        mail=mail,
        fields=fields,
        content_type=_content_type(fields.get("content-type", ("",))[0]),
        author=address,
        local_part=address.rpartition("@")[0].partition("+")[0],
        null_path=null,
        inside=frozenset(types),
        answers=bool(mail.in_reply_to or mail.references),
        precedence_given=_stands_above(mail, fields, "precedence", "received"),
        bounce=dsn.bounce(mail, null_path=null),
    )


def _stands_above(mail: Mail, fields: Mapping[str, tuple[str, ...]], name: str, below: str) -> bool:
    """Say whether a field stands above the last of others: who relays a mail writes on top."""
    if name not in fields or below not in fields:
        return False
    names = [header.name for header in mail.headers]
    return below in names[names.index(name) :]


def _content_type(field: str) -> Value:
    """Read the mail's media type, with its parameters only where they say what made the mail."""
    value = field.partition(";")[0].partition("(")[0].strip().lower()
    if value not in _TELLING:
        return Value(value)
    return content_type.parse(field.encode("utf-8", "replace"))


def keyword(value: str) -> str:
    """Give a field's first word in lower case, without comments, quotes and parameters."""
    text = value[:_LONGEST]
    for _ in range(_MOST_COMMENTS):  # comments nest (RFC 5322 section 3.2.2)
        if "(" not in text:
            break
        text = _COMMENT.sub(" ", text)
    # A parameter may be all there is: `; owner=jan` says nothing.
    found = _KEYWORD.search(text.partition(";")[0])
    return found.group().lower() if found else ""


def holds(value: str) -> bool:
    """Say whether a mark with this value is there at all, and not denied."""
    return bool(value) and keyword(value) not in NO
