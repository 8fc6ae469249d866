"""The knowledge base: which articles there are, and which of them fit what somebody wrote."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from gateway.desk.article import Page
from gateway.desk.commands.names import plain
from gateway.desk.known import Suggestion
from gateway.desk.relevance import Candidate, Query, Vocabulary, query, ranked
from gateway.desk.terms import terms
from gateway.store import article_index
from gateway.store.database import insert as insert_or
from gateway.store.portions import portions
from gateway.store.schema import article_clicks, article_terms, articles

# The index orders roughly; of so many the best are found by how well they fit.
_CANDIDATES = 40
_NO_TERM = ""

_Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Brought:
    """How many articles of an import were new, changed and as before, and which are withdrawn."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as a list shows it; `clicks` on its link were counted in all."""

    id: int
    source: str
    path: str
    title: str
    language: str
    product: str
    tags: tuple[str, ...]
    url: str
    clicks: int


def put(
    connection: Connection, source: str, pages: Iterable[Page], *, withdraw: bool = False
) -> Brought:
    """Make the articles of a source what these pages say; with `withdraw` it has no others then.

    One that was withdrawn and is there again is the same article as before.
    """
    rows = connection.execute(select(articles).where(articles.c.source == source))
    known = {row.path: row for row in rows}
    wanted = {page.path: _values(page) for page in pages}
    different = {
        path: values for path, values in wanted.items() if not _is(known.get(path), values)
    }
    there = {path for path, row in known.items() if not row.withdrawn}
    gone = sorted(there - wanted.keys()) if withdraw else []
    changed = sorted(different.keys() & there)
    _unindex(connection, [known[path].id for path in (*changed, *gone)])
    _write(connection, source, different, known.keys())
    _withdraw(connection, [known[path].id for path in gone])
    _index(connection, _ids(connection, source, different))
    return Brought(
        new=len(different) - len(changed),
        changed=len(changed),
        unchanged=len(wanted) - len(different),
        withdrawn=tuple(gone),
    )


def _is(row: Row[tuple[object, ...]] | None, values: _Values) -> bool:
    """Say whether an article stands in the table as it is to be."""
    if row is None:
        return False
    before = row._mapping  # noqa: SLF001  SQLAlchemy's public name
    return all(before[name] == value for name, value in values.items())


def _write(
    connection: Connection,
    source: str,
    different: Mapping[str, _Values],
    known: Collection[str],
) -> None:
    new = [{"source": source, "path": path, **different[path]} for path in different.keys() - known]
    if new:
        connection.execute(insert(articles), sorted(new, key=lambda row: str(row["path"])))
    rows = [{"its_path": path, **different[path]} for path in sorted(different.keys() & known)]
    if rows:
        one = (articles.c.source == source, articles.c.path == bindparam("its_path"))
        connection.execute(update(articles).where(*one), rows)


def _ids(connection: Connection, source: str, paths: Collection[str]) -> list[int]:
    found: list[int] = []
    for some in portions(paths):
        one_of_them = (articles.c.source == source, articles.c.path.in_(some))
        found += connection.scalars(select(articles.c.id).where(*one_of_them))
    return found


def _values(page: Page) -> _Values:
    head = " ".join((page.title, *page.tags))
    return {
        "title": page.title,
        "language": page.language,
        "product": page.product,
        "tags": "\n".join(page.tags),
        "sought": plain(page.title),
        "text": page.text,
        "url": page.url,
        "head_terms": _distinct(head, page.language),
        "body_terms": _distinct(page.text, page.language),
        "withdrawn": False,
    }


def _distinct(text: str, language: str) -> str:
    return " ".join(dict.fromkeys(terms(text, language)))


def _withdraw(connection: Connection, ids: Sequence[int]) -> None:
    for some in portions(ids):
        connection.execute(update(articles).where(articles.c.id.in_(some)).values(withdrawn=True))


def _index(connection: Connection, ids: Sequence[int]) -> None:
    article_index.add(connection, ids)
    _count(connection, ids, 1)


def _unindex(connection: Connection, ids: Sequence[int]) -> None:
    _count(connection, ids, -1)
    article_index.remove(connection, ids)


