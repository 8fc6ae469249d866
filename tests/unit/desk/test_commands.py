"""What agents' commands do to a ticket, and what they are told of them."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.config.desk import Phase
from gateway.desk.alike import Alike, Likenesses
from gateway.desk.commands.carry_out import carry_out
from gateway.desk.commands.model import CommandOutcome as O
from gateway.desk.commands.usage import USAGES
from gateway.desk.decision import Absence, Lesson, Line, Release
from gateway.desk.known import Article, Known
from gateway.desk.lifecycle import fold
from gateway.desk.ticket import Defect, EventKind
from lib.commanding import BOB, BUSY, EVA, ORIGINAL, PIET, TICKETS, about, about_held, carried
from lib.desks import ADA, JAN, NOW, TICKET

CLOSED = replace(TICKET, status="Done", phase=Phase.CLOSED)
MINE = replace(TICKET, assignee=ADA)
LONG = "é" * 60
ARTICLES = Known(
    tickets=TICKETS,
    articles=(
        Article("Reports stay white", "en", "Clear the cache.", "https://kb.example/1"),
        Article("Reports stay white", "nl", "Leeg de cache.", "https://kb.example/1"),
        Article("Printing reports", "en", "Press print.", "https://kb.example/2"),
    ),
)


@pytest.mark.parametrize(
    ("text", "outcome", "value"),
    [
        ("#status In Progress", O.STATUS_SET, "In Progress"),
        ("#status in-progress", O.STATUS_SET, "In Progress"),
        ('#status "in progress"', O.STATUS_SET, "In Progress"),
        ("#status wait", O.STATUS_SET, "Waiting"),
        ("#status New", O.UNCHANGED, "New"),
        ("#severity HIGH", O.SEVERITY_SET, "high"),
        ("#severity highe", O.SEVERITY_SET, "highest"),
        ("#severity low", O.UNCHANGED, "low"),
        ("#type service task", O.TYPE_SET, "service-task"),
        ("#type b", O.TYPE_SET, "bug"),
        ("#assign bob", O.ASSIGNED, "Bob"),
        ("#assign bob@north.example", O.ASSIGNED, "Bob"),
        ("#assign Ada Love", O.ASSIGNED, "Ada Lovelace"),
        ("#assign me", O.ASSIGNED, "Ada Lovelace"),
        ("#assign bor", O.ASSIGNED, "Boris"),
        ("#assign nobody", O.UNCHANGED, ""),
        ("#take", O.ASSIGNED, "Ada Lovelace"),
        ("#resolve", O.RESOLVED, "Solved"),
        ("#close", O.CLOSED, "Done"),
        ("#wait", O.WAITING, "Waiting"),
        ("#hold 7d", O.ON_HOLD, "2026-03-09 09:00 UTC"),
        ("#hold until 2026-04-01", O.ON_HOLD, "2026-04-01 00:00 UTC"),
        ("#hold 2026-04-01 14:30", O.ON_HOLD, "2026-04-01 14:30 UTC"),
        ("#hold 2026-04-01T14:30Z", O.ON_HOLD, "2026-04-01 14:30 UTC"),
        ("#hold 3H", O.ON_HOLD, "2026-03-02 12:00 UTC"),
        ("#hold for 2w 1d", O.ON_HOLD, "2026-03-17 09:00 UTC"),
        ("#defect D-7 https://b.example/7", O.DEFECT_RECORDED, "D-7 https://b.example/7"),
        ("#time 1h 30m", O.TIME_RECORDED, "1h 30m"),
        ("#cc New@Klant.example", O.PARTICIPANTS_ADDED, "new@klant.example"),
        ("#cc a@x.example, B <b@x.example>", O.PARTICIPANTS_ADDED, "a@x.example, b@x.example"),
        ("#cc B Lee <b@x.example>; c@x.example", O.PARTICIPANTS_ADDED, "b@x.example, c@x.example"),
        ("#cc b@x.example <b@x.example>", O.PARTICIPANTS_ADDED, "b@x.example"),
        ("#cc a@x.example; c@x.example", O.PARTICIPANTS_ADDED, "a@x.example, c@x.example"),
        (f"#cc {JAN} {PIET}", O.UNCHANGED, f"{JAN}, {PIET}"),
        ("#reply outage", O.CANNED_ANSWER_SENT, "faq/outage"),
        ("#reply faq/install", O.CANNED_ANSWER_SENT, "faq/install"),
        ("#reply install", O.CANNED_ANSWER_SENT, "faq/install"),
        ("#note\ntext", O.KEPT_INTERNAL, ""),
        ("#spam", O.SPAM, "NO-00013"),
        ("#away 7d", O.AWAY, "2026-03-09 09:00 UTC"),
        ("#away no", O.BACK, ""),
        ("#merge NO-00021", O.MERGED, "NO-00021"),
        ("#merge [no-00021]", O.MERGED, "NO-00021"),
        ("#duplicate-of case NO-00021", O.MERGED, "NO-00021"),
    ],
)
def test_a_command_does_what_it_says(text: str, outcome: O, value: str) -> None:
    """And the transcript says so in one line."""
    found = carried(text)

    assert (False, ((outcome, value),)) == (
        found.refused,
        tuple((line.outcome, line.value) for line in found.lines),
    )
    assert found.lines[0].command.startswith(text.split(maxsplit=1)[0])


@pytest.mark.parametrize(
    ("text", "outcome", "value"),
    [
        ("#status In", O.AMBIGUOUS, "In Progress, In Test"),
        ("#status Lost", O.UNKNOWN_NAME, ", ".join(s.name for s in BUSY.status)),
        ("#status", O.NEEDS_ARGUMENT, "#status STATUS"),
        ('#status ""', O.UNKNOWN_NAME, ", ".join(s.name for s in BUSY.status)),
        ("#severity hig", O.AMBIGUOUS, "high, highest"),
        ("#assign bo", O.AMBIGUOUS, f"{BOB}, boris@north.example"),
        ("#assign carl", O.UNKNOWN_NAME, f"{ADA}, {BOB}, boris@north.example"),
        ("#take it", O.TAKES_NO_ARGUMENT, "#take"),
        ("#close now", O.TAKES_NO_ARGUMENT, "#close"),
        ("#hold", O.NEEDS_ARGUMENT, "#hold 7d | 2026-04-01 14:00"),
        ("#hold soon", O.NO_TIME, "#hold 7d | 2026-04-01 14:00"),
        ("#hold 2026-02-30", O.NO_TIME, "#hold 7d | 2026-04-01 14:00"),
        ("#hold 2026-02-01", O.IN_THE_PAST, "2026-02-01 00:00 UTC"),
        ("#hold 0d", O.NO_TIME, "#hold 7d | 2026-04-01 14:00"),
        ("#hold 999999w", O.TOO_FAR, "#hold 7d | 2026-04-01 14:00"),
        ("#hold 9999-12-31", O.TOO_FAR, "#hold 7d | 2026-04-01 14:00"),
        ("#hold " + "999999w" * 60, O.TOO_FAR, "#hold 7d | 2026-04-01 14:00"),
        ("#time ages", O.NO_TIME, "#time 30m"),
        ("#time 1001h", O.TOO_FAR, "#time 30m"),
        ("#defect 7", O.NEEDS_ARGUMENT, "#defect NUMBER URL"),
        ("#defect 7 javascript:alert(1)", O.NO_LINK, "#defect NUMBER URL"),
        ("#defect 7 https://", O.NO_LINK, "#defect NUMBER URL"),
        ("#defect 7 https://a@b.example/", O.NO_LINK, "#defect NUMBER URL"),
        ("#defect 7 https://[b.example/", O.NO_LINK, "#defect NUMBER URL"),
        ("#defect 7 https://b.example:99999/", O.NO_LINK, "#defect NUMBER URL"),
        ("#defect 7 https://b.example/ and more", O.NO_LINK, "#defect NUMBER URL"),
        ("#cc nobody", O.NO_ADDRESS, "nobody"),
        ("#cc a@x.example <b@x.example>", O.NO_ADDRESS, "a@x.example <b@x.example>"),
        ("#cc help@north.example", O.OUR_ADDRESS, "help@north.example"),
        ("#cc help+x@north.example", O.OUR_ADDRESS, "help+x@north.example"),
        ("#cc Help@South.example", O.OUR_ADDRESS, "help@south.example"),
        (f"#cc {BOB}", O.OUR_ADDRESS, BOB),
        (f"#cc {' '.join(f'a{i}@x.example' for i in range(30))}", None, ""),
        ("#reply inst", O.AMBIGUOUS, "faq/install, faq/installing-twice"),
        ("#reply nothing", O.UNKNOWN_NAME, "faq/outage, faq/install, faq/installing-twice"),
        ("#kb white", O.NO_SUCH_ARTICLE, ""),
        ("#merge", O.NO_PROPOSAL, ""),
        ("#merge NO-00013", O.SAME_CASE, "NO-00013"),
        ("#merge NO-00020", O.NO_SUCH_CASE, "NO-00020"),
        ("#merge NO-00037", O.NO_SUCH_CASE, "NO-00037"),
        ("#split", O.NOT_MERGED, "NO-00013"),
        ("#split NO-00021", O.NOT_MERGED, "NO-00021"),
        ("#admit", O.NEEDS_HELD_MAIL, ""),
        ("#drop", O.NEEDS_HELD_MAIL, ""),
        ("#new jan@klant.example", O.NEEDS_TEXT, ""),
        ("#new jan\nHello", O.NO_ADDRESS, "jan"),
        ("#new a@x.example b@x.example\nHello", O.NO_ADDRESS, "a@x.example b@x.example"),
        ("#new help@north.example\nHello", O.OUR_ADDRESS, "help@north.example"),
        ("#new help+x@south.example\nHello", O.OUR_ADDRESS, "help+x@south.example"),
        ("#clsoe", O.UNKNOWN_COMMAND, "#close"),
        ("#thanks for waiting\nHello", O.UNKNOWN_COMMAND, ""),
    ],
)
def test_what_is_wrong_does_nothing(text: str, outcome: O | None, value: str) -> None:
    """The transcript says what is wrong, suggests what was meant, and helps."""
    found = carried(text)
    if outcome is None:
        assert not found.refused
        return

    assert found.refused
    assert (outcome, value) == (found.lines[0].outcome, found.lines[0].value)
    assert [usage.name for usage in USAGES] == [
        line.value for line in found.lines if line.outcome == O.HELP
    ]
    assert carry_out(about(""), TICKET, NOW) == replace(found, lines=(), refused=False)


@pytest.mark.parametrize(
    "text", [str(usage) for usage in USAGES if usage.name not in {"away", "new", "help"}]
)
def test_what_needs_a_case_or_a_held_mail_is_refused_without(text: str) -> None:
    """Nothing happens to any other ticket."""
    found = carried(text, ticket=None)

    assert found.refused
    assert found.lines[0].outcome not in {O.NOT_DONE, O.UNKNOWN_COMMAND}


def test_a_desk_without_something_says_so() -> None:
    """Where nothing stands for a command, it is refused with the key of the desk's file."""
    bare = replace(
        BUSY,
        status=BUSY.status[:3],
        lifecycle=replace(BUSY.lifecycle, wait="", hold="", resolve="", close=""),
        severities=(),
        types=(),
    )
    wanted = {
        "#wait": "lifecycle.wait",
        "#hold 7d": "lifecycle.hold",
        "#resolve": "lifecycle.resolve",
        "#close": "lifecycle.close",
        "#spam": "lifecycle.close",
        "#merge NO-00021": "lifecycle.close",
        "#severity high": "severities",
        "#type bug": "types",
        "#reply outage": "templates",
    }
    for text, key in wanted.items():
        found = carry_out(replace(about(text), desk=bare, canned=()), TICKET, NOW)
        assert (O.NOT_ON_THIS_DESK, key) == (found.lines[0].outcome, found.lines[0].value)


