"""The feedback page over real sockets: looking changes nothing, sending its form counts."""

import html
import http.client
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from gateway.desk.person import Person
from gateway.serving.server import ServingThread
from gateway.store import directory
from gateway.store.schema import feedback
from gateway.templates import shipped_folder
from gateway.web.common_words import COMMON
from gateway.web.feedback_words import WORDS
from gateway.web.pages import pages
from lib.rating import JAN, asking, closed, link_in, notices
from lib.workbench import START, Workbench

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TABLES = ("feedback", "events", "tickets", "outbox")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PEOPLE = ("en", "nl", "de", "fi", "fr")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house with a case that is closed."""
    with asking(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        closed(opened)
        yield opened


@pytest.fixture(scope="module")
def web(bench: Workbench) -> Iterator[ServingThread]:
    """Its web server, on any free port."""
    thread = ServingThread("web", "127.0.0.1", 0, pages(lambda: bench.house, bench.now))
    thread.start()
    yield thread
    thread.stop(1)


@pytest.fixture
def path(bench: Workbench) -> Iterator[str]:
    """The page of a case that nobody has rated yet; each test has its own minutes."""
    bench.time += HOUR
    yield f"/feedback/{link_in(notices(bench)[0])}"
    with bench.house.database.writing() as connection:
        unrated = {"stars": None, "comment": "", "first_rated_at": None, "rated_at": None}
        aside = {"unconfirmed_stars": None, "unconfirmed_comment": "", "unconfirmed_at": None}
        connection.execute(update(feedback).values(**unrated, **aside, trapped_at=None))


def ask(
    web: ServingThread, path: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Ask for a page."""
    browser = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    browser.request(method, path, body or None, named)
    answer = browser.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    text = answer.read().decode()
    browser.close()
    return answer.status, found, text


def send(
    bench: Workbench, web: ServingThread, path: str, **fields: str
) -> tuple[int, dict[str, str], str]:
    """Send the form of a page, a while after it was shown."""
    fields = {**hidden(ask(web, path)[2]), **fields}
    bench.time += 5 * SECOND
    return post(web, path, fields)


def post(
    web: ServingThread, path: str, fields: Mapping[str, str]
) -> tuple[int, dict[str, str], str]:
    """Send the fields of a form."""
    return ask(web, path, "POST", urlencode(fields).encode(), **FORM)


def hidden(page: str) -> dict[str, str]:
    """Give the fields of a page's form that nobody fills in."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def kept(bench: Workbench) -> dict[str, list[dict[str, object]]]:
    """Give all that a rating could change."""
    return {table: bench.rows(table) for table in TABLES}


def test_looking_changes_nothing(bench: Workbench, web: ServingThread, path: str) -> None:
    """Neither does what looks by itself; the page has a form that works without any script."""
    before = kept(bench)

    answers = [ask(web, f"{path}?stars=5", method) for method in ("GET", "HEAD", "GET")]
    headers, page = answers[0][1:]

    assert [200] * 3 == [one[0] for one in answers]
    assert before == kept(bench)
    assert "text/html; charset=utf-8" == headers["content-type"]
    assert 5 == len(
        re.findall(r'<label><input type="radio" name="stars" value="\d" required><', page)
    )
    assert '<form method="post" accept-charset="utf-8">' in page
    assert "checked" not in page
    assert "<script" not in page
    assert "NO-00013" in page
    assert "" == answers[1][2]


def test_a_rating_counts_and_the_browser_is_led_back(
    bench: Workbench, web: ServingThread, path: str
) -> None:
    """So reloading sends nothing; the page thanks, and has what was said, to be changed."""
    status, headers, _ = send(
        bench, web, path, stars="4", comment="Good.\r\nVery good.\x00\x1b[2J  "
    )
    again, _, page = ask(web, path)

    assert (303, path.rpartition("/")[2]) == (status, headers["location"])
    (request,) = bench.rows("feedback")
    assert (4, "Good.\nVery good.[2J") == (request["stars"], request["comment"])
    assert 200 == again
    assert "You gave us 4 of 5 stars." in page
    assert "You can change it until 9 March 2026." in page
    assert 'value="4" required checked>' in page
    assert 1 == page.count("checked")
    assert ">\nGood.\nVery good.[2J</textarea>" in page


def test_nothing_of_it_can_be_run_framed_kept_or_told_of(web: ServingThread, path: str) -> None:
    """A policy of its own lets the form be sent, to here alone."""
    _, headers, page = ask(web, path)

    policy = headers["content-security-policy"]
    assert "default-src 'none'; style-src 'self'; " in policy
    assert "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" == headers["cache-control"]
    assert "no-referrer" == headers["referrer-policy"]
    assert "noindex, nofollow" == headers["x-robots-tag"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "set-cookie" not in headers
    assert not re.search(r"https?://|//[a-z]|<style|style=| on[a-z]+=", page)
    assert len(page) < 10_000


def test_what_a_customer_writes_stays_text(bench: Workbench, web: ServingThread, path: str) -> None:
    """On the page that shows it to whoever wrote it."""
    comment = "</textarea><script>alert(1)</script>{{ 7 * 7 }}\"'&"
    send(bench, web, path, stars="3", comment=comment)
    _, _, page = ask(web, path)

    assert "<script" not in page
    assert (
        "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}&#34;&#39;&amp;" in page
    )


@pytest.mark.parametrize("stars", ["", "0", "6", "05", "5.0", "\u0665", "5 ", "x" * 500])
def test_whoever_gives_no_stars_is_asked_for_them(
    bench: Workbench, web: ServingThread, path: str, stars: str
) -> None:
    """What they wrote is not lost."""
    before = kept(bench)
    status, _, page = send(bench, web, path, stars=stars, comment="Still here")

    assert 422 == status
    assert '<p class="problem" role="alert" id="problem">Please choose' in page
    assert ">\nStill here</textarea>" in page
    assert before == kept(bench)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"stars=5", {}),
        (b"stars=5", {"Content-Type": "text/plain"}),
        (b'{"stars": 5}', {"Content-Type": "application/json"}),
        (b"stars=5&comment=" + b"x" * 40_000, FORM),
        (b"&".join(b"stars=5" for _ in range(50)), FORM),
    ],
    ids=["bare", "text", "json", "large", "fields"],
)
def test_what_is_not_the_form_is_refused(
    bench: Workbench, web: ServingThread, path: str, body: bytes, headers: dict[str, str]
) -> None:
    """And changes nothing."""
    before = kept(bench)

    assert 400 == ask(web, path, "POST", body, **headers)[0]
    assert before == kept(bench)


def test_a_long_comment_is_taken_in_any_writing(
    bench: Workbench, web: ServingThread, path: str
) -> None:
    """As many characters as the page lets through, each of them three bytes."""
    assert 303 == send(bench, web, path, stars="5", comment="評" * 2000)[0]
    assert "評" * 2000 == bench.rows("feedback")[0]["comment"]


@pytest.mark.parametrize("token", ["a" * 26, "x", "%00", "%d9%a1", "%0d%0aX"])
def test_an_unknown_link_says_so(web: ServingThread, token: str) -> None:
    """In the browser's language, to whoever looks and to whoever sends."""
    path = f"/feedback/{token}"

    status, _, page = ask(web, path, accept_language="tlh, nl-NL;q=0.8, en")

    assert (404, True) == (status, COMMON["nl"].missing in page)
    assert '<html lang="nl">' in page
    assert 404 == post(web, path, {"stars": "5"})[0] == post(web, path, {})[0]
    assert 404 == ask(web, f"{path}/contents")[0]


