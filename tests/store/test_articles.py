"""The knowledge base."""

from collections.abc import Sequence

from sqlalchemy import Connection

from gateway.desk.article import Page
from gateway.desk.known import Article
from gateway.store import articles, knowledge
from lib.workbench import Workbench

WHITE = Article("Reports stay white", "en", "Clear the cache.", "https://kb.example/1")
WIT = Article("Reports stay white", "nl", "Leeg de cache.", "https://kb.example/1")
UMLAUT = Article("Änderungen 100% drucken_jetzt", "de", "So geht es.", "")
ALL = (WHITE, WIT, UMLAUT)


def put(connection: Connection, new: Sequence[Article]) -> None:
    """Enter articles, each as the file of its title and language."""
    pages = [Page(f"{a.language}/{a.title}", a.title, a.language, a.text, a.url) for a in new]
    knowledge.put(connection, "/kb", pages)


def find(bench: Workbench, wanted: str) -> tuple[Article, ...]:
    """Look for one."""
    with bench.house.database.reading() as connection:
        return articles.find(connection, [wanted])[wanted]


FOUND = {
    "Reports stay white": (WHITE, WIT),
    "stay WHITE": (WHITE, WIT),
    "änderungen": (UMLAUT,),
    "DRUCKEN-JETZT": (UMLAUT,),
    "100% druck": (UMLAUT,),
    "%": (UMLAUT,),
    "_": (),
    "black": (),
    "": (),
}


def test_articles_are_found_by_parts_of_their_titles(bench: Workbench) -> None:
    """Letter case and hyphens do not matter, and no character stands for another."""
    with bench.house.database.writing() as connection:
        put(connection, ALL)
        found = articles.find(connection, list(FOUND))

    assert found == FOUND


def test_a_later_article_takes_the_place_of_the_earlier(bench: Workbench) -> None:
    """The file of the same name."""
    newer = Article(WHITE.title, "en", "Restart it.", "https://kb.example/9")
    with bench.house.database.writing() as connection:
        put(connection, [WHITE])
        put(connection, [newer])

    assert (newer,) == find(bench, "white")


def test_titles_that_begin_so_come_first_and_not_all_of_them(bench: Workbench) -> None:
    """However many there are."""
    many = [Article(f"About printing {n:03}", "en", "", "") for n in range(60)]
    with bench.house.database.writing() as connection:
        put(connection, [*many, Article("Printing", "en", "", "")])
    found = find(bench, "printing")

    assert ("Printing", 50) == (found[0].title, len(found))
