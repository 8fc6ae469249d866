"""What the template language allows: values and their parts, if, for, and a few filters.

A template is checked as a syntax tree before Jinja compiles it, because compiling already
computes constants: `{{ 'a' * 10**9 }}` would use up the memory when it is saved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from itertools import islice

from jinja2 import nodes

from gateway.templates.filters import FILTERS
from gateway.templates.values import Value

LOOP_PARTS = frozenset({"first", "index", "last", "length"})

_MOST_LOOPS = 2
_DEEPEST = 40
_MOST_FAULTS = 100
_LONGEST_CONSTANT = 1000
# What it gives is markup in HTML, which can be broken by whatever is done to it.
_LAST_FILTER = "lines"

_ALLOWED = frozenset(
    {
        nodes.And,
        nodes.Compare,
        nodes.CondExpr,
        nodes.Const,
        nodes.Filter,
        nodes.For,
        nodes.Getattr,
        nodes.Getitem,
        nodes.If,
        nodes.Name,
        nodes.Not,
        nodes.Operand,
        nodes.Or,
        nodes.Output,
        nodes.TemplateData,
    }
)
_NAMES: Mapping[type[nodes.Node], str] = {
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Block: "{% block %}",
    nodes.Call: "calling something",
    nodes.CallBlock: "{% call %}",
    nodes.Concat: "joining with ~",
    nodes.Dict: "a table in { }",
    nodes.Extends: "{% extends %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.FromImport: "{% from %}",
    nodes.Import: "{% import %}",
    nodes.Include: "{% include %}",
    nodes.List: "a list in [ ]",
    nodes.Macro: "{% macro %}",
    nodes.Scope: "{% autoescape %}",
    nodes.Slice: "a range in [ ]",
    nodes.Test: "a test with is",
    nodes.Tuple: "a list in ( )",
    nodes.With: "{% with %}",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a template, on which line of it, and in which word if in one."""

    line: int
    message: str
    word: str = ""


def faults(template: nodes.Template, declared: Mapping[str, Value]) -> Iterator[Fault]:
    """Find what in a template is not allowed or not declared; see `values` for the latter.

    Of very many faults the first are given.
    """
    too_deep = _too_deep(template)
    if too_deep:
        yield Fault(too_deep.lineno, "this is nested too deeply")
        return
    every = (one for node in template.body for one in _check(node, declared, loops=0))
    yield from islice(every, _MOST_FAULTS)


def _too_deep(template: nodes.Template) -> nodes.Node | None:
    """Give a node that is deeper than it may be, so that all else can simply call itself."""
    level: list[nodes.Node] = [template]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
    return level[0] if level else None


def _check(node: nodes.Node, scope: Mapping[str, Value], loops: int) -> Iterator[Fault]:
    if type(node) not in _ALLOWED:
        yield Fault(_line(node), f"{_word(node)} is not allowed in a template")
        return
    if isinstance(node, nodes.For):
        yield from _check_for(node, scope, loops)
        return
    yield from _check_itself(node, scope)
    for child in node.iter_child_nodes():
        yield from _check(child, scope, loops)


def _check_for(node: nodes.For, scope: Mapping[str, Value], loops: int) -> Iterator[Fault]:
    if loops >= _MOST_LOOPS:
        yield Fault(node.lineno, f"{{% for %}} may be nested at most {_MOST_LOOPS} deep")
        return
    if node.recursive or not isinstance(node.target, nodes.Name):
        yield Fault(node.lineno, "{% for %} takes one plain name, and is not recursive")
        return
    yield from _check(node.iter, scope, loops)
    values = _known(node.iter, scope)
    if values is not None and not isinstance(values, tuple):
        yield Fault(node.lineno, "{% for %} goes over a list of values, and this is none")
        return
    element: Value = values[0] if values else ""
    inner = {**scope, "loop": dict.fromkeys(LOOP_PARTS, 1), node.target.name: element}
    for child in node.body:
        yield from _check(child, inner, loops + 1)
    if node.test is not None:
        yield from _check(node.test, inner, loops + 1)
    for child in node.else_:
        yield from _check(child, scope, loops)


