"""The page of a case over real sockets: its reader's own, and nothing for whoever guesses."""

import http.client
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.desk.person import Person
from gateway.desk.route import Routes
from gateway.house import House
from gateway.mail.model import Verdict
from gateway.mail.parse import parse
from gateway.serving.server import ServingThread
from gateway.store import directory
from gateway.web.case_words import CASE
from gateway.web.languages import LANGUAGES
from gateway.web.pages import pages
from lib.rating import JAN, say
from lib.workbench import START, Workbench, mail, workbench
from lib.xss import PIECES, attacks, findings

EVA = "eva@klant.example"
POLICY = """
[[agent]]
address = "chief@north.example"
name = "Chief"
role = "manager"
"""
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}\"' --"
LOG = """\
From: Jan <jan@klant.example>
To: help@north.example
Subject: {subject}
Message-ID: <1@klant.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=utf-8

See there. {said}
--B
Content-Type: text/plain
Content-Disposition: attachment; filename="a<b>.log"

white
--B--
"""


def offering(house: House, case_page: str) -> House:
    """Give a house whose first desk says this of the page."""
    desks = (replace(house.desks[0], case_page=case_page), *house.desks[1:])
    return replace(house, desks=desks, routes=Routes(desks))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house with a case that was answered, with notes and two who take part."""
    with workbench(
        tmp_path_factory.mktemp("house"), "sqlite:///casepost.db", policy=POLICY, pages=True
    ) as opened:
        opened.house = offering(opened.house, "90d")
        opened.deliver(LOG.format(subject=HOSTILE, said=HOSTILE))
        opened.work()
        say(opened, f"#cc {EVA}")
        say(opened, "#note\n\nJan has not paid for years.")
        say(opened, "Please try once more.")
        yield opened


@pytest.fixture(scope="module")
def web(bench: Workbench) -> Iterator[ServingThread]:
    """Its web server, on any free port."""
    thread = ServingThread("web", "127.0.0.1", 0, pages(lambda: bench.house, bench.now))
    thread.start()
    yield thread
    thread.stop(1)


@pytest.fixture(autouse=True)
def own_time(bench: Workbench) -> None:
    """Each test has a minute of its own."""
    bench.time += timedelta(minutes=2)


def ask(
    web: ServingThread, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Ask for a page."""
    browser = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    browser.request(method, path, headers=named)
    answer = browser.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    text = answer.read().decode()
    browser.close()
    return answer.status, found, text


def page_of(bench: Workbench, reader: str, case: int = 1) -> str:
    """Give the path of somebody's link."""
    until = START + timedelta(days=90)
    return f"/case/{bench.house.case_links.issue(case, reader, until)}"


def acknowledged(bench: Workbench, to: str = JAN) -> str:
    """Give the text of the last acknowledgement that somebody got."""
    rows = [row for row in bench.rows("outbox") if row["recipient"] == to]
    return parse(
        bytes([r for r in rows if r["template"] == "customer/acknowledge"][-1]["content"])
    ).text


def test_the_acknowledgement_leads_there(bench: Workbench, web: ServingThread) -> None:
    """What is kept of it, for others to read, has no link."""
    (path,) = re.findall(r"https://desk\.example/support(/case/\S+)", acknowledged(bench))

    status, headers, page = ask(web, path)

    assert 200 == status
    assert "text/html; charset=utf-8" == headers["content-type"]
    assert "Your case NO-00013" in page
    assert "/case/…" in next(e["text"] for e in bench.rows("entries") if e["automatic"])
    assert not any(path in str(row["text"]) for row in bench.rows("entries"))


def test_it_says_what_its_reader_wrote_and_got(bench: Workbench, web: ServingThread) -> None:
    """No note, no agent's name or address, nothing of who else takes part."""
    page = ask(web, page_of(bench, JAN))[2]

    assert "See there." in page
    assert "Please try once more." in page
    assert "We are working on it." in page
    assert "paid" not in page
    assert "Ada" not in page
    assert "ada@" not in page
    assert EVA not in page
    assert len(page) < 20_000


def test_somebody_else_on_the_case_sees_what_they_got(bench: Workbench, web: ServingThread) -> None:
    """And neither what the requester wrote nor their files, nor what came before them."""
    page = ask(web, page_of(bench, EVA))[2]

    assert "Please try once more." in page
    assert "See there." not in page
    assert "/files/" not in page
    assert JAN not in page


