"""Conditions: what they may say, where a mistake in one is, and that asking one never raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.condition import Answer, Condition, Facts, answer_to, compiled
from gateway.config.condition_faults import Fault
from gateway.config.desk import Phase
from gateway.config.functions import FUNCTIONS
from gateway.config.pattern import read
from gateway.config.vocabulary import VALUES, VARIABLES, Place
from gateway.config.words import fold, mentions
from gateway.desk.entitled import FoundBy
from gateway.mail.model import Kind


def faults(source: str, place: Place = Place.RULE) -> list[tuple[int, int, str]]:
    """Give line, column and sentence of all that is wrong with a condition."""
    found = compiled(place, source)
    if isinstance(found, Condition):
        return []
    return [(fault.line, fault.column, fault.message) for fault in found]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.calls[0])
def test_the_example_of_a_function_holds(function: object) -> None:
    """What the page shows of each function is true."""
    assert isinstance(function, type(FUNCTIONS[0]))
    assert answer_to(function.example, Facts(Place.RULE, {})) == Answer(holds=True)


def test_closed_lists_are_those_of_the_program() -> None:
    """What a condition may compare kinds, phases and ways of finding with is what there is."""
    assert VALUES == {
        "mail.kind": tuple(Kind),
        "ticket.phase": tuple(Phase),
        "account.by": tuple(FoundBy),
    }


def test_each_variable_has_one_sentence() -> None:
    """Names are there once; what they mean ends with a full stop."""
    assert len(VARIABLES) == len({variable.name for variable in VARIABLES})
    assert [v.name for v in VARIABLES if not v.meaning.endswith(".") or not v.uses] == []


MISTAKES = [
    (
        'mail.subjct == "a"',
        1,
        1,
        'there is no variable "mail.subjct"; did you mean "mail.subject"?',
    ),
    (
        'mail.kind == "list"\n  && custmer.plan == "a"',
        2,
        6,
        'there is no variable "custmer.plan"; did you mean "customer.plan"?',
    ),
    ('subject == "a"', 1, 1, 'there is no variable "subject"; did you mean "mail.subject"?'),
    ("x", 1, 1, 'there is no variable "x"'),
    (
        'mail.subject.lower() == "a"',
        1,
        14,
        'there is no function "lower"; did you mean "lowerAscii"?',
    ),
    ('order.site == "a"', 1, 1, '"order.site" cannot be asked here, only in level'),
    ("mail.subject == 1", 1, 14, '"==" does not work with string and int'),
    ("!mail.subject", 1, 1, '"!" does not work with string'),
    ('"a" in mail.subject', 1, 5, '"in" does not work with string and string'),
    ("mail.text.contains(5)", 1, 19, '"contains" does not work with string, int'),
    ("mail.subject.words", 1, 13, "a string has no fields"),
    (
        'true ? "a" : 1',
        1,
        6,
        '"?:" needs a bool and two of one type, and gets bool, string, int',
    ),
    ('lowerAscii("a") == "a"', 1, 1, '"lowerAscii" is not called like this; see docs/rules.md'),
    ("mail.subject", 1, 1, "a condition must come to true or false, and this is of type string"),
    ("", 1, 1, "the condition ends too early"),
    ("mail.", 1, 6, "the condition ends too early"),
    ("mail.urgent )", 1, 13, "this cannot stand here: )"),
    ("mail.urgent &&", 1, 15, "the condition ends too early"),
    ('mail.from = "a"', 1, 11, 'a single "=" means nothing; to compare write "=="'),
    ('mail.from == "a', 1, 14, "a text in quotation marks does not end, or has a backslash that"),
    ('mail.from == "\\d"', 1, 14, "a text in quotation marks does not end, or has a backslash"),
    ('mail.from == "a" and true', 1, 18, 'for "and" write "&&"'),
    ("mail.urgent or true", 1, 13, 'for "or" write "||"'),
    ("not mail.urgent", 1, 5, 'for "not" write "!"'),
    ("mail.urgent ; true", 1, 13, "this means nothing: ;"),
    ("(" * 40 + "true" + ")" * 40, 1, 1, "the condition does not work: it is nested too deeply"),
    (
        "mail.text" + ".trim()" * 100 + ' == ""',
        1,
        1,
        "the condition does not work: it is nested too",
    ),
    ('mail.text.matches("(")', 1, 19, "this pattern does not work: missing ): ("),
    (
        'mail.text.matches(r"a\\1")',
        1,
        19,
        "this pattern does not work: invalid escape sequence: \\1",
    ),
    (
        'mail.text.matches(r"(?=a)b")',
        1,
        19,
        "this pattern does not work: invalid perl operator: (?=",
    ),
    ("mail.text.matches(mail.from)", 1, 23, "a pattern must stand here in quotation marks"),
    ('mail.text.matches("(a?){900}a{900}")', 1, 19, "this pattern does not work: it repeats too m"),
    (
        f'mail.text.matches("{"(" * 600}a{")" * 600}")',
        1,
        19,
        "a pattern has at most 1000 characters",
    ),
    (
        f'mail.text.matches("{"(" * 450}a{")" * 450}")',
        1,
        19,
        "this pattern does not work: it is nes",
    ),
    ('mail.text.mentions(["down", "!"])', 1, 29, '"!" is no word: it has no letter and no digit'),
    ("mail.text.mentions([])", 1, 20, "nothing is mentioned: the list of words is empty"),
    ("mail.text.mentions(mail.to)", 1, 24, 'the words must stand here, as in ["outage", "down*"]'),
    ("mail.text.mentions([mail.from])", 1, 25, "a word must stand here in quotation marks"),
    (
        "mail.to.all(a, mail.copied.exists(b, a == b))",
        1,
        12,
        "a loop in a loop could take too long",
    ),
    (
        "mail.to.filter(a, true).filter(b, true).exists(c, true)",
        1,
        47,
        "a loop in a loop could take too long",
    ),
    (
        "mail.attachments.exists(a, mail.text.contains(a))",
        1,
        24,
        "a loop over a mail's text could take too long",
    ),
    ('mail.text.split(" ").size() > 5', 1, 16, "a mail's text cannot be split"),
    ('mail.text.replace("", mail.text) == ""', 1, 18, '"replace" cannot be used in a condition'),
    ('"%s".format([1]) == ""', 1, 12, '"format" cannot be used in a condition'),
    ("dyn(1) == 1", 1, 4, '"dyn" cannot be used in a condition'),
    ("+".join(["mail.text"] * 30) + ' == ""', 1, 1, "a condition has at most 20 sums: make it sev"),
    (f"now.getHours() in [{'1,' * 1500}1]", 1, 1, "a condition has at most 1000 parts: make it se"),
]


@pytest.mark.parametrize(("source", "line", "column", "sentence"), MISTAKES)
def test_a_mistake_is_found_where_it_is(source: str, line: int, column: int, sentence: str) -> None:
    """The first finding has the line and column inside the condition, and says what to do."""
    first = faults(source)[0]
    assert (line, column, sentence) == (*first[:2], first[2][: len(sentence)])


def test_a_loop_may_go_over_what_another_chose() -> None:
    """One after the other takes no longer than twice as long."""
    assert faults('mail.attachments.filter(a, a != "").exists(b, b.endsWith(".log"))') == []


def test_several_mistakes_are_found_at_once() -> None:
    """Each has its own place, in the order of the condition."""
    found = faults('mail.subjct == "é" && mail.kind == 1 &&\nmail.fro != ""')
    assert [(1, 1), (1, 33), (2, 1)] == [place[:2] for place in found]


def test_what_follows_a_mistyped_loop_is_no_finding() -> None:
    """A loop's own variable is not known while the loop is not; only the loop is reported."""
    assert ['there is no function "exist"; did you mean "exists"?'] == [
        message for _, _, message in faults('mail.to.exist(one, one == "a")')
    ]


