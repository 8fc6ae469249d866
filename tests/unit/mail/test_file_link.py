"""Links to files: ours are read again, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.file_link import LONGEST_TOKEN, FileLink, FileLinks

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LINKS = FileLinks({"1": b"1" * 32, "2": b"2" * 32}, "2")
LINK = FileLink(12, 3, 0)


@given(st.integers(1, 10**17), st.integers(0, 999_999), st.integers(0, 999))
def test_a_link_is_read_again(spool: int, part: int, piece: int) -> None:
    """Until its time is over, to the second."""
    link = FileLink(spool, part, piece)
    token = LINKS.issue(link, NOW + DAY)
    assert link == LINKS.read(token, NOW)
    assert link == LINKS.read(token, NOW + DAY - timedelta(seconds=1))
    assert LINKS.read(token, NOW + DAY) is None
    assert len(token) <= LONGEST_TOKEN


def test_no_character_of_it_can_be_changed() -> None:
    """Neither the file, nor the time, nor the key."""
    token = LINKS.issue(LINK, NOW + DAY)
    for place in range(len(token)):
        for other in "0129abcz-":
            changed = token[:place] + other + token[place + 1 :]
            assert changed == token or LINKS.read(changed, NOW) is None


def test_an_older_key_still_reads_until_it_is_gone() -> None:
    """A ring is turned without breaking the links that are out."""
    token = FileLinks(LINKS.keys, "1").issue(LINK, NOW + DAY)
    assert LINK == LINKS.read(token, NOW)
    assert FileLinks({"2": b"2" * 32}, "2").read(token, NOW) is None


@pytest.mark.parametrize("token", ["", "1", "1-1-1-1-1-a", "-" * 60, "9" * 5000, "é-1-1-1-1-" * 9])
def test_what_is_no_token_is_no_link(token: str) -> None:
    """Whatever it is."""
    assert LINKS.read(token, NOW) is None


def test_keys_are_not_shown() -> None:
    """In no log, however the value gets there."""
    assert "1111" not in repr(LINKS)
