"""Who wrote a mail, how sure that is, and why.

Only the author's one clean From mailbox counts. Reply-To and the display name are never identity.
"""

from collections.abc import Callable, Sequence

from gateway.config.desk import Desk
from gateway.desk.known import Addressed, Known, ReplyRole, Role, Sender
from gateway.desk.person import Person
from gateway.mail.model import Authenticity, Mail, Verdict


def identify(
    mail: Mail,
    authenticity: Authenticity,
    known: Known,
    desk: Desk,
    is_ours: Callable[[str], bool],
    addressed: Sequence[Addressed] = (),
) -> Sender:
    """Say who the desk takes the sender of a mail for.

    `addressed` are the genuine reply addresses that the mail came to.
    """
    authentic = authenticity.verdict is Verdict.PASS
    if mail.author is None:
        claimed = mail.claimed_author.name if mail.claimed_author else ""
        return Sender(Role.STRANGER, "", claimed, authentic=False, why=mail.author_problem)
    written = mail.author.address
    person = known.person
    role, why = _role(written, known, desk, is_ours, addressed)
    proven, proof = _proven(written, authentic, known, desk, addressed)
    main = _main_address(written, person, desk, is_ours)
    organisation = person.organisation if person else ""
    if not organisation and authentic:
        organisation = known.organisation
    return Sender(
        role=role,
        address=written if role in {Role.AGENT, Role.OURSELVES} else main,
        name=person.name if person and person.name else mail.author.name,
        authentic=authentic,
        why="; ".join(part for part in (why, authenticity.reason, proof) if part),
        person=person,
        proven=proven and role is Role.AGENT,
        organisation=organisation,
        failed=authenticity.verdict is Verdict.FAIL,
    )


def own_addresses(sender: Sender) -> frozenset[str]:
    """Give all addresses that are the sender's, as far as the directory knows; none of nobody's."""
    if not sender.address:
        return frozenset()
    person = sender.person
    return frozenset({sender.address, *((person.address, *person.aliases) if person else ())})


def _main_address(
    written: str, person: Person | None, desk: Desk, is_ours: Callable[[str], bool]
) -> str:
    """Give a person's main address for an alias; nobody becomes an agent, or us, by an alias."""
    if person is None or desk.agent_of(person.address) or is_ours(person.address):
        return written
    return person.address


def _role(
    address: str,
    known: Known,
    desk: Desk,
    is_ours: Callable[[str], bool],
    addressed: Sequence[Addressed],
) -> tuple[Role, str]:
    if is_ours(address):
        return Role.OURSELVES, "the author's address is a support address"
    if desk.agent_of(address) is not None:
        return Role.AGENT, "the author's address is an agent's"
    if any(one.role is ReplyRole.AGENT and one.person == address for one in addressed):
        return Role.AGENT, "the author was an agent of the desk, and is none any more"
    if known.person is not None:
        if known.person.address != address:
            return Role.CUSTOMER, f"the directory has the author's address as {_whose(known)}"
        return Role.CUSTOMER, "the author's address is in the directory"
    if any(ticket.has_on_it(address) for ticket in known.tickets):
        return Role.CUSTOMER, "the author takes part in a ticket that the mail names"
    return Role.STRANGER, "nobody here knows the author's address"


def _whose(known: Known) -> str:
    return f"one of {known.person.address}" if known.person else ""


def _proven(
    address: str,
    authentic: bool,  # noqa: FBT001  a fact of the mail like the others
    known: Known,
    desk: Desk,
    addressed: Sequence[Addressed],
) -> tuple[bool, str]:
    """Say whether a mail is beyond doubt that of an agent who may act, and what speaks for it."""
    agent = desk.agent_of(address)
    if agent is None:
        return False, ""
    if not agent.active:
        return False, "the agent is not active any more"
    if authentic:
        return True, ""
    if any(_proves(one, address, known, desk) for one in addressed):
        return True, "by a reply address signed for this agent"
    return False, "nobody vouches for the mail, and it came to no address signed for this agent"


def _proves(one: Addressed, address: str, known: Known, desk: Desk) -> bool:
    """Say whether a reply address was signed for that agent, about something of this desk."""
    if one.role is not ReplyRole.AGENT or one.person != address:
        return False
    if one.sent.spool:
        return any(h.spool == one.sent.spool and h.desk == desk.name for h in known.held)
    ticket = known.ticket(one.sent.ticket)
    return ticket is not None and ticket.desk == desk.name
