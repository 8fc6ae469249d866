"""The way to an article over real sockets: it leads where the article is, and counts who clicks."""

import http.client
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from gateway.desk.article import Page
from gateway.serving.server import ServingThread
from gateway.store import knowledge
from gateway.web.pages import pages
from lib.workbench import START, Workbench, workbench

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
URL = "https://help.klant.example/white?a=1&b=%C3%A4#top"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house with an article that has a page, one that has none, and one that is withdrawn."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        pages = [
            Page("a.md", "White", "en", "Text.", URL),
            Page("b.md", "Paper", "en", "Text."),
            Page("c.md", "Gone", "en", "Text.", URL),
        ]
        with opened.house.database.writing() as connection:
            knowledge.put(connection, "/kb", pages)
            knowledge.put(connection, "/kb", pages[:2], withdraw=True)
        yield opened


@pytest.fixture(scope="module")
def web(bench: Workbench) -> Iterator[ServingThread]:
    """Its web server, on any free port."""
    thread = ServingThread("web", "127.0.0.1", 0, pages(lambda: bench.house, bench.now))
    thread.start()
    yield thread
    thread.stop(1)


def ask(
    web: ServingThread, path: str, method: str = "GET", agent: str = BROWSER, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Follow a link."""
    browser = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    browser.request(method, path, headers={"User-Agent": agent, **headers})
    answer = browser.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    browser.close()
    return answer.status, found, body


def test_a_link_leads_to_the_article_and_is_counted_by_day(
    bench: Workbench, web: ServingThread
) -> None:
    """Nothing is left with the browser, and nothing kept of it."""
    status, headers, _ = ask(web, "/articles/1?url=https://evil.example/", Cookie="a=b")
    ask(web, "/articles/1")

    assert (302, URL) == (status, headers["location"])
    assert "no-store" == headers["cache-control"]
    assert "set-cookie" not in headers
    row = {"article": 1, "day": START.date(), "clicks": 2}
    assert [row] == bench.rows("article_clicks")
    with bench.house.database.reading() as connection:
        assert [2, 0] == [one.clicks for one in knowledge.listed(connection)]


@pytest.mark.parametrize(
    ("method", "agent", "headers"),
    [
        ("HEAD", BROWSER, {}),
        ("GET", "", {}),
        ("GET", "Googlebot/2.1", {}),
        ("GET", "Mozilla/5.0 BingPreview/1.0b", {}),
        ("GET", "curl/8.0", {}),
        ("GET", BROWSER, {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", BROWSER, {"X-Moz": "prefetch"}),
    ],
)
def test_programs_are_led_on_and_not_counted(
    bench: Workbench, web: ServingThread, method: str, agent: str, headers: dict[str, str]
) -> None:
    """As far as they say what they are."""
    before = bench.rows("article_clicks")

    status, found, _ = ask(web, "/articles/1", method, agent, **headers)

    assert (302, URL) == (status, found["location"])
    assert before == bench.rows("article_clicks")


@pytest.mark.parametrize("article", ["2", "3", "99", "999999999999999999"])
def test_an_article_without_a_page_says_so(web: ServingThread, article: str) -> None:
    """As does one that is not there any more, or never was."""
    status, headers, body = ask(web, f"/articles/{article}")

    assert 404 == status
    assert b"This article has no page of its own, or is not there any more." in body
    assert "location" not in headers


@pytest.mark.parametrize("name", ["", "0", "01", "-1", "1/", "1x", "9" * 5000, "%31%00", "\u0661"])
def test_what_is_no_number_is_no_page(web: ServingThread, name: str) -> None:
    """However it is written."""
    status, _, body = ask(web, f"/articles/{quote(name, safe='%/')}")

    assert 404 == status
    assert b"There is nothing here, or not any more." in body


def test_a_flood_of_clicks_is_led_on_and_hardly_counted(
    bench: Workbench, web: ServingThread
) -> None:
    """Whoever clicks without end keeps no mail waiting."""
    bench.time = START + timedelta(days=1)
    answers = {ask(web, "/articles/1")[0] for _ in range(25)}

    assert {302} == answers
    assert [20] == [
        row["clicks"] for row in bench.rows("article_clicks") if row["day"] > START.date()
    ]
