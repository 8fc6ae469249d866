"""The knowledge base finds the articles that fit, on each database alike."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from gateway.desk.article import Page
from gateway.store import clicks, knowledge
from gateway.store.knowledge import Brought
from lib.workbench import Workbench

WHITE = Page(
    path="en/white.md",
    title="The report stays white",
    language="en",
    text="Clear the cache of your browser.",
    url="https://help.klant.example/white",
    product="Reports",
    tags=("blank", "empty page"),
)
PRINTER = Page("en/printer.md", "Nothing is printed", "en", "Choose the printer in the browser.")
WIT = Page("nl/wit.md", "Het rapport blijft wit", "nl", "Wis de cache.")
ALL = (WHITE, PRINTER, WIT)


def found(connection: Connection, words: str, language: str = "en", product: str = "") -> list[str]:
    """Give the titles of what is found."""
    return [one.title for one in knowledge.search(connection, words, language, 3, product)]


def test_what_is_written_otherwise_is_found(bench: Workbench) -> None:
    """Other endings, letter case and accents; words of the text count less than the title's."""
    with bench.house.database.writing() as connection:
        assert Brought(new=3) == knowledge.put(connection, "/kb", ALL)

        assert [WHITE.title] == found(connection, "My REPÖRTS are blank!")
        assert [PRINTER.title] == found(connection, "printing")
        assert [PRINTER.title, WHITE.title] == found(connection, "print from the browser")
        assert [WIT.title] == found(connection, "rapporten", "nl")
        assert [] == found(connection, "Rapporten", "en")


def test_a_score_is_the_share_of_what_is_asked(bench: Workbench) -> None:
    """All of it, half of what stands in the text alone, and less for words that nobody wrote."""
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "/kb", ALL)

        (whole,) = knowledge.search(connection, "white report", "en", 1)
        (text,) = knowledge.search(connection, "cache", "en", 1)
        (less,) = knowledge.search(connection, "white report from Mars", "en", 1)

    assert (1.0, 0.5) == (whole.score, text.score)
    assert 0.5 < less.score < 1
    assert (WHITE.title, "en", WHITE.url) == (whole.title, whole.language, whole.url)


def test_articles_of_another_product_count_half(bench: Workbench) -> None:
    """Those of none count in full."""
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "/kb", ALL)

        scores = [
            knowledge.search(connection, "white", "en", 1, product)[0].score
            for product in ("", "reports", "Desktop")
        ]

    assert [1.0, 1.0, 0.5] == scores


QUERIES = (
    'print" OR "white',
    "NEAR(print white) AND NOT *",
    "head_terms : print",
    "print') | ('white",
    "{head_terms} : ^print* + \\",
    "print:* & !white <-> a",
)
NO_WORDS = ("", " \n", "the and of", "\x00\ud800", "%%% ''' \"\"\"", "\u0301")


def test_nothing_that_is_written_is_a_query(bench: Workbench) -> None:
    """Operators, quotes and columns are no more than words; without a word nothing is found."""
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "/kb", ALL)

        for words in QUERIES:
            assert PRINTER.title in found(connection, words), words
        for words in NO_WORDS:
            assert [] == found(connection, words), words
        assert [] == found(connection, "print", 'e"n')


def test_an_import_is_repeated_without_effect_and_changes_what_changed(bench: Workbench) -> None:
    """A file with a new title or language is the same article."""
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "/kb", ALL)
        before = {one.path: one.id for one in knowledge.listed(connection)}

        assert Brought(unchanged=3) == knowledge.put(connection, "/kb", ALL, withdraw=True)
        other = replace(WHITE, title="Empty reports", tags=(), language="nl")
        assert Brought(changed=1) == knowledge.put(connection, "/kb", [other])

        assert before == {one.path: one.id for one in knowledge.listed(connection)}
        assert [other.title] == found(connection, "Empty", "nl")
        assert [] == found(connection, "white blank", "en")


def test_what_is_gone_is_withdrawn_and_comes_back_as_itself(bench: Workbench) -> None:
    """Of its own source only; nothing is counted twice."""
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "/kb", ALL)
        knowledge.put(connection, "/other", [WHITE])
        before = knowledge.listed(connection)

        gone = knowledge.put(connection, "/kb", [PRINTER], withdraw=True)
        assert Brought(unchanged=1, withdrawn=(WHITE.path, WIT.path)) == gone
        assert [("/kb", PRINTER.path), ("/other", WHITE.path)] == [
            (one.source, one.path) for one in knowledge.listed(connection)
        ]
        assert [] == found(connection, "rapport", "nl")
        assert Brought(unchanged=1) == knowledge.put(connection, "/kb", [PRINTER], withdraw=True)
        assert Brought(new=2, unchanged=1) == knowledge.put(connection, "/kb", ALL)
        assert before == knowledge.listed(connection)
        assert [WIT.title] == found(connection, "rapport", "nl")

    counted = {
        (row["language"], row["term"]): row["articles"] for row in bench.rows("article_terms")
    }
    assert {3, 2, 1} == {counted["en", ""], counted["en", "white"], counted["nl", ""]}


def test_clicks_are_counted_by_article_and_day(bench: Workbench) -> None:
    """And summed up in the list; an article that is withdrawn leads nowhere."""
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "/kb", ALL)
        first, second, _ = (one.id for one in knowledge.listed(connection))
        for article, day in ((first, 2), (first, 2), (first, 3), (second, 3)):
            clicks.count(connection, article, date(2026, 3, day))

        assert [3, 1, 0] == [one.clicks for one in knowledge.listed(connection)]
        urls = {one.id: clicks.url_of(connection, one.id) for one in knowledge.listed(connection)}
        knowledge.put(connection, "/kb", [], withdraw=True)
        assert {""} == {clicks.url_of(connection, one) for one in urls}

    assert {WHITE.url, ""} == set(urls.values())
    rows = bench.rows("article_clicks")
    counted = [(row["article"], row["day"].day, row["clicks"]) for row in rows]
    assert [(first, 2, 2), (first, 3, 1), (second, 3, 1)] == counted
