"""The example alert list names metrics that there are, and misses nothing that is an alarm."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from gateway.cli.commands import MODULES
from gateway.internal.families import HouseCollector
from gateway.store import measures
from lib.workbench import Workbench, workbench

_ROOT = Path(__file__).resolve().parents[2]
_FILE = _ROOT / "docs" / "examples" / "alerts.yml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(_FILE.read_text())["groups"] for rule in group["rules"]
]
_METRIC = re.compile(r"\b((?:casepost|process)_[a-z_]+)(?:\{([^}]*)\})?")

# What `casepost status` calls a problem, and the metric by which it is seen from outside. What it
# finds in files on its own machine (templates, room on the disk) is no metric, or an alarm.
PROBLEMS = {
    "the daemon does not run": "up",
    "a mail has been waiting": "casepost_spool_oldest_waiting_seconds",
    "the books differ": "casepost_books_difference_mails",
    "received mails failed": 'casepost_spool_mails{state="failed"}',
    "outgoing mails cannot be delivered": 'casepost_outbox_mails{state="failed"}',
    "an alarm stands": "casepost_alarms",
    "a source does not work": "casepost_source_last_error_timestamp_seconds",
}


def exported(bench: Workbench) -> str:
    """Give what `/metrics` says of a house."""
    with bench.house.database.reading() as connection:
        found = measures.read(connection, [d.name for d in bench.house.desks], bench.now())
    registry = CollectorRegistry()
    registry.register(HouseCollector(found, bench.house.desks))
    ProcessCollector(registry=registry)
    return generate_latest(registry).decode()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_has_an_alert(problem: str) -> None:
    """Whatever ends `casepost status` with exit code 1 and can be seen from outside."""
    assert [rule for rule in RULES if PROBLEMS[problem] in rule["expr"]]


def test_every_metric_that_is_named_is_exported(tmp_path: Path) -> None:
    """With the states that are asked for: a rule on a metric that is not there is always silent."""
    with workbench(tmp_path / "house", "sqlite:///casepost.db") as bench:
        said = exported(bench)
    named = {found.groups() for rule in RULES for found in _METRIC.finditer(rule["expr"])}
    assert named
    for name, labels in named:
        assert f"# TYPE {name} " in said or f"# TYPE {name.removesuffix('_total')} " in said
        for state in re.findall(r'state="([a-z]+)"', labels or ""):
            assert f'{name}{{state="{state}"}} ' in said


def test_every_rule_can_be_acted_on() -> None:
    """It has a name of its own, says what is wrong and what to do, and how urgent it is."""
    names = [rule["alert"] for rule in RULES]
    assert sorted(set(names)) == sorted(names)
    for rule in RULES:
        assert {"summary", "action"} == set(rule["annotations"])
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}


def test_every_command_that_is_named_is_there() -> None:
    """An operator reads it at night."""
    told = " ".join(rule["annotations"]["action"] for rule in RULES)
    named = set(re.findall(r"casepost ([a-z]+)", told))
    assert {"status", "doctor", "failed"} <= named <= set(MODULES)
