"""Articles of the knowledge base that fit the mails of a batch."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from gateway.desk.known import Suggestion
from gateway.desk.relevance import Query
from gateway.store.knowledge import search_all
from gateway.store.lookup.people import People
from gateway.store.lookup.question import Question

# As many as a desk can suggest.
_MOST_SUGGESTED = 10


def read_suggested(
    connection: Connection, questions: Sequence[Question], people: People
) -> dict[int, tuple[Suggestion, ...]]:
    """Give the articles that fit each mail that wants some, by spool id, in all languages asked.

    Those about what its author uses, as the directory has it, come before those about another
    product.
    """
    wanted = [(q.spool_id, one) for q in questions for one in _queries(q, people)]
    found: dict[int, tuple[Suggestion, ...]] = {}
    if wanted:
        answers = search_all(connection, [one for _, one in wanted], _MOST_SUGGESTED)
        for (spool_id, _), some in zip(wanted, answers, strict=True):
            found[spool_id] = (*found.get(spool_id, ()), *some)
    return found


def _queries(question: Question, people: People) -> list[Query]:
    person = people.person(question.original or question.author) if question.articles else None
    product = person.fact("product") if person else ""
    return [replace(one, product=product) for one in question.articles]