def test_files_come_by_links_of_their_own(bench: Workbench, web: ServingThread) -> None:
    """As downloads, for a day."""
    page = ask(web, page_of(bench, JAN))[2]
    ((path, name),) = re.findall(r'href="/support(/files/[^"]+)" download>([^<]+)<', page)

    status, headers, content = ask(web, path)
    bench.time += timedelta(days=1)

    assert "a_b_.log" == name
    assert (200, "white") == (status, content.strip())
    assert headers["content-disposition"].startswith("attachment;")
    assert "nosniff" == headers["x-content-type-options"]
    assert 404 == ask(web, path)[0]


def test_nothing_in_it_runs(bench: Workbench, web: ServingThread) -> None:
    """What somebody wrote is text, and no script would be run if it were not."""
    _, headers, page = ask(web, page_of(bench, JAN))

    assert "<script" not in page
    assert "<img" not in page
    assert "style=" not in page
    assert "{{ 7 * 7 }}" in page
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "no-store" == headers["cache-control"]
    assert "no-referrer" == headers["referrer-policy"]
    assert "noindex, nofollow" == headers["x-robots-tag"]
    assert "set-cookie" not in headers


@pytest.mark.thorough
def test_whatever_somebody_writes_is_text(bench: Workbench, web: ServingThread) -> None:
    """In the subject, their name, the names of their files, and what they say."""
    before = len(bench.rows("tickets"))
    # So many mails of one author would be a storm.
    authors = [f"lee{number}@klant.example" for number in range(3)]
    for author in authors:
        for one in list(attacks("help@north.example", author))[authors.index(author) :: 3]:
            bench.deliver_bytes(one, sender=author)
    bench.work()
    mine = bench.rows("tickets")[before:]

    shown = [ask(web, page_of(bench, case["requester"], case["id"])) for case in mine]

    assert len(PIECES) == len(shown)
    assert {200} == {status for status, _, _ in shown}
    assert [] == [found for _, _, page in shown for found in findings(page)]
    assert all("mails that mean no good" in page for _, _, page in shown)


def test_its_style_is_there_and_kept(bench: Workbench, web: ServingThread) -> None:
    """Below the path where a proxy has us; its name changes with what is in it."""
    page = ask(web, page_of(bench, JAN))[2]
    (path,) = re.findall(
        r'<link rel="stylesheet" href="/support(/assets/page\.[0-9a-f]+\.css)">', page
    )

    status, headers, style = ask(web, path)

    assert (200, "text/css; charset=utf-8") == (status, headers["content-type"])
    assert "immutable" in headers["cache-control"]
    assert len(page) + len(style) < 100_000
    assert 404 == ask(web, "/assets/page.css")[0]


def test_whatever_is_wrong_is_not_there(bench: Workbench, web: ServingThread) -> None:
    """Guessed, expired, of somebody who is not on the case, of a case or desk that is not there."""
    good = page_of(bench, JAN)
    links = bench.house.case_links
    paths = [
        "/case/",
        "/case/1",
        "/case/NO-00013",
        f"{good}a",
        good[:-1],
        f"{good}/",
        f"/case/{links.issue(1, JAN, START)}",
        page_of(bench, "mallory@elsewhere.example"),
        page_of(bench, ""),
        page_of(bench, JAN, 99),
    ]

    answers = [ask(web, path, Accept_Language="nl") for path in paths]

    assert {404} == {status for status, _, _ in answers}
    assert 1 == len({page for _, _, page in answers})
    assert '<html lang="nl">' in answers[0][2]
    assert "Hier is niets" in answers[0][2]


def test_looking_is_all_that_can_be_done(bench: Workbench, web: ServingThread) -> None:
    """And changes nothing."""
    tables = ("tickets", "entries", "events", "outbox", "spool")
    before = {table: bench.rows(table) for table in tables}

    answers = [
        ask(web, page_of(bench, JAN), method)[0] for method in ("GET", "HEAD", "POST", "PUT")
    ]

    assert [200, 200, 405, 405] == answers
    assert before == {table: bench.rows(table) for table in tables}


