"""A mail's trace without words or addresses: what was decided stays, and by which rule."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.store.personal.marks import ERASED

Plain = dict[str, Any]


def scrubbed(trace: Mapping[str, Any] | None) -> Plain:
    """Give a trace of the same shape; what it had to say of a person is marked as erased."""
    if not trace:
        return {}
    found: Plain = dict(trace)
    for key, value in _REPLACED.items():
        if key in found:
            found[key] = value
    for key, work in _WORKED.items():
        if isinstance(found.get(key), dict | list):
            found[key] = work(found[key])
    return {key: value for key, value in found.items() if key in _KEPT}


_REPLACED: Plain = {
    "reasons": [ERASED],
    "clues": {"issued": [], "references": [], "numbers": [], "reply_addresses": []},
    "commands": [],
    "bounce": None,
    "language_why": "",
}


def _sender(value: Plain) -> Plain:
    kept = {key: value.get(key) for key in ("role", "authentic", "proven")}
    return {**kept, "address": ERASED, "name": "", "organisation": "", "why": ERASED}


def _why(value: Plain) -> Plain:
    return {**value, "why": [ERASED] if isinstance(value.get("why"), list) else ERASED}


def _rules(value: list[Plain]) -> list[Plain]:
    return [{**one, "why": ""} for one in value]


def _support(value: Plain) -> Plain:
    return {**value, "why": ERASED, "account": "", "order": ""}


def _decision(value: Plain) -> Plain:
    kept: Plain = {key: value[key] for key in ("outcome", "reason", "duplicate_of") if key in value}
    return {
        **kept,
        "events": _kinds(value.get("events", ())),
        "replies": [{**one, "to": ERASED} for one in value.get("replies", ())],
        "withheld": [ERASED] * bool(value.get("withheld")),
        "others": [
            {"ticket": one.get("ticket"), "events": _kinds(one.get("events", ()))}
            for one in value.get("others", ())
        ],
        "consequences": [ERASED] * bool(value.get("consequences")),
    }


def _kinds(events: Iterable[str]) -> list[str]:
    return [f"{one.partition(':')[0]}: {ERASED}" for one in events]


_WORKED: Mapping[str, Callable[[Any], Any]] = {
    "authenticity": _why,
    "sender": _sender,
    "choice": _why,
    "support": _support,
    "rules": _rules,
    "decision": _decision,
}
_KEPT = frozenset(
    {*_REPLACED, *_WORKED, "kind", "answerable", "language", "spam", "missing", "admitted_by"}
)
