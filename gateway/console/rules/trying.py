"""A mail on which the rules are tried: which hit, which miss and why, and what would become of it.

The rules are those of the files as they stand, whether they are in force by now or not.
"""

from collections.abc import Mapping
from threading import Lock

from starlette.responses import Response

from gateway.console.render import page
from gateway.console.roles import Permission
from gateway.console.rules.listed import tabs
from gateway.console.rules.rehearse import rehearsed
from gateway.console.visit import Page, Visit
from gateway.explanation import stages

_SECONDS = 120.0
_MOST_CHARACTERS = 200_000
_LARGEST_FORM = 1024 * 1024
_LONGEST_NUMBER = 18

_BUSY = "Somebody tries the rules just now: please try again in a moment."
_NO_MAIL = "Say which mail: its number, or paste one."
_TOO_LONG = f"A pasted mail has at most {_MOST_CHARACTERS:,} characters."

# One at a time: each takes a processor for seconds.
_trying = Lock()


def _ask(visit: Visit) -> Response:
    return _answer(visit, {"mail": visit.query("mail")}, {}, "", 200)


def _try(visit: Visit) -> Response:
    form = visit.form
    wanted, problem = _wanted(visit)
    if problem:
        return _answer(visit, form, {}, problem, 422)
    if not _trying.acquire(blocking=False):
        return _answer(visit, form, {}, _BUSY, 503)
    try:
        with rehearsed(wanted, _SECONDS) as said:
            found = next(said, {})
    finally:
        _trying.release()
    return _answer(visit, form, found, "", 200)


def _wanted(visit: Visit) -> tuple[Mapping[str, object], str]:
    """Give what is to be tried, or what is wrong with the form."""
    form, config = visit.form, str(visit.house.path)
    number, text = form.get("mail", "").strip(), form.get("text", "")
    if text.strip():
        if len(text) > _MOST_CHARACTERS:
            return {}, _TOO_LONG
        how = {"desk": form.get("desk", ""), "authentic": form.get("authentic") == "yes"}
        return {"config": config, "do": "text", "text": text, **how}, ""
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        return {}, _NO_MAIL
    return {"config": config, "do": "mail", "mail": int(number)}, ""


def _answer(
    visit: Visit,
    form: Mapping[str, str],
    found: Mapping[str, object],
    problem: str,
    status: int,
) -> Response:
    tried = found.get("tried")
    explained = tried["explained"] if isinstance(tried, Mapping) else None
    return page(
        visit,
        "rules/try.html",
        status,
        tabs=tabs("/rules/try"),
        desks=[("", "The one that it is written to")]
        + [(one.name, one.title) for one in visit.house.desks],
        form=form,
        problem=problem or found.get("problem", ""),
        findings=found.get("findings", ()),
        tried=tried,
        stages=[one for one in stages(explained) if one[1] and one[0] not in _RULES]
        if explained
        else (),
    )


# What stands in a table of its own.
_RULES = frozenset({"hits", "misses"})

PAGES = (
    Page("/rules/try", _ask, Permission.RULES),
    Page("/rules/try", _try, Permission.RULES, posts=True, largest=_LARGEST_FORM, slow=True),
)