@pytest.mark.parametrize(
    ("text", "outcome", "value"),
    [
        ("#defect D/7", O.DEFECT_RECORDED, "D/7 https://bugs.example/D%2F7"),
        ("#defect é", O.DEFECT_RECORDED, "é https://bugs.example/%C3%A9"),
        ("#defect 7 https://b.example/7", O.DEFECT_RECORDED, "7 https://b.example/7"),
        ("#defect 5", O.UNCHANGED, "5 https://bugs.example/5"),
        (f"#defect {'7' * 61}", O.NO_LINK, "#defect NUMBER URL"),
        (f"#defect {LONG}", O.DEFECT_RECORDED, f"{LONG} https://bugs.example/{'%C3%A9' * 60}"),
        (f"#defect {chr(0x10FFF0) * 60}", O.NO_LINK, "#defect NUMBER URL"),
    ],
)
def test_a_desk_may_know_where_its_defects_stand(text: str, outcome: O, value: str) -> None:
    """Then a number is enough; the same number twice changes nothing."""
    desk = replace(BUSY, defect_url="https://bugs.example/{number}")
    ticket = replace(TICKET, defects=(Defect("5", "https://bugs.example/5"),))
    (line,) = carry_out(replace(about(text), desk=desk), ticket, NOW).lines[:1]
    assert (outcome, value) == (line.outcome, line.value)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("#status In Progress", "status", "In Progress"),
        ("#close", "phase", Phase.CLOSED),
        ("#hold 7d", "hold_until", NOW + timedelta(days=7)),
        ("#hold 7d", "status", "On Hold"),
        ("#hold 7d\n#wait", "hold_until", None),
        ("#take", "assignee", ADA),
        ("#take\n#assign nobody", "assignee", ""),
        ("#time 30m\n#time 1h", "time_spent", 5400),
        ("#defect 7 https://b.example/7", "defects", (Defect("7", "https://b.example/7"),)),
        ("#cc eva@klant.example", "participants", (PIET, EVA)),
        ("#close\n#status New", "phase", Phase.OPEN),
        ("#spam", "answerable", False),
        ("#merge NO-00021", "merged_into", 2),
    ],
)
def test_commands_change_the_ticket(text: str, field: str, value: object) -> None:
    """Each sees what those before it did; what is said is what folding the events gives."""
    found = carried(text)

    assert found.ticket == fold(TICKET, found.events)
    assert value == getattr(found.ticket, field)
    assert {ADA} == {event.actor for event in found.events}


