"""What stands in a conversation for things that only its playing gives: `{{case:1}}` and the like.

{{case:N}}                      the case number of ticket N
{{reply_to:LAST@ADDRESS}}       where an answer to the last mail to that address goes
{{message_id:LAST@ADDRESS}}     the Message-ID of the last mail to that address
{{return_path:LAST@ADDRESS}}    its reverse-path, where a bounce of it goes
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.config.toml_file import did_you_mean

_NAMES = ("case", "reply_to", "message_id", "return_path")
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_-]+)\s*:\s*([^{}\n]*?)\s*\}\}")
_LAST = "LAST@"

Lookup = Mapping[str, Callable[[str], str]]


class Unresolved(Exception):
    """A placeholder stands for something that is not there (yet); the text says what."""


def problems(text: str) -> Iterator[str]:
    """Say which placeholders of a text can stand for nothing."""
    for name, argument in _PLACEHOLDER.findall(text):
        written = f"{{{{{name}:{argument}}}}}"
        if name not in _NAMES:
            # A mail may say anything in braces; only what was meant for us is wrong.
            if meant := did_you_mean(name, _NAMES):
                yield f"unknown placeholder {written}{meant}"
        elif name == "case" and not (argument.isascii() and argument.isdigit() and int(argument)):
            yield f"{written} needs the number of a ticket, as in {{{{case:1}}}}"
        elif name != "case" and "@" not in address_of(argument):
            yield f"{written} needs an address, as in {{{{{name}:LAST@jan@klant.example}}}}"


def address_of(argument: str) -> str:
    """Give the address that `LAST@jan@klant.example` or `jan@klant.example` names."""
    rest = argument.removeprefix(_LAST)
    return rest if "@" in rest else argument


def resolve(text: str, lookup: Lookup) -> str:
    """Put values in the place of the placeholders. Raises Unresolved."""

    def value(match: re.Match[str]) -> str:
        find = lookup.get(match[1])
        return match[0] if find is None else find(match[2])

    return _PLACEHOLDER.sub(value, text)


def resolve_all(value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  whatever TOML can hold
    """Resolve every text inside a value. Raises Unresolved."""
    if isinstance(value, str):
        return resolve(value, lookup)
    if isinstance(value, Mapping):
        return {key: resolve_all(inner, lookup) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve_all(inner, lookup) for inner in value]
    return value
