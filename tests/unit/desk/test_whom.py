"""Whom a desk's file means, and whom rules tell beside."""

from dataclasses import replace

import pytest

from gateway.config.desk import Agent
from gateway.config.policy import Escalation, Group
from gateway.desk.decision import Content
from gateway.desk.news import mail_to
from gateway.desk.ruling import Notice, Ruling, Said
from gateway.desk.telling import Matter, with_rules
from gateway.desk.whom import targets, whom
from lib.desks import ADA, DESK, TICKET

BEN, CAS, DEE = "ben@north.example", "cas@north.example", "dee@north.example"
DESK = replace(
    DESK,
    agent=(
        Agent(ADA, "Ada"),
        Agent(BEN, "Ben"),
        Agent(CAS, "Cas", active=False),
        Agent(DEE, "Dee", role="manager"),
    ),
    group=(Group("sales", (BEN, DEE)), Group("gone", (CAS,))),
    escalation=(Escalation("up", ("managers",)),),
)


@pytest.mark.parametrize(
    ("names", "assignee", "away", "found"),
    [
        (("agents",), "", (), [ADA, BEN]),
        (("managers",), "", (DEE,), [DEE]),
        (("agents", "managers"), "", (DEE,), [ADA, BEN]),
        (("assignee",), "", (), []),
        (("assignee",), BEN, (), [BEN]),
        (("sales", ADA, "agents"), "", (), [BEN, DEE, ADA]),
        (("sales",), "", (BEN,), [DEE]),
        (("gone", CAS, "nobody@north.example"), "", (), []),
    ],
)
def test_targets_are_active_agents_each_once(
    names: tuple[str, ...], assignee: str, away: tuple[str, ...], found: list[str]
) -> None:
    """Whoever is away is left out, unless nobody else is left."""
    assert found == [agent.address for agent in targets(DESK, names, assignee, away)]


@pytest.mark.parametrize(
    ("assignee", "group", "otherwise", "found"),
    [
        (ADA, "sales", (DEE,), [ADA]),
        ("", "sales", (DEE,), [BEN, DEE]),
        ("", "", (DEE,), [DEE]),
        (CAS, "gone", ("assignee",), [ADA, BEN]),
    ],
)
def test_somebody_is_always_told(
    assignee: str, group: str, otherwise: tuple[str, ...], found: list[str]
) -> None:
    """The assignee, else the group, else whom the desk says, else all agents."""
    told = whom(DESK, assignee, (), group, otherwise)
    assert found == [agent.address for agent in told]


def test_nobody_is_told_twice() -> None:
    """An escalation goes before news, and news before a notice."""
    matter = Matter(DESK, TICKET, Content())
    news = tuple(mail_to(DESK, agent, "agent/new", Content()) for agent in DESK.agent[::3])
    ruling = Ruling(
        escalations=(Said("up", "angry"), Said("up", "again")),
        notices=(Notice(("agents", "managers"), "agent/flagged", "odd"),),
    )

    told = with_rules(matter, ruling, news)

    assert [("agent/new", ADA), ("agent/escalated", DEE), ("agent/flagged", BEN)] == [
        (reply.template, reply.to.address) for reply in told
    ]
