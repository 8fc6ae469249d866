"""casepost backtest: what past mails would come to under other files; nothing is written."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from gateway.backtest import Backtest, Verdict, Window
from gateway.config.load import load
from gateway.conversation.prepared import Prepared, open_stage, prepare
from gateway.errors import Transient
from gateway.house import open_to_look
from gateway.store import schema
from gateway.store.database import Database
from lib.commands import Casepost
from lib.history import LivelyStage, play_history

ROOT = Path(__file__).resolve().parents[2]
CONVERSATIONS = ROOT / "config" / "desks"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVER = Window(datetime(2026, 1, 1, tzinfo=UTC))
# Canned answers, crashes that join, limits, holds, refusals, timers.
PLAYED = (
    "storefront-triage/conversations/insists.toml",
    "reseller-first/conversations/crash-signature.toml",
    "sla-priorities/conversations/raise-limit.toml",
    "maintenance-contract/conversations/agent-confirms.toml",
    "maintenance-contract/conversations/severity.toml",
    "dutch-registered/conversations/not-registered.toml",
)
FEW = ("sla-priorities/conversations/commands-merge.toml",)
CONFIGURATION = load(ROOT / "config" / "casepost.toml")
CONFIG = ("--config", "config/casepost.toml", "--since", "99999d")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The shipped templates, read once."""
    return prepare(CONFIGURATION, tmp_path_factory.mktemp("prepared"))


def play(data: Path, url: str | None, names: tuple[str, ...], prepared: Prepared) -> None:
    """Play conversations into one house, and let its timers fire."""
    stage = LivelyStage(open_stage(CONFIGURATION, data, url, prepared), START)
    try:
        play_history(stage, [CONVERSATIONS / name for name in names])
        stage.pass_time(stage.now() + timedelta(days=40))
    finally:
        stage.close()


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Path:
    """The data of a house of all shipped desks, after weeks of work."""
    data = tmp_path_factory.mktemp("history")
    play(data, None, PLAYED, prepared)
    return data


@pytest.fixture
def house(history: Path, tmp_path: Path) -> Path:
    """The shipped configuration, which may be changed, with a copy of that data."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(history, tmp_path / "var")
    return tmp_path


def changed(house: Path, desk: str, old: str, new: str) -> None:
    """Change something in a desk's file."""
    path = house / "config" / "desks" / f"{desk}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def printed(out: str) -> tuple[list[dict[str, object]], dict[str, object]]:
    """Give the differences and the totals that were printed as JSON."""
    *differences, last = (json.loads(line) for line in out.splitlines())
    return differences, last["totals"]


def test_nothing_differs_under_the_same_files(casepost: Casepost, house: Path) -> None:
    """Over a busy history of all desks; and no byte of the house's data is written."""
    before = {path: path.read_bytes() for path in (house / "var").rglob("*") if path.is_file()}
    ended = casepost("backtest", *CONFIG, "--json")
    differences, totals = printed(ended.out)
    assert [] == differences
    assert (0, 0, 0, 0) == (ended.code, totals["different"], totals["gone"], totals["left_out"])
    assert totals["mails"] == totals["same"] != 0
    after = {path: path.read_bytes() for path in (house / "var").rglob("*") if path.is_file()}
    written = {path.name for path in after if before.get(path) != after[path]}
    # SQLite's own index of its log, which is no data.
    assert written <= {"casepost.db-shm", "casepost.db-wal"}
    assert b"" == after.get(house / "var" / "casepost.db-wal", b"")


def test_a_rule_that_ranks_otherwise(casepost: Casepost, house: Path) -> None:
    """The case, what it was and would be, and the rule; exit code 1."""
    changed(house, "maintenance-contract", 'set = { severity = "high" }', 'tag = ["grave"]')
    ended = casepost("backtest", *CONFIG, "--json", "--desk", "maintenance-contract")
    differences, totals = printed(ended.out)
    ranked = [one for one in differences if one["field"] == "severity"]
    tagged = [one for one in differences if one["field"] == "tags"]
    assert 1 == ended.code
    assert {("high", "medium")} == {(one["then"], one["now"]) for one in ranked}
    assert {("-", "grave")} == {(one["then"], one["now"]) for one in tagged}
    assert {"high: a major function fails"} == {str(one["by"])[6:34] for one in tagged}
    assert all(str(one["by"]).startswith('no longer rule "high: ') for one in ranked)
    assert {"maintenance-contract"} == {one["desk"] for one in differences}
    assert all(str(one["case"]).startswith("MC-") for one in differences)
    assert len({one["mail"] for one in differences}) == totals["different"]


def test_what_is_answered_otherwise(casepost: Casepost, house: Path) -> None:
    """Another canned answer; and a refused mail that becomes a case."""
    changed(house, "storefront-triage", '"faq/priority-options"', '"faq/sales"')
    changed(house, "dutch-registered", 'refuse = "customer/register"', 'tag = ["new"]')
    differences, _ = printed(casepost("backtest", *CONFIG, "--json").out)
    answers = [one for one in differences if one["field"] == "answers"]
    canned = [one for one in answers if one["desk"] == "storefront-triage"]
    then, now = (
        {str(one[when]).partition(" to ")[0] for one in canned} for when in ("then", "now")
    )
    assert "faq/priority-options" in then
    assert {"faq/sales"} == now
    assert all(str(one["by"]).startswith('rule "insists') for one in canned)
    theirs = [one for one in differences if one["desk"] == "dutch-registered"]
    outcomes = {(one["then"], one["now"]) for one in theirs if one["field"] == "outcome"}
    assert ("held: refused-by-rule", "filed: opened") in outcomes
    threads = {(one["then"], one["now"]) for one in theirs if one["field"] == "thread"}
    assert ("-", "a new case") in threads
    told = [one for one in theirs if one["field"] == "told"]
    assert any("agent/held to " in str(one["then"]) for one in told)
    assert any("agent/new to " in str(one["now"]) for one in told)


