"""What is new in a reply: where people write it, and what they quote of our own mail."""

import importlib.metadata
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.reply.fold import folds
from gateway.mail.reply.marker import MARKERS
from gateway.mail.reply.model import Fold, FoldKind, new_text
from gateway.mail.reply.patterns import introduces

WROTE = "On Mon, 2 Nov 2026 at 14:03, Desk <support@desk.example> wrote:"
SENT = (
    "Dear Jan,\n\nThe printer needs version 5 of its driver, which you find below.\n"
    "After that, please print the test page and tell us what it says.\n\nYour desk"
)
BOUNDARY = "\n\n"


def said(text: str, *sent: str) -> str:
    """Give the new text of a mail."""
    return new_text(text, folds(text, sent))


def quoted(text: str) -> str:
    """Put quotation marks before each line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def test_an_answer_on_top() -> None:
    """What stands above a quotation is new, the quotation is folded and stays in the text."""
    text = f"It works.\n\n{WROTE}\n{quoted(SENT)}\n"
    (fold,) = folds(text)
    assert FoldKind.QUOTATION is fold.kind
    assert text[fold.start : fold.end].startswith("On Mon")
    assert said(text) == "It works."


def test_an_answer_below() -> None:
    """Of one quotation with one answer below it the quotation is folded, after a greeting too."""
    assert said(f"{WROTE}\n{quoted(SENT)}\n\nIt works.\n") == "It works."
    assert said(f"Hello,\n\n{WROTE}\n{quoted(SENT)}\n\nIt works.\n").split() == [
        *("Hello,", "It", "works."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{WROTE}\n> Is it on?\n\nYes.\n\n> Does it print?\n\nNo.",
        f"{WROTE}\n> Is it on?\nYes.\n> Does it print?\nNo.\n> Thanks\n> The desk of the company",
        f"See my answers below.\n\n{WROTE}\n> Is it on? Please look.\n\nYes, it is.\n\n> Paper?",
        "I looked at it for an hour.\n\n> Does it print?\n\nIt does not, whatever I try to do.",
        "First this:\n\n> Does it print?\n\nNo.\n\n> Is it on?\n\nYes.",
    ],
)
def test_answers_between_quoted_lines_keep_them(text: str) -> None:
    """They cannot be understood without what they answer."""
    assert text == said(text)


def test_a_few_lines_quoted_by_hand_are_kept() -> None:
    """Somebody who puts a mark before a line wants it to be read."""
    text = "I see this:\n\n> printer on fire\n\nWhat does it mean?"
    assert text == said(text)
    assert text[13:] == said(text[13:])
    assert said("It works.\n> From: Desk\n> Sent: 2 Nov 2026") == "It works."


def test_a_wrapped_quotation_is_one() -> None:
    """A word that was wrapped out of a quoted line is no answer."""
    long = "> The printer needs a newer version of its driver, which you can find\nbelow.\n"
    text = f"It works.\n\n{WROTE}\n{long}> Print the page (https://desk.example/\npage?n=5)\n> Desk"
    assert said(text) == "It works."


@pytest.mark.parametrize(
    "text",
    [
        f"-----Original Message-----\nFrom: Jan\n\n{SENT}",
        f"---------- Forwarded message ---------\nFrom: Jan <jan@klant.example>\n\n{SENT}",
        f"FYI\n\n---------- Forwarded message ---------\nFrom: Jan <jan@klant.example>\n\n{SENT}",
        f"Zur Info\n\nVon: Jan <j@klant.example>\nGesendet: 2. Nov 2026 14:03\n\n{SENT}",
        f"FYI\n\n-----Original Message-----\nFrom: Jan\n\n{SENT}",
        f"Tiedoksi.\n\nBegin forwarded message:\n\n{quoted('From: Jan')}\n{quoted(SENT)}",
        f"-------- Weitergeleitete Nachricht --------\nVon: J\n\n{SENT}\n\n{WROTE}\n{quoted(SENT)}",
    ],
)
def test_a_forward_is_kept(text: str) -> None:
    """A mail that only hands on another is nothing without it."""
    assert text == said(text)


def test_a_forward_below_words_of_its_own_is_folded() -> None:
    """Who says something about a forwarded mail has said that, and the mail can be unfolded."""
    text = f"Is this mail from you?\n\n---------- Forwarded message ---------\n{SENT}"
    assert said(text) == "Is this mail from you?"


def test_a_quotation_alone_leaves_nothing() -> None:
    """A person who answers without a word has said nothing; the rest of such a text stays."""
    assert said(f"{WROTE}\n{quoted(SENT)}\n") == ""
    assert said(f"Sent from my iPhone\n\n{WROTE}\n{quoted(SENT)}\n") == "Sent from my iPhone"
    assert said(f"{WROTE}\n\n{SENT}") == f"{WROTE}\n\n{SENT}"
    assert said("") == ""


@pytest.mark.parametrize("language", MARKERS)
def test_our_marker_ends_what_is_new(language: str) -> None:
    """Our line is known quoted, wrapped, trimmed, as HTML left it and without its odd letter."""
    marker = MARKERS[language]
    half = len(marker) // 2
    for line in (
        marker,
        f"> {marker}",
        f">> {marker}",
        f"> {marker[:half]}\n> {marker[half:]}",
        f"{marker[:half]}\n{marker[half:]}",
        f"   *{marker}*",
        f"| {marker}",
        marker.replace("\N{SECTION SIGN}", "?"),
        marker.replace("\N{SECTION SIGN}", "\N{REPLACEMENT CHARACTER}"),
        marker.replace(" ", "\N{NO-BREAK SPACE}"),
        f"Tuki <tuki@desk.example> :\n\n{marker}",
    ):
        below = quoted(SENT) if line.startswith(">") else SENT
        assert said(f"It works.\n\n{line}\n\n{below}\n") == "It works."


def test_a_marker_on_top_hides_nothing() -> None:
    """What stands below a marker with nothing above it stays, and so a faked one gains nothing."""
    assert said(f"{MARKERS['en']}\n\nIt works.") == "It works."


@pytest.mark.parametrize(
    "quotation",
    [
        SENT,
        quoted(SENT),
        SENT.replace("\n", "\n    "),
        " ".join(SENT.split()),
        "\n".join(SENT.replace(" driver, ", " driver,\n").replace(" page ", " page\n").split("\n")),
        f"*{SENT}*",
    ],
    ids=["bare", "marked", "indented", "one line", "wrapped", "bold"],
)
def test_what_we_sent_is_known_again(quotation: str) -> None:
    """Our own words are a quotation, whatever was done to their lines; no header is needed."""
    assert said(f"It works, thank you.\n\n{quotation}\n", "Other mail.", SENT) == (
        "It works, thank you."
    )
    introduced = f"It works, thank you.\n\nSupport Desk wrote:\n\n{quotation}\n"
    assert said(introduced, SENT) == "It works, thank you."
    assert said(f"{quotation}\n\nIt works, thank you.\n", SENT) == "It works, thank you."


def test_answers_between_our_lines_keep_them() -> None:
    """Without marks and below a header, too, where our words tell what is new."""
    first, second = SENT.split("\n\n", 1)[1].split("\n", 1)
    text = f"See below.\n\n{WROTE}\n\nDear Jan,\n\n{first}\n\nThat did not help me.\n\n{second}"
    assert text == said(text, SENT)
    assert said(text) == "See below."


def test_a_text_of_our_words_alone_is_kept() -> None:
    """Who sends us what we sent, or what we quoted of theirs, says it again."""
    assert SENT == said(SENT, SENT)
    assert said(quoted(SENT), SENT) == ""
    assert said(f"\n{quoted(SENT)}", SENT) == ""


def test_a_few_words_of_ours_are_no_quotation() -> None:
    """People say what we said, without quoting us."""
    text = "The printer needs version 5, I have 6.\n\nYour desk"
    assert text == said(text, SENT)


def test_our_form_filled_in_is_new() -> None:
    """A line of ours with something added to it is what was asked for."""
    form = "Please tell us the serial number of the printer that you have:"
    assert said(f"{form} 12345\n", form) == f"{form} 12345"


def test_quotequail_is_the_one_that_was_read() -> None:
    """Its private patterns are used; another version may have others."""
    assert importlib.metadata.version("quotequail") == "0.5.4"
    assert introduces("On 2 Nov 2026, Desk wrote:")
    assert introduces("Op 2 nov. 2026 om 14:03 heeft Desk het volgende geschreven:")
    assert introduces("ma 2. marrask. 2026 klo 14.03 Tuki kirjoitti:")
    assert not introduces("It wrote nothing")


HOSTILE = {
    "on": '"On "' * 20_000,
    "on lines": "On \n" * 20_000,
    "quotation marks": "> hello\n" * 50_000,
    "one line": "a" * (1024 * 1024),
    "one line of marks": ">" * (1024 * 1024),
    "fields": "From: x\n" * 20_000,
    "field names": "From: x\nTo: y\n" * 5_000,
    "blank lines": "\n" * 100_000,
    "verbs": "On 2 Nov 2026 x wrote:\n" * 5_000,
    "dutch": ("Op " + "heeft " * 60 + ":\n") * 1_000,
    "delimiters": "-- \nx\n" * 5_000,
    "closings": "Regards,\n" * 5_000,
    "changes": "> a\nb\n" * 5_000,
    "markers": f"{MARKERS['en']}\n" * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    """Each is read within a second of the processor's time, as an answer to itself as well."""
    start = time.process_time()
    found = folds(text, [text])
    assert 1 > (time.process_time() - start) / 2
    assert all(0 <= fold.start < fold.end <= len(text) for fold in found)


