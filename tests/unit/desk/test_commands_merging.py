"""Two cases that are one, and that are not after all."""

import random
from dataclasses import replace

import pytest

from gateway.config.desk import Phase
from gateway.desk.alike import Alike, Likenesses
from gateway.desk.choice import Choice, Trust
from gateway.desk.commands.carry_out import Carried, carry_out
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.known import Known, Merge
from gateway.desk.lifecycle import fold
from gateway.desk.ticket import Event, EventKind, Ticket
from lib.commanding import EVA, ORIGINAL, PIET, about
from lib.desks import JAN, NOW, TICKET

THIRD = replace(TICKET, id=3, number="NO-00037", requester="kim@klant.example")
FOURTH = replace(TICKET, id=4, number="NO-00045", requester="", participants=(EVA,))
ALL = (TICKET, ORIGINAL, THIRD, FOURTH)


class World:
    """Tickets, and what the store would know of their merges."""

    def __init__(self, *tickets: Ticket) -> None:
        """Begin with these."""
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.merges: dict[int, Merge] = {}

    @property
    def known(self) -> Known:
        """Give all that is known."""
        return Known(tickets=tuple(self.tickets.values()), merges=tuple(self.merges.values()))

    def standing(self, ticket_id: int) -> Ticket:
        """Give where a ticket was merged into."""
        return self.known.standing(self.tickets[ticket_id])

    def do(self, ticket_id: int, text: str) -> Carried:
        """Carry out commands in an answer to a mail about a ticket."""
        named = self.tickets[ticket_id]
        standing = self.standing(ticket_id)
        merged = named if named is not standing else None
        choice = Choice(standing, Trust.REPLY_ADDRESS, named=merged)
        found = carry_out(replace(about(text, self.known), choice=choice), standing, NOW)
        self._write(standing, found.events)
        for touched in found.others:
            assert touched.ticket is not None
            self._write(touched.ticket, touched.events)
        return found

    def _write(self, ticket: Ticket, events: tuple[Event, ...]) -> None:
        self.tickets[ticket.id] = now_is = fold(ticket, events)
        for event in events:
            if event.kind is EventKind.MERGED:
                said = [(change.field, change.value) for change in event.changes]
                self.merges[ticket.id] = Merge(
                    ticket.id,
                    now_is.merged_into,
                    next(value for field, value in said if field == "was"),
                    tuple(value for field, value in said if field == "brought"),
                )

    @property
    def states(self) -> dict[int, tuple[object, ...]]:
        """Give what a merge changes and a split gives back."""
        return {
            i: (t.status, t.phase, t.requester, t.participants, t.merged_into)
            for i, t in self.tickets.items()
        }


def test_a_duplicate_is_closed_and_its_people_take_part_in_the_original() -> None:
    """They are told by a mail of the original, which they get news of from now on."""
    world = World(*ALL)
    found = world.do(1, "#merge NO-00021")
    (original,) = found.others

    assert ("Done", Phase.CLOSED, JAN, (PIET,), 2) == world.states[1]
    assert ("New", Phase.OPEN, EVA, (JAN, PIET), 0) == world.states[2]
    assert ((2,), (1,)) == (found.links, original.links)
    assert ((), [JAN, PIET]) == (found.replies, [one.to.address for one in original.replies])
    assert {("customer/merged", "NO-00013", "It stays white")} == {
        (one.template, one.content.other, one.subject) for one in original.replies
    }


def test_a_duplicate_gets_no_closure_notice() -> None:
    """Whatever else is asked for: who is told that the case is merged is told enough."""
    for text in ("#close\n#merge NO-00021", "#merge NO-00021\n#resolve"):
        templates = {one.template for one in World(*ALL).do(1, text).replies}
        assert templates <= {"customer/resolved"}
    assert () == World(*ALL).do(1, "#close\n#merge NO-00021").replies


def test_whoever_may_get_no_automatic_mail_is_not_told() -> None:
    """The others are."""
    world = World(replace(TICKET, answerable=False), ORIGINAL)

    assert [PIET] == [r.to.address for r in world.do(1, "#merge NO-00021").others[0].replies]


def test_merges_follow_chains() -> None:
    """A duplicate of a duplicate is one of the original; news go to everybody there."""
    world = World(*ALL)
    world.do(2, "#merge NO-00037")
    found = world.do(1, "#duplicate-of NO-00021")

    assert "NO-00037" == found.lines[0].value
    assert 3 == world.tickets[1].merged_into
    assert {JAN, PIET, EVA} == set(world.tickets[3].participants)


