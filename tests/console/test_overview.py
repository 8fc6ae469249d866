"""The overview: what it counts, for whom, and that it takes no more for what is long closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from sqlalchemy import Connection, event, insert, update
from sqlalchemy.engine import Engine

from gateway.config.service_time import Target
from gateway.console.overview.charts import Column, bar, columns, top_of
from gateway.desk.route import Routes
from gateway.store import alarms
from gateway.store.schema import feedback, ledger, sources, tickets
from lib.console import visitor
from lib.seeded import fill
from lib.workbench import START, Workbench, mail

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# All that one page asks the store, whatever there is in it, and whoever asks.
MOST_QUERIES = 20


class Page(HTMLParser):
    """What of a page is looked at here: texts of tiles, ids, attributes that must not be."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.tiles: dict[str, str] = {}
        self.ids: list[str] = []
        self.forbidden: list[str] = []
        self._tag = self._last = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag has."""
        self._tag = tag if tag in {"dt", "dd"} or self._tag not in {"dt", "dd"} else self._tag
        names = [name for name, _ in attrs]
        self.forbidden += [n for n in names if n == "style" or n.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.forbidden.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_data(self, data: str) -> None:
        """Note the first word of what stands beside a name."""
        if not data.strip():
            return
        if self._tag == "dt":
            self._last = data.strip()
        elif self._tag == "dd":
            self.tiles.setdefault(self._last, data.strip())


@pytest.fixture
def timely(bench: Workbench) -> Workbench:
    """A house whose first desk promises an answer within four hours."""
    first, *others = bench.house.desks
    desks = (replace(first, target=(Target("response", "4h", met_by_answer=True),)), *others)
    bench.house = replace(bench.house, desks=desks, routes=Routes(desks))
    return bench


def write(bench: Workbench, count: int, to: str = "help@north.example") -> None:
    """Let so many customers write."""
    for nth in range(count):
        text = mail(author=f"kim-{nth}@klant.example", to=to, subject=f"Case {nth}")
        bench.deliver(text, to, f"kim-{nth}@klant.example")
    bench.work()


def test_what_is_open_and_due_is_counted(timely: Workbench) -> None:
    """In hand, at risk after three hours, overdue after four; the list leads to each case."""
    write(timely, 2)
    write(timely, 1, "help@south.example")
    somebody = visitor(timely)
    numbers = [row["number"] for row in timely.rows("tickets")]

    page = somebody.get("/overview")
    found = Page(page.text)
    assert ("3", "0", "0", "3") == tuple(
        found.tiles[name] for name in ("In hand", "Overdue", "At risk", "Came in")
    )
    assert all(f'href="/tickets/{number}"' in page.text for number in numbers[:2])
    assert "in time" in page.text

    timely.time = START + 3 * HOUR
    assert "2" == Page(visitor(timely).get("/overview").text).tiles["At risk"]
    timely.time = START + 4 * HOUR
    somebody = visitor(timely)
    late = Page(somebody.get("/overview").text).tiles
    assert ("0", "2") == (late["At risk"], late["Overdue"])
    south = Page(somebody.get("/overview?desk=south").text).tiles
    assert ("1", "0") == (south["In hand"], south["Overdue"])


def test_an_agent_sees_their_desk_and_nothing_of_the_house(timely: Workbench) -> None:
    """Whatever the address asks for."""
    write(timely, 1)
    write(timely, 2, "help@south.example")
    with timely.house.database.writing() as connection:
        alarms.begin(connection, "disk", "The disk is full.")
    ada = visitor(timely, "agent", "ada@north.example")

    for address in ("/overview", "/overview?desk=south", "/overview/figures?desk=south&span=x"):
        page = ada.get(address)
        assert "1" == Page(page.text).tiles["In hand"]
        assert "South Help" not in page.text
        assert "The disk is full." not in page.text
        assert "standing-heading" not in Page(page.text).ids
    assert "The disk is full." in visitor(timely, "supervisor").get("/overview").text


def test_the_house_is_shown_with_what_is_wrong(bench: Workbench) -> None:
    """Books that differ, a mailbox that cannot be read, an alarm."""
    write(bench, 1)
    somebody = visitor(bench)
    assert "The books balance" in somebody.get("/overview").text

    with bench.house.database.writing() as connection:
        connection.execute(update(ledger).values(received=3))
        at = {"last_success_at": START, "last_error_at": START + HOUR}
        row = {"name": "imap:support", "last_error": "the server refuses us", **at}
        connection.execute(insert(sources).values(row))
    page = somebody.get("/overview").text
    assert "differ by 2 mails" in page
    assert "the server refuses us" in page
    assert "does not work" in page


def test_ratings_are_those_of_the_past_year(bench: Workbench) -> None:
    """Their average, how often each was given, and what was said last, as it was said."""
    write(bench, 1)
    with bench.house.database.writing() as connection:
        for nth, (stars, days) in enumerate(((5, 1), (4, 100), (1, 400))):
            _rate(connection, bench, nth, stars, days)
    page = visitor(bench).get("/overview").text

    assert "4.5" == Page(page).tiles["Rating"]
    assert "4.5 of 5, from 2" in page
    assert "5.0 of 5, from 1" in page
    assert "&lt;b&gt;Fine&lt;/b&gt; 0" in page
    assert "Fine&lt;/b&gt; 2" not in page


def _rate(connection: Connection, bench: Workbench, nth: int, stars: int, days: int) -> None:
    rated = START - days * DAY
    connection.execute(
        insert(feedback).values(
            token=f"{nth:064}",
            ticket=bench.rows("tickets")[0]["id"],
            recipient="jan@klant.example",
            agent="",
            asked_at=rated,
            expires_at=START,
            stars=stars,
            comment=f"<b>Fine</b> {nth}",
            first_rated_at=rated,
            rated_at=rated,
        )
    )


def test_a_house_of_one_desk_counts_mails_of_none_as_well(bench: Workbench) -> None:
    """A mail that waits belongs to no desk yet, and nobody may overlook it."""
    write(bench, 1)
    bench.deliver(mail(author="late@klant.example"))
    one = bench.house.desks[:1]
    bench.house = replace(bench.house, desks=one, routes=Routes(one))
    assert "2" == Page(visitor(bench).get("/overview").text).tiles["Came in"]


def test_no_secret_of_a_link_is_shown(bench: Workbench) -> None:
    """With which who reads a comment could rate in the customer's place."""
    secret = "https://desk.example/feedback/abcdefghijklmnopqrstuvwxyz"
    write(bench, 1)
    with bench.house.database.writing() as connection:
        _rate(connection, bench, 1, 5, 1)
        connection.execute(update(feedback).values(comment=f"From {secret} I came"))
        connection.execute(update(tickets).values(due_at=START, subject=f"Re: {secret}"))
    page = visitor(bench).get("/overview").text
    assert "I came" in page
    assert "abcdefghijkl" not in page