PARTS = st.sampled_from(
    [
        *("It works.", "", "Hello,", "> quoted", ">> deeper", WROTE, "wrote:", ">:", MARKERS["fi"]),
        *("-- ", "Regards,", "Jan", "From: Desk <a@desk.example>", "Sent: 2 Nov 2026 14:03"),
        *("Subject: x", "-----Original Message-----", "Begin forwarded message:", "a" * 90),
        *("Sent from my iPhone", *SENT.split("\n"), "On Mon, 2 Nov 2026", "\N{ZERO WIDTH SPACE}"),
    ]
)
LINES = st.one_of(PARTS, st.text(max_size=8))


@settings(max_examples=80, deadline=None)
@given(st.lists(LINES, max_size=16), st.booleans())
def test_nothing_is_lost(lines: list[str], with_sent: bool) -> None:  # noqa: FBT001
    """Folds are in order and apart, and with what is new between them they are the text."""
    text = "\n".join(lines)
    found = folds(text, [SENT] if with_sent else [])
    position = 0
    for fold in found:
        assert position <= fold.start < fold.end <= len(text)
        position = fold.end
    assert new_text(text, ()) == text.strip()
    if not new_text(text, found):
        assert all(fold.kind is FoldKind.QUOTATION for fold in found)


def test_a_fold_is_a_value() -> None:
    """Folds are equal when they say the same."""
    assert Fold(0, 1, FoldKind.SIGNATURE) == Fold(0, 1, FoldKind.SIGNATURE)
