"""The player says where a conversation goes otherwise than expected, and what was there instead."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.config.load import Configuration, load
from gateway.conversation import Played, play
from lib.workbench import write_house

HEAD = """title = "A test"
desk = "north"
start = 2026-03-02T09:00:00+01:00
"""
MAIL = '''mail = """
From: Jan <jan@klant.example>
To: help@north.example
Subject: It does not open
Message-ID: <1@klant.example>

Nothing happens."""
'''
FIRST = f"\n[[step]]\n{MAIL}"
REPLY = '''
[[step]]
mail = """
From: Jan <jan@klant.example>
To: help@north.example
Subject: Re: It does not open
In-Reply-To: {{message_id:LAST@jan@klant.example}}

Still nothing."""
'''

Playing = Callable[[str], Played]


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """Two desks, which use the shipped templates and tell nobody of their cases."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    for desk in (path.parent / "desks").glob("*.toml"):
        desk.write_text(desk.read_text().replace('name = "Ada"', 'name = "Ada"\nrole = "manager"'))
    return load(path)


@pytest.fixture
def playing(tmp_path: Path, configuration: Configuration) -> Playing:
    """Play a text as a conversation."""

    def run(text: str) -> Played:
        path = tmp_path / "conversation.toml"
        path.write_text(HEAD + text)
        return play(path, configuration, tmp_path / "data")

    return run


def expecting(*expectations: str) -> str:
    """Write the first step of a conversation with what it expects."""
    return f"{FIRST}expect = [\n" + "".join(f"  {one},\n" for one in expectations) + "]\n"


def differences(played: Played) -> list[str]:
    """Give the differences without the path, each on one line."""
    prefix = f"{played.path}:"
    return [
        "; ".join(str(difference).removeprefix(prefix).split("\n    "))
        for difference in played.differences
    ]


ANY_MAIL = '{ mail = "*" }'
SENT = 'customer/acknowledge to jan@klant.example, "[NO-00013] It does not open"'
UNMET = [
    (
        '{ ticket = 1, status = "Done", phase = "open" }',
        'ticket 1 (NO-00013) is not as expected:; status is "New", not "Done"',
    ),
    (
        "{ ticket = 2 }",
        "there is no ticket 2; tickets: NO-00013",
    ),
    (
        "{ ticket = 1, entries = 3 }",
        "ticket 1 (NO-00013) is not as expected:; entries has 2 elements, not 3: ...",
    ),
    (
        '{ ticket = 1, entries = [{ author = "jan@klant.example" }, { direction = "in" }] }',
        'ticket 1 (NO-00013) is not as expected:; entries[2].direction is "out", not "in"',
    ),
    (
        '{ ticket = 1, participants = ["eva@klant.example"] }',
        "ticket 1 (NO-00013) is not as expected:; participants has 0 elements, not 1: []",
    ),
    (
        "{ ticket = 1, opened_at = 2026-03-02T09:00:00Z }",
        "ticket 1 (NO-00013) is not as expected:; opened_at is ...09:00:00+00:00",
    ),
    (
        '{ ticket = 1, due = { response = "soon" } }',
        "ticket 1 (NO-00013) is not as expected:; due has no response; it has nothing",
    ),
    (
        '{ ticket = 1, rating = "5" }',
        'ticket 1 (NO-00013) is not as expected:; rating is not there, not "5"',
    ),
    ("{ tickets = 2 }", 'there should be 2 tickets, and there are 1; NO-00013 "It does not open"'),
    ("{ held = 1 }", "1 mails should be held, and 0 are"),
    ('{ mail = "-" }', f"nothing was to be sent, and this was:; {SENT}"),
    (
        '{ mail = "-", to = "Jan@Klant.example" }',
        f"nothing was to be sent to Jan@Klant.example, and this was:; {SENT}",
    ),
]
UNLIKE = [
    ('mail = "customer/reminder"', 'mail is "customer/acknowledge"'),
    ('mail = "*", to = "eva@klant.example"', 'to is "Jan <jan@klant.example>"'),
    ('mail = "*", from = "south"', 'from is "North Help <help@north.example>"'),
    ('mail = "*", subject = "it does not"', 'subject is "[NO-00013] It does not open"'),
    ('mail = "*", contains = ["NO-", "a promise"]', 'lacks "a promise"'),
    ('mail = "*", lacks = "case number"', 'contains "case number"'),
    ('mail = "*", headers = { X-Other = "a" }', "there is no header X-Other"),
    (
        'mail = "*", headers = { Auto-Submitted = "no" }',
        'header Auto-Submitted is "auto-replied"',
    ),
    ('mail = "*", language = "nl"', 'language is "en"'),
]


