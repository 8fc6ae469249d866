"""What a template editor could try: every payload is refused when it is loaded, and quickly."""

import time
from collections.abc import Iterator, Mapping

import pytest

from gateway.errors import Misconfigured
from gateway.templates.sandbox import Failed, compiled, tried
from gateway.templates.values import Value
from gateway.templates.written import Reader

READER = Reader()

SAMPLE: dict[str, Value] = {
    "ticket": {"number": "AC-1", "status": "Open"},
    "subject": "Printer",
    "count": 3,
    "names": ("Jan", "Piet"),
    "rows": ({"name": "a", "items": ("x", "y")},),
}

ATTACKS = {
    # Size and time, at compile time as well
    "repeat a text": "{{ 'a' * 10**9 }}",
    "repeat in a condition": "{% if 'a' * 10**9 %}{% endif %}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "power of a value": "{{ count ** 999999999 }}",
    "negative": "{{ -count }}",
    "format width": "{{ '%999999999d' % 1 }}",
    "format filter": "{{ '%999999999d' | format(1) }}",
    "center": "{{ subject | center(10**9) }}",
    "center, plain": "{{ subject | center(1000000000) }}",
    "wide indent": "{{ subject | indent(1000000000) }}",
    "replace": "{{ subject | replace('', 'aaaaaaaaaa') }}",
    "join a text": "{{ subject | join('x') }}",
    "long separator": "{{ names | join('" + "x" * 900 + "') }}",
    "double by ~": "{{ subject ~ subject }}",
    "double by set": "{% set a = subject %}{{ a }}",
    "range": "{% for i in range(10**9) %}{% endfor %}",
    "loop over a text": "{% for c in subject %}{{ c }}{% endfor %}",
    "three loops": "{% for a in names %}{% for b in names %}{% for c in names %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "recursive loop": "{% for a in names recursive %}{{ loop(names) }}{% endfor %}",
    "deep parentheses": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "deep not": "{{ " + "not " * 3000 + "1 }}",
    "deep if": "{% if subject %}" * 2000 + "{% endif %}" * 2000,
    "deep parts": "{{ ticket" + ".number" * 3000 + " }}",
    "long filter chain": "{{ subject" + " | upper" * 3000 + " }}",
    "long number": "{{ " + "9" * 60_000 + " }}",
    "long constant": "{{ '" + "x" * 60_000 + "' }}",
    "too large": "x" * (64 * 1024 + 1),
    "lipsum": "{{ lipsum(n=10**6) }}",
    # Ways out of the sandbox
    "class": "{{ ''.__class__ }}",
    "class of a value": "{{ subject.__class__.__mro__ }}",
    "class in brackets": "{{ subject['__class__'] }}",
    "class of a table": "{{ ticket.__class__ }}",
    "computed part": "{{ ticket['__cl' + 'ass__'] }}",
    "part by a value": "{{ ticket[subject] }}",
    "attr filter": "{{ subject | attr('__class__') }}",
    "map filter": "{{ names | map(attribute='__class__') }}",
    "format method": "{{ '{0.__class__}'.format(1) }}",
    "indirect format": "{% set f = '{0.__class__}'.format %}{{ f(1) }}",
    "str.format_map": "{{ subject.format_map(ticket) }}",
    "globals": "{{ cycler.__init__.__globals__ }}",
    "self": "{{ self.__init__ }}",
    "namespace": "{{ namespace() }}",
    "context": "{{ _context }}",
    "loop budget": "{{ loop_budget }}",
    "method of a table": "{{ ticket.items() }}",
    "method of a list": "{{ names.append(1) }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'x' as x %}",
    "from": "{% from 'x' import y %}",
    "extends": "{% extends 'x' %}",
    "block": "{% block a %}{% endblock %}",
    "macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "call block": "{% call subject() %}{% endcall %}",
    "with": "{% with a = 1 %}{% endwith %}",
    "filter block": "{% filter upper %}x{% endfilter %}",
    "test": "{{ subject is callable }}",
    "unknown filter": "{{ subject | pprint }}",
    "keyword arguments": "{{ subject | truncate(length=1) }}",
    "star arguments": "{{ subject | truncate(*names) }}",
    "slice": "{{ subject[::2] }}",
    "list literal": "{{ [1, 2] }}",
    "tuple literal": "{{ (1, 2) }}",
    "dict literal": "{{ {'a': 1} }}",
    "do": "{% do names.append(1) %}",
    "loop's own": "{% for n in names %}{{ loop.cycle }}{% endfor %}",
    "loop's class": "{% for n in names %}{{ loop.__class__ }}{% endfor %}",
    "debug": "{% debug %}",
    "unclosed": "{{ subject ",
    "unclosed comment": "{#" * 30_000,
    "broken escape": "{{ '\\N{no such name}' }}",
}


