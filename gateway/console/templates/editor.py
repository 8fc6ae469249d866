"""The page on which a template is looked at and changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from gateway.console.render import page, refusal
from gateway.console.templates import draft as drafts
from gateway.console.templates.difference import Line, difference
from gateway.console.templates.draft import Draft, Judgement
from gateway.console.templates.picture import Picture, With, pictured, with_of
from gateway.console.templates.place import FIELDS, LABELS, Place, languages, place_of
from gateway.console.templates.sayings import Saying, sayings
from gateway.console.templates.standing import Held, Standing, newest_of, standings
from gateway.console.visit import Visit
from gateway.editing import changed_beneath
from gateway.errors import Finding
from gateway.templates.trial import SUBJECT

_MOST_ROWS = 24
_MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part as its field and what is said of it; `number` is the version that it is based on.

    `findings` are the first of what is wrong, and there are `more`. `changed` are the lines that
    differ from what holds, None if there are too many; `outdated` says that the file under what
    holds is another by now.
    """

    field: str
    label: str
    text: str
    rows: int
    held: Held | None
    unsent: Held | None
    number: int
    findings: tuple[Finding, ...]
    more: int
    changed: tuple[Line, ...] | None
    outdated: bool

    def line(self, number: int) -> str:
        """Give a line of what is written, for whoever has no numbers beside it."""
        lines = self.text.split("\n")
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language that the template is in, or could be in."""

    code: str
    address: str
    here: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class Desktop:
    """A template with a draft of it, as one request finds them, and what it is tried with."""

    visit: Visit
    place: Place
    standing: Mapping[str, Standing]
    draft: Draft
    tried: With

    def judged(self, *, quick: bool = False) -> Judgement:
        """Say what is wrong in the draft."""
        house = self.visit.house
        return drafts.judged(house, self.place, self.standing, self.draft, quick=quick)

    def picture(self, judgement: Judgement) -> Picture:
        """Give the mail that it comes to, as far as it is sound."""
        return pictured(self.visit, self.place, judgement.sound, self.tried)

    def parts(self, judgement: Judgement) -> tuple[PartShown, ...]:
        """Give its parts as they are shown."""
        return tuple(self._part(part, judgement) for part in self.place.parts)

    def _part(self, part: str, judgement: Judgement) -> PartShown:
        text, standing = self.draft.texts[part], self.standing[part]
        least = 2 if part == SUBJECT else 8
        version = standing.held.version if standing.held else None
        return PartShown(
            FIELDS[part],
            LABELS[part],
            text,
            min(max(text.count("\n") + 2, least), _MOST_ROWS),
            standing.held,
            standing.unsent,
            self.draft.based_on[part],
            judgement.findings[part][:_MOST_FINDINGS],
            max(len(judgement.findings[part]) - _MOST_FINDINGS, 0),
            difference(standing.text, text),
            version is not None and changed_beneath(self.visit.house.templates, version),
        )


def written(visit: Visit) -> Desktop | None:
    """Give what a form is about, with what it says; None if that is no template."""
    place = place_of(visit, lambda name: visit.form.get(name, ""))
    if place is None:
        return None
    standing = _standings(visit, place)
    tried = with_of(visit.form, visit.house.templates, place)
    return Desktop(visit, place, standing, drafts.of_form(visit, place, standing), tried)


def looked_at(visit: Visit) -> Desktop | None:
    """Give what an address is about, as it holds; None if that is no template."""
    place = place_of(visit, visit.query)
    if place is None:
        return None
    standing = _standings(visit, place)
    copied = _copied(visit, place)
    tried = with_of(visit.request.query_params, visit.house.templates, place)
    return Desktop(visit, place, standing, drafts.of_standing(standing, copied), tried)


def look(visit: Visit) -> Response:
    """Answer with the page of a template."""
    desktop = looked_at(visit)
    if desktop is None:
        return refusal(404)
    saved = visit.query("saved")
    return shown(desktop, saved=saved if saved.isascii() and saved.isdigit() else "")


def shown(  # noqa: PLR0913  what there is to say
    desktop: Desktop,
    status: int = 200,
    *,
    saved: str = "",
    said: str = "",
    wrong: str = "",
    conflict: bool = False,
    judgement: Judgement | None = None,
) -> Response:
    """Answer with the page, what was `said` or is `wrong` above it, and the draft in it."""
    visit, place = desktop.visit, desktop.place
    judgement = judgement or desktop.judged()
    picture = desktop.picture(judgement)
    changes = drafts.changes(place, desktop.standing, desktop.draft)
    return page(
        visit,
        "templates/one.html",
        status,
        template=place,
        parts=desktop.parts(judgement),
        judgement=judgement,
        picture=picture,
        tried=desktop.tried,
        unsaved=bool(changes),
        note=desktop.draft.note,
        spoken=tuple(_spoken(visit, place)),
        sayings=_said_in(place),
        samples=visit.house.templates.names(place.desk.name),
        may_write=visit.may("templates-write"),
        saved=saved[:19],
        said=said,
        wrong=wrong,
        conflict=conflict,
    )


def again(desktop: Desktop) -> Desktop:
    """Give the same draft, based on what holds by now."""
    standing = _standings(desktop.visit, desktop.place)
    based_on = {part: one.based_on for part, one in standing.items()}
    return replace(desktop, standing=standing, draft=replace(desktop.draft, based_on=based_on))


def answering(answer: Callable[[Desktop], Response]) -> Callable[[Visit], Response]:
    """Give what answers a form that is about a template."""

    def answered(visit: Visit) -> Response:
        desktop = written(visit)
        return refusal(404) if desktop is None else answer(desktop)

    return answered


def _standings(visit: Visit, place: Place) -> Mapping[str, Standing]:
    with visit.house.database.reading() as connection:
        newest = newest_of(connection)
    return standings(visit.house.templates, newest, place)


def _copied(visit: Visit, place: Place) -> Mapping[str, Standing] | None:
    """Give what holds in the language that is to be copied from, if any is."""
    language = visit.query("copy")
    if not place.name or language not in languages(place.desk) or language == place.language:
        return None
    return _standings(visit, place.beside(language=language))


def _spoken(visit: Visit, place: Place) -> Iterator[Spoken]:
    templates = visit.house.templates
    for language in languages(place.desk):
        there = place.beside(language=language)
        complete = not place.name or templates.has(place.desk.name, language, place.name)
        yield Spoken(language, there.address(), language == place.language, complete)


def _said_in(place: Place) -> tuple[Saying, ...]:
    return tuple(sayings(place.name))
