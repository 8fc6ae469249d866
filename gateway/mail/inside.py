"""Which other mails a mail gives back, names or forwards."""

from gateway.mail.dsn import bounce
from gateway.mail.format import prescan
from gateway.mail.forward import Forwarded
from gateway.mail.model import Bounce, Envelope, Kind, Mail

MAX_IDS = 50


def failure_of(mail: Mail, kind: Kind, envelope: Envelope) -> Bounce | None:
    """Give what a bounce says of the mail that was not delivered; None for any other mail."""
    if kind is not Kind.BOUNCE:
        return None
    return bounce(mail, null_path=envelope.reverse_path == "")


def others_of(
    mail: Mail, kind: Kind, failure: Bounce | None, forwarded: Forwarded | None
) -> tuple[str, ...]:
    """Give the ids of the mails that are forwarded, or that a bounce or receipt names.

    Of any other mail none: what a person attaches is the mail's body.
    """
    if forwarded is not None:
        return (forwarded.message_id,) if forwarded.message_id else ()
    if kind not in {Kind.BOUNCE, Kind.RECEIPT}:
        return ()
    ids = dict.fromkeys([failure.of] if failure and failure.of else [])
    for part in mail.enclosed:
        for header in (header for group in part.groups for header in group):
            if header.name in {"message-id", "original-message-id"}:
                ids.update(dict.fromkeys(prescan.message_ids(header.value)))
    return tuple(ids)[:MAX_IDS]