@pytest.mark.parametrize(("expectation", "difference"), UNMET)
def test_an_unmet_expectation_is_a_difference(
    playing: Playing, expectation: str, difference: str
) -> None:
    """Each names its line and step, and says what was there instead."""
    start, _, end = difference.partition("...")
    silence = 'mail = "-"' in expectation
    played = playing(expecting(expectation) if silence else expecting(expectation, ANY_MAIL))
    (found,) = differences(played)
    assert found.startswith(f"14: step 1: {start}")
    assert found.endswith(end)


@pytest.mark.parametrize(("wish", "difference"), UNLIKE)
def test_a_mail_that_is_not_as_wished_is_a_difference(
    playing: Playing, wish: str, difference: str
) -> None:
    """It says of each mail that was sent why it is not the one; the mail then is unexpected."""
    found = differences(playing(expecting(f"{{ {wish} }}")))
    assert [
        f"14: step 1: no mail was sent like {{ {wish} }}; sent: {SENT}: {difference}",
        f"5: step 1: a mail that nothing expects: {SENT}",
    ] == found


MET = [
    '{ ticket = 1, status = "New", phase = "open", rating = "", assignee = "" }',
    '{ ticket = 1, number = "{{case:1}}", participants = [], links = 0 }',
    '{ ticket = 1, entries = [{ direction = "in" }, { automatic = true }], due = {} }',
    "{ ticket = 1, opened_at = 2026-03-02T09:00:00+01:00 }",
    '{ ticket = 1, opened_at = "2026-03-02T10:00:00+02:00", entries = 2 }',
    '{ ticket = 1, events = [{ kind = "opened" }, { kind = "answered" }] }',
    "{ tickets = 1, held = 0 }",
    '{ mail = "-", to = "an@klant.example" }',
]


@pytest.mark.parametrize("expectation", MET)
def test_what_holds_is_no_difference(playing: Playing, expectation: str) -> None:
    """Tables match on the keys that they name, times as instants, "" what is not there."""
    assert [] == differences(playing(expecting(expectation, ANY_MAIL)))


def test_a_mail_is_known_by_any_of_its_parts(playing: Playing) -> None:
    """Texts match as a part, text that runs over a line's end too, and header names in any case."""
    wish = """{ mail = "customer/acknowledge", to = "Jan <jan@klant", from = "help@north.example",
    subject = "does not", contains = ["One of us will read it and answer you by mail."],
    lacks = ["Nothing happens"], language = "en",
    headers = { auto-submitted = "auto-", Return-Path = "<>", In-Reply-To = "<1@klant.example>",
    Message-ID = "{{message_id:LAST@jan@klant.example}}" } }"""
    text = FIRST + "expect = [" + " ".join(wish.split("\n")) + "]\n"
    assert [] == differences(playing(text))


def test_an_expectation_uses_up_one_mail(playing: Playing) -> None:
    """Two expectations need two mails, and the order in which they stand does not matter."""
    (missed,) = differences(playing(expecting(ANY_MAIL, '{ mail = "customer/acknowledge" }')))
    assert missed.endswith("another expectation used it up")


def test_in_a_strict_conversation_each_mail_is_expected(playing: Playing) -> None:
    """A step that expects nothing fails for the mail that it sends."""
    assert [f"5: step 1: a mail that nothing expects: {SENT}"] == differences(playing(FIRST))


def test_a_conversation_can_be_lenient(playing: Playing) -> None:
    """With `strict = false` only what is expected counts."""
    assert [] == differences(playing("strict = false\n" + FIRST))
    (missed,) = differences(playing("strict = false\n" + expecting('{ mail = "agent/new" }')))
    assert 'no mail was sent like { mail = "agent/new" }' in missed


