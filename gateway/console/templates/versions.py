"""The versions of a template: who wrote which and when, what differs, and back to one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from gateway.console.mail_frame import mail_frame
from gateway.console.render import page, refusal
from gateway.console.templates.actions import TEXT_ALONE
from gateway.console.templates.difference import Line, difference
from gateway.console.templates.past import Past, Save, as_of, past_of, saves
from gateway.console.templates.picture import Picture, With, pictured
from gateway.console.templates.place import FIELDS, LABELS, Place, place_of
from gateway.console.templates.standing import Standing, beneath, newest_of, standings
from gateway.console.visit import Visit
from gateway.editing import By, Edit, changed_beneath, save_all
from gateway.errors import Misconfigured
from gateway.store.conflict import Conflict
from gateway.store.template_versions import MOST_SHOWN, Version
from gateway.templates.folder import Key


@dataclass(frozen=True, slots=True)
class PartThen:
    """A part as it was: `lines` are those that differ from what holds, None if too many."""

    field: str
    label: str
    based_on: int
    text: str
    lines: tuple[Line, ...] | None


@dataclass(frozen=True, slots=True)
class State:
    """A template as it was when `save` was made, or without it as its files have it.

    `versions` are those of its parts then.
    """

    place: Place
    standing: Mapping[str, Standing]
    save: Save | None
    versions: Mapping[str, Version | None]
    parts: tuple[PartThen, ...]

    @property
    def holds(self) -> bool:
        """Say whether it is what holds."""
        return all(one.lines == () for one in self.parts)

    @property
    def texts(self) -> dict[Key, str | None]:
        """Give what has to be saved so that it holds again."""
        return {
            self.place.key(part): version.text if version else None
            for part, version in self.versions.items()
            if version is not None or self.standing[part].based_on
        }


def look(visit: Visit) -> Response:
    """Answer with all versions of a template's own files."""
    place = place_of(visit, visit.query)
    if place is None:
        return refusal(404)
    with visit.house.database.reading() as connection:
        past = past_of(connection, place)
    saved, every = visit.query("saved"), saves(past)
    return page(
        visit,
        "templates/versions.html",
        template=place,
        saves=every,
        taking_back=_taking_back(place, past, every) if visit.may("templates-write") else {},
        more=any(len(versions) >= MOST_SHOWN for versions in past.values()),
        outdated=_outdated(visit, past),
        saved=saved if _is_id(saved) else "",
    )


def look_at_one(visit: Visit) -> Response:
    """Answer with the template as it was, or as its files have it, beside what holds."""
    state = _state(visit, visit.query)
    return refusal(404) if state is None else _shown(visit, state)


def frame(visit: Visit) -> Response:
    """Answer with the HTML of the template as it was, for its frame."""
    state = _state(visit, visit.query)
    if state is None:
        return refusal(404)
    mail = _picture(visit, state).mail
    return mail_frame((mail.html if mail else "") or TEXT_ALONE)


def go_back(visit: Visit) -> Response:
    """Let all parts hold again as they were, by saving them as the newest versions."""
    state = _state(visit, lambda name: visit.form.get(name, ""))
    if state is None:
        return refusal(404)
    place = state.place
    seen = {one.field: visit.form.get(f"based-{one.field}", "") for one in state.parts}
    edits = [
        Edit(key, text, int(seen[FIELDS[key.part]]) if _is_id(seen[FIELDS[key.part]]) else 0)
        for key, text in state.texts.items()
    ]
    note = f"as it was with version {state.save.id}" if state.save else "as the files have it"
    try:
        saved = save_all(visit.house, edits, By(visit.user.address, visit.now, note, visit.peer))
    except Misconfigured as refused:
        return _shown(visit, state, 422, wrong=f"This cannot hold now: {refused.findings[0]}")
    except Conflict:
        wrong = "Somebody else has saved it since you looked. This is how it differs now."
        return _shown(visit, state, 409, wrong=wrong)
    visit.bells.edited()
    newest = str(max(saved, default=0) or "")
    return RedirectResponse(place.address("/templates/versions", saved=newest), 303)


def _shown(visit: Visit, state: State, status: int = 200, *, wrong: str = "") -> Response:
    return page(
        visit,
        "templates/version.html",
        status,
        template=state.place,
        state=state,
        picture=_picture(visit, state),
        may_write=visit.may("templates-write"),
        wrong=wrong,
    )


def _picture(visit: Visit, state: State) -> Picture:
    return pictured(visit, state.place, state.texts, With())


def _state(visit: Visit, said: Callable[[str], str]) -> State | None:
    """Give what an address or a form is about; None where there is nothing like that."""
    place, wanted = place_of(visit, said), said("version")
    if place is None or (wanted and not _is_id(wanted)):
        return None
    with visit.house.database.reading() as connection:
        past, newest = past_of(connection, place), newest_of(connection)
    last = int(wanted or 0)
    save = next((one for one in saves(past) if one.id == last), None)
    if last and save is None:
        return None
    templates = visit.house.templates
    standing, versions = standings(templates, newest, place), as_of(past, last)
    found = []
    for part in place.parts:
        version, file = versions[part], beneath(templates, newest, place, part)
        text = version.text if version and version.text is not None else file.text if file else ""
        held = standing[part].held or standing[part].unsent
        lines = difference(held.text if held else "", text)
        found.append(PartThen(FIELDS[part], LABELS[part], standing[part].based_on, text, lines))
    return State(place, standing, save, versions, tuple(found))


def _taking_back(place: Place, past: Past, every: tuple[Save, ...]) -> dict[str, str]:
    """Give the fields of the form that takes the last save back."""
    before = str(every[1].id) if len(every) > 1 else ""
    newest = {FIELDS[part]: versions[0].id if versions else 0 for part, versions in past.items()}
    seen = {f"based-{field}": str(last) for field, last in newest.items()}
    return {**place.fields(), **seen, "version": before}


def _outdated(visit: Visit, past: Past) -> bool:
    """Say whether the file under something that was written here is another by now."""
    newest = [versions[0] for versions in past.values() if versions]
    return any(changed_beneath(visit.house.templates, one) for one in newest)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
