"""Which desk a recipient belongs to."""

from collections.abc import Iterable

from gateway.config.address import canonical, without_extension
from gateway.config.desk import Desk
from gateway.mail.model import Envelope, Mail


class Routes:
    """The addresses of all desks; looking one up costs the same for five desks or five hundred."""

    def __init__(self, desks: Iterable[Desk]) -> None:
        """Take the addresses of these desks."""
        self._desks = {address: desk for desk in desks for address in desk.addresses}

    def desk_of(self, recipient: str) -> Desk | None:
        """Give the desk of an address as a transport wrote it, or None if it is not ours.

        Letter case, the spelling of an internationalised domain, and a plus-extension make no
        difference.
        """
        try:
            return self._desks.get(without_extension(canonical(recipient)))
        except ValueError:
            return None

    def desk_for(self, envelope: Envelope, mail: Mail) -> Desk | None:
        """Give the desk that a mail is for: by its envelope, else by whom it was written to.

        What a mail says of its recipients counts only where no client named one to us.
        """
        desks = (self.desk_of(recipient) for recipient in _recipients(envelope, mail))
        return next((desk for desk in desks if desk is not None), None)

    def written_to(self, desk: Desk, envelope: Envelope, mail: Mail) -> tuple[str, ...]:
        """Give the addresses of a desk that a mail came to, as its file has them."""
        ours = (r for r in _recipients(envelope, mail) if self.desk_of(r) is desk)
        return tuple(dict.fromkeys(without_extension(canonical(one)) for one in ours))

    def answered_to(self, envelope: Envelope, mail: Mail) -> tuple[str, ...]:
        """Give the recipients that may be reply addresses, the envelope's first.

        To and Cc count whatever the transport said, since what was signed cannot be forged; those
        of a desk without plus-addressing never do.
        """
        recipients = [envelope.recipient, *(one.address for one in (*mail.to, *mail.cc))]
        return tuple(one for one in dict.fromkeys(recipients) if self._is_extended(one))

    def _is_extended(self, address: str) -> bool:
        desk = self.desk_of(address) if "+" in address else None
        return desk is not None and desk.plus_addressing

    def is_ours(self, address: str) -> bool:
        """Say whether mail to this address would come to us."""
        return self.desk_of(address) is not None


def _recipients(envelope: Envelope, mail: Mail) -> list[str]:
    recipients = [envelope.recipient] if envelope.recipient else []
    if not envelope.recipient or not envelope.peer:
        recipients += [mailbox.address for mailbox in (*mail.to, *mail.cc)]
    return recipients
