"""The arguments of MAIL and RCPT (RFC 5321 section 4.1.2, RFC 1870, RFC 6152, RFC 6531)."""

import re
from dataclasses import dataclass

from gateway.listener import replies
from gateway.listener.replies import Refused, Reply

# A path may begin with a source route, which is ignored (RFC 5321 appendix C). Every alternative
# begins with another character than what may follow it, so that matching takes linear time.
_PATH = (
    r"<(?:@[^\s<>:\"]+:)?"
    r"(?P<path>(?:\"(?:[^\"\\]|\\.)*\"|[^\s<>\"@]+)@(?:\[[^\s<>\"\[\]]*\]|[^\s<>\"@\[\]]+))>"
    r"(?P<parameters>(?: .*)?)"
)
_NULL = r"<>(?P<parameters>(?: .*)?)"
_FROM = re.compile(r"FROM: *(?P<rest><.*)", re.IGNORECASE)
_TO = re.compile(r"TO: *(?P<rest><.*)", re.IGNORECASE)
_PATH_PATTERN = re.compile(_PATH)
_NULL_PATTERN = re.compile(_NULL)
_SIZE = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Mail:
    """MAIL FROM: `reverse_path` is "" for `<>`; `size` is what was declared, 0 if nothing."""

    reverse_path: str
    size: int
    smtputf8: bool


def parse_mail(argument: str, *, extended: bool) -> Mail:
    """Read the argument of MAIL. Raises Refused."""
    rest = _rest(_FROM, argument, replies.BAD_SENDER)
    null = _NULL_PATTERN.fullmatch(rest)
    match = null or _PATH_PATTERN.fullmatch(rest)
    if match is None:
        raise Refused(replies.BAD_SENDER)
    reverse_path = "" if null else match["path"]
    given = _parameters(match["parameters"])
    if given and not extended:
        raise Refused(replies.UNKNOWN_PARAMETER)
    size = given.pop("SIZE", "0")
    body = given.pop("BODY", "7BIT")
    utf8 = given.pop("SMTPUTF8", None)
    if given:
        raise Refused(replies.UNKNOWN_PARAMETER)
    if not _SIZE.fullmatch(size) or body.upper() not in {"7BIT", "8BITMIME"} or utf8:
        raise Refused(replies.BAD_ARGUMENT)
    if utf8 is None and not reverse_path.isascii():
        raise Refused(replies.NEEDS_SMTPUTF8)
    return Mail(reverse_path, int(size), smtputf8=utf8 is not None)


def parse_rcpt(argument: str, *, smtputf8: bool) -> str:
    """Read the argument of RCPT; the address as the client wrote it. Raises Refused."""
    match = _PATH_PATTERN.fullmatch(_rest(_TO, argument, replies.BAD_RECIPIENT))
    if match is None:
        raise Refused(replies.BAD_RECIPIENT)
    if _parameters(match["parameters"]):
        raise Refused(replies.UNKNOWN_PARAMETER)
    address = match["path"]
    if not smtputf8 and not address.isascii():
        raise Refused(replies.NEEDS_SMTPUTF8)
    return address


def _rest(keyword: re.Pattern[str], argument: str, otherwise: Reply) -> str:
    match = keyword.fullmatch(argument)
    if match is None:
        raise Refused(otherwise)
    return match["rest"]


def _parameters(text: str) -> dict[str, str]:
    """Split `NAME` and `NAME=VALUE`; a name has a value "" if none. Raises Refused."""
    given: dict[str, str] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if name.upper() in given or (equals and not value):
            raise Refused(replies.BAD_ARGUMENT)
        given[name.upper()] = value
    return given
