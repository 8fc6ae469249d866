"""The knowledge base: articles that are files, what they are found by, clicks on their links.

The full-text index is written out as it is today, since each database has its own kind of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take this step.

    The articles of the table before are not taken over: nothing but tests could write any.
    """
    op.drop_table("articles")
    op.create_table(
        "articles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("head_terms", sa.Text(), nullable=False),
        sa.Column("body_terms", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("source", "path", name=op.f("uq_articles_source_path")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "article_terms",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", "term", name=op.f("pk_article_terms")),
    )
    op.create_table(
        "article_clicks",
        sa.Column("article", _ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name=op.f("fk_article_clicks_article")
        ),
        sa.PrimaryKeyConstraint("article", "day", name=op.f("pk_article_clicks")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # The terms themselves stand in the table. They have no accents and no punctuation left.
        op.execute(
            "CREATE VIRTUAL TABLE article_index USING fts5("
            "language, head_terms, body_terms, content='articles', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.execute(
            "CREATE TABLE article_index (id BIGINT PRIMARY KEY, language VARCHAR(8) NOT NULL, "
            "vector TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_article_index_vector ON article_index USING gin (vector)")