def _count(connection: Connection, ids: Sequence[int], sign: int) -> None:
    """Count the terms of articles as they stand in the table, once more or once less."""
    counts: Counter[tuple[str, str]] = Counter()
    for some in portions(ids):
        columns = (articles.c.language, articles.c.head_terms, articles.c.body_terms)
        for row in connection.execute(select(*columns).where(articles.c.id.in_(some))):
            own = {*row.head_terms.split(), *row.body_terms.split(), _NO_TERM}
            counts.update((row.language, term) for term in own)
    # In one order, so that two imports do not wait for each other.
    rows = [
        {"language": language, "term": term, "articles": sign * count}
        for (language, term), count in sorted(counts.items())
    ]
    if rows:
        entry = insert_or(connection, article_terms)
        more = article_terms.c.articles + entry.excluded.articles
        connection.execute(
            entry.on_conflict_do_update(
                index_elements=list(article_terms.primary_key), set_={"articles": more}
            ),
            rows,
        )


def listed(connection: Connection) -> tuple[Listed, ...]:
    """Give all articles that are not withdrawn, in the order of sources and paths."""
    clicks = (
        select(article_clicks.c.article, func.sum(article_clicks.c.clicks).label("clicks"))
        .group_by(article_clicks.c.article)
        .subquery()
    )
    rows = connection.execute(
        select(articles, func.coalesce(clicks.c.clicks, 0).label("clicks"))
        .outerjoin(clicks, clicks.c.article == articles.c.id)
        .where(articles.c.withdrawn.is_(False))
        .order_by(articles.c.source, articles.c.path)
    )
    return tuple(
        Listed(
            row.id,
            row.source,
            row.path,
            row.title,
            row.language,
            row.product,
            tuple(row.tags.splitlines()),
            row.url,
            int(row.clicks),
        )
        for row in rows
    )


def search(
    connection: Connection, words: str, language: str, limit: int, product: str = ""
) -> tuple[Suggestion, ...]:
    """Give the articles of a language that fit some words, the best first, at most `limit`."""
    asked = query("", words, language, product)
    return search_all(connection, [asked], limit)[0]


def search_all(
    connection: Connection, queries: Sequence[Query], limit: int
) -> tuple[tuple[Suggestion, ...], ...]:
    """Give the articles that fit each of these queries, the best first, at most `limit` each."""
    vocabularies = _vocabularies(connection, queries)
    found = [_found(connection, one, vocabularies[one.language]) for one in queries]
    candidates = _candidates(connection, {one for ids in found for one in ids})
    return tuple(
        tuple(islice(ranked(one, [candidates[i] for i in ids], vocabularies[one.language]), limit))
        for one, ids in zip(queries, found, strict=True)
    )


def _vocabularies(connection: Connection, queries: Sequence[Query]) -> Mapping[str, Vocabulary]:
    """Read how many articles of each language have the terms that are asked for."""
    wanted: dict[str, set[str]] = {}
    for one in queries:
        wanted.setdefault(one.language, {_NO_TERM}).update(term for term, _ in one.weights)
    return {language: _vocabulary(connection, language, some) for language, some in wanted.items()}


def _vocabulary(connection: Connection, language: str, wanted: Collection[str]) -> Vocabulary:
    having: dict[str, int] = {}
    for some in portions(wanted):
        rows = connection.execute(
            select(article_terms.c.term, article_terms.c.articles).where(
                article_terms.c.language == language, article_terms.c.term.in_(some)
            )
        )
        having.update((row.term, row.articles) for row in rows)
    return Vocabulary(having.pop(_NO_TERM, 0), having)


def _found(connection: Connection, asked: Query, vocabulary: Vocabulary) -> Sequence[int]:
    weights = {
        term: weight * vocabulary.telling(term)
        for term, weight in asked.weights
        if vocabulary.having.get(term)
    }
    return article_index.find(connection, asked.language, weights, _CANDIDATES)


def _candidates(connection: Connection, ids: Collection[int]) -> dict[int, Candidate]:
    return {one.id: one for some in portions(ids) for one in _read(connection, some)}


def _read(connection: Connection, ids: Collection[int]) -> Iterator[Candidate]:
    for row in connection.execute(select(articles).where(articles.c.id.in_(ids))):
        yield Candidate(
            row.id,
            row.title,
            row.language,
            row.url,
            row.product,
            frozenset(row.head_terms.split()),
            frozenset(row.body_terms.split()),
        )
