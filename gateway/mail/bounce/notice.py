"""Bounces that a mail service tells by its own notifications: Amazon SES, as JSON in the text.

The notification service puts the JSON into the text of a mail and breaks its lines anywhere.
"""

import json

from gateway.mail.bounce.delivery_status import (
    MAX_DIAGNOSTIC,
    MAX_RECIPIENTS,
    first_address,
    status_in,
)
from gateway.mail.model import Header, Undelivered

_MAX_TEXT = 64 * 1024


def read(text: str) -> tuple[tuple[Undelivered, ...], tuple[Header, ...]]:
    """Give the recipients and the returned mail's fields that a notification names; never raises.

    Both are () if the text is no notification of a bounce.
    """
    start = text[:_MAX_TEXT].lstrip()
    if not start.startswith("{") or '"bouncedRecipients"' not in start:
        return (), ()
    try:
        notice, _ = json.JSONDecoder(strict=False).raw_decode(start)
    except (ValueError, RecursionError):
        return (), ()
    bounce, mail = _table(notice, "bounce"), _table(notice, "mail")
    permanent = bounce.get("bounceType") == "Permanent"
    listed = bounce.get("bouncedRecipients")
    recipients = listed[:MAX_RECIPIENTS] if isinstance(listed, list) else []
    found = tuple(_undelivered(one, permanent=permanent) for one in recipients)
    return tuple(one for one in found if one.address), tuple(_fields(mail))


def _table(value: object, name: str) -> dict[str, object]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(table: object, name: str) -> str:
    value = table.get(name) if isinstance(table, dict) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def _undelivered(recipient: object, *, permanent: bool) -> Undelivered:
    said = _text(recipient, "diagnosticCode")
    return Undelivered(
        address=first_address(_text(recipient, "emailAddress")),
        status=status_in(_text(recipient, "status")) or status_in(said),
        permanent=permanent,
        diagnostic=said[:MAX_DIAGNOSTIC],
    )


def _fields(mail: dict[str, object]) -> list[Header]:
    """Give the fields of the mail that bounced, as far as the notification carries them."""
    common = _table(mail, "commonHeaders")
    wanted = {"message-id": _text(common, "messageId"), "subject": _text(common, "subject")}
    return [Header(name, value) for name, value in wanted.items() if value]
