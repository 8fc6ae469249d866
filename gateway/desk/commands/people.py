"""Commands about people: whose a case is, who takes part, who is away, whom it is begun for."""

import re
from dataclasses import replace

from gateway.config.address import canonical
from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Agent
from gateway.config.policy import Group
from gateway.desk import lifecycle, news
from gateway.desk.case import Case
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.moments import shown, until
from gateway.desk.commands.names import agent_or_group_named, listed
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.decision import Absence, Content
from gateway.desk.entitled import NOT_ENTITLED
from gateway.desk.person import Fact
from gateway.desk.requester import days_of, product_of, submitted, zone_of
from gateway.desk.ticket import Change, EventKind
from gateway.desk.whom import targets
from gateway.mail.forwarding.subject_prefix import without_prefixes

_NOBODY = frozenset({"nobody", "none", "-"})
_MYSELF = frozenset({"me", "myself"})
_BACK = frozenset({"no", "back", "off"})
_MOST_PARTICIPANTS = 50
_ADDED = "customer/participant"


def assign(work: Work, argument: str) -> Done:
    """`#assign WHO`; the new assignee, or the group, is told, unless they did it themselves."""
    word = argument.lower()
    if word in _NOBODY:
        return _unassign(work)
    if word in _MYSELF:
        return take(work, "")
    who = agent_or_group_named(argument, work.desk)
    return _to_group(work, who) if isinstance(who, Group) else _assign(work, who)


def take(work: Work, argument: str) -> Done:
    """`#take`: the case is the agent's own."""
    del argument
    agent = work.desk.agent_of(work.agent)
    if agent is None:
        raise Refused(CommandOutcome.UNKNOWN_NAME, work.agent)
    return _assign(work, agent)


def _assign(work: Work, agent: Agent) -> Done:
    who = agent.name or agent.address
    if work.about.assignee == agent.address:
        return Done(work, CommandOutcome.UNCHANGED, who)
    changed = _assigned(work, agent.address, Change("assignee", agent.address))
    return Done(changed, CommandOutcome.ASSIGNED, who)


def _to_group(work: Work, group: Group) -> Done:
    """Hand the case to a group: it is none of its members' until one takes it."""
    if work.about.group == group.name and not work.about.assignee:
        return Done(work, CommandOutcome.UNCHANGED, group.name)
    changes = (Change("group", group.name), Change("assignee", ""))
    return Done(_assigned(work, group.name, *changes), CommandOutcome.ASSIGNED, group.name)


def _unassign(work: Work) -> Done:
    if not (work.about.assignee or work.about.group):
        return Done(work, CommandOutcome.UNCHANGED)
    changes = (Change("assignee", ""), *([Change("group", "")] if work.about.group else []))
    return Done(_assigned(work, "nobody", *changes), CommandOutcome.UNASSIGNED)


def _assigned(work: Work, who: str, *changes: Change) -> Work:
    """Assign the case; from now on no rule does."""
    by_agent = Change("by_agent", "assignee")
    return work.then(work.event(EventKind.ASSIGNED, f"assigned to {who}", *changes, by_agent))


def tell_assignee(work: Work) -> Work:
    """Tell those to whom the case is assigned by the commands, but not whose commands they are."""
    own = work.case.authored.text if work.silent else ""
    content = Content(text=own, author=work.case.sender.name or work.agent)
    mails = (
        news.mail_to(work.desk, agent, news.NEW, replace(content, facts=_facts(work)))
        for agent in _newly(work)
        if agent.address != work.agent
    )
    return work.tell(*mails)


def _newly(work: Work) -> tuple[Agent, ...]:
    """Give the agents to whom the case is assigned now, and was not before."""
    ticket = work.ticket
    if ticket is None:
        return ()
    assignee, group = (work.found.assignee, work.found.group) if work.found else ("", "")
    if ticket.assignee:
        same = ticket.assignee == assignee
        return () if same else targets(work.desk, (ticket.assignee,), "", ())
    if not ticket.group or (ticket.group == group and not assignee):
        return ()
    return targets(work.desk, (ticket.group,), "", work.case.known.away)


def _facts(work: Work) -> tuple[Fact, ...]:
    """Give what is known of the ticket's requester."""
    requester = work.about.requester
    person = work.case.known.in_directory(requester)
    known = (
        Fact("address", requester),
        Fact("name", person.name if person else ""),
        Fact("organisation", work.about.organisation),
        *(person.facts if person else ()),
    )
    return tuple(fact for fact in known if fact.value)


