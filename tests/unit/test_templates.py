"""Templates: which file is taken, what comes out, and that a broken one never stops a mail."""

import logging
from pathlib import Path

import pytest

from gateway.config.desk import Desk, Lifecycle, Phase, Status
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.usage import help_lines
from gateway.templates import Templates, Value, load, shipped_folder
from gateway.templates.values import REQUIRED, offered, samples

NAME = "customer/acknowledge"
VALUES: dict[str, Value] = {
    "desk": {"title": "Support", "address": "support@desk.example"},
    "ticket": {"number": "AC-000018", "status": "Open"},
    "subject": "Printer on fire",
    "person": {"name": "Jan"},
}
UNKNOWN_SENDER: dict[str, Value] = {**VALUES, "subject": "", "person": {"name": ""}}
DESK = Desk(
    name="desk",
    title="Support",
    addresses=("support@desk.example",),
    languages=("en",),
    case_number="CP-{n}{check}",
    status=(Status("Open", Phase.OPEN),),
    lifecycle=Lifecycle(start="Open", reopened="Open"),
)


def write(root: Path, path: str, text: str) -> None:
    """Put a template into a folder."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Give a folder that stands for the shipped templates."""
    root = tmp_path / "shipped"
    for name in REQUIRED:
        write(root, f"en/{name}/subject.txt", "[{{ ticket.number }}] shipped\n")
        write(root, f"en/{name}/body.txt", "{{ text }}\n")
    write(root, "en/customer/acknowledge/body.txt", "shipped body\n")
    return root


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    """Give an admin's folder, empty so far."""
    root = tmp_path / "admin"
    root.mkdir()
    return root


def sound(admin: Path, shipped: Path) -> Templates:
    """Load templates in which nothing is wrong."""
    templates, findings = load(admin, shipped, [DESK])
    assert () == findings
    return templates


@pytest.fixture(scope="module")
def ours() -> Templates:
    """Give the shipped templates."""
    templates, findings = load(shipped_folder(), shipped_folder(), [])
    assert () == findings
    return templates


@pytest.mark.parametrize("language", ["en", "nl", "de", "fi"])
@pytest.mark.parametrize("values", [VALUES, UNKNOWN_SENDER], ids=["vouched", "unknown"])
def test_the_shipped_acknowledgement_reads_well(
    ours: Templates, language: str, values: dict[str, Value], caplog: pytest.LogCaptureFixture
) -> None:
    """It gives the number; a sender who is not proven finds none of their words in it."""
    text = ours.render("desk", language, NAME, offered(NAME, values))
    whole = text.subject + text.body
    assert text.subject.startswith("[AC-000018] ")
    assert len(text.subject) > len("[AC-000018] ")
    assert ("Printer on fire" in text.subject) is bool(values["subject"])
    assert ("Jan" in text.body) is bool(values["subject"])
    assert "AC-000018" in text.body
    assert "support@desk.example" in text.body
    assert f"/{language}/customer/acknowledge/" in text.source
    assert " ," not in whole
    assert "  " not in whole
    assert all(len(line) <= 100 for line in text.body.splitlines())
    assert "" == caplog.text


def test_an_admin_overrides_path_by_path(admin: Path, shipped: Path) -> None:
    """A new subject keeps the shipped body."""
    write(admin, "en/customer/acknowledge/subject.txt", "[{{ ticket.number }}] ours")
    text = sound(admin, shipped).render("desk", "en", NAME, VALUES)
    assert ("[AC-000018] ours", "shipped body\n") == (text.subject, text.body)


def test_a_desk_s_own_file_goes_before_all_others(admin: Path, shipped: Path) -> None:
    """The shipped one of a desk, too, goes before the admin's general one."""
    write(admin, "en/customer/acknowledge/body.txt", "admin's general\n")
    write(shipped, "desks/desk/en/customer/acknowledge/body.txt", "shipped for the desk\n")
    assert "shipped for the desk\n" == sound(admin, shipped).render("desk", "en", NAME, VALUES).body
    assert "admin's general\n" == sound(admin, shipped).render("other", "en", NAME, VALUES).body
    write(admin, "desks/desk/en/customer/acknowledge/body.txt", "admin's for the desk\n")
    assert "admin's for the desk\n" == sound(admin, shipped).render("desk", "en", NAME, VALUES).body


def test_a_subject_is_one_line(admin: Path, shipped: Path) -> None:
    """Whatever the template or the customer's words hold, no header is added."""
    write(
        admin, "en/customer/acknowledge/subject.txt", "[{{ ticket.number }}]\n\n  {{ subject }}\n"
    )
    values = {**VALUES, "subject": "a\r\nBcc: x@y.example\x1b[31m\ud800"}
    text = sound(admin, shipped).render("desk", "en", NAME, values)
    assert "[AC-000018] a Bcc: x@y.example[31m?" == text.subject


