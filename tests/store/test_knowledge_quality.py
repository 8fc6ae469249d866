"""How many questions of our own labelled set find their article; docs/knowledge.md has the figures.

The floors are what was measured, less one or two.
"""

from pathlib import Path

from gateway.cli.article_files import read_articles
from gateway.cli.labelled import Hits, above, answer, hits, read_questions
from gateway.config.policy import Knowledge
from gateway.store import knowledge
from lib.workbench import Workbench

SET = Path(__file__).parent.parent / "knowledge"
FLOORS = {"en": (52, 56), "nl": (15, 15), "de": (13, 15), "fi": (12, 15)}
PARAPHRASED = (41, 49)


def test_questions_find_their_articles(bench: Workbench) -> None:
    """First, or among the first three, on each database."""
    questions = read_questions(SET / "labelled.toml")
    with bench.house.database.writing() as connection:
        knowledge.put(connection, "labelled", read_articles(SET / "articles"))
        answered = answer(connection, questions)

    measured = {
        language: hits([one for one in answered if one.question.language == language])
        for language in FLOORS
    }
    paraphrased = hits([one for one in answered if one.question.paraphrased])
    through = above(answered, Knowledge().threshold)
    print(measured, paraphrased, through)  # noqa: T201  what this test is for

    for language, floor in FLOORS.items():
        assert _reaches(measured[language], floor), language
    assert _reaches(paraphrased, PARAPHRASED)
    assert through.right >= 82
    assert through.wrong <= 7
    assert 0 == through.uncalled


def _reaches(found: Hits, floor: tuple[int, int]) -> bool:
    return found.first >= floor[0] and found.third >= floor[1]
