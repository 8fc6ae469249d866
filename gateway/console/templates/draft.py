"""What somebody has written for a template and not saved, and what saving it would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.console.templates.place import FIELDS, Place
from gateway.console.templates.standing import Standing
from gateway.console.visit import Visit
from gateway.editing import check
from gateway.errors import Finding
from gateway.house import House
from gateway.serving.form import clean
from gateway.templates.folder import Key
from gateway.templates.proposal import Texts
from gateway.templates.sandbox import Written
from gateway.templates.trial import HTML, LAYOUT, TEXT, layout_findings

_BASED_ON = "based-"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text for each part, the version that each is based on, and what its author says of it."""

    texts: Mapping[str, str]
    based_on: Mapping[str, int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong in a draft: in each of its parts, and in what else hangs on it.

    `sound` is what would change, without what is wrong.
    """

    findings: Mapping[str, tuple[Finding, ...]]
    others: tuple[Finding, ...]
    sound: Texts = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Count what is wrong."""
        return sum(map(len, self.findings.values())) + len(self.others)


def of_form(visit: Visit, place: Place, standing: Mapping[str, Standing]) -> Draft:
    """Give what a form says; a part that it does not say stays as it is."""
    texts, based_on = {}, {}
    for part in place.parts:
        sent = visit.form.get(FIELDS[part])
        texts[part] = standing[part].text if sent is None else clean(sent)
        seen = visit.form.get(_BASED_ON + FIELDS[part], "")
        based_on[part] = int(seen) if _is_id(seen) else 0
    return Draft(texts, based_on, clean(visit.form.get("note", "")).strip())


def of_standing(
    standing: Mapping[str, Standing], instead: Mapping[str, Standing] | None = None
) -> Draft:
    """Give what holds as a draft; the texts may come from another language."""
    shown = instead or standing
    texts = {part: one.text for part, one in shown.items()}
    return Draft(texts, {part: one.based_on for part, one in standing.items()})


def changes(place: Place, standing: Mapping[str, Standing], draft: Draft) -> dict[Key, str | None]:
    """Give what has to be saved so that a draft holds.

    HTML goes out only with a text that is not nearer to the desk. So it is saved beside a text that
    is, and where it was taken out the text is saved without it.
    """
    found: dict[str, str | None] = {
        part: text for part, text in draft.texts.items() if text != standing[part].text
    }
    if HTML in draft.texts:
        if draft.texts[HTML].strip():
            if TEXT in found and not _is_here(place, standing[HTML]):
                found[HTML] = draft.texts[HTML]
        elif standing[HTML].held is None:
            found.pop(HTML, None)
        else:
            found |= _without_html(place, standing, draft)
            if not _is_here(place, standing[HTML]):
                found.pop(HTML)
    return {place.key(part): text for part, text in found.items()}


def judged(
    house: House,
    place: Place,
    standing: Mapping[str, Standing],
    draft: Draft,
    *,
    quick: bool = False,
) -> Judgement:
    """Say what is wrong in a draft, also in parts of it that were so before.

    A `quick` one, for who is still typing, does not try a layout around each mail that there is.
    """
    changed = changes(place, standing, draft)
    if place.name:
        written = {place.key(part): text for part, text in draft.texts.items() if text.strip()}
        findings = check(house, {**written, **changed})
    elif quick or not changed:
        findings = layout_findings(Written(place.key(LAYOUT).path, draft.texts[LAYOUT]))
    else:
        findings = check(house, changed)
    parts = {place.key(part).path: part for part in place.parts}
    by_part = {
        part: tuple(one for one in findings if one.path == path) for path, part in parts.items()
    }
    broken = {place.key(part) for part, found in by_part.items() if found}
    return Judgement(
        by_part,
        tuple(one for one in findings if one.path not in parts),
        {key: text for key, text in changed.items() if key not in broken},
    )


def _without_html(
    place: Place, standing: Mapping[str, Standing], draft: Draft
) -> dict[str, str | None]:
    """Give what makes a mail go out as text alone: a text of its own that is nearer."""
    found: dict[str, str | None] = {HTML: None}
    if not _is_here(place, standing[TEXT]):
        found[TEXT] = draft.texts[TEXT]
    return found


def _is_here(place: Place, one: Standing) -> bool:
    """Say whether what holds was written in the console for this very file."""
    return (
        one.held is not None
        and one.held.version is not None
        and one.held.key == place.key(one.part)
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
