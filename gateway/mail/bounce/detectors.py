"""The one module that knows flufl.bounce, which recognises the bounces of some thirty programs.

It wants an `email.message.Message`. One is made by hand here, from the text that was read already
and cut to a size at which its patterns, some of them quadratic in the length of a line, cost
little. Its reading of RFC 3464 and of X-Failed-Recipients is not used; ours is.
"""

import logging
import re
from email.message import Message

from flufl.bounce import all_failures

from gateway.mail.bounce.delivery_status import first_address

_MAX_LINES = 200
_MAX_LINE = 160
_MAX_RECIPIENTS = 100
_BLANKS = re.compile(r"\s{5,}")

# It tells every detector that it runs, and each fault with a traceback.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
# What its detectors raise on fields that are not as they expect, such as a From without an address.
_FAULTS = (AttributeError, IndexError, KeyError, TypeError, UnicodeError, ValueError)


def failures(author: str, mailer: str, media_type: str, report: tuple[str, ...]) -> tuple[str, ...]:
    """Give the canonical addresses that a report says were not reached, or not yet.

    `author` and `mailer` are the values of From and X-Mailer, by which some programs are known;
    `media_type` is the whole mail's.
    """
    try:
        temporary, permanent = all_failures(_message(author, mailer, media_type, report))
    except _FAULTS:
        return ()
    return _addresses(permanent) or _addresses(temporary)


def _addresses(found: frozenset[bytes]) -> tuple[str, ...]:
    read = (first_address(address.decode("utf-8", "replace")) for address in found)
    return tuple(sorted({address for address in read if address})[:_MAX_RECIPIENTS])


def _message(author: str, mailer: str, media_type: str, report: tuple[str, ...]) -> Message:
    lines = [_BLANKS.sub("    ", line)[:_MAX_LINE] for line in report[:_MAX_LINES]]
    text = Message()
    text["Content-Type"] = "text/plain; charset=utf-8"
    text["Content-Description"] = "Notification"
    text.set_payload("\n".join(lines).encode("ascii", "replace").decode("ascii") + "\n")
    if not media_type.startswith("multipart/"):
        _identify(text, author, mailer)
        return text
    whole = Message()
    _identify(whole, author, mailer)
    whole["Content-Type"] = (
        media_type if media_type in {"multipart/mixed", "multipart/report"} else "multipart/mixed"
    )
    rest = Message()
    rest["Content-Type"] = "text/rfc822-headers"
    rest.set_payload("")
    whole.set_payload([text, rest])
    return whole


def _identify(message: Message, author: str, mailer: str) -> None:
    """Set the fields by which detectors know a program, in ASCII as they expect them."""
    for name, value in (("From", author), ("X-Mailer", mailer)):
        if value:
            message[name] = value[:200].encode("ascii", "replace").decode("ascii")
