"""The header block as bytes: what begins a mail, what ends its head, and the limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.format import prescan
from gateway.mail.format.prescan import (
    first_message_id,
    leading_fields,
    message_id,
    message_ids,
    read_block,
    received_hops,
    with_line_feeds,
)


def names(raw: bytes) -> list[str]:
    """Give the names of the fields that are found."""
    return [field.name for field in read_block(raw).fields]


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a\r\nTo: b\r\n\r\nbody",
        b"From: a\nTo: b\n\nbody",
        b"\r\n\r\nFrom: a\r\nTo: b\r\n\r\nbody",
        b"From x@y Mon Nov  2 10:00:00 2026\nFrom: a\nTo: b\n\nbody",
        b">From x@y Mon Nov  2 10:00:00 2026\nFrom: a\nTo: b\n\nbody",
        b"this is no header field\nFrom: a\nTo: b\n\nbody",
        b"FROM : a\r\ntO\t: b\r\n\r\nbody",
        b"From: a\r\n folded\r\n\tagain\r\nTo: b\r\n\r\nbody",
        b"From: a\r\n \r\n x: y\r\nTo: b\r\n\r\nbody",
        b"\xef\xbb\xbfFrom: a\nTo: b\n\nbody",
        b" \t\r\n \r\nFrom: a\r\nTo: b\r\n\r\nbody",
        b"From: a\nno field here\nTo: b\n\nbody",
        b"From: a\r\n\\tby a fold that lost its blank\r\nand more\r\nTo: b\r\n\r\nbody",
    ],
)
def test_where_the_head_begins_and_ends(raw: bytes) -> None:
    """Blank first lines, mbox separators and a stray first line do not hide the fields."""
    block = read_block(raw)
    assert ["from", "to"] == [field.name for field in block.fields]
    assert b"body" == raw[block.body :]


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"", b""),
        (b"\r\nonly a body: it says", b"only a body: it says"),
        (b"Just text.\nMore text.\n", b"Just text.\nMore text.\n"),
        (b"--b\nContent-Type: text/plain\n\nx", b"--b\nContent-Type: text/plain\n\nx"),
        (b"From: a\nno field here\nNote: b\n\nx", b"no field here\nNote: b\n\nx"),
        (b"From: a\nno field here\n\nTo: b", b"no field here\n\nTo: b"),
        (b"From: a\nno field here\n" + b"x\n" * 40 + b"To: b", None),
        (b"From: a\n--b\nContent-Type: text/plain\n\nx", b"--b\nContent-Type: text/plain\n\nx"),
        (b"From: a\r\n \r\nHello\r\nTo: b\r\n\r\nx", b"Hello\r\nTo: b\r\n\r\nx"),
        (b"From: a", b""),
    ],
)
def test_where_there_is_no_clear_head(raw: bytes, body: bytes | None) -> None:
    """A line that can be no field begins the body, and nothing is lost."""
    expected = raw.partition(b"\n")[2] if body is None else body
    assert expected == raw[read_block(raw).body :]


def test_stray_lines_stay_with_the_field_before_them() -> None:
    """Nothing of a header block is lost, and it is known from where on readers disagree."""
    block = read_block(b"Received: from a\n\\tby b\nFrom: c\n\nbody")
    assert b" from a\n\\tby b\n" == block.first("received")
    assert (1, ["received", "from"]) == (block.sound, [field.name for field in block.fields])


def test_a_parameter_may_have_lost_its_fold() -> None:
    """A line that goes on with the parameters of the field before it belongs to that field."""
    raw = b'Content-Type: multipart/mixed;\nboundary="b"\n\n--b'
    block = read_block(raw, top=False)
    assert (b' multipart/mixed;\nboundary="b"\n', 1000) == (block.fields[0].raw, block.sound)
    assert 1 == len(read_block(b"X: a;\nb=c\n\n").fields[0].raw.splitlines())


def test_the_head_of_a_part_goes_on_only_with_its_own_fields() -> None:
    """A part's text may begin without a blank line and hold anything."""
    raw = b"Content-Type: text/plain\nHello\nTo: b\n\nbye"
    assert b"Hello\nTo: b\n\nbye" == raw[read_block(raw, top=False).body :]


def test_a_bare_carriage_return_ends_no_line() -> None:
    """A field cannot be smuggled in behind a CR that other programs take for data."""
    assert ["subject", "to"] == names(b"Subject: x\rFrom: evil@bad.example\r\nTo: b\r\n\r\n")


