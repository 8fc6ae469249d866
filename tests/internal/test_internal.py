"""What machines ask, over real sockets: whether a daemon lives and is ready; how its house does."""

import http.client
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text, update

from gateway import __version__
from gateway.config.load import load
from gateway.daemon import Daemon
from gateway.errors import Transient
from gateway.internal import application
from gateway.internal.application import internal
from gateway.roles import Role
from gateway.serving.server import ServingThread
from gateway.store import alarms, measures
from gateway.store.revision import REVISIONS
from gateway.store.schema import feedback, sources
from lib.rating import JAN, asking, closed
from lib.workbench import START, Workbench, mail, write_house

MINUTE = timedelta(minutes=1)


class Served:
    """A server on any free port, and what it is told of its daemon and house."""

    def __init__(self, bench: Workbench) -> None:
        """Serve a workbench."""
        self.bench = bench
        self.house: Any = bench.house
        self.serves = True
        ask_house = lambda: self.house  # noqa: E731  a name for each of the three would say no more
        self.thread = ServingThread(
            "internal", "127.0.0.1", 0, internal(ask_house, bench.now, lambda: self.serves)
        )

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Ask for something."""
        return ask(self.thread.port, path, method, **headers)

    def metrics(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Give all metrics by name and the values of their labels, measured anew."""
        self.bench.time += MINUTE
        status, body = self.ask("/metrics")
        assert 200 == status
        found: dict[str, dict[tuple[str, ...], float]] = {}
        for family in text_string_to_metric_families(body):
            for one in family.samples:
                found.setdefault(one.name, {})[tuple(one.labels.values())] = one.value
        return found


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Ask a server for something."""
    machine = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    machine.request(method, path, headers=headers)
    answer = machine.getresponse()
    found = answer.status, answer.read().decode()
    machine.close()
    return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A house in which a case was closed, and one is open; a mail is held, and one waits."""
    with asking(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as bench:
        closed(bench)
        bench.deliver(mail(author="Eva <eva@klant.example>", message_id="<e@klant.example>"))
        bench.work()
        server = Served(bench)
        server.thread.start()
        yield server
        server.thread.stop(1)


@pytest.fixture(autouse=True)
def as_it_was(served: Served) -> Iterator[None]:
    """Each test finds a daemon that serves its house, and a minute of its own."""
    served.bench.time += MINUTE
    yield
    served.house, served.serves = served.bench.house, True


def test_it_lives_and_is_ready(served: Served) -> None:
    """A word each, for whoever looks at it by hand."""
    assert (200, "lives\n") == served.ask("/healthz")
    assert (200, "ready\n") == served.ask("/readyz")


def test_it_is_not_ready_while_it_starts_or_stops(served: Served) -> None:
    """And lives all the same."""
    served.serves = False

    assert (503, "the daemon starts or stops\n") == served.ask("/readyz")
    assert 200 == served.ask("/healthz")[0]
    assert 200 == served.ask("/metrics")[0]


def reading(what: Callable[[], object]) -> SimpleNamespace:
    """Give a house with a database by which this happens to whoever reads."""

    @contextmanager
    def happens() -> Iterator[None]:
        what()
        yield

    return SimpleNamespace(database=SimpleNamespace(reading=happens), desks=())


def refuse() -> None:
    """Refuse to be read."""
    raise Transient("could not connect to postgresql://casepost:secret@db.example")


def test_without_its_database_it_is_not_ready(served: Served) -> None:
    """It lives, and to restart it would not help; nothing is said of where the database is."""
    served.house = reading(refuse)
    served.bench.time += MINUTE

    expected = 503, "the database does not answer\n"
    assert expected == served.ask("/readyz")
    assert expected == served.ask("/metrics")
    assert 200 == served.ask("/healthz")[0]


def test_a_database_that_hangs_holds_up_nobody(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks is answered, and no more threads hang than there are places for."""
    monkeypatch.setattr(application, "_PATIENCE", 0.05)
    over, hanging = Event(), []

    def hang() -> None:
        hanging.append(1)
        over.wait(30)
        raise Transient("it took too long")

    served.house = reading(hang)
    served.bench.time += MINUTE
    try:
        answers = [served.ask(path)[0] for path in ("/readyz", "/metrics") * 3]
        assert [503] * 6 == answers
        assert 200 == served.ask("/healthz")[0]
        assert 2 == len(hanging)
    finally:
        over.set()


def test_the_tables_of_another_version_are_none_to_work_with(served: Served) -> None:
    """A node that was updated before the others waits."""
    change = text("UPDATE alembic_version SET version_num = :version")
    with served.bench.house.database.writing() as connection:
        connection.execute(change, {"version": "0001"})
    found = served.ask("/readyz")
    with served.bench.house.database.writing() as connection:
        connection.execute(change, {"version": REVISIONS[-1]})

    assert (503, "the database has the tables of another version\n") == found
    assert 200 == served.ask("/readyz")[0]


def test_how_the_house_does_is_measured(served: Served) -> None:
    """Received, filed, left, sent, and nothing wrong."""
    found = served.metrics()

    ((build, one),) = found["casepost_build_info"].items()
    assert {__version__, REVISIONS[-1]} < set(build)
    assert 1 == one
    assert {("smtp",): 3.0} == found["casepost_received_mails_total"]
    assert {("smtp",): 0.0} == found["casepost_books_difference_mails"]
    assert {"waiting": 0, "filed": 3, "duplicate": 0, "held": 0, "failed": 0} == {
        key[0]: value for key, value in found["casepost_spool_mails"].items()
    }
    assert 0 == found["casepost_spool_oldest_waiting_seconds"][()]
    unsent = len(served.bench.rows("outbox"))
    assert unsent == found["casepost_outbox_mails"]["queued",]
    since = (served.bench.now() - START).total_seconds()
    assert since == found["casepost_outbox_oldest_unsent_seconds"][()]
    assert {
        ("north", "open"): 1.0,
        ("north", "waiting"): 0.0,
        ("south", "open"): 0.0,
        ("south", "waiting"): 0.0,
    } == found["casepost_tickets"]
    assert {("north",): 0.0, ("south",): 0.0} == found["casepost_tickets_overdue"]
    assert {("north",): 0.0, ("south",): 0.0} == found["casepost_tickets_at_risk"]
    assert 0 == found["casepost_timers_due"][()]
    assert 0 == found["casepost_alarms"][()]
    assert found["process_resident_memory_bytes"][()] > 0


def test_what_changes_is_seen(served: Served) -> None:
    """A mail that waits, a timer that nobody looks after, an alarm, a source that fails, stars."""
    bench = served.bench
    came = bench.time
    bench.deliver(mail(message_id="<w@klant.example>"))
    bench.time += timedelta(days=8)
    with bench.house.database.writing() as connection:
        alarms.begin(connection, "test", "something is wrong")
        connection.execute(update(feedback).values(stars=4, rated_at=bench.time))
        connection.execute(
            insert(sources).values(name="imap:a", last_success_at=START, last_error="")
        )

    found = served.metrics()

    assert 1 == found["casepost_spool_mails"]["waiting",]
    waits = (bench.now() - came).total_seconds()
    assert waits == found["casepost_spool_oldest_waiting_seconds"][()]
    assert 1 == found["casepost_timers_due"][()]
    assert 1 == found["casepost_alarms"][()]
    assert {("north", "4"): 1.0} == found["casepost_ratings"]
    assert START.timestamp() == found["casepost_source_last_success_timestamp_seconds"]["imap:a",]
    assert 0 == found["casepost_source_last_error_timestamp_seconds"]["imap:a",]


def test_names_have_units_and_labels_are_few(served: Served) -> None:
    """Nothing in them is of a person, or grows with what people write."""
    served.bench.time += MINUTE
    body = served.ask("/metrics")[1]
    own = [f for f in text_string_to_metric_families(body) if f.name.startswith("casepost_")]

    labels = {label for family in own for one in family.samples for label in one.labels}
    assert labels <= {"desk", "phase", "python", "schema", "source", "stars", "state", "version"}
    assert len(own) == len({family.name for family in own})
    assert all(family.documentation.endswith(".") for family in own)
    assert JAN not in body
    assert "@" not in body
    for family in own:
        if re.search(r"age|oldest|last", family.name):
            assert family.name.endswith("_seconds")


def test_the_documentation_names_them_all(served: Served) -> None:
    """And no others."""
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    body = served.ask("/metrics")[1]
    names = set(re.findall(r"^# TYPE (casepost_\w+)", body, re.MULTILINE))

    assert names == set(re.findall(r"`(casepost_\w+)`", page))


def test_it_is_measured_once_however_many_ask(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within some seconds; then anew."""
    read, times = measures.read, []

    def counted(*arguments: Any) -> measures.Measures:  # noqa: ANN401  whatever it is asked
        times.append(1)
        return read(*arguments)

    monkeypatch.setattr(measures, "read", counted)
    served.bench.time += MINUTE
    assert [200] * 5 == [served.ask("/metrics")[0] for _ in range(5)]
    assert 1 == len(times)
    served.bench.time += MINUTE
    served.ask("/metrics")
    assert 2 == len(times)


@pytest.mark.parametrize(
    "accept", ["application/openmetrics-text; version=1.0.0; escaping=x\t", "*/*", "a" * 5000]
)
def test_what_a_machine_would_rather_have_changes_nothing(served: Served, accept: str) -> None:
    """The one format is understood by all."""
    machine = http.client.HTTPConnection("127.0.0.1", served.thread.port, timeout=10)
    machine.request("GET", "/metrics", headers={"Accept": accept})
    headers = machine.getresponse().headers
    machine.close()

    assert "text/plain; version=0.0.4; charset=utf-8" == headers["content-type"]
    assert "no-store" == headers["cache-control"]
    assert "nosniff" == headers["x-content-type-options"]


def test_nothing_else_is_there(served: Served) -> None:
    """And nothing can be done."""
    paths = ("/", "/metrics/", "/case/1", "/assets/page.css", "/admin")

    assert [404] * 5 == [served.ask(path)[0] for path in paths]
    assert [405] * 3 == [
        served.ask(path, "POST")[0] for path in ("/healthz", "/readyz", "/metrics")
    ]


def test_every_daemon_has_it_and_says_that_it_stops(tmp_path: Path) -> None:
    """Whatever its roles; it is the first part to start and the last to end."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    path.write_text(f"{path.read_text()}\n[internal]\nport = 0\n")
    daemon = Daemon(path, load(path), (Role.COURIER,))
    (server,) = daemon.internal
    said: list[tuple[int, str]] = []
    courier = daemon.courier
    assert courier is not None
    start, stop = courier.start, courier.stop

    def starting() -> None:
        said.append(ask(server.port, "/readyz"))
        start()

    def stopping(timeout: float) -> None:
        said.append(ask(server.port, "/readyz"))
        stop(timeout)

    courier.start, courier.stop = starting, stopping  # type: ignore[method-assign]
    daemon.start()
    said.append(ask(server.port, "/readyz"))
    port = server.port
    daemon.stop()

    assert [503, 200, 503] == [status for status, _ in said]
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/healthz")