def cc(work: Work, argument: str) -> Done:
    """`#cc ADDRESS...`: they take part from now on."""
    ticket = work.about
    wanted = dict.fromkeys(_customer(work, one) for one in _addresses(argument))
    new = [address for address in wanted if not ticket.has_on_it(address)]
    if not new:
        return Done(work, CommandOutcome.UNCHANGED, listed(wanted))
    if len(ticket.participants) + len(new) > _MOST_PARTICIPANTS:
        raise Refused(CommandOutcome.TOO_MANY_PARTICIPANTS, str(_MOST_PARTICIPANTS))
    changes = (Change("participant", address) for address in new)
    event = work.event(EventKind.PARTICIPANT_ADDED, f"added {', '.join(new)}", *changes)
    return Done(work.then(event), CommandOutcome.PARTICIPANTS_ADDED, ", ".join(new))


def tell_participants(work: Work) -> Work:
    """Tell those whom the commands added, unless some other mail of the same moment does."""
    ticket, found = work.ticket, work.found
    answered = (work.said or work.case.authored.text) and not work.silent
    if ticket is None or found is None or answered or work.canned or work.notice:
        return work
    new = [address for address in ticket.participants if not found.has_on_it(address)]
    mails = (work.to_customer(ticket, _ADDED, address, automatic=True) for address in new)
    return work.tell(*mails)


def _addresses(argument: str) -> list[str]:
    """Give the words that are to be addresses; of `Jan <jan@example>` what is in brackets."""
    pieces = [piece.split() for piece in argument.replace(";", ",").split(",")]
    return [address for words in pieces for address in _of_piece(words)]


def _of_piece(words: list[str]) -> list[str]:
    bracketed = [word.strip("<>") for word in words if word.startswith("<") and word.endswith(">")]
    # A name that is an address itself: which of them is meant is for the agent to say.
    named = [word for word in words if "@" in word and word.strip("<>") not in bracketed]
    return [" ".join(words)] if bracketed and named else bracketed or words


def _customer(work: Work, text: str) -> str:
    """Give an address in its one form. Raises Refused if it is none, ours or an agent's."""
    try:
        address = canonical(text.removeprefix("mailto:"))
    except ValueError:
        raise Refused(CommandOutcome.NO_ADDRESS, text) from None
    desk = work.desk
    if address in work.case.ours or desk.agent_of(address) is not None:
        raise Refused(CommandOutcome.OUR_ADDRESS, address)
    return address


def away(work: Work, argument: str) -> Done:
    """`#away UNTIL`, or `#away no`: meanwhile news of the agent's cases go to the group."""
    if argument.lower() in _BACK:
        return Done(work.also(Absence(work.agent, None)), CommandOutcome.BACK)
    end = until(argument, work.now, "#away 7d | 2026-04-01 | no")
    return Done(work.also(Absence(work.agent, end)), CommandOutcome.AWAY, shown(end))


def begin(work: Work, argument: str) -> Done:
    """Open a case, `#new ADDRESS`; the mail's text is the first mail to that customer."""
    addresses = _addresses(argument)
    if len(addresses) != 1:
        raise Refused(CommandOutcome.NO_ADDRESS, argument)
    requester = _customer(work, addresses[0])
    case = work.case
    if not case.authored.text and not case.commanded.has("reply", "kb"):
        raise Refused(CommandOutcome.NEEDS_TEXT)
    person = case.known.in_directory(requester)
    language = person.language if person else ""
    opening = lifecycle.Opening(
        subject=_subject(case),
        requester=requester,
        language=language if language in work.desk.languages else case.spoken.language,
        answerable=True,
        begun_by=work.agent,
        organisation=person.organisation if person else "",
        submitted_at=submitted(case.received_at, work.now),
        timezone=zone_of(person),
        product=product_of(person, NOT_ENTITLED),
        dates=days_of(work.desk, person),
    )
    blank = lifecycle.blank(0, "", work.desk.name, work.now)
    opened = replace(work, found=None, ticket=blank)
    done = opened.then(lifecycle.opened(work.desk, opening, work.now))
    return Done(done, CommandOutcome.CASE_OPENED, requester)


def _subject(case: Case) -> str:
    """Give the mail's subject as that of a case of its own: without others' numbers and `Re:`."""
    subject = case.mail.subject
    for number in CaseNumberPattern.parse(case.desk.case_number).find(subject):
        subject = re.sub(rf"\[?{re.escape(number)}\]?", " ", subject, flags=re.IGNORECASE)
    return without_prefixes(" ".join(subject.split()))