@pytest.mark.parametrize(
    ("text", "template", "told"),
    [
        ("#close", "customer/closed", [JAN, PIET]),
        ("#status Done", "customer/closed", [JAN, PIET]),
        ("#resolve", "customer/resolved", [JAN, PIET]),
        ("#resolve\n#close", "customer/closed", [JAN, PIET]),
        ("#cc eva@klant.example\n#close", "customer/closed", [JAN, PIET, EVA]),
        ("#reply outage", "faq/outage", [JAN, PIET]),
        ("#assign bob", "agent/new", [BOB]),
        ("#assign bob\n#assign boris", "agent/new", ["boris@north.example"]),
        ("#cc eva@klant.example", "customer/participant", [EVA]),
    ],
)
def test_whoever_it_concerns_is_told(text: str, template: str, told: list[str]) -> None:
    """By a mail each."""
    found = carried(text)

    assert [(template, one) for one in told] == [
        (reply.template, reply.to.address) for reply in found.replies
    ]


@pytest.mark.parametrize(
    "text",
    [
        "#close\n#status New",
        "#take",
        "#assign me",
        "#assign nobody",
        "#assign bob\n#take",
        "#wait",
        "#hold 7d",
        "#spam",
        "#resolve\n#wait",
        "#cc eva@klant.example\nHello all",
        "#time 30m",
    ],
)
def test_nobody_is_told_of_what_does_not_concern_them(text: str) -> None:
    """A notice goes out only if it is true in the end; spammers are never told."""
    assert () == carried(text).replies


