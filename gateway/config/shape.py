"""Make a TOML file into one of our dataclasses, or say in plain words why it does not fit."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from gateway.config.positions import Location
from gateway.config.toml_file import TomlFile, did_you_mean
from gateway.errors import Finding, Misconfigured

T = TypeVar("T")

_SECRETS = ("password", "passwd", "passphrase", "secret", "token", "client_secret", "api_key")
_ARRAYS_OF_TABLES = (
    *("agent", "calendar", "detail", "escalation", "group", "imap", "level", "listener"),
    *("resolution", "rule", "status", "target", "timer"),
)
_CANNOT_BE_USED = "has a value that cannot be used here"
_DEMANDS = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list in [ ]",
    "dataclass_type": "must be a table with keys of its own",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le:.0f}",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "finite_number": "must be a finite number",
}
_A_LANGUAGE = "must be the two small letters of a language, as in en"
_A_NAME = "must be made of small letters, digits and hyphens"
_PATTERNS = {
    r"^[a-z]{2}$": _A_LANGUAGE,
    r"^([a-z]{2})?$": _A_LANGUAGE,
    r"^[a-z0-9][a-z0-9-]{0,62}$": _A_NAME,
    r"^([a-z0-9][a-z0-9-]{0,62})?$": _A_NAME,
    r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$": 'must be a country such as "NL", or a part as in "DE-BY"',
}


def fit(model: type[T], file: TomlFile, **given: str) -> T:
    """Make a file's content into `model`; `given` are fields that the file itself does not say.

    Raises Misconfigured with every misfit of the file.
    """
    misfits = [
        file.finding(_unknown(key, model, (), given), key) for key in file.tree if key in given
    ]
    tree = {**file.tree, **given}
    try:
        # Only from JSON does pydantic take texts for paths and enumerations, and arrays for
        # tuples, while it stays strict about everything else.
        value = TypeAdapter(model).validate_json(
            json.dumps(tree, default=_no_such_value), strict=True
        )
    except ValidationError as error:
        misfits += _misfits(error, model, file, given)
    else:
        if not misfits:
            return value
    raise Misconfigured(tuple(dict.fromkeys(misfits)))


def _no_such_value(_value: object) -> dict[str, str]:
    """Stand in for a TOML date, which no key of ours takes, with something that none takes."""
    return {}


def _misfits(
    error: ValidationError, model: type, file: TomlFile, given: Mapping[str, str]
) -> Iterator[Finding]:
    details = error.errors(include_url=False, include_input=False)
    locations = [_written(detail["loc"], file.tree) for detail in details]
    for detail, location in zip(details, locations, strict=True):
        inside = any(len(o) > len(location) and o[: len(location)] == location for o in locations)
        if detail["type"] == "too_short" and inside:
            continue  # it is not too short, its elements are wrong
        yield file.finding(_sentence(detail, location, model, given), *location)


def _written(loc: Location, tree: Any) -> Location:  # noqa: ANN401  whatever TOML can hold
    """Give the part of pydantic's location that is in the file; it also names its own types."""
    location: Location = ()
    for step in loc:
        is_key = isinstance(tree, Mapping) and step in tree
        if not is_key and not (isinstance(tree, list) and isinstance(step, int)):
            break
        tree = tree[step]
        location = (*location, step)
    return location


def _sentence(
    detail: ErrorDetails, location: Location, model: type, given: Mapping[str, str]
) -> str:
    if detail["type"] == "unexpected_keyword_argument":
        return _unknown(str(location[-1]), model, location[:-1], given)
    if detail["type"] == "missing":
        return f'the key "{detail["loc"][-1]}" is missing{_place(location)}'
    if not location:
        return "a desk has the name of its file, made of small letters, digits and hyphens"
    return f"{_name(location)} {_demand(detail, location)}"


def _demand(detail: ErrorDetails, location: Location) -> str:
    """Say what a value must be."""
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "tuple_type" and location[-1] in _ARRAYS_OF_TABLES:
        table = ".".join(step for step in location if isinstance(step, str))
        return f"must be written as [[{table}]]"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], _CANNOT_BE_USED)
    if kind == "value_error" and location[0] == "trusted_networks":
        return 'must be a network such as "10.0.0.0/8" or "fd00::/8"'
    if "expected" in context:
        choices = context["expected"].replace(" or ", ", ").replace("'", '"')
        return f"must be one of {choices}"
    return _DEMANDS.get(kind, _CANNOT_BE_USED).format(**context)


def _unknown(key: str, model: type, table: Location, given: Mapping[str, str]) -> str:
    if key.casefold() in _SECRETS:
        return (
            f'"{key}" is a secret, and secrets do not stand in this file: '
            "put it in a file of its own and name that with password_file"
        )
    if not table and key == "name" and key in given:
        return 'the key "name" is not for this file: a desk has the name of its file'
    known = tuple(name for name in _fields_at(model, table) if table or name not in given)
    return f'unknown key "{key}"{_place(table)}{did_you_mean(key, known)}'


def _fields_at(model: type, location: Location) -> tuple[str, ...]:
    """Give the keys that may stand in the table at a location."""
    for step in location:
        if isinstance(step, str):
            model = _tables(get_type_hints(model)[step])[0]
    return tuple(get_type_hints(model))


def _tables(hint: object) -> list[type]:
    """Find the dataclasses in a type such as `Msa | None` or `tuple[Listener, ...]`."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return [hint]
    return [table for inner in get_args(hint) for table in _tables(inner)]


def _place(table: Location) -> str:
    keys = ".".join(step for step in table if isinstance(step, str))
    if not table:
        return ""
    return f" in [[{keys}]]" if isinstance(table[-1], int) else f" in [{keys}]"


def _name(location: Location) -> str:
    """Name a value as an admin would: its key, and the table it stands in."""
    if isinstance(location[-1], int):
        if len(location) > 1 and isinstance(location[-2], str):
            return f'entry {location[-1] + 1} of "{location[-2]}"{_place(location[:-2])}'
        return "this entry"
    return f'"{location[-1]}"{_place(location[:-1])}'