def test_an_empty_house_says_what_to_do_first(bench: Workbench) -> None:
    """Where to write to; and no more once there was a case."""
    somebody = visitor(bench)
    first = somebody.get("/overview").text
    assert "First steps" in first
    assert "help@north.example" in first

    write(bench, 1)
    assert "First steps" not in somebody.get("/overview").text


def test_the_console_begins_with_the_overview(bench: Workbench) -> None:
    """Whoever opens its address by itself sees it."""
    page = visitor(bench).get("/").text
    assert "figures" in Page(page).ids
    assert '<a href="/overview" aria-current="page">' in page


def test_what_is_fetched_anew_is_a_piece_of_the_page(bench: Workbench) -> None:
    """Nothing in either runs or is styled in place, whatever customers wrote; ids are one each."""
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    bench.deliver(mail(subject=attack))
    bench.work()
    with bench.house.database.writing() as connection:
        # As if its desk promised something.
        connection.execute(update(tickets).values(due_at=START, severity=attack, assignee=attack))
        _rate(connection, bench, 1, 5, 1)
    somebody = visitor(bench)
    page = somebody.get("/overview?span=month").text
    piece = somebody.get("/overview/figures?span=month").text

    assert piece.strip() in page
    assert [] == Page(page).forbidden
    assert len(set(Page(page).ids)) == len(Page(page).ids)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_page_that_renews_itself_keeps_nobody_signed_in(bench: Workbench) -> None:
    """Whoever has left it open is signed out as if they had not."""
    somebody = visitor(bench)
    for _ in range(4):
        bench.time += 29 * MINUTE
        assert 200 == somebody.get("/overview/figures").status_code
    bench.time += 5 * MINUTE
    assert "/sign-in" in somebody.get("/overview/figures").headers["location"]


@contextmanager
def queries() -> Iterator[list[str]]:
    """Collect the statements that are asked meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_page_asks_a_few_questions_however_much_there_is(bench: Workbench) -> None:
    """As many for two thousand tickets as for a few."""
    write(bench, 3)
    with bench.house.database.writing() as connection:
        _rate(connection, bench, 1, 5, 1)
        connection.execute(update(tickets).values(due_at=START))
    somebody = visitor(bench)
    asked = []
    for _ in range(2):
        with queries() as found:
            assert 200 == somebody.get("/overview").status_code
        asked.append(len(found))
        if len(asked) == 1:
            fill(bench.house, 2000, START)
    assert asked[0] == asked[1] <= MOST_QUERIES


def test_columns_lie_on_each_other_and_say_what_they_are() -> None:
    """Their parts are as high as what they count; every text is escaped."""
    drawn = columns(
        "x", "<Mails>", "a & b", [Column("1 <Mar>", (("filed", 3), ("held", 1))), Column("2", ())]
    )
    assert '<title id="x-title">&lt;Mails&gt;</title>' in drawn
    assert "1 &lt;Mar&gt;: 3 filed, 1 held" in drawn
    assert 'class="filed" x="1" y="25.00" width="8" height="75.00"' in drawn
    assert 'class="held" x="1" y="0.00" width="8" height="25.00"' in drawn
    assert "<title>2: none</title>" in drawn


@pytest.mark.parametrize(("most", "top"), [(0, 4), (4, 4), (5, 8), (9, 20), (21, 40), (201, 400)])
def test_the_top_of_a_chart_is_read_easily(most: int, top: int) -> None:
    """It is a quarter's whole multiple."""
    assert top == top_of([Column("", (("filed", most),))])


def test_a_bar_is_as_long_as_its_part_of_the_whole() -> None:
    """And nothing where there is nothing."""
    assert 'class="a" x="0.00" y="0" width="25.00"' in bar([("a", 1), ("b", 0), ("c", 2)], 4)
    assert 'class="c" x="25.00" y="0" width="50.00"' in bar([("a", 1), ("b", 0), ("c", 2)], 4)
    assert "rect" not in bar([("a", 0)], 0)