def test_a_desk_that_shows_none_any_more_shows_none(bench: Workbench, web: ServingThread) -> None:
    """Whatever links are about; and its mails bear no link."""
    kept = bench.house
    bench.house = offering(kept, "")
    try:
        bench.deliver(mail(author="Kim <kim@klant.example>", message_id="<k@klant.example>"))
        bench.work()
        assert 404 == ask(web, page_of(bench, JAN))[0]
        assert "/case/" not in acknowledged(bench, "kim@klant.example")
    finally:
        bench.house = kept


def test_whose_words_must_not_be_repeated_gets_no_link(bench: Workbench) -> None:
    """They would stand on a page of ours, for somebody who never wrote them."""
    bench.verdict = Verdict.FAIL
    bench.deliver(mail(author="Lou <lou@klant.example>", message_id="<l@klant.example>"))
    bench.work()
    bench.verdict = Verdict.PASS

    assert "/case/" not in acknowledged(bench, "lou@klant.example")


def test_it_speaks_its_readers_language(bench: Workbench, web: ServingThread) -> None:
    """The directory's, where the desk speaks it; whatever the browser asks for."""
    person = Person(address=JAN, name="Jan", language="nl")
    with bench.house.database.writing() as connection:
        directory.put(connection, [person])
    page = ask(web, page_of(bench, JAN), Accept_Language="de")[2]
    with bench.house.database.writing() as connection:
        directory.put(connection, [replace(person, language="")])

    assert '<html lang="nl">' in page
    assert "Uw melding NO-00013" in page
    assert "2 maart 2026" in page


def test_too_many_looks_have_to_wait(
    bench: Workbench, web: ServingThread, caplog: pytest.LogCaptureFixture
) -> None:
    """By one link: others do not wait for them; and no link is ever logged."""
    with caplog.at_level(logging.DEBUG):
        answers = [ask(web, page_of(bench, JAN)) for _ in range(31)]
        other = ask(web, page_of(bench, EVA))[0]
        bench.time += timedelta(minutes=1)

    assert [200] * 30 + [503] == [status for status, _, _ in answers]
    assert "60" == answers[-1][1]["retry-after"]
    assert 200 == other
    assert 200 == ask(web, page_of(bench, JAN))[0]
    assert "/case/" not in caplog.text


def test_a_duplicate_leads_to_the_case_that_goes_on(bench: Workbench, web: ServingThread) -> None:
    """For as long as its own link is good; undone, it is what it was."""
    bench.deliver(mail(author=f"Eva <{EVA}>", subject="White, too", message_id="<d@klant.example>"))
    bench.work()
    case = len(bench.rows("tickets"))
    say(bench, "#merge NO-00013", case)
    page = ask(web, page_of(bench, EVA, case))[2]
    (other,) = re.findall(r'<a href="([^"/]+)">Look at case NO-00013</a>', page)

    assert "This case goes on as another one." in page
    assert "White, too" in page
    status, _, page = ask(web, f"/case/{other}")
    assert (200, True) == (status, "Your case NO-00013" in page)
    assert "See there." not in page
    say(bench, "#split", case)
    assert "Look at case" not in ask(web, page_of(bench, EVA, case))[2]


def test_a_page_stays_small(bench: Workbench, web: ServingThread) -> None:
    """However much was written; the newest comes first, and what is left out is said to be."""
    ids = ["<1@klant.example>"]
    for number in range(4):
        ids.append(f"<long{number}@klant.example>")
        body = f"Part {number}. " + "<&> " * 5_000
        bench.deliver(mail(author=f"Jan <{JAN}>", message_id=ids[-1], answers=ids[0], body=body))
        bench.work()

    page = ask(web, page_of(bench, JAN))[2]

    assert len(page.encode()) < 100_000
    assert "Part 3." in page
    assert "Part 0." not in page
    assert CASE["en"].more in page
    assert CASE["en"].cut in page


def test_all_languages_say_all() -> None:
    """And have the same gaps to fill."""
    assert set(LANGUAGES) == set(CASE)
    for words in CASE.values():
        for sentence in (words.title, words.other):
            assert "{number}" in sentence
        assert "{day}" in words.closes
        assert len(words.awaited) == len(CASE["en"].awaited)
