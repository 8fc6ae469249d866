"""Playing a conversation in virtual time, by the real way, and comparing what comes of it."""

import dataclasses
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from pathlib import Path

from gateway.config.address import canonical
from gateway.config.load import Configuration
from gateway.conversation.browser import Doubted, NotSent, last_link
from gateway.conversation.changed import changed, fired
from gateway.conversation.compare import State, compare
from gateway.conversation.days_off import with_holidays
from gateway.conversation.exercised import exercised
from gateway.conversation.model import Conversation, Expected, Rate, Step
from gateway.conversation.placeholders import (
    Lookup,
    Unresolved,
    address_of,
    resolve,
    resolve_all,
)
from gateway.conversation.played import (
    Arrived,
    Difference,
    Moment,
    Part,
    Played,
    SentMail,
)
from gateway.conversation.prepared import Prepared, open_stage
from gateway.conversation.promised import calendars, reached
from gateway.conversation.read import read
from gateway.conversation.stage import Stage
from gateway.mail.parse import parse
from gateway.store.spool import Accepted


def play(
    path: Path,
    configuration: Configuration,
    folder: Path,
    database_url: str | None = None,
    *,
    prepared: Prepared | None = None,
) -> Played:
    """Read and play the conversation at `path`, with an empty folder and an empty database.

    The database is SQLite under `folder` unless a URL is given. What was `prepared` from the same
    configuration is not made again. Raises Misconfigured when the file is no sound conversation,
    and what the store raises.
    """
    conversation = read(path, [desk.name for desk in configuration.desks])
    configuration = with_holidays(configuration, conversation.desk, conversation.holidays)
    house = open_stage(configuration, folder, database_url, prepared)
    stage = Stage(house, conversation.start)
    try:
        return _Player(conversation, stage).play()
    finally:
        stage.close()


class _Stuck(Exception):
    """The rest of a conversation cannot be played; the text says why."""