def test_who_may_get_no_automatic_mail_gets_none() -> None:
    """The others on the ticket are told all the same."""
    found = carried("#close", replace(TICKET, answerable=False))

    assert [PIET] == [reply.to.address for reply in found.replies]


def test_a_case_that_is_closed_already_is_not_closed_again() -> None:
    """Nobody gets a second notice, not even beside an answer."""
    assert ((), ()) == ((found := carried("#close", CLOSED)).events, found.replies)
    assert () == carried("#close\nBye", CLOSED).replies


def test_a_status_beside_an_answer_is_the_one_that_remains() -> None:
    """Though it be the one that the ticket has: the answer alone may lead elsewhere."""
    assert carried("#status New\nHello").moved
    assert not carried("#status New").moved


def test_people_are_told_in_their_language() -> None:
    """What the directory says counts before what the ticket was written in."""
    found = carried("#cc eva@klant.example\n#reply outage")

    assert {(JAN, "en", ""), (PIET, "en", ""), (EVA, "nl", "Eva")} == {
        (reply.to.address, reply.language, reply.to.name)
        for reply in found.replies
        if reply.template == "faq/outage"
    }
    assert {False} == {r.automatic for r in found.replies if r.template == "faq/outage"}


def test_the_new_assignee_is_told_what_was_noted() -> None:
    """Of what goes to the customer they read on the ticket."""
    (told,) = carried("#assign bob\n#note\nPlease look").replies

    assert ("Please look", "Ada") == (told.content.text, told.content.author)
    assert "" == carried("#assign bob\nDear Jan").replies[0].content.text


