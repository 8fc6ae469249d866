"""The full-text index of the knowledge base: FTS5 on SQLite, a tsvector on PostgreSQL.

What is indexed are terms (`gateway/desk/terms.py`), so that both find the same, and no text of
anybody's is ever read as a query: a term consists of letters and digits. On SQLite the index has no
copy of the terms, so it has to be told what an article was before it is changed.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, text

_FTS5_ADD = """
INSERT INTO article_index (rowid, language, head_terms, body_terms)
SELECT id, language, head_terms, body_terms FROM articles WHERE id = :id
"""
_FTS5_REMOVE = """
INSERT INTO article_index (article_index, rowid, language, head_terms, body_terms)
SELECT 'delete', id, language, head_terms, body_terms FROM articles WHERE id = :id
"""
_FTS5_FIND = """
SELECT rowid AS id FROM article_index WHERE article_index MATCH :query
ORDER BY bm25(article_index, 0, 2, 1) LIMIT :limit
"""

_TSVECTOR_ADD = """
INSERT INTO article_index (id, language, vector)
SELECT id, language, array_to_tsvector(array_remove(
    string_to_array(head_terms || ' ' || body_terms, ' '), ''))
FROM articles WHERE id = :id
"""
_TSVECTOR_REMOVE = "DELETE FROM article_index WHERE id = :id"
_TSVECTOR_FIND = """
SELECT one.id
FROM unnest(CAST(:terms AS text[]), CAST(:weights AS float8[])) AS sought (term, weight)
JOIN article_index AS one
ON one.vector @@ CAST('''' || sought.term || '''' AS tsquery) AND one.language = :language
GROUP BY one.id ORDER BY sum(sought.weight) DESC, one.id LIMIT :limit
"""


def add(connection: Connection, ids: Collection[int]) -> None:
    """Index articles as they stand in the table now."""
    _each(connection, _FTS5_ADD, _TSVECTOR_ADD, ids)


def remove(connection: Connection, ids: Collection[int]) -> None:
    """Take articles out, while they stand in the table as they were indexed."""
    _each(connection, _FTS5_REMOVE, _TSVECTOR_REMOVE, ids)


def _each(connection: Connection, fts5: str, tsvector: str, ids: Collection[int]) -> None:
    statement = fts5 if connection.dialect.name == "sqlite" else tsvector
    if ids:
        connection.execute(text(statement), [{"id": one} for one in ids])


def find(
    connection: Connection, language: str, weights: Mapping[str, float], limit: int
) -> Sequence[int]:
    """Give the ids of articles of a language that have some of these terms, the likeliest first."""
    if not weights or not language.isalnum():
        return ()
    if connection.dialect.name == "sqlite":
        any_term = " OR ".join(f'"{term}"' for term in weights)
        query = f'language : "{language}" AND {{head_terms body_terms}} : ({any_term})'
        values: dict[str, object] = {"query": query, "limit": limit}
        return connection.scalars(text(_FTS5_FIND), values).all()
    values = {"terms": list(weights), "weights": list(weights.values()), "language": language}
    return connection.scalars(text(_TSVECTOR_FIND), {**values, "limit": limit}).all()