class _Player:
    """One conversation on its stage, with what was sent so far."""

    def __init__(self, conversation: Conversation, stage: Stage) -> None:
        self._conversation = conversation
        self._stage = stage
        self._sent: list[SentMail] = []
        self._reached: set[Part] = set()
        self._lookup: Lookup = {
            "case": self._case,
            "reply_to": lambda argument: self._last(argument).reply_to,
            "message_id": lambda argument: self._last(argument).mail.message_id,
            "return_path": lambda argument: self._last(argument).reverse_path,
        }

    def play(self) -> Played:
        """Play every step, up to one that cannot be played."""
        conversation = self._conversation
        self._stage.know(conversation.people, conversation.articles, conversation.orders)
        timeline: list[Moment] = []
        differences: list[Difference] = []
        for step in conversation.steps:
            try:
                moment, found = self._step(step)
            except (_Stuck, Unresolved) as error:
                sentence = f"cannot be played: {error}"
                differences.append(Difference(conversation.path, step.line, step.number, sentence))
                break
            timeline.append(moment)
            differences += found
        return Played(
            conversation.path,
            conversation.title,
            conversation.desk,
            tuple(timeline),
            tuple(differences),
            self._used(),
        )

    def _used(self) -> frozenset[Part]:
        """Give the parts of desks that were put to use."""
        stage = self._stage
        routes = stage.house.routes

        def desk_of(address: str) -> str:
            desk = routes.desk_of(address)
            return desk.name if desk else ""

        desks = {desk.name: desk for desk in stage.house.desks}
        used = exercised(stage.tickets(), stage.traces(), self._sent, desk_of, desks)
        used |= self._reached
        return used.union(calendars(stage.house.desks, used))

    def _step(self, step: Step) -> tuple[Moment, tuple[Difference, ...]]:
        stage = self._stage
        before = {str(ticket["number"]): ticket for ticket in stage.tickets()}
        if step.restart:
            stage.restart()
        sent = stage.pass_time(step.moment)
        # A step that lets time pass can have sent what its own mail answers.
        self._sent += sent
        arrived, answers = self._act(step)
        self._sent += answers
        sent += answers
        tickets = stage.tickets()
        self._reached.update(reached({desk.name: desk for desk in stage.house.desks}, tickets))
        moment = Moment(
            step.number,
            step.moment,
            step.restart,
            arrived,
            changed(before, tickets),
            tuple(sent),
            fired(before, tickets),
            step.done,
        )
        path = self._conversation.path
        expect: list[Expected] = []
        unresolved: list[Difference] = []
        for expected in step.expect:
            try:
                expect.append(self._resolved(expected))
            except Unresolved as error:
                unresolved.append(Difference(path, expected.line, step.number, str(error)))
        state = State(tickets, sent, stage.held())
        strict = self._conversation.strict
        return moment, (*unresolved, *compare(path, step, expect, state, strict=strict))

    def _act(self, step: Step) -> tuple[tuple[Arrived, ...], list[SentMail]]:
        """Do what somebody does in a step; give what comes of a mail, and what is sent."""
        if step.mail is not None:
            return self._mail(step, step.mail)
        if step.rate is not None:
            return (), self._rate(step.rate)
        if step.fixed is not None:
            return (), self._stage.fix(self._conversation.desk, step.fixed)
        return (), []

    def _rate(self, rate: Rate) -> list[SentMail]:
        """Rate by the last link that was sent. Raises _Stuck if that goes not as it is to."""
        try:
            sent = self._stage.rate(last_link(self._sent), rate)
        except Doubted as error:
            if rate.scanner:
                return []
            raise _Stuck(str(error)) from None
        except NotSent as error:
            if rate.refused:
                return []
            raise _Stuck(str(error)) from None
        if rate.refused or rate.scanner:
            raise _Stuck("the page takes a rating that it is to refuse")
        return sent

    def _resolved(self, expected: Expected) -> Expected:
        """Put values in the place of the placeholders of an expectation. Raises Unresolved."""
        values = {
            field.name: _resolved(getattr(expected, field.name), self._lookup)
            for field in dataclasses.fields(expected)
        }
        return dataclasses.replace(expected, **values)  # type: ignore[arg-type]  # its own fields

    def _mail(self, step: Step, text: str) -> tuple[tuple[Arrived, ...], list[SentMail]]:
        """Deliver a step's mail and see what becomes of it."""
        lines = resolve(text, self._lookup).lstrip("\r\n").replace("\r\n", "\n")
        written = lines.replace("\n", "\r\n")
        mail = parse(written.encode())
        author = mail.author or mail.claimed_author
        reverse_path = author.address if author else ""
        if step.reverse_path is not None:
            reverse_path = resolve(step.reverse_path, self._lookup).strip("<>")
        recipients = self._recipients(step, [m.address for m in (*mail.to, *mail.cc)])
        content = (self._trace(step) + written).encode()
        accepted = self._stage.deliver(content, reverse_path, recipients, authentic=step.authentic)
        sent = self._stage.work()
        arrived = tuple(
            self._arrived(
                one,
                Arrived(
                    reverse_path=reverse_path,
                    recipient=recipient,
                    author=author.address if author else "",
                    subject=mail.subject,
                    authentic=step.authentic,
                    state="",
                    reason="",
                    case_number="",
                ),
            )
            for one, recipient in zip(accepted, recipients, strict=True)
        )
        return arrived, sent

    def _arrived(self, accepted: Accepted, mail: Arrived) -> Arrived:
        became = self._stage.became(accepted.spool_id)
        if became is None:
            return mail
        return dataclasses.replace(
            mail,
            state="repeated" if accepted.repeated else became.state,
            reason="this very delivery came before" if accepted.repeated else became.reason,
            case_number=became.case_number,
        )

    def _recipients(self, step: Step, named: Sequence[str]) -> list[str]:
        """Give the envelope's recipients: those given, else the desks' among To and Cc.

        Where there are none, the mail came by an alias, and the conversation's desk gets it.
        """
        routes = self._stage.house.routes
        if step.recipients is None:
            ours = [address for address in dict.fromkeys(named) if routes.is_ours(address)]
            desk = self._conversation.desk
            return ours or [next(d.address for d in self._stage.house.desks if d.name == desk)]
        recipients = []
        for given in step.recipients:
            try:
                address = canonical(resolve(given, self._lookup))
            except ValueError as error:
                raise _Stuck(f'"to" has {given!r}: {error}') from None
            if not routes.is_ours(address):
                raise _Stuck(f'no desk has the address {address}, so mail "to" it is refused')
            recipients.append(address)
        return list(dict.fromkeys(recipients))

    def _trace(self, step: Step) -> str:
        """Give the trace field of the server before us; it dates each delivery."""
        return (
            "Received: from client.example by mx.example with ESMTP; "
            f"{format_datetime(step.moment)}\r\n"
        )

    def _case(self, argument: str) -> str:
        tickets = self._stage.tickets()
        index = int(argument)
        if not 1 <= index <= len(tickets):
            raise Unresolved(f"{{{{case:{argument}}}}}: there are {len(tickets)} tickets by then")
        return str(tickets[index - 1]["number"])

    def _last(self, argument: str) -> SentMail:
        """Give the last mail that was sent to an address."""
        address = address_of(argument)
        try:
            address = canonical(address)
        except ValueError as error:
            raise Unresolved(f"{address!r} in a placeholder is no address: {error}") from None
        for mail in reversed(self._sent):
            if mail.recipient == address:
                return mail
        raise Unresolved(f"no mail has been sent to {address} by then")


def _resolved(value: object, lookup: Lookup) -> object:
    """Resolve what a field of an expectation holds: text, table, or tuples of these."""
    if isinstance(value, tuple):
        return tuple(_resolved(inner, lookup) for inner in value)
    if isinstance(value, str | Mapping | list):
        return resolve_all(value, lookup)
    return value