@pytest.mark.parametrize(
    ("wanted", "outcome", "value"),
    [
        ("Reports stay white", O.ARTICLE_ADDED, "Reports stay white"),
        ("WHITE", O.ARTICLE_ADDED, "Reports stay white"),
        ("print", O.ARTICLE_ADDED, "Printing reports"),
        ("reports", O.AMBIGUOUS, "Reports stay white, Printing reports"),
        ("nothing", O.NO_SUCH_ARTICLE, ""),
    ],
)
def test_articles_are_found_by_their_titles(wanted: str, outcome: O, value: str) -> None:
    """Or by a part of one that no other has, in the ticket's language."""
    found = carried(f"#kb {wanted}", known=ARTICLES)

    assert (outcome, value) == (found.lines[0].outcome, found.lines[0].value)


def test_an_article_is_added_to_the_answer() -> None:
    """Its title, its link and its text."""
    dutch = replace(TICKET, language="nl")

    assert "Reports stay white\nhttps://kb.example/1\n\nLeeg de cache." == (
        carried("#kb white", dutch, ARTICLES).text
    )


def test_away_and_back() -> None:
    """An absence is the agent's own, and needs no ticket."""
    until = datetime(2026, 3, 9, tzinfo=UTC)

    assert (Absence(ADA, until),) == carried("#away 2026-03-09", None).consequences
    assert (Absence(ADA, None),) == carried("#away no", None).consequences


@pytest.mark.parametrize(
    ("text", "reason", "expected"),
    [
        ("#admit", "spam", (Release(7, ADA, admit=True), Lesson(7, spam=False))),
        ("#admit", "claims-a-case", (Release(7, ADA, admit=True),)),
        ("#drop", "spam", (Release(7, ADA, admit=False),)),
        ("#spam", "claims-a-case", (Release(7, ADA, admit=False), Lesson(7, spam=True))),
    ],
)
def test_held_mail_is_settled(text: str, reason: str, expected: tuple[object, ...]) -> None:
    """And the filter learns where it was wrong."""
    found = about_held(text, reason=reason)

    assert (expected, JAN) == (found.consequences, found.lines[0].value)


def test_held_mail_is_settled_once_and_by_whom_it_was_told_to() -> None:
    """What somebody settled before, and another's reply address, settle nothing."""
    assert O.NO_LONGER_HELD == about_held("#admit", state="filed").lines[0].outcome
    assert O.NEEDS_HELD_MAIL == about_held("#admit", person=BOB).lines[0].outcome
    assert [O.NOT_DONE, O.NO_LONGER_HELD] == [
        line.outcome for line in about_held("#admit\n#drop").lines[:2]
    ]


def test_spam_on_a_case_is_learnt() -> None:
    """By the mail that opened it; the agent's text goes to nobody."""
    found = carried("#spam\nnonsense")

    assert (Lesson(0, spam=True, ticket=1),) == found.consequences
    assert (Phase.CLOSED, True) == (found.ticket.phase if found.ticket else None, found.silent)


