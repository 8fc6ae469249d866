"""What a desk's rules make of a mail, or of a due timer.

Rules are asked in the order of their file. One that cannot be answered does not hit, and its
verdict says why: nothing here raises, whatever the mail or the rules.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.config.address import canonical
from gateway.config.condition import Answer, Facts, answer_to, variables_of
from gateway.config.desk import Desk
from gateway.config.policy import Escalation, Moment, Rule
from gateway.config.vocabulary import Place
from gateway.desk import facts as known_facts
from gateway.desk.case import Case
from gateway.desk.facts import Clock, Standing, Values, worked_out
from gateway.desk.person import Person
from gateway.desk.requester import product_of
from gateway.desk.ruled import severity_by
from gateway.desk.ruling import NO_RULING, CopyTo, Notice, Ruling, Said, Setting, Verdict
from gateway.desk.ticket import Ticket


def rule(case: Case, moment: Moment, now: datetime) -> Ruling:
    """Ask the rules about a mail that opens a ticket, or that is on one; or about a note on one.

    Of an agent's note the ticket's requester is the customer.
    """
    if not _asks(case.desk, moment):
        return NO_RULING
    ticket = None if moment is Moment.NEW else case.choice.ticket
    customer = _customer_of(case)
    if moment is Moment.NOTE and ticket is not None:
        customer = case.known.in_directory(ticket.requester)
    clock = Clock(case.desk, now)
    about = _About(
        desk=case.desk,
        moment=moment,
        customer=customer,
        canned=ticket.canned if ticket else (),
        by_agent=ticket.by_agent if ticket else (),
        hits=dict(case.known.hits),
        values={
            **known_facts.of_mail(case),
            **known_facts.of_customer(customer, _orders(case, customer), clock.today),
            **known_facts.of_ticket(case.desk, ticket, case.sender.address, now),
            **clock.values(),
        },
    )
    product = product_of(_customer_of(case), case.entitled)
    return _ask_all(about, Standing.of(case.desk, ticket, product))


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer of a ticket that is due, and what is known of the ticket's requester.

    `hits` counts, by the rule's name, how often a limited rule has hit for them in its time.
    """

    ticket: Ticket
    timer: str
    person: Person | None = None
    orders: int = 0
    hits: tuple[tuple[str, int], ...] = ()


def rule_on_time(desk: Desk, fired: Fired, now: datetime) -> Ruling:
    """Ask the rules about a timer that is due."""
    ticket, person = fired.ticket, fired.person
    clock = Clock(desk, now)
    by = "ticket" if ticket.account else "address" if person else ""
    about = _About(
        desk=desk,
        moment=Moment.TIME,
        customer=person,
        canned=ticket.canned,
        by_agent=ticket.by_agent,
        hits=dict(fired.hits),
        values={
            "timer": lambda: fired.timer,
            "account.found": lambda: bool(by),
            "account.by": lambda: by,
            "support.level": lambda: ticket.level,
            **known_facts.of_customer(person, fired.orders, clock.today),
            **known_facts.of_ticket(desk, ticket, "", now),
            **clock.values(),
        },
    )
    return _ask_all(about, Standing.of(desk, ticket))


def _customer_of(case: Case) -> Person | None:
    """Give who of the directory a mail is from: nobody, where the author's domain disowns it."""
    return None if case.sender.failed else case.sender.person


def _orders(case: Case, customer: Person | None) -> int:
    """Count the customer's own orders: those of an account that a text named are not theirs."""
    account = case.entitled.account
    if customer is None or account is None or account.person.address != customer.address:
        return 0
    return len(account.orders)


@dataclass(frozen=True, slots=True)
class _About:
    """What rules are asked about; `by_agent` are the fields that an agent has set."""

    desk: Desk
    moment: Moment
    customer: Person | None
    canned: tuple[str, ...]
    by_agent: tuple[str, ...]
    hits: Mapping[str, int]
    values: Values


class _Asking:
    """The facts that conditions are asked of, made ready again where a rule changes some."""

    def __init__(
        self, about: _About, place: Place, sources: Iterable[str], standing: Standing
    ) -> None:
        self._place, self._desk = place, about.desk
        self._names = variables_of(place, sources)
        self._fixed = worked_out(about.values, self._names)
        self.change(standing)

    def change(self, standing: Standing) -> None:
        """Note how the ticket stands by now."""
        values = worked_out(known_facts.of_standing(self._desk, standing), self._names)
        self._facts = Facts(self._place, self._fixed | values)

    def ask(self, source: str) -> Answer:
        """Ask a condition."""
        return answer_to(source, self._facts)


def _asks(desk: Desk, moment: Moment) -> bool:
    """Say whether a desk has anything to ask then: a rule, or a detail that may be missing."""
    details = moment is Moment.NEW and bool(desk.detail)
    return details or any(moment in one.on for one in desk.rule)