def test_words_of_a_customer_are_never_a_template(admin: Path, shipped: Path) -> None:
    """They are values: what looks like a template in them stays as it is."""
    write(admin, "en/customer/acknowledge/body.txt", "{{ subject }} {{ person.name }}")
    values = {**VALUES, "subject": "{{ 7*7 }} %s ${IFS}", "person": {"name": "{% include 'x' %}"}}
    text = sound(admin, shipped).render("desk", "en", NAME, values)
    assert "{{ 7*7 }} %s ${IFS} {% include 'x' %}\n" == text.body


def test_a_language_without_a_template_gets_english(
    admin: Path, shipped: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """English is written by people; the built-in text is only the last resort."""
    text = sound(admin, shipped).render("desk", "sv", NAME, VALUES)
    assert "shipped body\n" == text.body
    assert "" == caplog.text


def test_a_broken_file_gives_way_to_the_shipped_one(admin: Path, shipped: Path) -> None:
    """It is reported with its line, and the mail goes out."""
    write(admin, "en/customer/acknowledge/body.txt", "Hello\n{{ ticket.numbr }}\n")
    templates, findings = load(admin, shipped, [DESK])
    path = admin / "en/customer/acknowledge/body.txt"
    assert [f'{path}:2: there is no "numbr" in it; did you mean "number"? (at column 11)'] == [
        str(finding) for finding in findings
    ]
    assert "shipped body\n" == templates.render("desk", "en", NAME, VALUES).body


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{{ subject }}" * 6, "x" * 100_000),
        (
            "{% if subject == '' or subject == 'Rapport opent niet' %}x{% endif %}",
            "comes out empty",
        ),
    ],
    ids=["too long", "empty"],
)
def test_a_file_that_fails_with_real_values_gives_way_and_raises_an_alarm(
    admin: Path, shipped: Path, caplog: pytest.LogCaptureFixture, source: str, value: str
) -> None:
    """What trying it out could not show is caught when it happens."""
    path = admin / "en/customer/acknowledge/body.txt"
    write(admin, "en/customer/acknowledge/body.txt", source)
    templates = sound(admin, shipped)
    with caplog.at_level(logging.ERROR, "casepost.templates"):
        text = templates.render("desk", "en", NAME, {**VALUES, "subject": value})
    assert "shipped body\n" == text.body
    assert str(path) in caplog.text


@pytest.mark.parametrize("values", [VALUES, {}], ids=["values", "none"])
def test_without_any_template_a_plain_text_goes_out(
    values: dict[str, Value], caplog: pytest.LogCaptureFixture
) -> None:
    """The one wording in Python: the number, and how to answer; with an alarm."""
    text = Templates().render("desk", "nl", "faq/outage", values)
    assert "built-in" == text.source
    assert "answer this mail" in text.body
    assert ("[AC-000018]" == text.subject) is bool(values)
    assert "faq/outage/body.txt" in caplog.text


def test_values_that_are_missing_do_not_stop_the_mail(shipped: Path) -> None:
    """A template that needs more than it gets gives way to the plain text."""
    text = sound(shipped, shipped).render("desk", "en", NAME, {})
    assert ("Your mail", "shipped body\n") == (text.subject, text.body)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("en/customer/acknowledge/body.htm", "is no template"),
        ("en/layout.html", "is no template"),
        ("en/customer/body.txt", "is no template"),
        ("english/customer/acknowledge/body.txt", "is no template"),
        ("desks/dsek/en/customer/acknowledge/body.txt", 'there is no desk "dsek"'),
        ("notes.txt", "is no template"),
    ],
)
def test_a_file_that_nobody_would_read_is_reported(
    admin: Path, shipped: Path, path: str, sentence: str
) -> None:
    """An admin who put it in the wrong place hears of it."""
    write(admin, path, "Hello")
    _, findings = load(admin, shipped, [DESK])
    assert [str(admin / path)] == [finding.path for finding in findings]
    assert sentence in findings[0].message


def test_what_editors_leave_behind_is_left_alone(admin: Path, shipped: Path) -> None:
    """Hidden files, backups and a README are no templates."""
    for path in ("en/customer/acknowledge/body.txt~", ".git/HEAD", "README.md", ".x.swp"):
        write(admin, path, "{{")
    sound(admin, shipped)


def test_a_folder_that_is_not_there_is_no_finding(tmp_path: Path, shipped: Path) -> None:
    """Nobody has to have templates of their own."""
    sound(tmp_path / "none", shipped)