def test_a_link_that_has_ended_says_so(bench: Workbench, web: ServingThread, path: str) -> None:
    """As does one whose rating stands."""
    page = ask(web, path)[2]
    send(bench, web, path, stars="5")
    then = bench.time
    try:
        bench.time = START + timedelta(days=30)
        late, _, _ = send(bench, web, path, stars="1")
        same, _, _ = send(bench, web, path, stars="5")
        status, _, final = ask(web, path)
        with bench.house.database.writing() as connection:
            connection.execute(update(feedback).values(stars=None))
        shown = hidden(page)
        bench.time = START + timedelta(days=61)
        gone, _, expired = ask(web, path)
        too_late, _, _ = post(web, path, {**shown, "stars": "5"})
    finally:
        bench.time = then

    assert (409, 303, 200) == (late, same, status)
    assert "It cannot be changed any more." in final
    assert (410, 410) == (gone, too_late)
    assert WORDS["en"].expired in expired
    assert "<form" not in final + expired


@pytest.mark.parametrize("language", PEOPLE)
def test_the_page_speaks_the_language_of_the_mail(
    bench: Workbench, web: ServingThread, path: str, language: str
) -> None:
    """Or English, where it does not know it."""
    with bench.house.database.writing() as connection:
        directory.put(connection, [Person(JAN, "Jan", language=language)])
    _speaks(bench)
    _, _, page = ask(web, path)
    with bench.house.database.writing() as connection:
        directory.put(connection, [Person(JAN, "Jan")])

    spoken = language if language in WORDS else "en"
    assert f'<html lang="{spoken}">' in page
    assert all(mark in page for mark in WORDS[spoken].marks)


def _speaks(bench: Workbench) -> None:
    """Let the desk speak all languages of the test."""
    for desk in bench.house.desks:
        object.__setattr__(desk, "languages", PEOPLE)


def test_the_page_speaks_each_language_of_the_shipped_templates() -> None:
    """And each of its texts has what it is about."""
    spoken = {one.name for one in shipped_folder().iterdir() if re.fullmatch("[a-z]{2}", one.name)}

    assert spoken <= WORDS.keys()
    for words in WORDS.values():
        assert "NO-1" in words.about.format(number="NO-1")
        assert "4" in words.thanks.format(stars=4)
        assert "March" in words.until.format(day="March")
        assert [str(n) for n in range(1, 6)] == [mark[0] for mark in words.marks]


def test_other_methods_are_refused(web: ServingThread, path: str) -> None:
    """With what there is."""
    status, headers, _ = ask(web, path, "DELETE")

    assert (405, "GET, HEAD, POST") == (status, headers["allow"])


def test_a_flood_of_ratings_is_asked_to_come_back(
    bench: Workbench, web: ServingThread, path: str
) -> None:
    """Whoever sends without end keeps no mail waiting, and nobody else from being heard."""
    form = hidden(ask(web, path)[2])
    bench.time += 5 * SECOND
    guessed = [post(web, f"/feedback/{'a' * 26}", {**form, "stars": "5"}) for _ in range(12)]
    answers = [post(web, path, {**form, "stars": "4"}) for _ in range(12)]

    assert {404} == {status for status, _, _ in guessed}
    assert [303] * 10 + [503] * 2 == [status for status, _, _ in answers]
    assert "60" == answers[-1][1]["retry-after"]
    bench.time += timedelta(minutes=1)
    assert 303 == send(bench, web, path, stars="5")[0]