@pytest.mark.parametrize(
    ("before", "at", "text", "outcome", "value"),
    [
        ([], 1, "#merge NO-00013", CommandOutcome.SAME_CASE, "NO-00013"),
        ([(1, "NO-00021")], 2, "#merge NO-00013", CommandOutcome.CIRCULAR, "NO-00013"),
        ([(1, "NO-00021")], 1, "#merge NO-00037", CommandOutcome.ALREADY_MERGED, "NO-00021"),
        ([], 1, "#merge NO-00020", CommandOutcome.NO_SUCH_CASE, "NO-00020"),
        ([], 1, "#merge NO-00021 NO-00037", CommandOutcome.AMBIGUOUS, "NO-00021, NO-00037"),
        ([], 1, "#merge that one", CommandOutcome.NO_SUCH_CASE, "that one"),
        ([], 1, "#merge NO-00021\n#merge NO-00037", CommandOutcome.NOT_DONE, ""),
        ([], 1, "#split NO-00037", CommandOutcome.NOT_MERGED, "NO-00037"),
        (
            [(1, "NO-00021"), (3, "NO-00021")],
            2,
            "#split",
            CommandOutcome.AMBIGUOUS,
            "NO-00013, NO-00037",
        ),
    ],
)
def test_what_cannot_be_merged_or_split_is_refused(
    before: list[tuple[int, str]], at: int, text: str, outcome: CommandOutcome, value: str
) -> None:
    """With the reason, and nothing done."""
    world = World(*ALL)
    for duplicate, original in before:
        world.do(duplicate, f"#merge {original}")
    states = world.states
    found = world.do(at, text)

    assert (outcome, value) == (found.lines[0].outcome, found.lines[0].value)
    assert states == world.states


def test_nothing_of_another_desk_is_touched() -> None:
    """A case of another desk is one that does not exist, proposed or not."""
    foreign = replace(ORIGINAL, desk="south")
    known = Known(tickets=(TICKET, foreign), alike=Likenesses(duplicates=(Alike(foreign, "text"),)))
    for text in ("#merge NO-00021", "#merge", "#split NO-00021"):
        found = carry_out(about(text, known), TICKET, NOW)
        assert (True, ()) == (found.refused, found.others)
    astray = Known(tickets=(TICKET, replace(THIRD, merged_into=2), foreign))
    assert carry_out(about("#merge NO-00037", astray), TICKET, NOW).refused


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1, "#split"),
        (2, "#split"),
        (1, "#split NO-00013"),
        (2, "#split NO-00013"),
        (1, "#split NO-00021"),
    ],
)
def test_a_split_undoes_a_merge(at: int, text: str) -> None:
    """Asked for in answer to a mail about either of the two, by either number."""
    world = World(*ALL)
    states = world.states
    world.do(1, "#merge NO-00021")
    found = world.do(at, text)

    assert (CommandOutcome.SPLIT, "NO-00013") == (found.lines[0].outcome, found.lines[0].value)
    assert states == world.states


def test_a_merge_and_a_split_in_one_mail_are_refused() -> None:
    """Which of the cases is meant by each could only be guessed."""
    world = World(*ALL)
    found = world.do(1, "#merge NO-00021\n#split")

    assert [("contradicts", "#split"), ("contradicts", "#merge")] == [
        (line.outcome, line.value) for line in found.lines[:2]
    ]


def test_who_took_part_before_stays() -> None:
    """A merge brings nobody who was there already, so that its split takes nobody away."""
    world = World(TICKET, replace(ORIGINAL, participants=(JAN,)))
    world.do(1, "#merge NO-00021")
    world.do(1, "#split")

    assert (JAN,) == world.tickets[2].participants


def test_a_status_that_the_desk_has_no_more_becomes_that_of_reopened_ones() -> None:
    """So does one that nobody knows."""
    world = World(replace(TICKET, status="Old", phase=Phase.OPEN), ORIGINAL)
    world.do(1, "#merge NO-00021")
    world.do(1, "#split")

    assert ("In Progress", Phase.OPEN) == world.states[1][:2]


def test_undoing_merges_in_turn_gives_everything_back() -> None:
    """Whatever was merged into whatever, through chains and with people on several cases."""
    draw = random.Random(4)  # noqa: S311  for merges, not for secrets
    people = [JAN, PIET, EVA, "kim@klant.example"]
    for _ in range(150):
        tickets = [
            replace(
                ticket,
                status="Waiting" if draw.random() < 0.5 else "In Progress",
                requester=(chosen := draw.sample(people, 3))[0],
                participants=tuple(chosen[1 : draw.randint(1, 3)]),
            )
            for ticket in ALL
        ]
        world = World(*(replace(t, phase=about("").desk.phase_of(t.status)) for t in tickets))
        done: list[tuple[int, dict[int, tuple[object, ...]]]] = []
        for _ in range(draw.randint(1, 3)):
            one, other = draw.sample(ALL, 2)
            states = world.states
            duplicate = world.standing(one.id)
            if duplicate.id == one.id and not world.do(one.id, f"#merge {other.number}").refused:
                done.append((one.id, states))
        for merged, states in reversed(done):
            assert not world.do(merged, f"#split {world.tickets[merged].number}").refused
            assert states == world.states


def test_splitting_a_duplicate_reaches_along_the_chain() -> None:
    """Whom the first merge brought, and the second one on, leave both cases."""
    world = World(*ALL)
    world.do(1, "#merge NO-00021")
    world.do(2, "#merge NO-00037")
    assert {EVA, JAN, PIET} == set(world.tickets[3].participants)
    world.do(1, "#split NO-00013")

    assert ((), (PIET, EVA)) == (world.tickets[2].participants, world.tickets[3].participants)
