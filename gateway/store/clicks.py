"""Clicks on the links of articles: how many a day, and nothing of who made them."""

from datetime import date

from sqlalchemy import Connection, select

from gateway.store.database import insert
from gateway.store.schema import article_clicks, articles


def url_of(connection: Connection, article: int) -> str:
    """Give the address of an article's own page; "" if it has none, or is not there."""
    found = connection.scalar(
        select(articles.c.url).where(articles.c.id == article, articles.c.withdrawn.is_(False))
    )
    return found or ""


def count(connection: Connection, article: int, day: date) -> None:
    """Count one more click on an article that is there, on a day in UTC."""
    entry = insert(connection, article_clicks).values(article=article, day=day, clicks=1)
    more = article_clicks.c.clicks + entry.excluded.clicks
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=list(article_clicks.primary_key), set_={"clicks": more}
        )
    )
