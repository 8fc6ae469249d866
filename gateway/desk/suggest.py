"""Which articles of the knowledge base are suggested to whoever opens a case.

They are looked for before anybody knows in which language the mail is answered, so in all of the
desk's, and chosen when it was heard.
"""

from collections.abc import Iterator
from itertools import islice

from gateway.config.desk import Desk
from gateway.desk.case import Case
from gateway.desk.known import Suggestion
from gateway.desk.relevance import Query, query
from gateway.mail.reply.beginning import new_beginning


def sought(desk: Desk, subject: str, text: str) -> tuple[Query, ...]:
    """Say which articles are looked for: nothing where the desk suggests none."""
    if not desk.knowledge.suggest:
        return ()
    new = new_beginning(text)
    return tuple(query(subject, new, language) for language in desk.languages)


def suggested(case: Case, language: str) -> tuple[Suggestion, ...]:
    """Give the articles that fit well enough, the best first.

    Those in the language that the mail is answered in come before those in the desk's first.
    """
    wanted = case.desk.knowledge
    return tuple(islice(_fitting(case, language, wanted.threshold), wanted.suggest))


def _fitting(case: Case, language: str, threshold: float) -> Iterator[Suggestion]:
    for spoken in dict.fromkeys((language, case.desk.languages[0])):
        for one in case.known.suggested:
            if one.language == spoken and one.score >= threshold:
                yield one
