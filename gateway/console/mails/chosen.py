"""Which mails a form or an address names, within bounds."""

from collections.abc import Iterable, Sequence

from gateway.console.visit import Visit
from gateway.store.pages import Asked

MOST = 25
"""So many mails are on a page, and so many are done something to at once."""

_MOST_ID = 2**63 - 1
_FIELD = "mail-"


def chosen(visit: Visit) -> tuple[int, ...]:
    """Give the ids whose boxes are checked: the fields `mail-17` and so on."""
    fields = (name.removeprefix(_FIELD) for name in visit.form if name.startswith(_FIELD))
    return _ids(fields)


def named(visit: Visit) -> tuple[int, ...]:
    """Give the ids that the address names, as in `?mails=17,18`."""
    return _ids(visit.query("mails").split(","))


def place(ids: Sequence[int]) -> str:
    """Give ids as an address names them."""
    return ",".join(map(str, ids))


def id_of(visit: Visit) -> int:
    """Give the id that the path names; one that can't be any mail's is 0."""
    found: int = visit.request.path_params["id"]
    return found if found <= _MOST_ID else 0


def asked(visit: Visit) -> Asked:
    """Give the page of a list that the address asks for, by `older` or `newer`."""
    older, newer = (_ids([visit.query(name)]) for name in ("older", "newer"))
    return Asked(MOST, older[0] if older else 0, newer[0] if newer else 0)


def _ids(texts: Iterable[str]) -> tuple[int, ...]:
    numbers = (int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20)
    found = dict.fromkeys(number for number in numbers if 0 < number <= _MOST_ID)
    return tuple(sorted(found))[:MOST]
