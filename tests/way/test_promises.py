"""What our mails say of time: promises, hours, days off, in the words and the zone of their reader.

What an acknowledgement promises is what `show` says of the case later.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config.desk import Desk
from gateway.config.service_time import Calendar, Target, Timer
from gateway.desk.decision import Availability, Content, Promise, Reply
from gateway.desk.person import Fact, Person
from gateway.desk.targets import clocks
from gateway.desk.ticket import Defect, Ticket
from gateway.house import House
from gateway.letters import Occasion, write
from gateway.mail.html import to_text
from gateway.mail.model import Mailbox
from gateway.mail.parse import parse
from gateway.store import archive, directory
from lib.desks import ADA, DESK, JAN, NOW, TICKET
from lib.workbench import Workbench, mail, workbench

DUE = datetime(2026, 3, 2, 13, 30, tzinfo=UTC)
OPENS = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
RESPONSE = Target(
    "response",
    "4h",
    calendar="office",
    labels={"en": "first answer", "nl": "eerste antwoord", "de": "erste Antwort"},
    met_by_answer=True,
)
OFFICE = Calendar("office", open=("mon-fri 09:00-17:00",))
TIMELY: Desk = replace(
    DESK,
    languages=("en", "nl", "de", "fi"),
    target=(RESPONSE,),
    calendar=(OFFICE,),
    timer=(
        Timer("warn", target="response", before="1h", notify=("agents",)),
        Timer("shut", status="Answered", after="14d", then="Done", mail="customer/closed"),
    ),
)
PROMISED = Content(
    promises=(Promise("response", DUE),),
    availability=Availability(is_open=False, opens_at=OPENS, holiday="Founders' Day"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with its keys and templates."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        yield opened.house


def texts(
    house: House, template: str, content: Content, language: str = "en", ticket: Ticket = TICKET
) -> tuple[str, str, str]:
    """Give subject, text and HTML as text of a mail about the ticket, in ordinary blanks."""
    to = Mailbox("", ADA if template.startswith("agent/") else JAN)
    reply = Reply(template, to, language, content=content)
    written = write(house, Occasion(TIMELY, (), "White"), ticket, reply, 7, NOW)
    found = parse(written.content)
    html = to_text(found.html) if found.html else ""
    subject, text, html = (
        " ".join(one.replace("\u00a0", " ").split()) for one in (found.subject, found.text, html)
    )
    return subject, text, html


@pytest.mark.parametrize(
    ("language", "closed", "opens", "promise"),
    [
        (
            "en",
            "We are closed right now (Founders' Day).",
            "We open again on Tuesday, 3 March 2026, 08:00 (UTC).",
            "first answer: by 2 March 2026, 13:30 (UTC)",
        ),
        (
            "nl",
            "Wij zijn nu gesloten (Founders' Day).",
            "Wij zijn weer open op dinsdag 3 maart 2026, 08:00 (UTC).",
            "eerste antwoord: uiterlijk 2 maart 2026, 13:30 (UTC)",
        ),
        (
            "de",
            "Im Moment haben wir geschlossen (Founders' Day).",
            "Wir sind wieder da: Dienstag, 3. März 2026, 08:00 (UTC).",
            "erste Antwort: spätestens 2. März 2026, 13:30 (UTC)",
        ),
        (
            "fi",
            "Palvelumme on nyt suljettu (Founders' Day).",
            "Avaamme jälleen: tiistai 3. maaliskuuta 2026 8.00 (UTC).",
            "response: viimeistään 2. maaliskuuta 2026 13.30 (UTC)",
        ),
    ],
)
def test_an_acknowledgement_says_promises_and_hours(
    house: House, language: str, closed: str, opens: str, promise: str
) -> None:
    """In text and HTML; a target that has no label in the language is called by its name."""
    _, text, html = texts(house, "customer/acknowledge", PROMISED, language)
    for said in (closed, opens, promise):
        assert said in text
        assert said in html
    day = Availability(is_open=False, opens_at=OPENS)
    _, text, html = texts(house, "customer/acknowledge", Content(availability=day), language)
    assert closed.replace(" (Founders' Day)", "") in text
    assert promise.partition(":")[0] not in text


@pytest.mark.parametrize("language", ["en", "nl", "de", "fi"])
def test_a_desk_at_work_or_without_hours_says_the_same(house: House, language: str) -> None:
    """Nobody is told that somebody is there: an answer will show it."""
    at_work = Content(availability=Availability(is_open=True))
    whole = texts(house, "customer/acknowledge", at_work, language)
    assert texts(house, "customer/acknowledge", Content(), language) == whole
    assert "2026" not in whole[1]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("", "by 2 March 2026, 13:30 (UTC)"),
        ("UTC", "by 2 March 2026, 13:30 (UTC)"),
        ("Nowhere/Land", "by 2 March 2026, 13:30 (UTC)"),
        ("America/New_York", "by 2 March 2026, 08:30 (Eastern Standard Time)"),
    ],
)
def test_customers_read_their_own_time(house: House, zone: str, expected: str) -> None:
    """Its zone is said where it is not the desk's, or no place's; agents read the desk's."""
    ticket = replace(TICKET, timezone=zone)
    _, text, html = texts(house, "customer/acknowledge", PROMISED, ticket=ticket)
    assert expected in text
    assert expected in html
    warned = Content(timer="warn", due=DUE)
    _, text, _ = texts(house, "agent/target-at-risk", warned, ticket=ticket)
    assert "Due: 2 Mar 2026, 13:30 " in text


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        (
            "en",
            "Due soon (first answer): It stays white",
            "What was promised: first answer Due: 2 Mar",
        ),
        ("nl", "Bijna te laat (eerste antwoord): It stays white", "Uiterlijk: 2 mrt 2026, 13:30"),
        ("de", "Bald fällig (erste Antwort): It stays white", "Fällig: 02.03.2026, 13:30"),
        ("fi", "Pian myöhässä (response): It stays white", "Määräaika: 2.3.2026 13.30"),
    ],
)
def test_agents_are_told_of_what_is_due(
    house: House, language: str, subject: str, said: str
) -> None:
    """By what the target is called in their language."""
    found = texts(house, "agent/target-at-risk", Content(timer="warn", due=DUE), language)
    assert subject in found[0]
    assert said in found[1]
    found = texts(house, "agent/target-missed", Content(timer="warn", due=DUE), language)
    assert "13" in found[1]
    found = texts(house, "agent/reminder", Content(timer="look again"), language)
    assert "(look again)" in found[0]


