"""The mail that a template would come to: with an example, or for a ticket that is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.console.templates.place import Place
from gateway.console.visit import Visit
from gateway.editing import templates_with
from gateway.letters.subject import numbered
from gateway.previewing import Trial, of_example, of_ticket
from gateway.serving.form import clean
from gateway.store import archive
from gateway.templates import RenderedText, Templates
from gateway.templates.library import Home
from gateway.templates.proposal import Texts
from gateway.templates.trial import TEXT

FULL, BARE = "full", "bare"
"""The examples: with all that may be said, or with next to nothing."""

# What a layout is looked at around.
_ANY = "customer/acknowledge"


@dataclass(frozen=True, slots=True)
class With:
    """What a template is tried with: an example, or the ticket of a number.

    `sample` is the mail that a layout is put around.
    """

    example: str = FULL
    number: str = ""
    sample: str = _ANY


@dataclass(frozen=True, slots=True)
class Picture:
    """A mail as it would be sent, or in `why_not` why there is none.

    `instead` is the file whose text would be sent, since the one looked at fails with these values.
    """

    mail: RenderedText | None = None
    why_not: str = ""
    instead: str = ""


def with_of(said: Mapping[str, str], templates: Templates, place: Place) -> With:
    """Give what a form or an address says of what a template is tried with."""
    sample = said.get("sample", "")
    return With(
        BARE if said.get("example") == BARE else FULL,
        clean(said.get("ticket", "")).strip(" []\t\n")[:80],
        sample if sample in templates.names(place.desk.name) else _ANY,
    )


def pictured(visit: Visit, place: Place, texts: Texts, tried: With) -> Picture:
    """Give the mail that a template comes to if these texts, which are sound, are in force."""
    templates = _seen_from(place, templates_with(visit.house, texts))
    name, desk = place.name or tried.sample, place.desk
    if not templates.has(desk.name, place.language, name):
        return Picture(why_not="Without a subject and a text, both sound, no mail is sent from it.")
    found = _trial(visit, place, name, tried)
    if found is None:
        return Picture(why_not=f"There is no ticket {tried.number} on this desk.")
    trial, number = found
    mail = templates.render(desk.name, place.language, name, trial.values, trial.timezone)
    path = place.key(TEXT).path
    failed = place.key(TEXT) in texts and mail.source != path
    return Picture(
        replace(mail, subject=numbered(mail.subject, number)),
        instead=mail.source if failed else "",
    )


def _trial(visit: Visit, place: Place, name: str, tried: With) -> tuple[Trial, str] | None:
    """Give the values, and the case number if they are a ticket's; None if there is none such."""
    if not tried.number:
        return of_example(place.desk, name, full=tried.example == FULL), ""
    with visit.house.database.reading() as connection:
        whole = archive.whole(connection, tried.number)
        if whole is None or whole.ticket.desk != place.desk.name:
            return None
        return of_ticket(connection, place.desk, whole, name, place.language), whole.ticket.number


def _seen_from(place: Place, templates: Templates) -> Templates:
    """Give the templates as a desk sees them, or as one would that has none of its own."""
    if not place.general:
        return templates
    home = Home("", place.desk.timezone)
    return replace(templates, homes={**templates.homes, place.desk.name: home})