def _ask_all(about: _About, standing: Standing) -> Ruling:
    """Ask each rule of the moment in turn, until one stops, and what is missing then."""
    asked = [one for one in about.desk.rule if about.moment in one.on]
    asking = _Asking(about, Place.RULE, (one.when for one in asked), standing)
    ruling = Ruling()
    verdicts: list[Verdict] = []
    for one in asked:
        why = _why_it_misses(about, one, asking.ask(one.when))
        verdicts.append(Verdict(one.name, hit=not why, why=why))
        if why:
            continue
        ruling = _with(ruling, about, one)
        if (changed := _standing_after(about, standing, one)) != standing:
            standing = changed
            asking.change(standing)
        if one.stop:
            break
    new = about.moment is Moment.NEW
    missing = tuple(_missing(about, standing)) if new else ()
    return replace(ruling, missing=missing, verdicts=tuple(verdicts))


def _why_it_misses(about: _About, one: Rule, answer: Answer) -> str:
    if not answer.holds:
        return answer.why or "the condition does not hold"
    if one.reply in about.canned and one.reply:
        return "answered before"
    if one.limit and about.hits.get(one.name, 0) >= one.limit.most:
        return f"has hit {one.limit.most} times within {one.limit.within}"
    return ""


def _with(ruling: Ruling, about: _About, one: Rule) -> Ruling:
    """Give the ruling with what a rule that hits adds to it."""
    said = Said("", one.name)
    return replace(
        ruling,
        settings=(*ruling.settings, *_settings(about.desk, one)),
        reply=ruling.reply or (Said(one.reply, one.name) if one.reply else None),
        work=ruling.work if one.work is None else one.work,
        notices=(*ruling.notices, *_notices(one)),
        copies=(*ruling.copies, *_copies(about, one)),
        escalations=(
            *ruling.escalations,
            *([Said(one.escalate, one.name)] if one.escalate else []),
        ),
        hold=ruling.hold or (said if one.hold else None),
        refuse=ruling.refuse or (Said(one.refuse, one.name) if one.refuse else None),
        keep=ruling.keep or (said if one.keep else None),
        counted=(*ruling.counted, *([one.name] if one.limit else [])),
    )


def _settings(desk: Desk, one: Rule) -> Iterator[Setting]:
    for name, value in (
        ("type", one.set.type),
        ("severity", one.set.severity),
        ("status", one.set.status),
        ("language", one.set.language),
        ("product", one.set.product),
        (_whose(desk, one.assign), one.assign),
    ):
        if value:
            yield Setting(name, value, one.name)
    for tag in one.tag:
        yield Setting("tag", tag, one.name)
    for tag in one.untag:
        yield Setting("untag", tag, one.name)


def _whose(desk: Desk, target: str) -> str:
    """Say which field a case is assigned by: a group's name, or an agent's address."""
    return "group" if any(group.name == target for group in desk.group) else "assignee"


def _notices(one: Rule) -> Iterator[Notice]:
    if one.notify:
        yield Notice(one.notify, one.notify_with, one.name)


def _copies(about: _About, one: Rule) -> Iterator[CopyTo]:
    """Give the partner that a rule copies the case to: never one of the desk's own."""
    if one.copy is None or about.customer is None:
        return
    try:
        address = canonical(about.customer.fact(one.copy.column))
    except ValueError:
        return
    ours = (*about.desk.addresses, *(agent.address for agent in about.desk.agent))
    if address not in ours and address != about.customer.address:
        yield CopyTo(address, one.copy.mail, one.name)


def _standing_after(about: _About, standing: Standing, one: Rule) -> Standing:
    """Give how the ticket stands after a rule, and after the escalation that it starts.

    What an agent has set stays, but for an escalation.
    """
    desk, kept = about.desk, about.by_agent
    escalation = next((e for e in desk.escalation if e.name == one.escalate), None)
    own = (
        "" if "severity" in kept else one.set.severity,
        one.set.status,
        "" if "assignee" in kept else one.assign,
    )
    escalated = _of_escalation(desk, escalation, own[0] or standing.severity)
    for severity, status, assign in (own, escalated):
        standing = replace(
            standing,
            severity=severity or standing.severity,
            status=status or standing.status,
        )
        if assign and _whose(desk, assign) == "group":
            standing = replace(standing, group=assign, assignee="")
        elif assign:
            standing = replace(standing, assignee=assign)
    tags = tuple(tag for tag in dict.fromkeys((*standing.tags, *one.tag)) if tag not in one.untag)
    of_type = "" if "type" in kept else one.set.type
    product = one.set.product or standing.product
    return replace(standing, type=of_type or standing.type, tags=tags, product=product)


def _of_escalation(
    desk: Desk, escalation: Escalation | None, severity: str
) -> tuple[str, str, str]:
    if escalation is None:
        return ("", "", "")
    return (severity_by(desk, escalation, severity), escalation.status, escalation.assign)


def _missing(about: _About, standing: Standing) -> Iterator[str]:
    """Give the details that matter and that the mail does not have."""
    details = about.desk.detail
    sources = [source for one in details for source in (one.known, one.when) if source]
    asking = _Asking(about, Place.DETAIL, sources, standing)
    for one in details:
        if one.when and not asking.ask(one.when).holds:
            continue
        known = asking.ask(one.known)
        if not known.holds and not known.why:
            yield one.name
