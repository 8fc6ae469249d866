"""Time counts for the type that a case had when it was recorded."""

import pytest

from gateway.desk.ticket import Change, Event, EventKind
from gateway.desk.time_spent import by_type
from lib.commanding import carried
from lib.desks import ADA, NOW


@pytest.mark.parametrize(
    "text",
    [
        "#type service task\n#time 1h\n#time 30m",
        "#time 1h\n#type service task\n#time 30m",
        "#time 1h\n#time 30m\n#type service task",
    ],
)
def test_the_type_of_the_same_mail_counts(text: str) -> None:
    """In whatever order its commands stand; what it became later does not matter."""
    later = Event(EventKind.CHANGED, NOW, ADA, "", (Change("type", "bug"),))
    assert {"service-task": 5400} == by_type((*carried(text).events, later))


def test_it_is_kept_apart_by_type() -> None:
    """Also where the event itself does not say for which type it was, as older ones."""
    opened = Event(EventKind.OPENED, NOW, "jan@klant.example", "", (Change("type", "query"),))
    old = Event(EventKind.TIME_SPENT, NOW, ADA, "", (Change("time_spent", "600"),))
    spent = carried("#type bug\n#time 5m").events
    assert [("query", 1200), ("bug", 300)] == list(by_type((opened, old, old, *spent)).items())
    assert {} == by_type((opened,))
