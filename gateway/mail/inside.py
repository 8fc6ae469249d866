"""Which other mails a mail gives back, names or forwards."""

from gateway.mail.format import prescan
from gateway.mail.forward import Forwarded
from gateway.mail.model import Classification, Kind, Mail

MAX_IDS = 50


def others_of(mail: Mail, found: Classification, forwarded: Forwarded | None) -> tuple[str, ...]:
    """Give the ids of the mails that are forwarded, or that a bounce or receipt names.

    Of any other mail none: what a person attaches is the mail's body.
    """
    if forwarded is not None:
        return (forwarded.message_id,) if forwarded.message_id else ()
    if found.kind not in {Kind.BOUNCE, Kind.RECEIPT}:
        return ()
    ids = dict.fromkeys([found.bounce.of] if found.bounce and found.bounce.of else [])
    for part in mail.enclosed:
        for header in (header for group in part.groups for header in group):
            if header.name in {"message-id", "original-message-id"}:
                ids.update(dict.fromkeys(prescan.message_ids(header.value)))
    return tuple(ids)[:MAX_IDS]
