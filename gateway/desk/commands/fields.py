"""Commands that set what a ticket is: its type, its severity, its defects, the time it took."""

from urllib.parse import urlsplit

from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.moments import length
from gateway.desk.commands.names import named
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.ticket import Change, EventKind

_MOST_OF_NUMBER = 80
_MOST_OF_URL = 400
_NOT_IN_URLS = frozenset("\"'<>\\^`{|}")


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
    """`#defect NUMBER URL`; the URL is one of the web."""
    usage = "#defect NUMBER URL"
    number, _, url = argument.partition(" ")
    if not url.strip():
        raise Refused(CommandOutcome.NEEDS_ARGUMENT, usage)
    url = url.strip()
    if len(number) > _MOST_OF_NUMBER or not number.isprintable() or not _is_link(url):
        raise Refused(CommandOutcome.NO_LINK, usage)
    change = Change("defect", f"{number} {url}")
    event = work.event(EventKind.CHANGED, "an agent recorded a defect", change)
    return Done(work.then(event), CommandOutcome.DEFECT_RECORDED, change.value)


def _is_link(url: str) -> bool:
    """Say whether a text is one web address and nothing that a reader could be tricked by."""
    if len(url) > _MOST_OF_URL or not url.isprintable() or " " in url or _NOT_IN_URLS & set(url):
        return False
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"}
    return is_web and bool(parts.hostname) and "@" not in parts.netloc and port_is_right


def time(work: Work, argument: str) -> Done:
    """`#time 30m`, added to what was spent before; it counts for the type that the case has."""
    spent = length(argument, "#time 30m")
    changes = (
        Change("time_spent", str(int(spent.total_seconds()))),
        Change("spent_on", work.about.type),
    )
    event = work.event(EventKind.TIME_SPENT, f"an agent spent {argument}", *changes)
    return Done(work.then(event), CommandOutcome.TIME_RECORDED, argument)
