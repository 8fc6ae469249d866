"""Which templates are missing is said before any mail needs them, and who asks for them."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.load import load as load_configuration
from gateway.config.policy import Feedback
from gateway.config.service_time import Timer
from gateway.templates import load, shipped_folder
from gateway.templates.lint import asked_for
from lib.desks import DESK
from lib.workbench import write_house

TIMER = """
[[timer]]
name = "look"
status = "New"
after = "7d"
mail = "{0}"
"""
NOTICE = f"""{TIMER.format("customer/reminder")}notify = ["agents"]
notify_with = "{{0}}"
"""
RULE = """
[[rule]]
name = "one"
when = 'mail.language == "en"'
{0}
"""
ESCALATION = """
[[escalation]]
name = "up"
to = ["agents"]
mail = "{0}"
"""
OWN = "templates/desks/north/{}/faq/{}/{}.txt"


def findings(folder: Path, more: str, *, languages: str = '["en"]') -> list[str]:
    """Add something to the desk north, and give what is wrong with the templates."""
    path = folder / "desks" / "north.toml"
    lines = path.read_text().splitlines()
    said = [f"languages = {languages}" if s.startswith("languages") else s for s in lines]
    path.write_text("\n".join(said) + more)
    configuration = load_configuration(folder / "casepost.toml")
    _, found = load(configuration.settings.templates, shipped_folder(), configuration.desks)
    return [str(finding).removeprefix(f"{folder.resolve()}/") for finding in found]


def write(folder: Path, language: str, name: str) -> None:
    """Give the desk north a canned answer of its own."""
    for part in ("subject", "body"):
        path = folder / OWN.format(language, name, part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Hello")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a house with two desks, in which nothing is wrong."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    return tmp_path / "house"


def lines_of(folder: Path) -> int:
    """Give how long the desk's file is before something is added."""
    return len((folder / "desks" / "north.toml").read_text().splitlines())


def test_a_desk_that_asks_for_what_is_there_is_sound(folder: Path) -> None:
    """In each of its languages; mails to agents in English at least."""
    for language in ("en", "nl"):
        write(folder, language, "outage")
    said = RULE.format('reply = "faq/outage"\nnotify = ["agents"]\nnotify_with = "agent/new"')
    assert [] == findings(folder, said, languages='["en", "nl"]')


@pytest.mark.parametrize(
    ("more", "below", "name", "hint"),
    [
        (RULE.format('reply = "faq/outge"'), 5, "faq/outge", '; did you mean "faq/outage"?'),
        (RULE.format('refuse = "customer/clozed"'), 5, "customer/clozed", "customer/closed"),
        (RULE.format('notify = ["agents"]\nnotify_with = "agent/nw"'), 6, "agent/nw", "agent/new"),
        (
            RULE.format('copy = { column = "reseller", mail = "partner/cas" }'),
            5, "partner/cas", "partner/case",
        ),
        (TIMER.format("customer/remind"), 6, "customer/remind", "customer/reminder"),
        (NOTICE.format("agent/remindr"), 8, "agent/remindr", "agent/reminder"),
        (ESCALATION.format("agent/esc"), 5, "agent/esc", ""),
    ],
)  # fmt: skip
def test_a_name_that_no_template_has_is_found_where_it_is_written(
    folder: Path, more: str, below: int, name: str, hint: str
) -> None:
    """With the line of the desk's file, and what was meant."""
    write(folder, "en", "outage")
    place = f"desks/north.toml:{lines_of(folder) + below - 1}: "
    (said,) = findings(folder, more)
    assert said.startswith(f'{place}there is no template "{name}"')
    assert hint in said


def test_what_a_desk_s_people_are_told_with_is_asked_for() -> None:
    """By a timer what fits it, where it names no template; of ratings and months, if they want."""
    desk = replace(
        DESK,
        timer=(
            Timer("soon", target="t", before="1h", notify=("agents",)),
            Timer("late", target="t", notify=("agents",)),
            Timer("look", status="New", after="1d", notify=("agents",)),
            Timer("own", status="New", after="1d", notify=("agents",), notify_with="agent/own"),
            Timer("silent", status="New", after="1d", then="Done"),
        ),
        feedback=Feedback(ask=True, notify=("managers",)),
        monthly_report=("managers",),
    )
    told = [one for one in asked_for(desk) if one[0].startswith("agent/")]
    expected = [
        ("agent/target-at-risk", ("timer", 0, "notify")),
        ("agent/target-missed", ("timer", 1, "notify")),
        ("agent/reminder", ("timer", 2, "notify")),
        ("agent/own", ("timer", 3, "notify_with")),
        ("agent/rated", ("feedback", "notify")),
        ("agent/report", ("monthly_report",)),
    ]
    assert expected == told
    quiet = replace(desk, timer=(), feedback=Feedback(), monthly_report=())
    assert [] == [name for name, _ in asked_for(quiet) if name.startswith("agent/")]


def test_a_language_that_is_missing_is_found(folder: Path) -> None:
    """Of what a rule sends, and of what agents could send by hand."""
    write(folder, "en", "outage")
    write(folder, "en", "by-hand")
    sentence = 'the desk speaks "nl", but has no template nl/faq/{}'
    said = findings(folder, RULE.format('reply = "faq/outage"'), languages='["en", "nl"]')
    assert [sentence.format("outage"), sentence.format("by-hand")] == [
        s.split(": ", 1)[1].removesuffix(" (at column 1)").split(" (at")[0] for s in said
    ]


def test_a_desk_in_a_language_that_nobody_has_written_in_lacks_what_each_desk_needs(
    folder: Path,
) -> None:
    """But not what its agents get, which they get in English."""
    said = findings(folder, "", languages='["sv"]')
    assert any("sv/customer/acknowledge" in one for one in said)
    assert not any("sv/agent" in one for one in said)
