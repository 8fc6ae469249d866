"""Carrying out what an agent's mail asks for: all of it, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.desk.case import Case
from gateway.desk.commands import admission, fields, merging, people, progress, sayings
from gateway.desk.commands.grammar import MAX_COMMANDS, MAX_LINE, command_of
from gateway.desk.commands.model import Command, Commanded, CommandOutcome
from gateway.desk.commands.usage import Takes, help_lines, nearest, usage_of
from gateway.desk.commands.work import Act, Done, Refused, Work
from gateway.desk.decision import Consequence, Line, Reply, Touched
from gateway.desk.ticket import Event, Ticket

_MOST_SHOWN = 120

ACTS: Mapping[str, Act] = {
    "status": progress.status,
    "severity": fields.severity,
    "type": fields.kind,
    "assign": people.assign,
    "take": people.take,
    "resolve": progress.resolve,
    "close": progress.close,
    "hold": progress.hold,
    "wait": progress.wait,
    "defect": fields.defect,
    "merge": merging.merge,
    "duplicate-of": merging.merge,
    "split": merging.split,
    "time": fields.time,
    "cc": people.cc,
    "kb": sayings.article,
    "reply": sayings.reply,
    "note": sayings.note,
    "admit": admission.admit,
    "drop": admission.drop,
    "spam": admission.spam,
    "away": people.away,
    "new": people.begin,
    "help": lambda work, _: Done(work, CommandOutcome.HELP),
}
_FIRST = {"new": 0, "type": 1}
# What cannot be said of a case that the same mail begins.
_NOT_OF_NEW = frozenset({"merge", "duplicate-of", "split", "admit", "drop", "spam"})


@dataclass(frozen=True, slots=True)
class Carried:
    """What comes of a mail's commands; nothing is done until it is applied.

    `found` is the ticket as it was found, None for a case that is begun now (`opens`) and where
    there is none; `ticket` as the commands leave it. `text` is what is added to the agent's own
    text. `spoken` says that a canned answer of the agent goes out, `silent` that the agent's text
    goes to no customer. `lines` are the transcript; if one command was wrong the commands are
    `refused`, and all but `lines` is empty.
    """

    found: Ticket | None
    ticket: Ticket | None
    events: tuple[Event, ...] = ()
    replies: tuple[Reply, ...] = ()
    links: tuple[int, ...] = ()
    others: tuple[Touched, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    lines: tuple[Line, ...] = ()
    text: str = ""
    opens: bool = False
    spoken: bool = False
    silent: bool = False
    refused: bool = False

    @property
    def moved(self) -> bool:
        """Say whether the commands themselves set the ticket's status."""
        return any(change.field == "status" for e in self.events for change in e.changes)


def carry_out(case: Case, ticket: Ticket | None, now: datetime) -> Carried:
    """Carry out the commands of a proven agent's mail, on the ticket that it is about, if any."""
    commanded = case.commanded
    work = Work(case, now, ticket, ticket)
    lines: dict[int, Line] = {}
    refused: set[int] = set()
    for place, command in _in_order(commanded):
        try:
            done = _done(work, command)
        except Refused as why:
            refused.add(place)
            lines[place] = Line(_shown(command), why.outcome, why.value)
        else:
            work = done.work
            lines[place] = Line(_shown(command), done.outcome, done.value)
    if refused or commanded.unknown:
        lines |= {place: _not_done(line) for place, line in lines.items() if place not in refused}
        unknown = tuple(_unknown(line) for line in commanded.unknown)
        said = (*(lines[place] for place in sorted(lines)), *unknown, *help_lines())
        return Carried(ticket, ticket, lines=said, refused=True)
    transcript = tuple(lines[place] for place in sorted(lines))
    return _carried(_told(work), transcript)


def _in_order(commanded: Commanded) -> list[tuple[int, Command]]:
    """Give the commands with their places; the case that is begun comes before all about it.

    Its type comes before the time that was spent, which counts for that type.
    """
    placed = enumerate(commanded.commands)
    return sorted(placed, key=lambda one: _FIRST.get(one[1].name, len(_FIRST)))


def _done(work: Work, command: Command) -> Done:
    """Carry one command out. Raises Refused."""
    usage = usage_of(command.name)
    act = ACTS.get(command.name)
    if usage is None or act is None:
        raise Refused(CommandOutcome.UNKNOWN_COMMAND, nearest(command.name))
    if usage.takes is Takes.WORDS and not command.argument:
        raise Refused(CommandOutcome.NEEDS_ARGUMENT, str(usage))
    if usage.takes is Takes.NOTHING and command.argument:
        raise Refused(CommandOutcome.TAKES_NO_ARGUMENT, str(usage))
    if work.case.commanded.has("new") and command.name in _NOT_OF_NEW:
        raise Refused(CommandOutcome.CONTRADICTS, "#new")
    if command.name == "new" and work.events:
        raise Refused(CommandOutcome.CONTRADICTS, "#new")
    return act(work, command.argument)


def _told(work: Work) -> Work:
    """Add the mails to those whom the commands concern, once all of them are done."""
    return _noticed(sayings.send(people.tell_participants(people.tell_assignee(work))))


def _noticed(work: Work) -> Work:
    """Tell the ticket's people that it is solved or closed, if it is."""
    ticket = work.ticket
    if ticket is None or not work.notice:
        return work
    told = ticket.everybody if ticket.answerable else ticket.participants
    return work.tell(*(work.to_customer(ticket, work.notice, one, automatic=True) for one in told))


def _carried(work: Work, lines: tuple[Line, ...]) -> Carried:
    opens = work.ticket is not None and work.found is None
    helps = any(line.outcome == CommandOutcome.HELP for line in lines)
    plain = tuple(line for line in lines if line.outcome != CommandOutcome.HELP)
    return Carried(
        found=work.found,
        ticket=work.ticket,
        events=work.events,
        replies=work.replies,
        links=work.links,
        others=work.others,
        consequences=work.consequences,
        lines=(*plain, *help_lines()) if helps else plain,
        text="\n\n".join(work.said),
        opens=opens,
        spoken=bool(work.canned),
        silent=work.silent,
    )


def _shown(command: Command) -> str:
    written = str(command)
    return written if len(written) <= _MOST_SHOWN else f"{written[:_MOST_SHOWN]}\u2026"


def _not_done(line: Line) -> Line:
    return Line(line.command, CommandOutcome.NOT_DONE)


def _unknown(line: str) -> Line:
    """Say what is wrong with a line that looks like a command and is none."""
    command = command_of(line)
    name = command.name if command else ""
    shown = _shown(command) if command else line[:_MOST_SHOWN]
    if usage_of(name) is None:
        return Line(shown, CommandOutcome.UNKNOWN_COMMAND, nearest(name))
    if len(line) > MAX_LINE:
        return Line(shown, CommandOutcome.TOO_LONG, str(MAX_LINE))
    return Line(shown, CommandOutcome.TOO_MANY_COMMANDS, str(MAX_COMMANDS))
