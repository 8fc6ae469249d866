"""Links to a case's page: one case, one reader, until a time, and nothing that can be guessed."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.mail.case_link import LONGEST_TOKEN, CaseLinks, without_links
from gateway.mail.feedback_link import SECRET_BYTES, token_of
from gateway.mail.private import without_private

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNTIL = NOW + timedelta(days=1)
LINKS = CaseLinks({"1": b"a" * 32, "2": b"b" * 32}, "2")
JAN, EVA = "jan@klant.example", "eva@klant.example"
TOKEN = LINKS.issue(7, JAN, UNTIL)


def test_a_token_shows_one_case_to_one_reader() -> None:
    """Whoever else takes part in it has another one, and nobody learns an address from it."""
    link = LINKS.read(TOKEN, NOW)

    assert link is not None
    assert 7 == link.ticket
    assert JAN == LINKS.reader_of(link, (EVA, JAN))
    assert "" == LINKS.reader_of(link, (EVA,))
    assert "" == LINKS.reader_of(link, ())
    assert "jan" not in TOKEN
    assert TOKEN != LINKS.issue(7, EVA, UNTIL)
    assert len(TOKEN) < LONGEST_TOKEN


def test_its_time_ends() -> None:
    """At the second that stands in it."""
    assert LINKS.read(TOKEN, UNTIL - timedelta(seconds=1)) is not None
    assert LINKS.read(TOKEN, UNTIL) is None


def test_nothing_in_it_can_be_changed() -> None:
    """Every single character counts."""
    for place, character in enumerate(TOKEN):
        for other in "a2-":
            if other != character:
                assert LINKS.read(f"{TOKEN[:place]}{other}{TOKEN[place + 1 :]}", NOW) is None


@pytest.mark.parametrize(
    "token",
    ["", "x", TOKEN.upper(), f"{TOKEN}a", f" {TOKEN}", f"{TOKEN}\n", "9" * 10**5, TOKEN[:-1]],
)
def test_what_is_none_of_ours_shows_nothing(token: str) -> None:
    """However long it is."""
    assert LINKS.read(token, NOW) is None


def test_what_an_old_key_signed_holds_until_it_is_removed() -> None:
    """The newest key signs."""
    old = CaseLinks({"1": b"a" * 32}, "1").issue(7, JAN, UNTIL)

    link = LINKS.read(old, NOW)

    assert link is not None
    assert JAN == LINKS.reader_of(link, (JAN,))
    assert CaseLinks({"2": b"b" * 32}, "2").read(old, NOW) is None
    assert "" == CaseLinks({"2": b"b" * 32}, "2").reader_of(link, (JAN,))


def test_a_link_to_another_case_ends_with_the_first() -> None:
    """Whoever has one is led on, and gets no more time by it."""
    link = LINKS.read(TOKEN, NOW)
    assert link is not None

    moved = LINKS.read(LINKS.moved(link, 8, JAN), NOW)

    assert moved is not None
    assert (8, int(UNTIL.timestamp())) == (moved.ticket, moved.expires)
    assert JAN == LINKS.reader_of(moved, (JAN,))
    assert link.reader != moved.reader


def test_a_text_is_told_on_without_them() -> None:
    """Whatever stands around it."""
    text = f"> See https://desk.example/case/{TOKEN}>, or HTTPS://DESK.EXAMPLE/CASE/{TOKEN.upper()}"

    assert "> See https://desk.example/case/…>, or HTTPS://DESK.EXAMPLE/CASE/…" == without_links(
        text
    )
    assert "/case/12" == without_links("/case/12")


@pytest.mark.parametrize(
    "link",
    [
        "https://guard.example/?url=https%3A%2F%2Fdesk.example%2F{page}%2F{token}&data=05",
        "https://guard.example/?a=https%253A%252F%252Fdesk.example%252f{page}%252f{token}%2526b",
        "https://guard.example/v2/url?u=https-3A__desk.example_{page}_{dashed}&d=DwM",
        "https://guard.example/v3/__https://desk.example/{page}/{token}__;!!b",
    ],
)
def test_links_within_the_links_of_a_guard_are_left_out_too(link: str) -> None:
    """Mailboxes are guarded by programs that rewrite what is in a mail before it is quoted."""
    for page, token in (("case", TOKEN), ("feedback", token_of(b"s" * SECRET_BYTES))):
        dashed = token.replace("-", "-2D")
        text = f"> <{link.format(page=page, token=token, dashed=dashed)}>"

        told = without_private(text)

        assert token not in told
        assert dashed not in told
        assert len(text) - len(token) - 10 < len(told)