def test_old_archives_end_lines_with_carriage_returns() -> None:
    """Where there is no LF at all, CR is the line end."""
    assert b"A: b\n\nc" == prescan.with_line_feeds(b"A: b\r\rc")
    assert b"A: b\r\n\rc" == prescan.with_line_feeds(b"A: b\r\n\rc")


def test_limits_of_the_block() -> None:
    """At the limit a block is read in full, beyond it the rest is left and the reason given."""
    fields = b"X: y\r\n" * prescan.MAX_FIELDS
    assert "" == read_block(fields + b"\r\nbody").problem
    assert "more than 1000 header fields" == read_block(fields + b"X: y\r\n\r\nbody").problem
    line = b"X: " + b"y" * 1019 + b"\r\n"
    assert 1024 == len(line)
    assert "" == read_block(line * 127 + b"\r\nbody").problem
    assert "header block over 131072 bytes" == read_block(line * 129 + b"\r\nbody").problem


def test_a_long_field_is_read_from_both_ends() -> None:
    """Of a field over the limit its start is read, and its end where the newest ids stand."""
    field = read_block(b"References: " + b"<a@b>\r\n " * 4000 + b"<z@z>\r\n\r\n").fields[0]
    assert not field.whole
    assert prescan.MAX_FIELD == len(field.value) == len(field.tail)
    assert field.tail.endswith(b"<z@z>\r\n")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", "<a@b>"),
        (b"MESSAGE-Id:\r\n <a@b>\r\n\r\n", "<a@b>"),
        (b"Message-ID: a@b\r\n\r\n", "<a@b>"),
        (b"Message-ID: <a@b> (comment)\r\n\r\n", "<a@b>"),
        (b"Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n\r\n", "<a@b>"),
        (b"Message-ID: <\r\n\r\n", ""),
        (b"Message-ID:\r\n\r\n", ""),
        (b"Message-ID: <\xe4@b>\r\n\r\n", ""),
        (b"Message-ID: <" + b"a" * 997 + b">\r\n\r\n", ""),
        (b"Message-ID: <" + b"a" * 996 + b">\r\n\r\n", "<" + "a" * 996 + ">"),
        (b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", ""),
        (b"", ""),
    ],
)
def test_first_message_id(head: bytes, expected: str) -> None:
    """The intakes learn a mail's id without parsing it."""
    assert expected == first_message_id(head)


def test_ids_are_printable() -> None:
    """Only what another program would send back is an id."""
    assert ("<a@b>", "<c@d>") == message_ids("x <a@b> <\u00e4@b><c@d> <a b> <<> <\x07@b>")


def test_received_hops() -> None:
    """Loops between hosts are seen by the number of Received fields."""
    assert 2 == received_hops(b"Received: a\r\n b\r\nreceived: c\r\nX: y\r\n\r\nReceived: d\r\n")


@given(st.binary())
def test_any_bytes(raw: bytes) -> None:
    """The scan never raises, and fields and body never overlap."""
    block = read_block(raw)
    assert 0 <= block.body <= len(raw)
    assert sum(len(field.raw) for field in block.fields) <= block.body
    first_message_id(raw)
    received_hops(raw)


_PIECES = (
    *("Message-ID:", "message-id :", " <a@b.example>", "<c@d.example>", "<e f>", "bare@g.example"),
    *(
        "Subject: x",
        "To:",
        "--",
        "From ",
        "stray",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        ":",
        "\u00e9",
        "x" * 201,
    ),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_the_first_message_id_is_that_of_the_block(pieces: list[str]) -> None:
    """However a mail begins, the quick way finds what reading the whole block does."""
    raw = "".join(pieces).encode("latin-1")
    expected = message_id(read_block(with_line_feeds(raw)).first("message-id"))
    assert expected == first_message_id(raw)


@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_the_leading_fields_are_those_of_the_block(pieces: list[str]) -> None:
    """Who asks for the first field of a mail reads it as whoever reads all of them."""
    raw = "".join(pieces).encode("latin-1")
    found = tuple(leading_fields(raw))
    assert read_block(raw).fields[: len(found)] == found


def test_the_leading_fields_end_where_something_else_stands() -> None:
    """What may go on with a stray line is not among them."""
    assert ["a", "b"] == [
        one.name for one in leading_fields(b"A: 1\nB: 2\n f\nC: 3\nstray\nTo: x\n")
    ]
