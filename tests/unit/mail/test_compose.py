"""What we compose has exactly the header fields that were meant, whatever it is made of."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.mail import compose as module
from gateway.mail.compose import Letter, Origin, Unsafe, compose, header_text, reference_list
from gateway.mail.enclosure import enclose
from gateway.mail.model import Mailbox
from gateway.mail.parse import parse

LETTER = Letter(
    sender=Mailbox("North Help", "help@north.example"),
    to=Mailbox("Jan", "jan@klant.example"),
    subject="[NO-00013] It stays white",
    body="Dear Jan,\n\nwe have it.\n",
    message_id="<cp.1.abc@north.example>",
    at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    references=("<1@klant.example>",),
)
MEANT = [
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "precedence", "x-auto-response-suppress", "content-type", "content-transfer-encoding",
    "mime-version",
]  # fmt: skip

# Pieces that have broken out of headers before, among any other text.
TRICKS = (
    "=?utf-8?q?a=0D=0ABcc=3A_x=40y.example?=",
    "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc=3A_x=3F=3D?=",
    "\r\nBcc: x@y.example\r\n",
    "\r",
    "\n",
    "\r\n.\r\n",
    "\x00",
    "\x85",
    "\u2028",
    "\u202e",
    "\u200b",
    "\ud800",
    "\udcff",
    "\ufffe",
    "=?",
    "?=",
    '"',
    "\\",
    "<x@y.example>",
    "é" * 80,
    "x" * 1200,
    "\U0001f4a9" * 30,
    " " * 100,
)
texts = st.lists(st.sampled_from(TRICKS) | st.text(st.characters(), max_size=40), max_size=8).map(
    "".join
)


def read(letter: Letter) -> email.message.Message:
    """Compose, and read again."""
    return email.message_from_bytes(compose(letter))


def check(content: bytes) -> None:
    """Assert that these bytes are one well-formed mail with the fields that were meant."""
    names = [name.lower() for name, _ in email.message_from_bytes(content).items()]
    assert sorted(MEANT) == sorted(names)
    for line in content.split(b"\r\n"):
        assert b"\r" not in line
        assert b"\n" not in line
        assert len(line) <= 998


@given(texts, texts, texts, texts)
@example(*[TRICKS[0]] * 4)
@example(*[TRICKS[2]] * 4)
@example("a\r\nBcc: x@y.example", "", "\ud800", "x\rB")
def test_no_text_breaks_out_of_its_place(sender: str, name: str, subject: str, body: str) -> None:
    """The fields are the ones that were meant, in lines that are lines; else it may not go out."""
    letter = replace(
        LETTER,
        sender=Mailbox(sender, LETTER.sender.address),
        to=Mailbox(name, LETTER.to.address),
        subject=subject,
        body=body,
    )
    try:
        content = compose(letter)
    except Unsafe:
        return
    check(content)
    again = parse(content)
    assert "jan@klant.example" == again.to[0].address
    assert again.author is not None
    assert "help@north.example" == again.author.address


@given(texts)
def test_no_text_is_so_bad_that_an_answer_fails(text: str) -> None:
    """What is cleaned is safe: names and subjects never raise."""
    named = Mailbox(text, LETTER.to.address)
    check(compose(replace(LETTER, to=named, sender=named, subject=text)))


@given(texts)
def test_header_text_is_one_clean_line(text: str) -> None:
    """Bounded, and the same when it is cleaned again."""
    cleaned = header_text(text)

    assert cleaned == header_text(cleaned)
    assert len(cleaned) <= 200
    assert "=?" not in cleaned
    assert cleaned == " ".join(cleaned.split())
    cleaned.encode()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_a_body_is_read_again_as_it_was_written(body: str) -> None:
    """In any script, with lines of any length."""
    content = compose(replace(LETTER, body=body))
    read_again = email.message_from_bytes(content, policy=email.policy.default)

    assert body.splitlines() == read_again.get_content().splitlines()


@settings(max_examples=30)
@given(texts, texts)
@example("--=_a", "<p>=_a\r\n--=_\r\n</p>")
def test_text_and_html_are_two_ways_to_say_the_same(body: str, html: str) -> None:
    """Neither breaks out of its part, and the text comes first."""
    whole = enclose("a.txt", b"--=_")
    for enclosures in ((), (whole,)):
        letter = replace(LETTER, body=body, html=f"<p>{html}</p>", enclosures=enclosures)
        try:
            content = compose(letter)
        except Unsafe:
            continue
        names = [name for name in MEANT if name != "content-transfer-encoding"]
        again = email.message_from_bytes(content, policy=email.policy.default)
        assert sorted(names) == sorted(name.lower() for name in again)
        kinds = [part.get_content_type() for part in again.walk()]
        both = ["multipart/alternative", "text/plain", "text/html"]
        assert (["multipart/mixed", *both] if enclosures else both) == kinds[
            : 4 if enclosures else 3
        ]
        plain, marked = (again.get_body((kind,)) for kind in ("plain", "html"))
        assert plain is not None
        assert marked is not None
        sound = body.encode("utf-8", "replace").decode()
        assert sound.splitlines() == plain.get_content().splitlines()
        assert marked.get_content().startswith("<p>")


def test_message_ids_are_not_encoded_however_long() -> None:
    """Threading rests on them: one a line, as they are (RFC 5322 section 3.6.4)."""
    ids = tuple(f"<{str(number) * 186}@klant.example>" for number in range(3))
    content = compose(replace(LETTER, references=ids, message_id=ids[0]))

    assert content.startswith(
        b'From: "North Help" <help@north.example>\r\n'
        b'To: "Jan" <jan@klant.example>\r\n'
        b"Subject: [NO-00013] It stays white\r\n"
        b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"
        b"Message-ID: " + ids[0].encode() + b"\r\n"
        b"In-Reply-To: " + ids[2].encode() + b"\r\n"
        b"References: " + "\r\n ".join(ids).encode() + b"\r\n"
        b"Auto-Submitted: auto-replied\r\n"
    )
    check(content)
    assert ids == parse(content).references


def test_an_automatic_answer_says_so() -> None:
    """RFC 3834 section 5; a person's answer does not."""
    automatic, by_hand = read(LETTER), read(replace(LETTER, origin=Origin.PERSON))

    assert "auto-replied" == automatic["Auto-Submitted"]
    assert [None] * 3 == [
        by_hand[name] for name in ("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress")
    ]