@pytest.fixture
def clock() -> Iterator[None]:
    """Fail a test that takes longer than two seconds of computing."""
    start = time.process_time()
    yield
    assert time.process_time() - start < 2


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("source", [pytest.param(s, id=name) for name, s in ATTACKS.items()])
def test_an_attack_is_refused_when_it_is_loaded(source: str) -> None:
    """With a sentence, and without a traceback of Jinja's."""
    with pytest.raises(Misconfigured) as refused:
        tried(compiled(source, "body.txt", [SAMPLE]), [SAMPLE], READER)
    assert all(finding.message for finding in refused.value.findings)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("a\n\n{{ subjct }}", '3: there is no value "subjct"; did you mean "subject"?'),
        ("\n{{ ticket.numer }}", '2: there is no "numer" in it; did you mean "number"?'),
        ("\n{{ subject | uper }}", '2: there is no filter "uper"; did you mean "upper"?'),
        ("{% for r in rows %}\n{{ r.nam }}{% endfor %}", '2: there is no "nam" in it; did'),
        ("{{ r }}{% for r in rows %}{% endfor %}", '1: there is no value "r"'),
        ("\n\n{% set x = 1 %}", "3: {% set %} is not allowed in a template"),
        ("\n{{ 1 + 1 }}", "2: arithmetic is not allowed in a template"),
        ("\n{{ count < subject }}", "2: '<' not supported"),
        ("a\n{% if %}", "2: Expected an expression"),
    ],
)
def test_a_finding_names_line_and_remedy(source: str, sentence: str) -> None:
    """Also for a part of a value, and in a branch that trying it out would not reach."""
    with pytest.raises(Misconfigured) as refused:
        tried(compiled(source, "body.txt", [SAMPLE]), [SAMPLE], READER)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ ticket.number }} {{ ticket['status'] }} {{ count }}", "AC-1 Open 3"),
        ("{% if not subject %}a{% elif count >= 3 and count != 4 %}b{% endif %}", "b"),
        ("{{ 'x' if subject == 'Printer' else 'y' }}", "x"),
        ("{% if 'int' in subject %}yes{% endif %}", "yes"),
        ("{% for n in names %}{{ loop.index }}{{ n }}{{ '' if loop.last else ',' }}{% endfor %}",
         "1Jan,2Piet"),
        ("{% for n in names if n != 'Jan' %}{{ n }}{% else %}-{% endfor %}", "Piet"),
        ("{% for r in rows %}{% for i in r['items'] %}{{ r.name }}{{ i }} {% endfor %}{% endfor %}",
         "ax ay "),
        ("{{ names | join }} {{ names | join('/') }} {{ names | length }} {{ names[1] }}",
         "Jan, Piet Jan/Piet 2 Piet"),
        ("{{ subject | upper | lower | trim | truncate(4) }}", "pri…"),
        ("{{ '' | default('nobody') }} {{ 'a' | quote }} {{ 'a' | indent(2) }}", "nobody > a   a"),
        ("{% raw %}{{ 1 + 1 }}{% endraw %}{# a comment #}", "{{ 1 + 1 }}"),
        ("{% if subject %}\n  x\n{% endif %}\n", "  x\n"),
    ],
)  # fmt: skip
def test_what_a_mail_needs_can_be_said(source: str, expected: str) -> None:
    """Values, conditions, loops and filters."""
    assert expected == compiled(source, "body.txt", [SAMPLE]).render(SAMPLE, READER)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("{{ subject }}" * 4000, {"subject": "x" * 1_000_000}),
        ("{% for a in names %}{% for b in names %}{% endfor %}{% endfor %}",
         {"names": ("x",) * 100_000}),
        ("{% for a in names %}{{ a }}{% endfor %}", {"names": ("x" * 1000,) * 9000}),
    ],
    ids=["long value", "long loops", "long output"],
)  # fmt: skip
def test_large_values_stay_within_the_limits(source: str, values: Mapping[str, Value]) -> None:
    """Real values are larger than the examples; rendering still ends, and soon."""
    template = compiled(source, "body.txt", [SAMPLE])
    with pytest.raises(Failed, match=r"longer than|rounds"):
        template.render({**SAMPLE, **values}, READER)


@pytest.mark.parametrize("value", [object(), {1, 2}, lambda: 1], ids=["object", "set", "call"])
def test_only_plain_values_have_parts(value: object) -> None:
    """Should one of ours slip in, nothing of it can be reached from a template."""
    template = compiled("{{ ticket.number }}", "body.txt", [SAMPLE])
    with pytest.raises(Failed):
        template.render({**SAMPLE, "ticket": value}, READER)  # type: ignore[dict-item]
