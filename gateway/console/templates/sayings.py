"""What a template may say, and how that is written."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.templates.hypertext import CONTENT, IN_LAYOUT
from gateway.templates.meanings import Offered, offered_values

_AUDIENCES = {"agent": "agents", "partner": "partners"}
_LIST = "list of "


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
        yield _saying(Offered(CONTENT, "HTML", (), "the part of the mail that is its own"))
    audience = _AUDIENCES.get(name.partition("/")[0], "customers")
    for one in offered_values():
        of_layout = name or one.name.partition(".")[0] in {*IN_LAYOUT, "language"}
        if audience in one.audiences and of_layout:
            yield _saying(one)


def _saying(one: Offered) -> Saying:
    return Saying(one.name, one.kind.replace("`", ""), _written(one), tuple(one.meaning.split("`")))


def _written(one: Offered) -> str:
    match one.kind:
        case "time":
            return f"{{{{ {one.name} | datetime }}}}"
        case "length of time":
            return f"{{{{ {one.name} | duration }}}}"
        case "list of texts":
            return f"{{% for one in {one.name} %}}\n- {{{{ one }}}}\n{{% endfor %}}"
        case kind if kind.startswith(_LIST):
            parts = [part.strip("` ") for part in kind.removeprefix(_LIST).split(",")]
            said = " ".join(f"{{{{ one.{part} }}}}" for part in parts)
            return f"{{% for one in {one.name} %}}\n- {said}\n{{% endfor %}}"
        case _:
            return f"{{{{ {one.name} }}}}"