def test_a_mail_says_its_language_if_it_has_one() -> None:
    """RFC 3282."""
    assert [None, "nl"] == [
        read(replace(LETTER, language=language))["Content-Language"] for language in ("", "nl")
    ]


def test_a_mail_that_answers_none_names_none() -> None:
    """No empty header fields."""
    alone = read(replace(LETTER, references=()))

    assert (None, None) == (alone["In-Reply-To"], alone["References"])


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "<1@x>\r\nBcc: x@y.example"},
        {"references": ("<" + "x" * 1000 + "@y>",)},
        {"to": Mailbox("", "x@y.example>\r\nBcc: <z@y.example")},
    ],
)
def test_what_cannot_be_composed_is_unsafe(change: dict[str, object]) -> None:
    """One error for all of it: the caller has a plain text for that."""
    letter = LETTER
    for field, value in change.items():
        letter = replace(letter, **{field: value})  # type: ignore[arg-type]

    with pytest.raises(Unsafe):
        compose(letter)


def test_the_bytes_are_checked_and_not_the_intention(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should cleaning ever miss something, the mail does not go out."""
    monkeypatch.setattr(module, "header_text", lambda text: text)

    with pytest.raises(Unsafe):
        compose(replace(LETTER, subject="a\r\nBcc: x@y.example"))


@pytest.mark.parametrize(
    ("references", "answered", "expected"),
    [
        ((), "", ()),
        ((), "<1@x>", ("<1@x>",)),
        (("<1@x>", "<2@x>"), "<3@x>", ("<1@x>", "<2@x>", "<3@x>")),
        (("<1@x>", "<2@x>"), "<1@x>", ("<1@x>", "<2@x>")),
        (("no id", "<a b@x>", "<>", "<é@x>", "<" + "x" * 600 + ">", "<a<b>"), "<1@x>", ("<1@x>",)),
        (
            tuple(f"<{n}@x>" for n in range(40)),
            "<40@x>",
            ("<0@x>", *(f"<{n}@x>" for n in range(22, 41))),
        ),
    ],
)
def test_references_keep_the_first_and_the_last(
    references: tuple[str, ...], answered: str, expected: tuple[str, ...]
) -> None:
    """Twenty ids at most, each fit to be repeated (RFC 5322 section 3.6.4)."""
    assert expected == reference_list(references, answered)
