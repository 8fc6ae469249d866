"""What a template may say, and how that is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.templates import Value
from gateway.templates.hypertext import CONTENT, IN_LAYOUT
from gateway.templates.meanings import offered_values
from gateway.templates.sandbox import declared
from gateway.templates.values import samples

_AUDIENCES = {"agent": "agents", "partner": "partners"}
_ANY = "customer/acknowledge"


@dataclass(frozen=True, slots=True)
class Saying:
    """A value with what is written to say it; `meaning` is in pieces, every second one is code."""

    name: str
    kind: str
    written: str
    meaning: tuple[str, ...]


def sayings(name: str) -> Iterator[Saying]:
    """Give what a template of that name may say, or for "" what a layout may."""
    if not name:
        written = _written(CONTENT, "")
        yield Saying(CONTENT, "HTML", written, ("the part of the mail that is its own",))
    audience = _AUDIENCES.get(name.partition("/")[0], "customers")
    examples = declared(samples(name or _ANY))
    for one in offered_values():
        in_layout = one.name.partition(".")[0] in {*IN_LAYOUT, "language"}
        if audience in one.audiences and (name or in_layout):
            written = _written(one.name, _example(one.name, examples))
            kind = one.kind.replace("`", "")
            yield Saying(one.name, kind, written, tuple(one.meaning.split("`")))


def _example(name: str, examples: Mapping[str, Value]) -> Value:
    value: Value = examples
    for part in name.split("."):
        assert isinstance(value, Mapping)  # noqa: S101  names are made of what is declared
        value = value[part]
    return value


def _written(name: str, example: Value) -> str:
    """Write a value as a template has to: times and lengths of time through a filter."""
    match example:
        case datetime():
            return f"{{{{ {name} | datetime }}}}"
        case timedelta():
            return f"{{{{ {name} | duration }}}}"
        case tuple():
            element = example[0] if example else ""
            said = _written("one", element)
            if isinstance(element, Mapping):
                said = " ".join(_written(f"one.{part}", one) for part, one in element.items())
            return f"{{% for one in {name} %}}\n- {said}\n{{% endfor %}}"
        case _:
            return f"{{{{ {name} }}}}"