def test_a_place_in_a_condition_is_an_offset_in_its_text() -> None:
    """An editor finds the place in a text of several lines."""
    source = 'true &&\n  mail.fro == ""'
    assert Fault("", 2, 3).offset(source) == source.index("mail.fro")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('customer.columns["seats"] == "5"', 'Key not found in map : "seats"'),
        ("1 / mail.to.size() == 1", "divide by zero"),
        ("int(mail.subject) > 5", "cannot convert string to int"),
        ("timestamp(mail.subject) < now", "String to Timestamp conversion failed"),
        ('mail.from.substring(1, 5) == ""', "No value with name"),
        ("clock.hour > 5", "Unexpected value type for 'clock.hour'"),
    ],
)
def test_what_cannot_be_answered_does_not_hold_and_says_why(source: str, why: str) -> None:
    """A key that is not there, a wrong value, a fact that is missing: no error reaches a mail."""
    values: dict[str, object] = {
        "customer.columns": {},
        "mail.to": [],
        "mail.subject": "now",
        "now": None,
        "clock.hour": "6",
    }
    answer = answer_to(source, Facts(Place.RULE, values))
    assert (False, why) == (answer.holds, answer.why[: len(why)])


def test_what_is_no_condition_does_not_hold() -> None:
    """Even a condition that should never have been loaded stops no mail."""
    assert answer_to("mail.", Facts(Place.RULE, {})).holds is False


@pytest.mark.parametrize(
    ("text", "sought", "expected"),
    [
        ("The server is DOWN again.", ["down"], True),
        ("countdown", ["down"], False),
        ("downtime", ["down"], False),
        ("downtime", ["down*"], True),
        ("We are not\nable to log in", ["not able to"], True),
        ("not quite able to", ["not able to"], False),
        ("it crashes repeatedly", ["crash* repeated*"], True),
        ("it crashes: repeatedly!", ["crash* repeatedly"], True),
        ("Störung", ["storung"], True),
        ("storung", ["Störung"], True),
        ("STRASSE", ["straße"], True),
        ("Żółw i łódź", ["zolw", "lodz"], True),
        ("it doesn't work", ["doesn't work"], True),
        ("\ufb01le not found", ["file"], True),
        ("привет", ["\u041f\u0420\u0418\u0412\u0415\u0422"], True),
        ("a.b", ["a b"], True),
        ("", ["down"], False),
        ("anything", ["*"], False),
        ("say .* or (c|b)", ["(a|b)"], False),
        ("an a b here", ["(a|b)"], True),
    ],
)
def test_mentions(text: str, sought: list[str], expected: bool) -> None:  # noqa: FBT001
    """Whole words and phrases, in any letter case, accents or not; `*` ends a word freely."""
    assert expected is mentions(text, sought)