def test_a_desk_without_templates_in_its_language_is_reported(admin: Path, shipped: Path) -> None:
    """Before its first customer is answered in another one."""
    (shipped / "en/customer/acknowledge/body.txt").unlink()
    _, findings = load(admin, shipped, [DESK])
    assert ['the desk speaks "en", but has no template en/customer/acknowledge'] == [
        finding.message for finding in findings
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a\nGr\xfc\xdfe", ":2: is not UTF-8 text"),
        (b"x" * (64 * 1024 + 1), "is larger than 65536 bytes"),
    ],
)
def test_a_file_that_is_no_text_is_reported(
    admin: Path, shipped: Path, content: bytes, sentence: str
) -> None:
    """With its line where it has one."""
    write(admin, "en/customer/acknowledge/body.txt", "")
    (admin / "en/customer/acknowledge/body.txt").write_bytes(content)
    _, findings = load(admin, shipped, [DESK])
    assert sentence in str(findings[0])


AGENTS = (
    "bounced", "confirm", "escalated", "flood", "held", "hold-ended", "incident", "new", "rated",
    "reminder", "reply", "report", "target-at-risk", "target-missed", "transcript",
)  # fmt: skip
SHIPPED = (
    *(*REQUIRED, "customer/feedback", "customer/reminder", "partner/case"),
    *(f"agent/{event}" for event in AGENTS),
)


@pytest.mark.parametrize("language", ["en", "nl", "de", "fi"])
@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_exists_in_each_language_and_is_set_well(
    ours: Templates, language: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is empty leaves no gap: no blank before a comma, no empty list, no long hole."""
    for values in samples(name):
        text = ours.render("desk", language, name, values)
        if "agent" not in name:
            assert text.subject.startswith("[AC-000018]")
        assert f"/{language}/{name}/body.txt" in text.source
        assert "\n\n\n\n" not in text.body
        assert " ," not in text.body
        assert "\n:" not in text.body
    assert "" == caplog.text


@pytest.mark.parametrize("language", ["en", "nl", "de", "fi"])
def test_a_transcript_says_each_outcome_in_words(ours: Templates, language: str) -> None:
    """The closed list of outcomes is the templates' to word, and so is the help of each command."""
    values = samples("agent/transcript")[0]
    outcomes = [o for o in CommandOutcome if o is not CommandOutcome.HELP]
    lines = [{"command": "#x", "outcome": o.value, "value": "VAL"} for o in outcomes]
    lines += [
        {"command": line.command, "outcome": line.outcome, "value": line.value}
        for line in help_lines()
    ]
    body = ours.render("desk", language, "agent/transcript", {**values, "lines": tuple(lines)}).body
    said = body.splitlines()
    for outcome in outcomes:
        assert f"#x: {outcome.value}" not in said
        assert f"#x: {outcome.value} (VAL)" not in said
    for line in help_lines():
        assert any(s.startswith(f"{line.command}: ") for s in said)
        assert f"{line.command}: {line.value}" not in said
    assert len(lines) <= len(said)


def test_an_answer_has_to_say_its_text(admin: Path, shipped: Path) -> None:
    """A template that leaves out what an agent wrote is refused, and the shipped one is used."""
    write(admin, "en/customer/answer/body.txt", "Dear customer, see {{ ticket.number }}.")
    templates, findings = load(admin, shipped, [DESK])
    assert ["does not say {{ text }}, which is what this mail is for"] == [
        finding.message for finding in findings
    ]
    values = samples("customer/answer")[0]
    assert "try it once more" in templates.render("desk", "en", "customer/answer", values).body


def test_the_plain_text_says_what_an_agent_wrote() -> None:
    """Even with no template at all an answer arrives."""
    values = samples("customer/answer")[0]
    text = Templates().render("desk", "nl", "customer/answer", values)
    assert text.body.startswith("Please try it once more.\n\nYour case number is AC-000018.\n")


@pytest.mark.parametrize("word", ["author", "facts", "lines", "proposals", "held", "addresses"])
def test_what_is_for_agents_is_unknown_to_customers_mails(
    admin: Path, shipped: Path, word: str
) -> None:
    """No template can show a customer what is the desk's own."""
    write(admin, "en/customer/answer/body.txt", "{{ text }} {{ %s }}" % word)  # noqa: UP031  braces
    _, findings = load(admin, shipped, [DESK])
    assert f'there is no value "{word}"' in findings[0].message
    assert word not in offered("customer/answer", samples("agent/new")[0])
    assert "assignee" not in str(offered("customer/answer", samples("agent/new")[0]))
