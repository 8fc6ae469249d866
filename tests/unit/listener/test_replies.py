"""How replies look on the wire."""

import pytest

from gateway.listener import replies
from gateway.listener.replies import Reply

ALL = [reply for reply in vars(replies).values() if isinstance(reply, Reply)]


@pytest.mark.parametrize("reply", ALL, ids=lambda reply: reply.text)
def test_a_status_agrees_with_its_code(reply: Reply) -> None:
    """Every reply but 354 has an enhanced status code, of the class of its code."""
    assert (reply.code == 354) == (reply.status == "")
    expected = {2: "2", 3: "", 4: "4", 5: "5"}[reply.code // 100]
    assert expected == reply.status[:1]
    assert (reply.code in {221, 421}) == reply.ends


@pytest.mark.parametrize("number", [1, 2, 40, 100, 1000])
def test_accepted_ids_fit_on_a_line(number: int) -> None:
    """RFC 5321 section 4.5.3.1.5: 512 bytes; what is left out is counted."""
    ids = tuple(range(10**9, 10**9 + number))
    text = bytes(replies.accepted(ids))
    assert len(text) <= 512
    words = text.decode().split()
    shown = [word for word in words if word.isdigit() and len(word) == 10]
    left_out = int(words[-2]) if words[-1] == "more" else 0
    assert number == len(shown) + left_out


def test_more_lines() -> None:
    """All lines but the last have a hyphen."""
    assert b"250-mx\r\n250-A\r\n250 B\r\n" == bytes(Reply(250, "", "mx", ("A", "B")))
