"""How well an article fits what somebody wrote, from 0 to 1, whichever database found it.

What is written counts by its terms, and each of them the more, the fewer articles have it. An
article's score is which share of that weight it covers. Of a long text only the weightiest terms
make up the whole, since nobody writes of one thing alone; terms that no article has make it larger
a little, since they show that the text is about something else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from math import log

from gateway.desk.known import Suggestion
from gateway.desk.terms import terms

# By these figures the labelled set (docs/knowledge.md) is answered best.
_SUBJECT = 1.5
_BODY = 0.5
_UNKNOWN = 0.25
_WEIGHTIEST = 8
_OTHER_PRODUCT = 0.5
_FEW = 30

MOST_TERMS = 64
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Query:
    """What articles are looked for: terms of one language, each with its weight, the first first.

    Articles of another `product` count half, where one is named.
    """

    language: str
    weights: tuple[tuple[str, float], ...]
    product: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that has some term of a query; `head` are the terms of its title and tags."""

    id: int
    title: str
    language: str
    url: str
    product: str
    head: frozenset[str]
    body: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How many articles of a language there are, and how many have each term that is asked for."""

    articles: int
    having: Mapping[str, int]

    def telling(self, term: str) -> float:
        """Say how much a term tells of what a text is about."""
        having = self.having.get(term, 0)
        # Of a handful of articles, that one of them has a word says nothing of how rare it is.
        articles = max(self.articles, _FEW)
        return log(1 + (articles - having + 0.5) / (having + 0.5))


def query(subject: str, text: str, language: str, product: str = "") -> Query:
    """Give what is looked for in the articles of a language; of a long text, its beginning."""
    weights = dict.fromkeys(islice(terms(subject, language), _MOST_WORDS), _SUBJECT)
    for term in islice(terms(text, language), _MOST_WORDS):
        weights.setdefault(term, 1.0)
    return Query(language, tuple(islice(weights.items(), MOST_TERMS)), product)


def ranked(
    asked: Query, candidates: Sequence[Candidate], vocabulary: Vocabulary
) -> Iterator[Suggestion]:
    """Give the articles with their scores, the best first."""
    weights = {term: weight * vocabulary.telling(term) for term, weight in asked.weights}
    shares = (
        weight if vocabulary.having.get(term) else weight * _UNKNOWN
        for term, weight in weights.items()
    )
    whole = sum(nlargest(_WEIGHTIEST, shares))
    if not whole:
        return
    scores = [(_covered(one, weights, asked.product) / whole, one) for one in candidates]
    for score, one in sorted(scores, key=lambda scored: (-scored[0], scored[1].id)):
        yield Suggestion(one.id, one.title, one.language, one.url, round(min(score, 1.0), 4))


def _covered(one: Candidate, weights: Mapping[str, float], product: str) -> float:
    """Give the weight of the terms that an article has, in its text alone half as much."""
    head = sum(weights[term] for term in weights if term in one.head)
    body = sum(weights[term] for term in weights if term in one.body and term not in one.head)
    other = product and one.product and product.casefold() != one.product.casefold()
    return (head + _BODY * body) * (_OTHER_PRODUCT if other else 1.0)
