"""Commands where a desk has groups, kinds of solutions, and an order of statuses."""

from dataclasses import replace

import pytest

from gateway.config.desk import Phase, Status
from gateway.config.policy import Group, Resolution
from gateway.desk.commands.carry_out import Carried, carry_out
from gateway.desk.lifecycle import fold
from gateway.desk.ticket import Ticket
from lib.commanding import BOB, BUSY, about
from lib.desks import ADA, NOW, TICKET

DESK = replace(
    BUSY,
    status=(*BUSY.status, Status("Archived", Phase.CLOSED, after=("Done",))),
    group=(Group("second-line", (BOB, ADA)),),
    resolution=(
        Resolution("answer", ("low",), {"en": "an answer"}),
        Resolution("patch", ("high",)),
        Resolution("workaround"),
    ),
)


def carried(text: str, ticket: Ticket = TICKET) -> Carried:
    """Carry out what a mail of Ada's says."""
    return carry_out(replace(about(text), desk=DESK), ticket, NOW)


@pytest.mark.parametrize(
    ("text", "lines", "status", "resolution"),
    [
        ("#resolve", [("resolved-without-kind", "answer, workaround")], "Solved", ""),
        ("#resolve answer", [("resolved-as", "answer")], "Solved", "answer"),
        ("#resolve an answer", [("resolved-as", "answer")], "Solved", "answer"),
        ("#resolve patch", [("not-for-severity", "answer, workaround")], "New", ""),
        ("#resolve magic", [("unknown-name", "answer, patch, workaround")], "New", ""),
        (
            "#severity high\n#resolve patch",
            [("severity-set", "high"), ("resolved-as", "patch")],
            "Solved",
            "patch",
        ),
        (
            "#status archived",
            [
                (
                    "may-not-follow",
                    "In Progress, In Test, Waiting, On Hold, Solved, Done",
                )
            ],
            "New",
            "",
        ),
        (
            "#status done\n#status archived",
            [("status-set", "Done"), ("status-set", "Archived")],
            "Archived",
            "",
        ),
    ],
)
def test_a_solution_is_recorded_and_statuses_follow(
    text: str, lines: list[tuple[str, str]], status: str, resolution: str
) -> None:
    """What is wrong says what there is."""
    done = carried(text)
    after = fold(TICKET, done.events)

    told = [(one.outcome, one.value) for one in done.lines if one.outcome != "help"]
    assert lines == told
    assert (status, resolution) == (after.status, after.resolution)


def test_a_solution_is_recorded_later() -> None:
    """Nobody is told again; and a case that goes on has none."""
    solved = replace(TICKET, status="Solved", phase=Phase.WAITING)
    later = carried("#resolve answer", solved)
    known = fold(solved, later.events)
    again = carried("#resolve answer", known)
    on = carried("#status new", known)

    assert ("answer", []) == (known.resolution, [r for r in later.replies if not r.to_agent])
    assert ["unchanged"] == [line.outcome for line in again.lines]
    assert "" == fold(known, on.events).resolution


def test_a_case_is_handed_to_a_group() -> None:
    """Its members are told, but not who did it; `nobody` takes it from both."""
    taken = replace(TICKET, assignee=BOB)
    done = carried("#assign second line", taken)
    given = fold(taken, done.events)
    freed = fold(given, carried("#assign nobody", given).events)

    assert ("second-line", "", ("assignee",)) == (given.group, given.assignee, given.by_agent)
    assert [("agent/new", BOB)] == [(r.template, r.to.address) for r in done.replies]
    assert ("", "") == (freed.group, freed.assignee)
    assert ["unchanged"] == [line.outcome for line in carried("#assign second", given).lines]


@pytest.mark.parametrize(
    ("text", "field"),
    [("#severity high", "severity"), ("#type bug", "type"), ("#take", "assignee")],
)
def test_what_an_agent_sets_is_marked(text: str, field: str) -> None:
    """So that no rule sets it again."""
    assert (field,) == fold(TICKET, carried(text).events).by_agent
