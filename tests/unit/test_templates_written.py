"""Dates, lengths of time, numbers and counts, as readers of a language write them."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from gateway.errors import Misconfigured
from gateway.templates import Value
from gateway.templates.sandbox import Failed, compiled
from gateway.templates.written import Reader

SAMPLE: Mapping[str, Value] = {
    "at": datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
    "long": timedelta(days=2, hours=1, minutes=5),
    "count": 1,
    "names": ("Jan",),
    "text": "x",
}


def said(source: str, language: str = "en", zone: str = "UTC", **values: Value) -> str:
    """Render a template for a reader."""
    return said_to(Reader(language, zone), source, **values)


def said_to(reader: Reader, source: str, **values: Value) -> str:
    """Render a template for a reader, in ordinary blanks."""
    one = compiled(source, "body.txt", [SAMPLE])
    return one.render({**SAMPLE, **values}, reader).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "3 March 2026 | 03/03/2026 | 00:30 | 3 March 2026, 00:30"),
        ("nl", "3 maart 2026 | 03-03-2026 | 00:30 | 3 maart 2026, 00:30"),
        ("de", "3. März 2026 | 03.03.26 | 00:30 | 3. März 2026, 00:30"),
        ("fi", "3. maaliskuuta 2026 | 3.3.2026 | 0.30 | 3. maaliskuuta 2026 0.30"),
        ("xx", "3 March 2026 | 03/03/2026 | 00:30 | 3 March 2026, 00:30"),
    ],
)
def test_times_are_written_in_the_reader_s_language_and_the_desk_s_zone(
    language: str, expected: str
) -> None:
    """It is the day after in Amsterdam already; a language that nobody knows gets English."""
    source = "{{ at | date }} | {{ at | date('short') }} | {{ at | time }} | {{ at | datetime }}"
    assert expected == said(source, language, "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "2 March 2026 | 18:30 (Eastern Standard Time)"),
        ("nl", "2 maart 2026 | 18:30 (Eastern-standaardtijd)"),
        ("de", "2. März 2026 | 18:30 (Nordamerikanische Ostküsten-Normalzeit)"),
        ("fi", "2. maaliskuuta 2026 | 18.30 (Yhdysvaltain itäinen normaaliaika)"),
    ],
)
def test_a_time_of_another_zone_than_the_desk_s_says_so(language: str, expected: str) -> None:
    """In the reader's language; a day does not."""
    reader = Reader(language, "America/New_York", names_zone=True)
    assert expected == said_to(reader, "{{ at | date }} | {{ at | time }}")
    whole = said_to(reader, "{{ at | datetime }}")
    assert whole.endswith(expected.rpartition("| ")[2])
    assert whole.startswith(expected.partition(" |")[0])


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc", "America", "", "\0", "x" * 999])
def test_a_zone_that_is_none_leaves_the_time_as_it_is(zone: str) -> None:
    """No mail fails by it."""
    assert "2 March 2026, 23:30" == said_to(Reader("en", zone), "{{ at | datetime }}")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "2 days and 1 hour; 1 day; 1 hour; 30 minutes; 0 minutes"),
        ("nl", "2 dagen en 1 uur; 1 dag; 1 uur; 30 minuten; 0 minuten"),
        ("de", "2 Tage und 1 Stunde; 1 Tag; 1 Stunde; 30 Minuten; 0 Minuten"),
        ("fi", "2 päivää ja 1 tunti; 1 päivä; 1 tunti; 30 minuuttia; 0 minuuttia"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(language: str, expected: str) -> None:
    """What is smaller does not matter any more."""
    lengths = (
        SAMPLE["long"],
        timedelta(days=1, seconds=4),
        timedelta(hours=1),
        timedelta(minutes=30),
        timedelta(0),
    )
    assert expected == "; ".join(said("{{ long | duration }}", language, long=x) for x in lengths)


@pytest.mark.parametrize(
    ("language", "forms", "expected"),
    [
        ("en", "'# case', '# cases'", ["0 cases", "1 case", "1,200 cases"]),
        ("nl", "'# melding', '# meldingen'", ["0 meldingen", "1 melding", "1.200 meldingen"]),
        ("de", "'ein Fall', '# Fälle'", ["0 Fälle", "ein Fall", "1.200 Fälle"]),
        ("fi", "'# tapaus', '# tapausta'", ["0 tapausta", "1 tapaus", "1 200 tapausta"]),
        ("pl", "'# a', '# b', '# c', '# d'", ["0 c", "1 a", "1 200 c"]),
        ("ja", "'# z'", ["0 z", "1 z", "1,200 z"]),
    ],
)
def test_a_count_has_the_form_of_the_word_that_belongs_to_it(
    language: str, forms: str, expected: list[str]
) -> None:
    """In as many forms as the language has; a list is counted, too."""
    source = "{{ count | plural(%s) }}" % forms  # noqa: UP031  braces
    assert expected == [said(source, language, count=n) for n in (0, 1, 1200)]
    assert expected[1] == said(source.replace("count", "names"), language)


def test_a_number_has_the_marks_of_its_language() -> None:
    """A thousand is not one."""
    assert ["1,234.5", "1.234,5"] == [
        said("{{ count | number }}", one, count=1234.5) for one in ("en", "nl")
    ]


def test_what_is_not_known_is_empty() -> None:
    """A ticket that is not there has no date, and stops no mail."""
    source = "{{ at | date }}{{ at | time }}{{ at | datetime }}{{ long | duration }}"
    assert "" == said(source, at="", long="")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{{ at }}", "a time is said through a filter"),
        ("{{ long }}", "a length of time is said through a filter"),
        ("{{ at.year }}", 'a plain value has no "year"'),
    ],
)
def test_a_bare_time_is_refused_when_it_is_loaded(source: str, sentence: str) -> None:
    """It would come out as programmers write it."""
    with pytest.raises(Misconfigured, match=sentence):
        compiled(source, "body.txt", [SAMPLE])


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{{ text | date }}", "takes a time"),
        ("{{ at | date('tiny') }}", "short, medium, long, full"),
        ("{{ at | duration }}", "takes a length of time"),
        ("{{ text | number }}", "takes a number"),
        ("{{ count | plural('a') }}", "one, other"),
        ("{{ count | plural('a', 'b', 'c') }}", "one, other"),
    ],
)
def test_a_filter_that_gets_something_else_says_what_it_takes(source: str, sentence: str) -> None:
    """So that trying a template out tells its author."""
    with pytest.raises(Failed, match=sentence):
        said(source)


@pytest.mark.parametrize("source", ["{{ count | number }}", "{{ count | plural(text, text) }}"])
def test_a_huge_count_stays_within_the_limits(source: str) -> None:
    """And so does a form with a thousand marks in it."""
    with pytest.raises(Failed, match="takes a number"):
        said(source, count=10**4000)
    assert len(said("{{ count | plural(text, text) }}", text="#" * 60_000, count=10**14)) < 61_000


def test_neither_babel_nor_css_inline_is_imported_before_it_is_needed() -> None:
    """A worker starts without them."""
    script = (
        "import sys, gateway.templates\n"
        "print([m for m in ('babel', 'css_inline') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert b"[]" == ended.stdout.strip()
