"""Who wrote a mail, how sure that is, and why.

Only the author's one clean From mailbox counts. Reply-To and the display name are never identity.
"""

from collections.abc import Callable

from gateway.config.desk import Desk
from gateway.desk.known import Known, Role, Sender
from gateway.mail.model import Authenticity, Mail, Verdict


def identify(
    mail: Mail,
    authenticity: Authenticity,
    known: Known,
    desk: Desk,
    is_ours: Callable[[str], bool],
) -> Sender:
    """Say who the desk takes the sender of a mail for."""
    authentic = authenticity.verdict is Verdict.PASS
    if mail.author is None:
        claimed = mail.claimed_author.name if mail.claimed_author else ""
        return Sender(Role.STRANGER, "", claimed, authentic=False, why=mail.author_problem)
    address = mail.author.address
    person = known.person
    name = person.name if person and person.name else mail.author.name
    role, why = _role(address, known, desk, is_ours)
    return Sender(role, address, name, authentic, f"{why}; {authenticity.reason}", person)


def _role(
    address: str, known: Known, desk: Desk, is_ours: Callable[[str], bool]
) -> tuple[Role, str]:
    if is_ours(address):
        return Role.OURSELVES, "the author's address is a support address"
    if any(agent.address == address for agent in desk.agent):
        return Role.AGENT, "the author's address is an agent's"
    if known.person is not None:
        return Role.CUSTOMER, "the author's address is in the directory"
    if any(ticket.has_on_it(address) for ticket in known.tickets):
        return Role.CUSTOMER, "the author takes part in a ticket that the mail names"
    return Role.STRANGER, "nobody here knows the author's address"
