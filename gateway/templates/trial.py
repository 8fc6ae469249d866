"""Whether one template file would do: compiled, and tried with the examples of its values."""

import hashlib
from functools import lru_cache

import gateway
from gateway.errors import Finding, Misconfigured
from gateway.templates.filters import FILTERS
from gateway.templates.hypertext import check_layout, compiled_html
from gateway.templates.sandbox import Compiled, Written, compiled, tried
from gateway.templates.values import ESSENTIAL, samples
from gateway.templates.written import Reader

SUBJECT = "subject.txt"
TEXT = "body.txt"
HTML = "body.html"
LAYOUT = "layout.html"
PARTS = (SUBJECT, TEXT, HTML)

_LONGEST_SUBJECT = 200
_ANY = "customer/acknowledge"


@lru_cache(maxsize=4096)
def prepared(
    written: Written, name: str, part: str, language: str, layout: Written | None = None
) -> Compiled | tuple[Finding, ...]:
    """Compile and try a file once, however often it is wanted in one process; or say why not.

    `part` is the file's own name, `layout` what a body of HTML goes into.
    """
    return _outcome(written, name, part, language, layout)


@lru_cache(maxsize=12)
def once_prepared(
    written: Written, name: str, part: str, language: str, layout: Written | None = None
) -> Compiled | tuple[Finding, ...]:
    """Compile and try a text in the same way, and keep only the last few.

    Whoever types has the same parts checked and shown again and again, but for the one they type.
    """
    return _outcome(written, name, part, language, layout)


def examine(
    text: str, name: str, part: str, language: str, layout: str = "", path: str = ""
) -> tuple[Finding, ...]:
    """Say what is wrong with a text before it is saved as a template; nothing if it is sound.

    `name` is that of the template, as `customer/answer`, and `part` that of its file. `layout` is
    the text of the layout that a body of HTML goes into.
    """
    frame = Written(LAYOUT, layout) if layout else None
    outcome = once_prepared(Written(path or part, text), name, part, language, frame)
    return outcome if isinstance(outcome, tuple) else ()


@lru_cache(maxsize=1)
def checks() -> str:
    """Give what stands for all that a template is checked against; another version has another."""
    declared = [samples(name) for name in (_ANY, "agent/new", "partner/case")]
    said = repr((gateway.__version__, declared, sorted(FILTERS), sorted(ESSENTIAL.items())))
    return hashlib.sha256(said.encode()).hexdigest()


@lru_cache(maxsize=64)
def layout_findings(layout: Written) -> tuple[Finding, ...]:
    """Say what is wrong with a layout."""
    try:
        check_layout(layout, samples(_ANY))
    except Misconfigured as refused:
        return refused.findings
    return ()


def _outcome(
    written: Written, name: str, part: str, language: str, layout: Written | None
) -> Compiled | tuple[Finding, ...]:
    try:
        return _prepared(written, name, part, language, layout)
    except Misconfigured as refused:
        return refused.findings


def _prepared(
    written: Written, name: str, part: str, language: str, layout: Written | None
) -> Compiled:
    examples = samples(name)
    if part == HTML:
        one = compiled_html(written, examples, layout)
    else:
        one = compiled(written.source, written.path, examples)
    outcomes = tried(one, examples, Reader(language))
    if not outcomes[0].strip():
        raise written.refused(0, "comes out empty")
    if part == SUBJECT:
        longest = max(len(" ".join(outcome.split())) for outcome in outcomes)
        if longest > _LONGEST_SUBJECT:
            message = f"comes out {longest} characters long; a subject has {_LONGEST_SUBJECT}"
            raise written.refused(0, message)
    elif name in ESSENTIAL and not _says(outcomes[0], examples[0][ESSENTIAL[name]]):
        message = f"does not say {{{{ {ESSENTIAL[name]} }}}}, which is what this mail is for"
        raise written.refused(0, message)
    return one


def _says(outcome: str, value: object) -> bool:
    """Say whether what a mail exists for is in it."""
    return isinstance(value, str) and value in outcome
