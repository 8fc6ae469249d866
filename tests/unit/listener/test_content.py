"""The bytes between DATA and the final dot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.listener import replies
from gateway.listener.content import Decoder
from servers.dialog import stuffed

LARGE = 10**6


def decoded(
    chunks: list[bytes], size: int = LARGE, line: int = LARGE
) -> tuple[Decoder, bytes, bytes]:
    """Feed chunks up to the end; the decoder, the content, and what follows the end."""
    decoder, content = Decoder(size, line), b""
    for number, chunk in enumerate(chunks):
        piece, rest = decoder.feed(chunk)
        content += piece
        if decoder.ended:
            return decoder, content, rest + b"".join(chunks[number + 1 :])
    return decoder, content, b""


LINES = st.lists(
    st.one_of(st.sampled_from([b"", b".", b"..", b".x", b"text"]), st.binary(max_size=6)),
    max_size=8,
).map(
    lambda lines: b"".join(line.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n" for line in lines)
)


@given(content=LINES, rest=st.sampled_from([b"", b"QUIT\r\n", b".\r\n"]), data=st.data())
def test_a_mail_comes_out_as_it_was_meant(content: bytes, rest: bytes, data: st.DataObject) -> None:
    """However the network cuts it: content without stuffing, commands behind it untouched."""
    wire = stuffed(content) + rest
    cuts = sorted(data.draw(st.sets(st.integers(0, len(wire)), max_size=6)))
    chunks = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True) if a < b]
    decoder, got, after = decoded(chunks)
    assert (None, True, content, rest) == (decoder.fault, decoder.ended, got, after)
    assert (len(content), len(wire) - len(rest)) == (decoder.size, decoder.wire)


@pytest.mark.parametrize("content", [b"", b".\r\n", b"a\r\n.\r\nb\r\n", b"..\r\n.x\r\n"])
def test_the_end_may_be_cut_anywhere(content: bytes) -> None:
    """Every position of a cut, and every byte alone."""
    wire = stuffed(content) + b"NOOP\r\n"
    for at in range(1, len(wire)):
        assert (content, b"NOOP\r\n") == decoded([wire[:at], wire[at:]])[1:]
    assert (content, b"NOOP\r\n") == decoded([wire[n : n + 1] for n in range(len(wire))])[1:]


@pytest.mark.parametrize(
    "smuggled",
    [
        b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\n\n.\r\n",
        b"\r\r\n.\r\n",
        b"\r\n\x00.\r\n\n", b"\r\n.\r\r\n", b"\r", b"\n",
    ],
)  # fmt: skip
def test_only_crlf_ends_a_line(smuggled: bytes) -> None:
    """A bare CR or LF is a fault wherever it is cut, and hides no end of the mail."""
    wire = b"a" + smuggled + b"MAIL FROM:<evil@b.example>\r\n.\r\n"
    for at in range(1, len(wire)):
        decoder, _, rest = decoded([wire[:at], wire[at:]])
        assert replies.BARE_NEWLINE == decoder.fault
        end = wire.index(b"\r\n.\r\n") + 5
        assert wire[end:] == rest


@given(lengths=st.lists(st.integers(0, 12), max_size=6), step=st.integers(1, 40))
def test_a_line_has_its_limit(lengths: list[int], step: int) -> None:
    """A line of the limit is taken, a longer one is a fault, wherever chunks end."""
    wire = b"".join(b"x" * n + b"\r\n" for n in lengths) + b".\r\n"
    decoder, _, _ = decoded([wire[n : n + step] for n in range(0, len(wire), step)], line=10)
    expected = replies.CONTENT_LINE_TOO_LONG if any(n > 10 for n in lengths) else None
    assert expected == decoder.fault
    assert decoder.ended


@pytest.mark.parametrize(("size", "fault"), [(100, None), (101, replies.MAIL_TOO_LARGE)])
def test_a_mail_has_its_size(size: int, fault: replies.Reply | None) -> None:
    """A mail of the limit is taken, one byte more is too large; stuffed dots don't count."""
    content = b".\r\n" * 20 + b"x" * (size - 62) + b"\r\n"
    decoder, got, _ = decoded([stuffed(content)], size=100)
    assert fault == decoder.fault
    assert (content if fault is None else b"") == got


def test_draining_has_an_end() -> None:
    """Twice the size of what can be taken is read, and no more."""
    decoder = Decoder(100, LARGE)
    for _ in range(20):
        assert not decoder.exhausted
        decoder.feed(b"x" * 10)
    decoder.feed(b"x")
    assert decoder.exhausted
