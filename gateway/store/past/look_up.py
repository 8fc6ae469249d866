"""The look-up of past mails: what the store held when they were decided on.

It is the same look-up as ever (`store/lookup/`), in a database of its own that holds the tickets
which matter to a mail as they were then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Table, select

from gateway.desk.known import Known
from gateway.desk.ticket import Event, Ticket
from gateway.store.effects import ticket_row
from gateway.store.lookup import Question, look_up
from gateway.store.lookup.threads import read_threads
from gateway.store.past.histories import History, numbered, read_histories
from gateway.store.past.scratch import Scratch
from gateway.store.past.surroundings import Plain, Surroundings, read_surroundings
from gateway.store.schema import likenesses, tickets

_MOST_OF_A_CRASH = 200


@dataclass(frozen=True, slots=True)
class Then:
    """A mail's question, and when it was decided on.

    `ticket` is the id of the one that it came to belong to, 0 if none; `events` are those that it
    made there, as its trace has them. `numbers` are those of all tickets that mattered to it.
    """

    question: Question
    at: datetime
    ticket: int = 0
    events: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was known of a mail, its ticket `before` and `after` it, and its `events` there.

    All of these are None, or none, where it belongs to no ticket, or nobody can tell what it did.
    """

    known: Known
    before: Ticket | None = None
    after: Ticket | None = None
    events: tuple[Event, ...] = ()


def look_up_then(
    connection: Connection, scratch: Scratch, asked: Sequence[Then]
) -> tuple[Recalled, ...]:
    """Answer questions as they would have been answered when each mail was decided on."""
    questions = [replace(one.question, articles=()) for one in asked]
    wanted = _tickets(connection, questions, asked)
    histories = read_histories(connection, {i for some in wanted for i in some})
    until = max((one.at for one in asked), default=None)
    if until is None:
        return ()
    around = read_surroundings(connection, questions, histories.keys(), until)
    moments = [
        _moment(one, question, _with_merged(some, histories), around)
        for one, question, some in zip(asked, questions, wanted, strict=True)
    ]
    found: dict[int, Known] = {}
    for group in _apart(moments):
        rows = _Rows()
        for moment in group:
            rows.take(moment, around)
        with scratch.holding(rows.of) as ours:
            answers = look_up(ours, [moment.question for moment in group])
        found |= {m.question.spool_id: known for m, known in zip(group, answers, strict=True)}
    return tuple(_recalled(moment, found[moment.question.spool_id]) for moment in moments)


@dataclass(frozen=True, slots=True)
class _Moment:
    """A mail with the tickets that matter to it, and how many events each had by then.

    `own` is the history of its ticket, and the places of its events in it. `keys` are what no other
    mail that is looked up with it may see in another state.
    """

    question: Question
    at: datetime
    histories: Mapping[int, tuple[History, int]]
    own: tuple[History, range] | None
    keys: frozenset[object]


def _moment(
    one: Then, question: Question, found: Mapping[int, History], around: Surroundings
) -> _Moment:
    counts = {ticket: (history, history.before(one.at)) for ticket, history in found.items()}
    own = None
    if one.ticket in found and (run := found[one.ticket].run(one.at, one.events)) is not None:
        own = (found[one.ticket], run)
        counts[one.ticket] = (found[one.ticket], run.start)
    there = {ticket: pair for ticket, pair in counts.items() if pair[1]}
    keys = frozenset[object](found) | {("held", i) for i in around.about(question)}
    return _Moment(question, one.at, there, own, keys)


def _recalled(moment: _Moment, known: Known) -> Recalled:
    if moment.own is None:
        return Recalled(known)
    history, run = moment.own
    return Recalled(known, history.after(run.start), history.after(run.stop), history.of(run))


def _tickets(
    connection: Connection, questions: Sequence[Question], asked: Sequence[Then]
) -> list[set[int]]:
    """Give the ids of all tickets that may matter to each mail, as they are named by now."""
    threads = read_threads(connection, questions)
    ids = numbered(connection, {number for one in asked for number in one.numbers})
    crashes = _crashes(connection, questions)
    found = []
    for question, one in zip(questions, asked, strict=True):
        named = threads.tickets_of(question)
        wanted = {ticket.id for ticket in (*named, *threads.children_of(named))}
        wanted |= {ids[number] for number in one.numbers if number in ids} | {one.ticket} - {0}
        if question.sought is not None:
            wanted |= crashes.get((question.desk, question.sought.like.signature), set())
        found.append(wanted)
    return found


def _crashes(
    connection: Connection, questions: Sequence[Question]
) -> dict[tuple[str, str], set[int]]:
    """Give the tickets of each crash by desk and signature, closed ones too."""
    wanted = {q.sought.like.signature for q in questions if q.sought is not None} - {""}
    found: dict[tuple[str, str], set[int]] = {}
    if wanted:
        rows = connection.execute(
            select(likenesses.c.desk, likenesses.c.signature, likenesses.c.ticket)
            .where(likenesses.c.signature.in_(wanted), likenesses.c.signature != "")
            .order_by(likenesses.c.ticket.desc())
            .limit(_MOST_OF_A_CRASH * len(wanted))
        )
        for desk, signature, ticket in rows:
            found.setdefault((desk, signature), set()).add(ticket)
    return found


def _with_merged(wanted: Iterable[int], found: Mapping[int, History]) -> dict[int, History]:
    """Give the histories of tickets, and of all that they were ever merged into."""
    whole: dict[int, History] = {}
    missing = set(wanted)
    while missing:
        more = {ticket: found[ticket] for ticket in missing if ticket in found}
        whole |= more
        missing = {into for one in more.values() for into in one.merged_into} - whole.keys()
    return whole


def _apart(moments: Sequence[_Moment]) -> list[list[_Moment]]:
    """Put together those of which none sees what another one sees in another state."""
    groups: list[tuple[set[object], list[_Moment]]] = []
    for moment in moments:
        for keys, group in groups:
            if keys.isdisjoint(moment.keys):
                keys.update(moment.keys)
                group.append(moment)
                break
        else:
            groups.append((set(moment.keys), [moment]))
    return [group for _, group in groups]


class _Rows:
    """The rows that some mails find, each once."""

    def __init__(self) -> None:
        self.of: dict[Table, list[Plain]] = {}
        self._taken: set[tuple[str, object]] = set()

    def take(self, moment: _Moment, around: Surroundings) -> None:
        """Add what there was for a mail."""
        for history, count in moment.histories.values():
            ticket = history.after(count)
            if ticket is not None:
                self._add(tickets, ticket_row(ticket))
        for table, row in around.rows(moment.question, moment.histories, moment.at):
            self._add(table, row)

    def _add(self, table: Table, row: Plain) -> None:
        key = (table.name, tuple(row[column.name] for column in table.primary_key))
        if key not in self._taken:
            self._taken.add(key)
            self.of.setdefault(table, []).append(row)