def test_a_reminder_says_when_the_case_closes(house: House) -> None:
    """Where it does so by itself; a case that is closed says nothing of it."""
    waiting = replace(TICKET, status="Answered")
    for name in ("customer/reminder", "customer/resolved"):
        _, text, html = texts(house, name, Content(), ticket=waiting)
        assert "Without an answer from you it is closed on 16 March 2026." in text
        assert "Without an answer from you it is closed on 16 March 2026." in html
        assert "2026" not in texts(house, name, Content())[1]


def test_a_fixed_defect_is_named(house: House) -> None:
    """With what is said of it, the version, and where to read about it."""
    defect = Defect("4711", "https://north.example/4711")
    content = Content(defect=defect, version="6.2", text="Please install it.")
    subject, text, html = texts(house, "customer/defect-fixed", content)
    assert "Fixed: 4711" in subject
    for said in ("4711", "version 6.2", "Please install it.", "https://north.example/4711"):
        assert said in text
        assert said in html


def test_a_rating_and_a_report_say_what_they_are_of(house: House) -> None:
    """Stars and comment; the first and the last day, and the figures in their columns."""
    rated = Content(stars=2, text="Too slow.", author=f"Jan <{JAN}>")
    subject, text, _ = texts(house, "agent/rated", rated)
    assert "2 of 5 stars" in subject
    assert f"Jan <{JAN}> has rated the help with NO-00013: 2 of 5 stars." in text
    assert "> Too slow." in text
    period = (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC))
    subject, text, html = texts(house, "agent/report", Content(text="opened  7", period=period))
    assert "North Help: report, 1 Feb 2026 to 28 Feb 2026" in subject
    assert "from 1 February 2026 to 28 February 2026." in text
    assert "opened 7" in html


@pytest.fixture
def timely(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose desks promise a first answer, and another one later."""
    with workbench(tmp_path, "sqlite:///casepost.db") as bench:
        desks = tuple(
            replace(
                desk,
                target=(RESPONSE, replace(RESPONSE, name="later", within="6h", labels={})),
                calendar=(replace(OFFICE, timezone="Europe/Amsterdam"),),
                opening_hours="office",
            )
            for desk in bench.house.desks
        )
        bench.house = replace(bench.house, desks=desks, routes=type(bench.house.routes)(desks))
        yield bench


def test_the_promise_is_the_clock_s(timely: Workbench) -> None:
    """To the instant, though the mail waited for us; out of hours the next opening is said.

    The calendar is that of another zone than the desk's, in which it is written.
    """
    timely.time = datetime(2026, 3, 6, 15, 17, tzinfo=UTC)
    timely.deliver(mail(subject="White"))
    timely.time += timedelta(hours=1)
    timely.work()
    (sent,) = timely.to_customers()
    text = parse(sent["content"]).text.replace("\u00a0", " ")
    with timely.house.database.reading() as connection:
        row = timely.rows("tickets")[0]
        whole = archive.whole(connection, row["number"])
    assert whole is not None
    due = [clock.due for clock in clocks(whole.ticket, timely.house.desks[0], timely.time)]
    assert [datetime(2026, 3, 9, hour, 17, tzinfo=UTC) for hour in (11, 13)] == due
    assert "- first answer: by 9 March 2026, 11:17 (UTC)\n" in text
    assert "- later: by 9 March 2026, 13:17 (UTC)\n" in text
    assert "We open again on Monday, 9 March 2026, 08:00 (UTC)." in text


def test_a_customer_elsewhere_is_promised_in_their_time(timely: Workbench) -> None:
    """The directory says in which zone they are."""
    with timely.house.database.writing() as connection:
        directory.put(connection, [Person(JAN, facts=(Fact("timezone", "America/New_York"),))])
    timely.deliver(mail(subject="White"))
    timely.work()
    (sent,) = timely.to_customers()
    text = parse(sent["content"]).text.replace("\u00a0", " ")
    assert "- first answer: by 2 March 2026, 08:00 (Eastern Standard Time)\n" in text
    assert "closed" not in text