def _check_itself(node: nodes.Node, scope: Mapping[str, Value]) -> Iterator[Fault]:
    """Check what one node says, without the nodes in it."""
    match node:
        case nodes.Name() if node.name not in scope:
            message = f'there is no value "{node.name}"{_hint(node.name, scope)}'
            yield Fault(node.lineno, message, node.name)
        case nodes.Output():
            yield from _check_said(node, scope)
        case nodes.Getattr():
            yield from _check_part(node, node.attr, scope)
        case nodes.Getitem() if isinstance(node.arg, nodes.Const):
            yield from _check_part(node, node.arg.value, scope)
        case nodes.Getitem():
            yield Fault(node.lineno, "[ ] takes a plain number or a name in quotes")
        case nodes.Filter():
            yield from _check_filter(node)
        case nodes.Const(value=str(text)) if len(text) > _LONGEST_CONSTANT:
            yield Fault(node.lineno, f"a text in quotes has at most {_LONGEST_CONSTANT} characters")
        case _:
            pass


def _check_said(node: nodes.Output, scope: Mapping[str, Value]) -> Iterator[Fault]:
    for one in node.nodes:
        match _known(one, scope):
            case datetime():
                yield Fault(one.lineno, "a time is said through a filter, as in {{ ... | date }}")
            case timedelta():
                message = "a length of time is said through a filter: {{ ... | duration }}"
                yield Fault(one.lineno, message)
            case _:
                pass


def _check_filter(node: nodes.Filter) -> Iterator[Fault]:
    if node.name not in FILTERS:
        hint = _hint(node.name, FILTERS)
        yield Fault(node.lineno, f'there is no filter "{node.name}"{hint}', node.name)
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield Fault(node.lineno, f'the filter "{node.name}" takes plain arguments only')
    if any(one is not node and one.name == _LAST_FILTER for one in node.find_all(nodes.Filter)):
        yield Fault(node.lineno, f'the filter "{_LAST_FILTER}" comes last', _LAST_FILTER)


def _check_part(
    node: nodes.Getattr | nodes.Getitem, part: object, scope: Mapping[str, Value]
) -> Iterator[Fault]:
    whole = _known(node.node, scope)
    if isinstance(whole, Mapping):
        if part not in whole:
            message = f'there is no "{part}" in it{_hint(str(part), whole)}'
            yield Fault(node.lineno, message, str(part))
    elif isinstance(whole, tuple):
        if not isinstance(part, int):
            yield Fault(node.lineno, f'a list of values has no "{part}"')
    elif whole is not None or not isinstance(node.node, nodes.Name | nodes.Getattr | nodes.Getitem):
        yield Fault(node.lineno, f'a plain value has no "{part}"')


def _known(node: nodes.Node, scope: Mapping[str, Value]) -> Value | None:
    """Give the example for what an expression stands for; None if it cannot be known."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        whole = _known(node.node, scope)
        part = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        if isinstance(whole, Mapping) and isinstance(part, str):
            return whole.get(part)
        if isinstance(whole, tuple) and whole:
            return whole[0]
    return None


def _constant(node: nodes.Node) -> object:
    return node.value if isinstance(node, nodes.Const) else None


def _line(node: nodes.Node) -> int:
    """Give a node's line; Jinja leaves some nodes without one, but not what is in them."""
    line: int | None = node.lineno
    if line is not None:
        return line
    return next((_line(child) for child in node.iter_child_nodes()), 0)


def _word(node: nodes.Node) -> str:
    if isinstance(node, nodes.BinExpr | nodes.UnaryExpr):
        return _NAMES.get(type(node), "arithmetic")
    return _NAMES.get(type(node), f"{type(node).__name__.lower()}")


def _hint(word: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(word, known, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
