"""The articles of the knowledge base by their titles, as agents name them."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from gateway.desk.commands.names import plain
from gateway.desk.known import Article
from gateway.store.schema import articles

_MOST_FOUND = 50


def find(connection: Connection, wanted: Collection[str]) -> dict[str, tuple[Article, ...]]:
    """Give the articles with these titles, or with these in their titles, by what was wanted.

    Letter case does not matter. Titles that begin with it come first; at most 50.
    """
    return {one: _found(connection, plain(one)) for one in wanted}


def _found(connection: Connection, sought: str) -> tuple[Article, ...]:
    if not sought:
        return ()
    rows = connection.execute(
        select(articles)
        .where(articles.c.sought.contains(sought, autoescape=True), articles.c.withdrawn.is_(False))
        .order_by(
            articles.c.sought.startswith(sought, autoescape=True).desc(),
            articles.c.sought,
            articles.c.language,
            articles.c.id,
        )
        .limit(_MOST_FOUND)
    )
    return tuple(Article(row.title, row.language, row.text, row.url) for row in rows)
