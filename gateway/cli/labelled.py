"""How well the knowledge base answers questions of which somebody said what answers them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from gateway.config.toml_file import TomlFile, did_you_mean
from gateway.config.toml_file import read as read_toml
from gateway.desk.known import Suggestion
from gateway.desk.relevance import query
from gateway.errors import Finding, Misconfigured
from gateway.store.knowledge import listed, search_all

_BEST = 3
_KEYS = ("language", "article", "subject", "text", "paraphrased")


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer may write, and the path of the article that answers it, "" if none does.

    A `paraphrased` one shares few words with the article.
    """

    language: str
    subject: str
    text: str
    article: str
    paraphrased: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """How many questions there are that an article answers, and how many find it.

    `first` have it first of all, `third` among the first three.
    """

    questions: int
    first: int
    third: int


@dataclass(frozen=True, slots=True)
class Above:
    """How many questions get a first suggestion that is above a threshold.

    It is right or wrong, or uncalled for: for one of the `without` questions that no article
    answers.
    """

    right: int
    wrong: int
    uncalled: int
    without: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what was found for it, the best first, by the articles' paths."""

    question: Question
    found: tuple[tuple[str, float], ...]

    @property
    def place(self) -> int:
        """Give the place of the article that answers it, from 1; 0 where it was not found."""
        paths = [path for path, _ in self.found]
        return paths.index(self.question.article) + 1 if self.question.article in paths else 0


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a TOML file of [[query]] tables. Raises Misconfigured with all that is wrong."""
    file = read_toml(path)
    findings = tuple(_findings(file))
    if findings:
        raise Misconfigured(findings)
    return tuple(Question(**{"article": "", "subject": "", **row}) for row in file.tree["query"])


def _findings(file: TomlFile) -> Iterator[Finding]:
    rows = file.tree.get("query")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield file.finding("the questions must be written as [[query]]", "query")
        return
    for at, row in enumerate(rows):
        for key, value in row.items():
            if key not in _KEYS:
                yield file.finding(
                    f'"{key}" is not known here{did_you_mean(key, _KEYS)}', "query", at, key
                )
            elif not isinstance(value, bool if key == "paraphrased" else str):
                kind = "true or false" if key == "paraphrased" else "a text"
                yield file.finding(f'"{key}" must be {kind}', "query", at, key)
        for key in ("language", "text"):
            if key not in row:
                yield file.finding(f'there is no "{key}"', "query", at)


def answer(connection: Connection, questions: Sequence[Question]) -> tuple[Answered, ...]:
    """Look the questions up as mails are."""
    paths = {one.id: one.path for one in listed(connection)}
    asked = [query(one.subject, one.text, one.language) for one in questions]
    found = search_all(connection, asked, _BEST)

    def places(some: Sequence[Suggestion]) -> tuple[tuple[str, float], ...]:
        return tuple((paths[one.id], one.score) for one in some)

    return tuple(Answered(q, places(s)) for q, s in zip(questions, found, strict=True))


def hits(answered: Sequence[Answered]) -> Hits:
    """Count how many questions find their article; those that none answers do not count."""
    places = [one.place for one in answered if one.question.article]
    return Hits(len(places), places.count(1), len(places) - places.count(0))


def above(answered: Sequence[Answered], threshold: float) -> Above:
    """Count what a threshold lets through."""
    firsts = [one for one in answered if one.found and one.found[0][1] >= threshold]
    right = sum(one.place == 1 for one in firsts)
    uncalled = sum(not one.question.article for one in firsts)
    without = sum(not one.question.article for one in answered)
    return Above(right, len(firsts) - right - uncalled, uncalled, without)
