"""What goes on the wire as it is, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.courier import wire
from gateway.courier.outlet import readable


@pytest.mark.parametrize(
    "address",
    ["a@b.example", "Jan.De-Vries+x@b.example", "o'neil/x=1@b.example", "jürgen@b.example"],
)
def test_a_clean_address_goes_as_it_is(address: str) -> None:
    """Nothing is changed, not even its case."""
    assert address == wire.path(address)


def test_a_domain_goes_in_ascii() -> None:
    """A domain outside ASCII is written as every MSA understands it."""
    assert "jan@xn--mnchen-3ya.example" == wire.path("jan@münchen.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b.example",
        " a@b.example",
        "a@b.example ",
        "a@b.example\r\n",
        "a@b>\r\nRCPT TO:<evil@x.example",
        "a@b.example> SIZE=1",
        "<a@b.example>",
        "a@b.example, c@d.example",
        "Jan <a@b.example>",
        'a"b@c.example',
        '"a b"@c.example',
        "a(b)@c.example",
        "a\x00@b.example",
        "a\u2028@b.example",
        "a@[127.0.0.1]",
        f"{'a' * 250}@b.example",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    """It is never cut down to something that looks right."""
    with pytest.raises(ValueError, match=r"\w"):
        wire.path(address)


@given(st.text(max_size=40))
def test_no_address_can_hold_a_second_command(address: str) -> None:
    """Whatever is accepted is one word without brackets, and the same word but for its domain."""
    try:
        path = wire.path(address)
    except ValueError:
        return
    assert not any(c in path for c in "<>\r\n \t")
    assert address.rpartition("@")[0] == path.rpartition("@")[0]


@given(st.lists(st.binary(max_size=6).filter(lambda line: not set(line) & {10, 13}), max_size=8))
def test_the_text_ends_only_where_it_ends(lines: list[bytes]) -> None:
    """No line is a lone dot, and taking away the first dot of each gives the mail again."""
    content = b"".join(line + b"\r\n" for line in lines)
    stuffed = wire.text(content).split(b"\r\n")
    assert b"." not in stuffed
    assert content == b"\r\n".join(line.removeprefix(b".") for line in stuffed)


def test_a_last_line_is_ended() -> None:
    """SMTP knows whole lines only."""
    assert b"a\r\nb\r\n" == wire.text(b"a\r\nb")


@pytest.mark.parametrize(
    "content", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n", b"a\r\r\n", b"\n", b"a\r"]
)
def test_a_lone_cr_or_lf_is_refused(content: bytes) -> None:
    """Two readers could see two mails in it."""
    with pytest.raises(ValueError, match="CR or LF"):
        wire.text(content)


def test_replies_are_one_line_for_people() -> None:
    """Controls become blanks, what is no UTF-8 is replaced, and 500 characters are enough."""
    assert "250 a b \ufffd" == readable(b"250 a\r\nb\x00 \xff")
    assert 500 == len(readable("x" * 9999))
