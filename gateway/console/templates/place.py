"""Which template a page is about, as its address says."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from gateway.config.desk import Desk
from gateway.console.desks import desk_of
from gateway.console.visit import Visit
from gateway.templates.folder import Key
from gateway.templates.trial import HTML, LAYOUT, PARTS, SUBJECT, TEXT

EDITOR = "/templates/edit"
LAYOUT_NAME = "layout"
"""What an address calls the layout; the name of any other template has a stroke in it."""

FIELDS = {SUBJECT: "subject", TEXT: "body", HTML: "html", LAYOUT: "layout"}
"""The field of a form for each part."""

LABELS = {SUBJECT: "Subject", TEXT: "Text", HTML: "HTML", LAYOUT: "Layout"}

_LAST_LANGUAGE = "en"
_GENERAL = "all"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}/[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Place:
    """A template of a desk in a language; with `general` the one for all desks that have no own.

    Without a name it is the layout, and `language` the one that it is looked at in.
    """

    desk: Desk
    language: str
    name: str
    general: bool = False

    @property
    def folder(self) -> str:
        """Give the folder that it is saved in, "" for a general one."""
        return "" if self.general else self.desk.templates or self.desk.name

    @property
    def parts(self) -> tuple[str, ...]:
        """Give the files that it has or could have."""
        return PARTS if self.name else (LAYOUT,)

    @property
    def title(self) -> str:
        """Give what people call it."""
        return self.name or "Layout of HTML mails"

    def key(self, part: str, folder: str | None = None) -> Key:
        """Give which file a part is, in the folder of the place or in another."""
        desk = self.folder if folder is None else folder
        return Key(desk, self.language, self.name, part) if self.name else Key(desk, "", "", part)

    def fields(self) -> dict[str, str]:
        """Give what an address or a form says about it."""
        return {
            "desk": self.desk.name,
            "language": self.language,
            "name": self.name or LAYOUT_NAME,
            "for": _GENERAL if self.general else "",
        }

    def address(self, path: str = EDITOR, **more: str) -> str:
        """Give the address of a page about it."""
        said = {**self.fields(), **more}
        return f"{path}?{urlencode({name: value for name, value in said.items() if value})}"

    def beside(self, *, language: str = "", general: bool | None = None) -> "Place":
        """Give the same template in another language, or for the desk alone or all of them."""
        return replace(
            self,
            language=language or self.language,
            general=self.general if general is None else general,
        )


def languages(desk: Desk) -> tuple[str, ...]:
    """Give the languages that a desk's templates are in: its own, and the last resort."""
    return tuple(dict.fromkeys((*desk.languages, _LAST_LANGUAGE)))


def place_of(visit: Visit, said: Callable[[str], str]) -> Place | None:
    """Give the place that an address or a form says, None where there is none such."""
    desk = desk_of(visit, said("desk"))
    if desk is None:
        return None
    language = said("language") or desk.languages[0]
    name = said("name")
    if language not in languages(desk):
        return None
    if name != LAYOUT_NAME and not _NAME.fullmatch(name):
        return None
    named = "" if name == LAYOUT_NAME else name
    return Place(desk, language, named, said("for") == _GENERAL)