def test_time_passes_only_as_told(playing: Playing) -> None:
    """`after` adds to the step before, `at` names the moment; each mail arrives at its own."""
    played = playing(
        "strict = false\n"
        + FIRST
        + '\n[[step]]\nafter = "6d 23h"\nexpect = [{ mail = "-" }]\n'
        + REPLY.replace("[[step]]", "[[step]]\nat = 2026-03-09T08:30:00+01:00")
        + "expect = [{ ticket = 1, entries = 3, updated_at = 2026-03-09T07:30:00Z }]\n"
    )
    assert [] == differences(played)
    assert ["02 08:00", "09 07:00", "09 07:30"] == [
        f"{moment.at:%d %H:%M}" for moment in played.timeline
    ]


def test_a_restart_forgets_nothing(playing: Playing) -> None:
    """What a house knows, it knows from its database: numbers go on, and threads hold."""
    played = playing(
        "strict = false\n"
        + FIRST
        + REPLY.replace("[[step]]", "[[step]]\nrestart = true")
        + "expect = [{ ticket = 1, entries = 3 }, { tickets = 1 }]\n"
        + FIRST.replace("<1@", "<2@").replace("jan@", "eva@")
        + 'expect = [{ tickets = 2 }, { ticket = 2, number = "NO-00021" }]\n'
    )
    assert [False, True, False] == [moment.restarted for moment in played.timeline]
    assert [] == differences(played)


def test_the_same_bytes_again_are_one_mail(playing: Playing) -> None:
    """Sent again it is a repetition; without Message-ID and Date only within ten minutes."""
    bare = FIRST.replace("Message-ID: <1@klant.example>\n", "")
    again = bare.replace("[[step]]", '[[step]]\nafter = "9m"')
    later = bare.replace("[[step]]", '[[step]]\nafter = "9m"')
    played = playing(
        f"strict = false\n{bare}{bare}expect = [{{ tickets = 1 }}]\n"
        f"{again}expect = [{{ tickets = 1 }}]\n{later}expect = [{{ tickets = 2 }}]\n"
    )
    assert [] == differences(played)
    states = [arrived.state for moment in played.timeline for arrived in moment.arrived]
    assert ["filed", "repeated", "duplicate", "filed"] == states


def test_recipients_are_the_envelopes(playing: Playing) -> None:
    """They are given, or the desks' among To and Cc; an alias's mail is the desk's own."""
    told = FIRST.replace("[[step]]", '[[step]]\nto = "Help+x@SOUTH.example"\nfrom = "<>"')
    alias = FIRST.replace("help@north.example", "info@elsewhere.example").replace("<1@", "<2@")
    copied = FIRST.replace(
        "To: help@north.example",
        "To: info@elsewhere.example, help@north.example\nCc: urgent@south.example",
    ).replace("<1@", "<3@")
    played = playing(f"strict = false\n{told}{alias}{copied}")
    assert [
        ["help+x@south.example"],
        ["help@north.example"],
        ["help@north.example", "urgent@south.example"],
    ] == [[arrived.recipient for arrived in moment.arrived] for moment in played.timeline]
    assert "" == played.timeline[0].arrived[0].reverse_path
    assert "jan@klant.example" == played.timeline[1].arrived[0].reverse_path


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ('to = "help@east.example"', "no desk has the address help@east.example, so mail"),
        ('to = "help"', "\"to\" has 'help': an address has an @"),
    ],
)
def test_a_mail_that_would_be_refused_ends_the_conversation(
    playing: Playing, step: str, sentence: str
) -> None:
    """What a listener refuses cannot be played, and nothing after it is."""
    (found,) = differences(playing(FIRST.replace("[[step]]", f"[[step]]\n{step}") + FIRST))
    assert found.startswith(f"5: step 1: cannot be played: {sentence}")


def test_a_placeholder_needs_what_it_stands_for(playing: Playing) -> None:
    """In a mail it ends the conversation, in an expectation it is a difference."""
    (found,) = differences(playing(REPLY))
    assert (
        found == "5: step 1: cannot be played: no mail has been sent to jan@klant.example by then"
    )
    (found,) = differences(playing(expecting(ANY_MAIL, '{ ticket = 1, number = "{{case:2}}" }')))
    assert "15: step 1: {{case:2}}: there are 1 tickets by then" == found


