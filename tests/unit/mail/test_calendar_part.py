"""Calendar parts: what they are for, and their event as a few lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.format import calendar_part
from gateway.mail.parse import content, parse
from lib.mails import assert_sound, mail_bytes, multipart

EVENT = (
    "BEGIN:VEVENT\r\n"
    "DTSTART;TZID=Own Zone:20261102T100000\r\n"
    "DTEND;TZID=Own Zone:20261102T113000\r\n"
    "SUMMARY:Review\\, part 2\r\n"
    "LOCATION:Room 5\r\n"
    'ORGANIZER;CN="Jan":MAILTO:jan@klant.example\r\n'
    "DESCRIPTION:Bring\\nth\r\n e plans.\r\n"
    "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"
    "END:VEVENT\r\n"
)
CALENDAR = f"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n{EVENT}END:VCALENDAR\r\n"
SUMMARY = (
    "Review, part 2\n2026-11-02 10:00 \u2013 11:30 Own Zone\nRoom 5\nJan <jan@klant.example>\n\n"
    "Bring\nthe plans."
)


def summary(event: str) -> str:
    """Give the lines of an event that is alone in its calendar."""
    return calendar_part.summary(event.encode(), "")


def test_an_event_alone_is_read_as_text() -> None:
    """A mail that is only an event has its lines as text, and the event as an attachment."""
    raw = mail_bytes(Content_Type="text/calendar; method=request", body=CALENDAR)
    mail = parse(raw)
    assert SUMMARY == mail.text
    assert "REQUEST" == mail.calendar_method
    assert [("invite.ics", "text/calendar")] == [(a.name, a.media_type) for a in mail.attachments]
    assert CALENDAR.encode() == content(raw, mail.attachments[0])


def test_an_event_beside_a_text_is_an_attachment() -> None:
    """Where people wrote a text, it stays what they wrote."""
    mail = parse(
        multipart(
            "\r\nSee you", f"Content-Type: text/calendar\r\n\r\n{CALENDAR}", kind="alternative"
        )
    )
    assert ("See you", "REQUEST") == (mail.text, mail.calendar_method)
    assert ["invite.ics"] == [a.name for a in mail.attachments]


def test_an_event_beside_nothing_is_read() -> None:
    """An empty page is no text; an answer to an invitation says nothing of its own."""
    part = f"Content-Type: text/calendar\r\n\r\n{CALENDAR}"
    empty = "Content-Type: text/html\r\n\r\n<html><body><p>&nbsp;</p></body></html>"
    assert SUMMARY == parse(multipart(empty, part, kind="alternative")).text
    answer = parse(multipart(empty, part.replace("REQUEST", "REPLY"), kind="alternative"))
    assert ("", "REPLY") == (answer.text, answer.calendar_method)


@pytest.mark.parametrize(
    ("declared", "calendar", "expected"),
    [
        ("request", "METHOD:REPLY\r\n", "REPLY"),
        ("request", "BEGIN:VCALENDAR\r\n", "REQUEST"),
        ("", "BEGIN:VCALENDAR\nmethod : cancel\n", "CANCEL"),
        ("text/calendar", "", ""),
        ("\u00e4", "", ""),
        ("", "X-METHOD:REPLY", ""),
    ],
)
def test_methods(declared: str, calendar: str, expected: str) -> None:
    """The calendar's own method counts before the one that the part declares."""
    assert expected == calendar_part.method(declared, calendar.encode())


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (EVENT.replace("20261102T1130", "20261103T1130"), "10:00 \u2013 2026-11-03 11:30 Own Zone"),
        (EVENT.replace("TZID=Own Zone", "TZID=Europe/Paris"), "10:00 \u2013 11:30 Europe/Paris"),
        (EVENT.replace("TZID=Own Zone", "TZID=FLE Standard Time"), "\u2013 11:30 Europe/"),
        (EVENT.replace(";TZID=Own Zone", "").replace("00\r\n", "00Z\r\n"), "\u2013 11:30 UTC"),
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261102\nEND:VEVENT", "2026-11-02"),
        (
            "BEGIN:VEVENT\nDTSTART:20261102\nDTEND:20261105\nEND:VEVENT",
            "2026-11-02 \u2013 2026-11-04",
        ),
        ("BEGIN:VTODO\nDUE:20261105T120000\nSUMMARY:Pay\nEND:VTODO", "Pay"),
        (EVENT.replace("20261102T100000", "tomorrow"), "Review, part 2\nRoom 5\nJan"),
        (EVENT.replace("SUMMARY", "SUMM ARY"), "10:00 \u2013 11:30 Own Zone\nRoom 5"),
        (EVENT.replace("MAILTO:", ""), "Jan <jan@klant.example>"),
    ],
)
def test_what_an_event_says(event: str, expected: str) -> None:
    """Time zones are named as far as they are known; what is broken is left out."""
    assert expected in summary(event)


@pytest.mark.parametrize("calendar", ["", "BEGIN:VEVENT", "BEGIN:VCALENDAR\nEND:VCALENDAR", "x"])
def test_no_event(calendar: str) -> None:
    """What holds no event says nothing."""
    assert "" == summary(calendar)


_LINES = st.lists(
    st.one_of(
        st.sampled_from(EVENT.splitlines()),
        st.sampled_from(["BEGIN:VEVENT", "DTSTART:9", "DTEND;X=\ud800:1", "ORGANIZER;CN=x:\x00"]),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(_LINES)
def test_any_event(lines: list[str]) -> None:
    """Whatever stands in an event, a mail with it is read."""
    body = "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])
    raw = b"From: a@b.example\r\nContent-Type: text/calendar\r\n\r\n"
    assert_sound(parse(raw + body.encode("utf-8", "surrogatepass")))
