"""Articles that fit a mail are suggested in its acknowledgement, if the desk wants it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.policy import Knowledge
from gateway.config.served import Web
from gateway.desk.article import Page
from gateway.mail.parse import parse
from gateway.store import knowledge
from lib.workbench import Workbench, mail, workbench

URL = "https://help.klant.example"
PAGES = (
    Page("1", "The report stays white", "en", "Clear the cache of the browser.", f"{URL}/white"),
    Page("2", "Reports are slow", "en", "Shorten the period.", f"{URL}/slow"),
    Page("3", "Het rapport blijft wit", "nl", "Wis de cache van de browser.", f"{URL}/wit"),
    Page("4", "Nothing is printed", "en", "Choose the printer.", f"{URL}/print"),
)
DUTCH = (
    "Goedemiddag, sinds vanmorgen blijft het rapport wit als ik het open.\n\n"
    "Op 1 maart schreef u:\n"
    "> Nothing is printed\n> Nothing is printed\n"
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with articles; its desk `north` suggests at most two."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        with opened.house.database.writing() as connection:
            knowledge.put(connection, "/kb", PAGES)
        yield _wanting(opened, Knowledge(suggest=2))


def _wanting(bench: Workbench, wanted: Knowledge) -> Workbench:
    """Let both desks suggest articles in this way; everything else stays."""
    desks = tuple(replace(desk, knowledge=wanted) for desk in bench.house.desks)
    routes = type(bench.house.routes)(desks)
    bench.house = replace(bench.house, desks=desks, routes=routes)
    return bench


def told(bench: Workbench, text: str, *, quiet: bool = False) -> str:
    """Deliver a mail and give the text of the one answer to its customer, "" without any."""
    bench.deliver(text, quiet=quiet)
    bench.work()
    assert set(bench.states()) <= {"filed"}
    answers = bench.to_customers()
    return parse(answers[-1]["content"]).text if answers else ""


def test_what_fits_is_suggested_in_the_customers_language(bench: Workbench) -> None:
    """The best first, and not what fits hardly; then the desk's first language. No quotation."""
    english = told(bench, mail(subject="Report stays white", body="It stays white."))
    dutch = told(bench, mail(subject="Rapport blijft wit", body=DUTCH, author="k@klant.example"))

    assert f"{URL}/white" in english
    assert f"{URL}/slow" not in english
    assert f"{URL}/wit" in dutch
    assert f"{URL}/print" not in dutch


def test_nothing_is_suggested_that_does_not_fit_well_enough(bench: Workbench) -> None:
    """The threshold says how well; at 0 anything that has a word in common."""
    body = "Shall we have lunch in the garden on Thursday? Cooks could print menus for all guests."
    assert URL not in told(bench, mail(subject="Lunch", body=body))

    anything = _wanting(bench, Knowledge(suggest=1, threshold=0))
    assert f"{URL}/print" in told(anything, mail(subject="Lunch?", body=body))


@pytest.mark.parametrize(
    ("wanted", "headers", "quiet"),
    [
        (Knowledge(), "", False),
        (Knowledge(suggest=2), "Auto-Submitted: auto-replied", False),
        (Knowledge(suggest=2), "", True),
    ],
)
def test_nothing_is_looked_for_where_nothing_can_be_suggested(
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
    wanted: Knowledge,
    headers: str,
    quiet: bool,  # noqa: FBT001  one of the cases
) -> None:
    """On a desk that suggests none, to a machine, or for mail that lay there before we came."""
    monkeypatch.setattr(knowledge, "article_index", None)

    told(_wanting(bench, wanted), mail(subject="Report white", headers=headers), quiet=quiet)


def test_links_lead_over_our_pages_where_clicks_are_counted(bench: Workbench) -> None:
    """By the number of the article."""
    counting = _wanting(bench, Knowledge(suggest=1, count_clicks=True))
    web = Web(base_url="https://desk.klant.example")
    counting.house = replace(bench.house, settings=replace(bench.house.settings, web=web))

    text = told(counting, mail(subject="Report stays white"))

    assert "https://desk.klant.example/articles/1\n" in text
    assert URL not in text
