"""The list of a desk's templates: which are complete in which language, and where each is from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from gateway.config.desk import Desk
from gateway.console.desks import desk_of, desks_of
from gateway.console.render import page
from gateway.console.templates.place import Place, languages
from gateway.console.templates.standing import Held, newest_of, standings
from gateway.console.visit import Visit
from gateway.store.template_versions import Version
from gateway.templates import Templates
from gateway.templates.folder import Key, Root
from gateway.templates.lint import asked_for, sent_by_hand
from gateway.templates.trial import HTML

_AGENTS = "agent/"
_LAST_LANGUAGE = "en"
_LONGEST_SEARCH = 100

ALL, EDITED, GAPS = "", "edited", "gaps"
_SHOWN = ((ALL, "All"), (EDITED, "Written here"), (GAPS, "With something missing"))

_TITLES = {"customer": "To customers", "agent": "To agents", "partner": "To partners"}
_CANNED = "Canned answers"


@dataclass(frozen=True, slots=True)
class Cell:
    """A template in a language; `origins` say where its parts are from, each once.

    `needed`: without it a mail would go out in the last resort's language.
    """

    language: str
    address: str
    complete: bool
    needed: bool
    origins: tuple[str, ...]
    edited: bool
    own: bool
    html: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A template by its name, in each language of the desk."""

    name: str
    cells: tuple[Cell, ...]
    texts: tuple[str, ...]

    @property
    def edited(self) -> bool:
        """Say whether something of it was written in the console."""
        return any(cell.edited for cell in self.cells)

    @property
    def gaps(self) -> bool:
        """Say whether something that is needed is missing."""
        return any(cell.needed and not cell.complete for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the templates that are needed in a language are complete in it."""

    language: str
    complete: int
    needed: int


def look(visit: Visit) -> Response:
    """Answer with the list."""
    desks = desks_of(visit)
    desk = desk_of(visit, visit.query("desk")) or next(iter(desks), None)
    if desk is None:
        return page(visit, "templates/list.html", desk=None)
    sought = visit.query("q").strip()[:_LONGEST_SEARCH]
    show = visit.query("show")
    with visit.house.database.reading() as connection:
        newest = newest_of(connection)
    rows = tuple(_rows(visit.house.templates, newest, desk))
    found = tuple(row for row in rows if _is_sought(row, sought) and _is_shown(row, show))
    layout = Place(desk, desk.languages[0], "")
    return page(
        visit,
        "templates/list.html",
        named=[(one.name, one.title) for one in desks],
        desk=desk,
        sought=sought,
        show=show,
        ways=_SHOWN,
        languages=languages(desk),
        groups=_grouped(found),
        count=len(rows),
        progress=tuple(_progress(rows, language) for language in languages(desk)),
        layout=layout.address(),
        layout_origin=_origin_of_layout(visit.house.templates, newest, layout),
        may_write=visit.may("templates-write"),
    )


def _rows(templates: Templates, newest: Mapping[Key, Version], desk: Desk) -> Iterator[Row]:
    asked = {name for name, _ in asked_for(desk)}
    wanted = asked.union(sent_by_hand(templates, desk))
    for name in sorted({*templates.names(desk.name), *asked}):
        cells, texts = [], []
        for language in languages(desk):
            place = Place(desk, language, name)
            found = standings(templates, newest, place)
            held = [one.held for one in found.values() if one.held]
            texts += [one.text for one in held]
            cells.append(_cell(templates, place, held, wanted=name in wanted))
        yield Row(name, tuple(cells), tuple(texts))


def _cell(templates: Templates, place: Place, held: list[Held], *, wanted: bool) -> Cell:
    desk, language = place.desk, place.language
    agents = place.name.startswith(_AGENTS)
    spoken = language == _LAST_LANGUAGE if agents else language in desk.languages
    return Cell(
        language,
        place.address(),
        templates.has(desk.name, language, place.name),
        wanted and spoken,
        _origins(held),
        any(one.rank[1] == Root.EDITED for one in held),
        any(one.own for one in held),
        any(one.key.part == HTML for one in held),
    )


def _origins(held: list[Held]) -> tuple[str, ...]:
    """Say where parts are from, each once, and of what was written here the newest alone."""
    last = max((one.version.id for one in held if one.version), default=0)
    counted = (one for one in held if one.version is None or one.version.id == last)
    return tuple(dict.fromkeys(one.origin for one in counted))


def _origin_of_layout(templates: Templates, newest: Mapping[Key, Version], layout: Place) -> str:
    (found,) = standings(templates, newest, layout).values()
    return found.held.origin if found.held else ""


def _progress(rows: tuple[Row, ...], language: str) -> Progress:
    cells = [cell for row in rows for cell in row.cells if cell.language == language]
    needed = [cell for cell in cells if cell.needed]
    return Progress(language, sum(cell.complete for cell in needed), len(needed))


def _is_sought(row: Row, sought: str) -> bool:
    """Say whether a name or a text has the words in it, in any letter case."""
    words = sought.casefold()
    return not words or any(words in text.casefold() for text in (row.name, *row.texts))


def _is_shown(row: Row, show: str) -> bool:
    return {EDITED: row.edited, GAPS: row.gaps}.get(show, True)


def _grouped(rows: tuple[Row, ...]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Give the rows by whom they go to; what is no audience of the program's is a canned answer."""
    order = (*_TITLES.values(), _CANNED)
    titled = sorted(rows, key=lambda row: order.index(_title(row)))
    return tuple((title, tuple(group)) for title, group in groupby(titled, key=_title))


def _title(row: Row) -> str:
    return _TITLES.get(row.name.partition("/")[0], _CANNED)