def test_what_threads_otherwise(casepost: Casepost, house: Path) -> None:
    """Reports of a crash that do not join any more; and mails that another desk gets."""
    changed(house, "reseller-first", "join = true", "join = false")
    changed(house, "sla-priorities", '"support@sla-priorities.example"', '"other@sla.example"')
    ended = casepost("backtest", *CONFIG, "--json")
    differences, _ = printed(ended.out)
    threads = [one for one in differences if one["field"] == "thread"]
    assert {"reseller-first"} == {one["desk"] for one in threads}
    assert {"a new case"} == {one["now"] for one in threads}
    moved = {(one["desk"], one["now"]) for one in differences if one["field"] == "desk"}
    assert {("sla-priorities", "-")} == moved
    assert 1 == ended.code


def test_a_table_for_people(casepost: Casepost, house: Path) -> None:
    """A line a difference, with a heading once, and the totals below."""
    changed(house, "maintenance-contract", 'set = { severity = "high" }', 'tag = ["grave"]')
    ended = casepost("backtest", *CONFIG)
    heading, *lines, last = ended.out.splitlines()
    assert ["Mail", "Case", "Field", "Then", "Now", "By"] == heading.split()
    assert any(["severity", "high", "medium"] == line.split()[2:5] for line in lines)
    assert "mails would differ (" in last
    assert "mails a second" in last


def test_wrong_use(casepost: Casepost, house: Path) -> None:
    """Exit code 2, and one sentence."""
    ended = casepost("backtest", "--config", "config/casepost.toml", "--since", "a while")
    assert (2, True) == (ended.code, "--since" in ended.err)
    ended = casepost("backtest", *CONFIG, "--desk", "sla-prioritys")
    assert (2, True) == (ended.code, 'did you mean "sla-priorities"' in ended.err)
    shutil.rmtree(house / "var" / "keys")
    ended = casepost("backtest", *CONFIG)
    assert (2, True) == (ended.code, "there is no" in ended.err)


def test_mails_that_are_gone_or_were_not_decided_on(casepost: Casepost, house: Path) -> None:
    """They are counted as such."""
    database = Database("sqlite:///casepost.db", house / "var")
    with database.writing() as connection:
        connection.execute(update(schema.raw_mails).values(content=None))
        first = schema.spool.c.id == 1
        connection.execute(update(schema.spool).where(first).values(state="waiting"))
    database.close()
    ended = casepost("backtest", *CONFIG, "--json")
    _, totals = printed(ended.out)
    assert 0 == ended.code
    assert totals["mails"] == totals["gone"]
    assert {"waiting": 1, "failed": 0, "duplicate": 0} == totals["not_decided"]


def test_limits_of_rules_hold_as_they_did(casepost: Casepost, house: Path) -> None:
    """When the hits are forgotten, and the mails that made them do not tell of them any more."""
    database = Database("sqlite:///casepost.db", house / "var")
    with database.writing() as connection:
        connection.execute(delete(schema.rule_hits))
        rows = connection.execute(select(schema.spool.c.id, schema.spool.c.trace)).all()
        for row in rows:
            rules = (row.trace or {}).get("rules", ())
            if not any(str(one["why"]).startswith("has hit ") for one in rules):
                told = {**(row.trace or {}), "rules": []}
                this = schema.spool.c.id == row.id
                connection.execute(update(schema.spool).where(this).values(trace=told))
    database.close()
    desk = ("--desk", "sla-priorities")
    differences, _ = printed(casepost("backtest", *CONFIG, *desk, "--json").out)
    assert [] == differences
    changed(house, "sla-priorities", "limit = { most = 3,", "limit = { most = 30,")
    differences, _ = printed(casepost("backtest", *CONFIG, *desk, "--json").out)
    assert "p1" in {one["now"] for one in differences if one["field"] == "severity"}


def looked_into(url: str, data: Path, folder: Path) -> tuple[set[Verdict], int]:
    """Decide on all mails of a house anew; that nothing can be written to it is seen, too."""
    database = Database(url, data, looks_only=True)
    settings = replace(CONFIGURATION.settings, data=data)
    house = open_to_look(replace(CONFIGURATION, settings=settings), database)
    with Backtest(house, folder, EVER) as test:
        verdicts = [one.verdict for one in test.run()]
    row = {"name": "anything", "next": 1}
    with pytest.raises((DBAPIError, Transient), match=r"readonly|read-only"):  # noqa: SIM117
        with database.writing() as connection:
            connection.execute(insert(schema.counters), row)
    database.close()
    return set(verdicts), len(verdicts)


def test_a_sqlite_file_is_only_read(history: Path, tmp_path: Path) -> None:
    """SQLite itself refuses to write what is open for a look."""
    verdicts, count = looked_into("sqlite:///casepost.db", history, tmp_path)
    assert {Verdict.SAME} == verdicts
    assert count > 30


def test_on_postgresql(postgresql_house_url: str, tmp_path: Path, prepared: Prepared) -> None:
    """Nothing differs under the same files, and the server itself refuses to write."""
    play(tmp_path / "data", postgresql_house_url, FEW, prepared)
    (tmp_path / "scratch").mkdir()
    verdicts, count = looked_into(postgresql_house_url, tmp_path / "data", tmp_path / "scratch")
    assert {Verdict.SAME} == verdicts
    assert count > 5
