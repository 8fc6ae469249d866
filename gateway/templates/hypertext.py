"""The HTML of a mail: a template's part put into a layout, checked, with its styles in place."""

from collections.abc import Mapping, Sequence

from jinja2 import nodes

from gateway.errors import Finding, Misconfigured
from gateway.templates import environment, markup, styles
from gateway.templates.language import Fault, faults
from gateway.templates.pieces import pieces
from gateway.templates.sandbox import Compiled, Written, declared, finished, parsed
from gateway.templates.values import Value

CONTENT = "content"
"""What a layout says where the template's own part goes."""

_WHOLE = ("<!doctype", "<html")
# What a layout may say beside: it is the same for all mails.
IN_LAYOUT = ("desk", "ticket")


def compiled_html(
    written: Written, samples: Sequence[Mapping[str, Value]], layout: Written | None
) -> Compiled:
    """Check and compile a template of HTML; `layout` is sound, and only None where there is none.

    A template that is a whole document by itself goes into no layout. Raises Misconfigured with all
    that is wrong in it.
    """
    tree = parsed(written, environment.HTML)
    whole = _is_whole(written)
    found = [*faults(tree, declared(samples))]
    if not found:
        found += markup.read(pieces(tree.body), document=whole).faults
    if not found and not whole and layout is None:
        found.append(Fault(0, "there is no layout.html that it could go into"))
    _refuse(written, found)
    if layout is not None and not whole:
        tree = _framed(parsed(layout, environment.HTML), tree)
    _place(written, tree)
    return finished(written, tree, environment.HTML)


def check_layout(layout: Written, samples: Sequence[Mapping[str, Value]]) -> None:
    """Refuse a layout that is not sound: raises Misconfigured with all that is wrong in it."""
    tree = parsed(layout, environment.HTML)
    known = declared(samples)
    scope = {name: known[name] for name in (*IN_LAYOUT, "language")}
    found = [*faults(tree, {**scope, CONTENT: ""})]
    if not found:
        found += markup.read(pieces(tree.body), document=True).faults
    said = [one for one in tree.find_all(nodes.Name) if one.name == CONTENT]
    if len(said) != 1 or _position(tree) is None:
        found.append(
            Fault(0, f"says {{{{ {CONTENT} }}}} once, by itself and outside of conditions")
        )
    _refuse(layout, found)
    _place(layout, tree)


def _is_whole(written: Written) -> bool:
    return written.source.lstrip().lower().startswith(_WHOLE)


def _refuse(written: Written, found: Sequence[Fault]) -> None:
    if found:
        raise Misconfigured(tuple(dict.fromkeys(written.finding(fault) for fault in found)))


def _place(written: Written, tree: nodes.Template) -> None:
    """Put styles on the elements, and values in attributes through what keeps them there."""
    row = list(pieces(tree.body))
    read = markup.read(row, document=True)
    _refuse(written, read.faults)
    try:
        styles.inline(row, read.in_attributes)
    except styles.NotInlined as error:
        raise Misconfigured((Finding(written.path, 0, str(error)),)) from error
    for said, name in read.through:
        said.through(name, environment.HTML)


def _framed(layout: nodes.Template, part: nodes.Template) -> nodes.Template:
    """Put a part where its layout says."""
    place = _position(layout)
    if place is None:
        return part
    at, inside = place
    output = layout.body[at]
    assert isinstance(output, nodes.Output)  # noqa: S101  `_position` found it
    before = nodes.Output(output.nodes[:inside], lineno=output.lineno)
    after = nodes.Output(output.nodes[inside + 1 :], lineno=output.lineno)
    layout.body[at : at + 1] = [before, *part.body, after]
    return layout


def _position(layout: nodes.Template) -> tuple[int, int] | None:
    """Find where a layout says what goes into it: the place of the output node, and in it."""
    for at, node in enumerate(layout.body):
        if isinstance(node, nodes.Output):
            for inside, one in enumerate(node.nodes):
                if isinstance(one, nodes.Name) and one.name == CONTENT:
                    return at, inside
    return None
