"""Tables of the knowledge base.

What texts are searched by is no table of these: `article_index` is a full-text index, of which
each database has its own kind (`store/article_index.py`).
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.store.schema.base import ID, metadata

articles = Table(
    "articles",
    metadata,
    Column("id", ID, primary_key=True),
    # An article is its file: where it was imported from, and its path there.
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("product", Text, nullable=False),
    # One a line.
    Column("tags", Text, nullable=False),
    # The title as it is looked for.
    Column("sought", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    # The terms of title and tags, and those of the text, separated by blanks.
    Column("head_terms", Text, nullable=False),
    Column("body_terms", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("source", "path"),
    # Links in mails name it for ever.
    sqlite_autoincrement=True,
)

# In how many articles of a language a term stands; the term "" counts the language's articles.
article_terms = Table(
    "article_terms",
    metadata,
    Column("language", String(8), primary_key=True),
    Column("term", String(80), primary_key=True),
    Column("articles", Integer, nullable=False),
)

# How often an article's link was followed on a day; by whom is not known.
article_clicks = Table(
    "article_clicks",
    metadata,
    Column("article", ID, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("clicks", Integer, nullable=False),
)
