"""The CEL library as conditions use it: the types of our variables, and functions of our own.

It is a module of its own because it is large: only who has a rule loads it.
"""

from collections.abc import Sequence
from functools import lru_cache

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from gateway.config import version, words
from gateway.config.vocabulary import VARIABLES, Place, Type

_TYPES = {
    Type.STRING: cel.Type.STRING,
    Type.BOOL: cel.Type.BOOL,
    Type.INT: cel.Type.INT,
    Type.TIMESTAMP: cel.Type.TIMESTAMP,
    Type.STRINGS: cel.Type.List(cel.Type.STRING),
    Type.TABLE: cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
}


@lru_cache(maxsize=len(Place))
def environment(place: Place) -> cel.Env:
    """Give where conditions of a place are compiled, with its variables and our functions."""
    return cel.NewEnv(
        variables={v.name: _TYPES[v.type] for v in VARIABLES if place in {u.place for u in v.uses}},
        extensions=[ext_strings.ExtStrings()],
        functions=[_MENTIONS, _OLDER],
    )


def _mentions(text: str, sought: Sequence[str]) -> bool:
    return words.mentions(text, sought)


_MENTIONS = cel.FunctionDecl(
    "mentions",
    [
        cel.Overload(
            "string_mentions_list",
            return_type=cel.Type.BOOL,
            parameters=[cel.Type.STRING, cel.Type.List(cel.Type.STRING)],
            is_member=True,
            impl=_mentions,
        )
    ],
)
_OLDER = cel.FunctionDecl(
    "older",
    [
        cel.Overload(
            "older_string_string",
            return_type=cel.Type.BOOL,
            parameters=[cel.Type.STRING, cel.Type.STRING],
            impl=version.older,
        )
    ],
)