@pytest.mark.parametrize("letter", ["\u0301\u0323", "\ufdfa", "é", "a ", "\U0001f600", "\ufeff"])
def test_folding_a_hostile_text_is_bounded(letter: str) -> None:
    """A long text folds into one that is not much longer, whatever it is made of."""
    assert len(fold(letter * (32_768 // len(letter)))) <= 4 * 65_536


PATTERNS = [
    (r"(?i)\b(down|outage)\b", {"down", "outage"}),
    (r"licen[cs]e key", {"licen"}),
    (r"(?i)^\s*re:", {"re:"}),
    (r"(foo|bar)?x", {"x"}),
    (r"foo(bar|baz){0}", {"foo"}),
    (r"(?P<n>ab)+c", {"ab"}),
    (r"\.exe$", {".exe"}),
    (r"(?i:STRASSE|straße)", {"strasse"}),
    (r"\Qa.b\Ecd", {"cd"}),
    (r"[Ee]rror\_code\ 7", {"rror_code 7"}),
    (r"[]a]b", {"b"}),
    (r"x*", None),
    (r"a|", None),
    (r"\d+", None),
    (r"\x41\x{42}", None),
]


@pytest.mark.parametrize(("pattern", "expected"), PATTERNS)
def test_what_a_pattern_needs(pattern: str, expected: set[str] | None) -> None:
    """A text without any of these cannot match."""
    known = read(pattern)
    assert known is not None
    assert expected == (None if known.needs is None else set(known.needs))


_ATOMS = st.sampled_from(
    ["a", "b", "(?i)K", "ß", ".", r"\b", "[ab]", "[^a]", r"\.", "(a|bc)", "(?:ab)", "^", "$", r"\w"]
)
_REPEATED = st.tuples(_ATOMS, st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,1}", "+?"]))
_ROWS = st.lists(_REPEATED, max_size=5).map(lambda row: "".join(a + r for a, r in row))
_WORDS = st.text(alphabet="abcKk\u212aßẞS. ", max_size=12)
_CLAUSES = st.one_of(
    st.sampled_from(
        [
            "mail.urgent",
            'mail.subject == "ab"',
            'mail.subject != "ab"',
            'mail.subject in ["ab", "c"]',
            '"ab" in mail.to',
            'mail.subject.contains("a")',
            'mail.subject.mentions(["ab", "a* b"])',
            '(mail.subject + " " + customer.plan).mentions(["ab"])',
            '(mail.subject + "b").contains("ab")',
            '"ab" in customer.columns',
            '"ab" == mail.subject + "b"',
            'customer.plan == ""',
            "true",
            "false",
            'mail.to[0] == "ab"',
            'mail.subject.matches("a|")',
        ]
    ),
    _ROWS.map(lambda pattern: f'mail.subject.matches(r"{pattern}")'),
)
_CONDITIONS = st.recursive(
    _CLAUSES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from([" && ", " || "]), inner).map(
            lambda three: f"({three[0]}{three[1]}{three[2]})"
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=50, deadline=None)
@given(source=_CONDITIONS, subject=_WORDS, listed=_WORDS, urgent=st.booleans())
def test_a_shortcut_says_what_the_library_says(
    source: str,
    subject: str,
    listed: str,
    urgent: bool,  # noqa: FBT001
) -> None:
    """Of any condition and any text: where a shortcut settles it, CEL says the same."""
    condition = compiled(Place.RULE, source)
    if not isinstance(condition, Condition):
        return
    facts = Facts(
        Place.RULE,
        {
            "mail.subject": subject,
            "mail.to": [listed] if listed else [],
            "mail.urgent": urgent,
            "customer.plan": listed,
            "customer.columns": {listed: subject},
        },
    )
    slow = compiled(Place.RULE, f"[1].exists(x, {source})")
    assert isinstance(slow, Condition)
    assert condition.ask(facts).holds == slow.ask(facts).holds


@settings(max_examples=60, deadline=None)
@given(source=st.text(alphabet='mail.tex() "&|!=<>[]{}?:+-*/%,\\\n1aé', max_size=40))
def test_no_text_is_too_wrong_to_be_judged(source: str) -> None:
    """Whatever an admin writes, it is a condition or a list of findings inside it."""
    found = compiled(Place.DETAIL, source)
    if isinstance(found, Condition):
        assert found.ask(Facts(Place.DETAIL, {})).holds in (True, False)
    else:
        lines = source.split("\n")
        assert [f for f in found if f.line > len(lines) or f.column > len(source) + 1] == []
