"""Commands that set what a ticket is: its type, its severity, its defects, the time it took."""

from gateway.config.web_address import is_web_address
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.moments import length
from gateway.desk.commands.names import named
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.defects import MOST_OF_NUMBER, link_of
from gateway.desk.ticket import Change, Defect, EventKind

_DEFECT = "#defect NUMBER URL"


def severity(work: Work, argument: str) -> Done:
    """`#severity SEVERITY`."""
    wanted = _of_desk(argument, work.desk.severities, "severities")
    if wanted == work.about.severity:
        return Done(work, CommandOutcome.UNCHANGED, wanted)
    changes = (Change("severity", wanted), Change("by_agent", "severity"))
    event = work.event(EventKind.CHANGED, "an agent set the severity", *changes)
    return Done(work.then(event), CommandOutcome.SEVERITY_SET, wanted)


def kind(work: Work, argument: str) -> Done:
    """`#type TYPE`."""
    wanted = _of_desk(argument, work.desk.types, "types")
    if wanted == work.about.type:
        return Done(work, CommandOutcome.UNCHANGED, wanted)
    changes = (Change("type", wanted), Change("by_agent", "type"))
    event = work.event(EventKind.CHANGED, "an agent set the type", *changes)
    return Done(work.then(event), CommandOutcome.TYPE_SET, wanted)


def _of_desk(argument: str, names: tuple[str, ...], key: str) -> str:
    if not names:
        raise Refused(CommandOutcome.NOT_ON_THIS_DESK, key)
    return named(argument, names)


def defect(work: Work, argument: str) -> Done:
    """`#defect NUMBER URL`; the URL is one of the web, where none is said that of the desk."""
    number, _, url = argument.partition(" ")
    if not url.strip() and not work.desk.defect_url:
        raise Refused(CommandOutcome.NEEDS_ARGUMENT, _DEFECT)
    if len(number) > MOST_OF_NUMBER or not number.isprintable():
        raise Refused(CommandOutcome.NO_LINK, _DEFECT)
    url = url.strip() or link_of(work.desk, number)
    if not is_web_address(url):
        raise Refused(CommandOutcome.NO_LINK, _DEFECT)
    change = Change("defect", f"{number} {url}")
    if Defect(number, url) in work.about.defects:
        return Done(work, CommandOutcome.UNCHANGED, change.value)
    event = work.event(EventKind.CHANGED, "an agent recorded a defect", change)
    return Done(work.then(event), CommandOutcome.DEFECT_RECORDED, change.value)


def time(work: Work, argument: str) -> Done:
    """`#time 30m`, added to what was spent before; it counts for the type that the case has."""
    spent = length(argument, "#time 30m")
    changes = (
        Change("time_spent", str(int(spent.total_seconds()))),
        Change("spent_on", work.about.type),
    )
    event = work.event(EventKind.TIME_SPENT, f"an agent spent {argument}", *changes)
    return Done(work.then(event), CommandOutcome.TIME_RECORDED, argument)