def test_placeholders_stand_for_what_was_sent(playing: Playing) -> None:
    """An answer to the last mail comes back to its ticket; the address may stand bare, too."""
    text = FIRST + REPLY.replace("To: help@north", "To: {{ reply_to:jan@klant.example }}\nCc: x")
    expect = "expect = [{ ticket = 1, entries = 3 }]\n"
    played = playing(f"strict = false\n{text}{expect}")
    assert [] == differences(played)
    assert played.timeline[1].arrived[0].recipient.startswith("help+")


def test_who_is_not_authentic_gets_no_words_back(playing: Playing) -> None:
    """`authentic = false` is what a mail is that fails DMARC."""
    forged = FIRST.replace("[[step]]", "[[step]]\nauthentic = false")
    expect = 'expect = [{ mail = "customer/acknowledge", lacks = ["does not open", "Jan"] }]\n'
    played = playing(forged + expect)
    assert [] == differences(played)
    assert not played.timeline[0].arrived[0].authentic


def test_the_directory_is_filled_first(playing: Playing) -> None:
    """A [[person]] is known from the first mail on, whatever more columns there are."""
    person = (
        '[[person]]\naddress = "JAN@klant.example"\nname = "Dr Jan"\nlanguage = "nl"\nplan = "x"\n'
    )
    wish = '{ mail = "*", contains = "Beste Dr Jan", language = "nl" }'
    assert [] == differences(playing(person + expecting(wish, '{ ticket = 1, language = "nl" }')))


def test_somebody_in_the_directory_has_aliases_and_facts_of_any_kind(playing: Playing) -> None:
    """A mail from an alias is theirs; numbers, dates and lists need no quotes of their own."""
    person = (
        '[[person]]\naddress = "chief@klant.example"\norganisation = "Klant"\n'
        'aliases = ["jan@klant.example"]\ndomains = "klant.example"\n'
        "order = 17\ncontract_until = 2026-12-31\nregistered = true\n"
    )
    wish = '{ ticket = 1, requester = "chief@klant.example", organisation = "Klant" }'
    assert [] == differences(playing(person + expecting(wish, ANY_MAIL)))


def test_held_mails_are_counted(playing: Playing) -> None:
    """Who writes from an agent's address without proof is held."""
    agent = FIRST.replace("jan@klant.example", "ada@north.example")
    agent = agent.replace("[[step]]", "[[step]]\nauthentic = false")
    asked = '{ mail = "agent/confirm", to = "ada@north.example" }'
    played = playing(agent + f"expect = [{{ held = 1 }}, {{ tickets = 0 }}, {asked}]\n")
    assert [] == differences(played)
    assert "held" == played.timeline[0].arrived[0].state


SILENCE = """
[[step]]
after = "6d 23h"
expect = [{ mail = "-" }]

[[step]]
after = "1h"
expect = [
  { mail = "customer/reminder", headers = { auto-submitted = "auto-generated" } },
  { ticket = 1, status = "New", updated_at = 2026-03-09T08:00:00Z },
]
"""
CLOSING = """
[[step]]
after = "7d"
expect = [
  { mail = "customer/closed", to = "jan@klant.example", contains = ["{{case:1}}"] },
  { ticket = 1, status = "Done", phase = "closed", updated_at = 2026-03-16T08:00:00Z },
]
"""
ACKNOWLEDGED = '{ mail = "customer/acknowledge" }'


def test_timers_fire_at_their_own_moment(playing: Playing) -> None:
    """A reminder after seven days of silence, closed after fourteen, reopened by an answer."""
    answered = f'{REPLY}expect = [{{ ticket = 1, status = "Again", phase = "open" }}]\n'
    played = playing(expecting(ACKNOWLEDGED) + SILENCE + CLOSING + answered)

    assert [] == differences(played)


def test_timers_survive_a_restart(playing: Playing) -> None:
    """What is due stands in the database, not in a process."""
    played = playing(expecting(ACKNOWLEDGED) + "[[step]]\nrestart = true\n" + SILENCE + CLOSING)

    assert [] == differences(played)


def test_two_timers_that_fall_into_one_step_both_fire(playing: Playing) -> None:
    """Each at its own moment on the way, in their order."""
    expected = '[{ mail = "customer/reminder" }, { mail = "customer/closed" }]'
    played = playing(expecting(ACKNOWLEDGED) + f'[[step]]\nafter = "40d"\nexpect = {expected}\n')

    assert [] == differences(played)