def test_a_case_is_begun_by_us() -> None:
    """Whatever else the mail asks for is about the new case; the language is the customer's."""
    found = carried("#severity high\n#new eva@klant.example\n#take\nDear Eva")

    assert found.opens
    assert found.found is None
    assert found.ticket is not None
    assert (EVA, "high", ADA, "nl", "New") == (
        found.ticket.requester,
        found.ticket.severity,
        found.ticket.assignee,
        found.ticket.language,
        found.ticket.status,
    )
    assert EventKind.OPENED == found.events[0].kind
    assert [O.SEVERITY_SET, O.CASE_OPENED, O.ASSIGNED] == [line.outcome for line in found.lines]
    assert () == found.replies


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Your contract ends", "Your contract ends"),
        ("Re: [NO-00013] It stays white", "It stays white"),
        ("AW: no-00013 Re: It stays white", "It stays white"),
        ("", ""),
    ],
)
def test_a_case_begun_by_us_bears_no_other_number(written: str, kept: str) -> None:
    """Though it be begun in answer to a mail about another."""
    case = about(f"#new {EVA}\nDear Eva")
    found = carry_out(replace(case, mail=replace(case.mail, subject=written)), TICKET, NOW)

    assert kept == (found.ticket.subject if found.ticket else None)


@pytest.mark.parametrize(
    "other", ["#merge NO-00021", "#split", "#admit", "#spam", "#new a@b.example"]
)
def test_a_new_case_can_be_no_other(other: str) -> None:
    """What is about another case or mail does not go with it."""
    assert O.CONTRADICTS in {line.outcome for line in carried(f"#new {EVA}\n{other}\nHello").lines}


def test_the_one_proposal_is_merged() -> None:
    """With two, the agent is asked which."""
    one = Known(tickets=TICKETS, alike=Likenesses(duplicates=(Alike(ORIGINAL, "subject"),)))
    third = replace(ORIGINAL, id=3, number="NO-00037")
    both = (*one.alike.duplicates, Alike(third, "text"))
    two = Known(tickets=(*TICKETS, third), alike=Likenesses(duplicates=both))

    assert Line("#merge", O.MERGED, "NO-00021") == carried("#merge", known=one).lines[0]
    assert (
        Line("#merge", O.AMBIGUOUS, "NO-00021, NO-00037") == (carried("#merge", known=two).lines[0])
    )


def test_all_or_nothing() -> None:
    """Any mixture of right and wrong commands does all, or none and says what was wrong."""
    right = [
        "#take",
        "#close",
        "#severity high",
        "#time 30m",
        "#cc a@b.example",
        "#note",
        "#away 1d",
    ]
    wrong = ["#status In", "#hold x", "#clsoe", "#assign zed", "#merge NO-00013"]
    draw = random.Random(4)  # noqa: S311  for commands, not for secrets
    for _ in range(200):
        chosen = draw.sample([*right, *wrong], draw.randint(1, 6))
        found = carried("\n".join(chosen))
        mistaken = [one for one in chosen if one in wrong]
        assert bool(mistaken) is found.refused
        if mistaken:
            assert ((), (), (), (), TICKET) == (
                found.events,
                found.replies,
                found.others,
                found.consequences,
                found.ticket,
            )
            said = {line.command: line.outcome for line in found.lines if line.outcome != O.HELP}
            assert all(said[one] != O.NOT_DONE for one in mistaken)
            assert all(said[one] == O.NOT_DONE for one in chosen if one in right)
        else:
            assert [line.command for line in found.lines] == chosen


def test_hostile_commands_are_bounded() -> None:
    """Whatever stands behind a command, nothing is raised and lines are short."""
    rubbish = [
        "\0",
        "\ud800",
        "x" * 490,
        "@" * 400,
        "<" * 400,
        "9" * 400,
        "{{",
        "%s",
        "٣d",
        "NO-" * 99,
    ]
    for usage, argument in itertools.product(USAGES, rubbish):
        found = carried(f"#{usage.name} {argument}\nHello")
        assert all(len(line.command) < 130 for line in found.lines)
        assert all(len(line.value) < 1000 for line in found.lines)
