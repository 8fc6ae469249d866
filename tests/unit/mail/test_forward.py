"""Forwards: whose mail it was, when, and what it said, in the forms of mail programs."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from gateway.mail import parse
from gateway.mail.forward import Forwarded, forwarded
from gateway.mail.forwarding.text import inline_original
from gateway.mail.model import Mailbox

JAN = Mailbox("Jan Jansen", "jan@klant.example")
WHEN = datetime(2026, 11, 2, 8, 12, tzinfo=UTC)
SECONDS = 5
TEXT = "Nothing prints.\n\nJan"

# What each language has in the templates below.
KEYS = [
    *("prefix", "from", "sent", "date", "subject", "to", "forwarded", "apple", "original"),
    *("gmail_date", "sent_date", "long_date", "short_date"),
]
LANGUAGES = {
    "en": "FW:|From|Sent|Date|Subject|To|Forwarded Message|Begin forwarded message|"
    "Original message|Mon, Nov 2, 2026 at 9:12 AM|Monday, November 2, 2026 9:12 AM|"
    "2 November 2026 at 10:12:00 GMT+2|11/2/26 9:12 AM",
    "de": "WG:|Von|Gesendet|Datum|Betreff|An|Weitergeleitete Nachricht|"
    "Anfang der weitergeleiteten Nachricht|Ursprüngliche Nachricht|"
    "Mo., 2. Nov. 2026 um 09:12 Uhr|Montag, 2. November 2026 09:12|"
    "2. November 2026 um 09:12:00 MEZ|02.11.26 09:12",
    "nl": "Doorst:|Van|Verzonden|Datum|Onderwerp|Aan|Doorgestuurd bericht|"
    "Begin doorgestuurd bericht|Oorspronkelijk bericht|ma 2 nov. 2026 om 09:12|"
    "maandag 2 november 2026 09:12|2 november 2026 om 09:12:00 CET|02-11-2026 09:12",
    "fi": "VL:|Lähettäjä|Lähetetty|Päivämäärä|Aihe|Vastaanottaja|Edelleenlähetetty viesti|"
    "Välitetty viesti alkaa|Alkuperäinen viesti|ma 2. marrask. 2026 klo 9.12|"
    "maanantai 2. marraskuuta 2026 9.12|2. marraskuuta 2026 klo 10.12.00 UTC+2|2.11.2026 9.12",
    "fr": "TR :|De |Envoyé |Date|Objet |À |Message transféré|Début du message réexpédié |"
    "Message d'origine|lun. 2 nov. 2026 à 09:12|lundi 2 novembre 2026 09:12|"
    "2 novembre 2026 à 09:12:00 UTC+1|02/11/2026 09:12",
    "sv": "VB:|Från|Skickat|Datum|Ämne|Till|Vidarebefordrat meddelande|Vidarebefordrat mejl|"
    "Originalmeddelande|mån 2 nov. 2026 kl 09:12|den 2 november 2026 09:12|"
    "2 november 2026 kl. 09:12:00 CET|2026-11-02 09:12",
    "es": "RV:|De|Enviado el|Fecha|Asunto|Para|Mensaje reenviado|Inicio del mensaje reenviado|"
    "Mensaje original|lun, 2 nov 2026 a las 9:12|lunes, 2 de noviembre de 2026 9:12|"
    "2 de noviembre de 2026, 9:12:00 CET|2/11/26 9:12",
}
PROGRAMS = {
    "gmail": """---------- Forwarded message ---------
{from}: Jan Jansen <jan@klant.example>
Date: {gmail_date}
Subject: Printer
To: Anna <anna@desk.example>


{text}
""",
    "outlook": """________________________________
{from}: Jan Jansen <jan@klant.example<mailto:jan@klant.example>>
{sent}: {sent_date}
{to}: Anna <anna@desk.example>
{subject}: Printer

{text}
""",
    "outlook, bold": """
*{from}:* Jan Jansen [mailto:jan@klant.example]
*{sent}:* {sent_date}
*{to}:* anna@desk.example
*{subject}:* Printer

{text}
""",
    "outlook, paragraphs": """-----{original}-----

{from}: Jan Jansen <jan@klant.example>

{sent}: {sent_date}

{to}: anna@desk.example; berta@desk.example

{subject}: Printer

{text}
""",
    "apple": """> {apple}:
>
> {from}: Jan Jansen <jan@klant.example>
> {subject}: Printer
> {date}: {long_date}
> {to}: anna@desk.example
>
> {quoted}
>
""",
    "mailmate": """{apple}:

> {from}: Jan Jansen <jan@klant.example>
> {date} : {long_date}
> {to}: anna@desk.example
> {subject}: Printer
>
>
> {quoted}
""",
    "new outlook": """{from}: Jan Jansen <jan@klant.example>
{date}: {sent_date}
{to}: anna@desk.example <anna@desk.example>
{subject}: Printer
{text}
""",
    "gmx": """{sent}: {sent_date}
{from}: "Jan Jansen" <jan@klant.example>
{to}: anna@desk.example
{subject}: Printer

{text}
""",
    "mutt": """----- Forwarded message from Jan Jansen <jan@klant.example> -----

Date: Mon, 2 Nov 2026 09:12:00 +0100
From: Jan Jansen <jan@klant.example>
To: anna@desk.example
Subject: Printer
User-Agent: Mutt/2.2
X-Mailer: {original}

{text}

----- End forwarded message -----
""",
    "thunderbird": """-------- {forwarded} --------
{subject}: \tPrinter
{date}: \tMon, 2 Nov 2026 09:12:00 +0100
{from}: \tJan Jansen <jan@klant.example>
{to}: \tanna@desk.example



{text}
""",
    "yahoo": """   ----- {forwarded} ----- {from}: Jan Jansen <jan@klant.example>{to}: \
"anna@desk.example" <anna@desk.example>{sent}: {long_date}{subject}: Printer
 {text}
""",
    "zoho": """============ {forwarded} ============
{from} : Jan Jansen <jan@klant.example>
{to} : <anna@desk.example>
{date} : {long_date}
{subject} : Printer
============ {forwarded} ============

{text}
""",
    "samsung": """-------- {original} --------
{from}: Jan Jansen <jan@klant.example>
{date}: {short_date} (GMT+01:00)
{to}: anna@desk.example
{subject}: Printer

{text}
""",
    "wrapped": """> ---------- {forwarded} ----------
> {from}:
> "Jan Jansen"
> <jan@klant.example>
> {to}: Anna Andersson of the desk <anna@desk.example>, Berta Bertasson of the
> desk <berta@desk.example>,
> Carla <carla@desk.example>
> {date}: {long_date}
> {subject}: Printer
>
> {quoted}
""",
}


def read(body: str, subject: str = "Fwd: Printer", **more: str) -> Forwarded | None:
    """Read a mail of Anna's with this text."""
    header = {
        "From": "Anna <anna@desk.example>",
        "To": "support@desk.example",
        "Subject": subject,
        "Date": "Tue, 3 Nov 2026 10:00:00 +0100",
        "Message-ID": "<2@desk.example>",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    raw = "".join(f"{name}: {value}\n" for name, value in header.items()) + "\n" + body
    return forwarded(parse.parse(raw.encode()), raw.encode())


def written(program: str, language: str = "en") -> str:
    """Write the forwarded mail as a program does in a language."""
    words = dict(zip(KEYS, LANGUAGES[language].split("|"), strict=True))
    return PROGRAMS[program].format(**words, text=TEXT, quoted=TEXT.replace("\n", "\n> "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_inline_in_each_language_by_each_program(language: str, program: str) -> None:
    """Author, date in UTC, subject, id and text of the original, and the forwarder's own words."""
    prefix = LANGUAGES[language].partition("|")[0]
    found = read(
        f"For you.\n\n{written(program, language)}",
        f"{prefix} Printer",
        References="<0@klant.example> <1@klant.example>",
    )
    original = "<1@klant.example>"
    assert Forwarded(JAN, WHEN, "Printer", original, TEXT, (), "For you.", whole=False) == found


@pytest.mark.parametrize(
    "line",
    [
        '"Jan Jansen" <jan@klant.example> kirjoitti 2/11/2026 9.12:',
        "On 2/11/2026, 09:12, Jan Jansen\n<jan@klant.example> wrote:",
        'Am 02.11.26, 09:12 schrieb "Jan Jansen" <jan@klant.example>:',
        'Den 2/11/2026 09:12 skrev "Jan Jansen" <jan@klant.example> följande:',
        "Le 2/11/2026 09:12, « Jan Jansen » <jan@klant.example> a écrit :",
        "Op 02/11/2026 09:12 heeft Jan Jansen <jan@klant.example> geschreven:",
    ],
)
def test_outlook_for_mac_forwards_with_an_answers_line(line: str) -> None:
    """Only the subject says that it is a forward; its text is indented by four blanks."""
    body = f"For you.\n\n{line}\n\n    Nothing prints.\n\n    Jan\n"
    found = read(body, "FW: Printer")
    assert found is not None
    assert (JAN, WHEN, "Printer") == (found.author, found.date, found.subject)
    assert (TEXT, "For you.") == (found.text, found.comment)
    assert read(body, "Re: Printer") is None


@pytest.mark.parametrize("program", ["outlook", "outlook, bold", "samsung"])
@pytest.mark.parametrize("subject", ["Re: Printer", "Printer", "AW: WG: Printer", "VS: Printer"])
def test_a_quoted_header_without_a_forwards_subject_is_an_answer(
    program: str, subject: str
) -> None:
    """Outlook puts the same block above what is answered."""
    assert read(f"Thanks!\n\n{written(program)}", subject) is None


@pytest.mark.parametrize(
    "answered",
    [
        "Fixed.\n\nOn Mon, 2 Nov 2026 at 09:12, Jan <jan@klant.example> wrote:\n> FYI\n>\n",
        "Fixed.\n\nOn Mon, 2 Nov 2026 at 09:12, Jan\n<jan@klant.example> wrote:\n\nFYI\n\n",
        "> It does not print.\n\nFixed.\n",
        "Fixed.\n\nFrom: Jan <jan@klant.example>\nSent: 2 November 2026 09:12\nSubject: x\n\nFYI\n",
    ],
)
def test_an_answer_to_a_forward_is_an_answer(answered: str) -> None:
    """What was forwarded earlier in a conversation is not forwarded by its answer."""
    assert read(answered + written("gmail"), "Re: Printer") is None


def test_a_line_that_says_so_needs_no_subject() -> None:
    """People write a subject of their own over what they forward."""
    found = read(written("gmail"), "New customer has a problem")
    assert found is not None
    assert ("Printer", "", TEXT) == (found.subject, found.comment, found.text)


def test_of_a_forward_of_a_forward_the_outermost_counts() -> None:
    """Its author is who wrote to the forwarder; the rest is text."""
    inner = written("gmail").replace("Jan Jansen <jan@", "Piet <piet@")
    found = read(written("gmail").replace(TEXT, inner))
    assert found is not None
    assert JAN == found.author
    assert found.text.startswith("---------- Forwarded message")


def test_what_the_forwarder_wrote_below_is_theirs() -> None:
    """Below what is quoted, and below the line that ends the forward."""
    below = read(written("apple") + "\nGreetings,\nAnna\n")
    ended = read(f"{written('gmail')}\n----- End forwarded message -----\nGreetings,\nAnna\n")
    for found in (below, ended):
        assert found is not None
        assert (TEXT, "Greetings,\nAnna") == (found.text, found.comment)


def test_who_is_meant_by_a_line_with_two_addresses() -> None:
    """On behalf of, and a list that writes in its own name."""
    line = "From: Jan Jansen <jan@klant.example>"
    gmail = written("gmail")
    proxy = read(
        gmail.replace(line, "From: assistant@klant.example on behalf of <jan@klant.example>")
    )
    listed = "From: 'Jan' via Info <info@list.example>\nReply-To: Jan Jansen <jan@klant.example>"
    by_list = read(gmail.replace(line, listed))
    assert proxy is not None
    assert JAN.address == proxy.author.address
    assert by_list is not None
    assert JAN == by_list.author


def test_an_empty_subject() -> None:
    """It is not the first line of the text."""
    for gap in ("\n", ""):
        body = f"From: jan@klant.example\nSent: 2 Nov 2026 09:12\nTo: x\nSubject:\n{gap}Hello\n"
        found = read(body, "FW: ")
        assert found is not None
        assert ("", "Hello") == (found.subject, found.text)


def test_an_address_is_taken_whole() -> None:
    """An apostrophe is part of it, apostrophes around it are not."""
    line = "From: Jan Jansen <jan@klant.example>"
    for wrote in ("'O\\'Brien' <o'brien@klant.example>", "'o'brien@klant.example'"):
        found = read(written("gmail").replace(line, f"From: {wrote}"))
        assert found is not None
        assert "o'brien@klant.example" == found.author.address


@pytest.mark.parametrize(
    "sender",
    [
        "Jan Jansen",
        "Mail Delivery Subsystem <MAILER-DAEMON@x.example>",
        "<>",
        "a@b@c",
        "x <a b@c>, @",
    ],
)
def test_nobody_to_open_a_case_for(sender: str) -> None:
    """Without an address, or with a mail server's, the mail stays the forwarder's."""
    body = written("outlook").replace(
        "Jan Jansen <jan@klant.example<mailto:jan@klant.example>>", sender
    )
    assert read(body, "FW: Printer") is None


def test_a_date_that_cannot_be_read_is_none() -> None:
    """Also one that lies after the forward."""
    unreadable = read(written("gmail").replace("Nov 2, 2026", "Smarch 2"))
    later = read(written("gmail").replace("Nov 2, 2026", "Nov 22, 2026"))
    assert unreadable is not None
    assert later is not None
    assert (None, None) == (unreadable.date, later.date)


def test_the_forwarders_clock_is_used_where_no_zone_is_written() -> None:
    """Mail programs write dates in the zone of their reader, without saying so."""
    for zone, hours in (("-0800", -8), ("+0530", 5.5), ("GMT", 0), ("", 0)):
        found = read(written("gmail"), Date=f"Tue, 3 Nov 2026 12:00:00 {zone}")
        assert found is not None
        assert WHEN + timedelta(hours=1) - timedelta(hours=hours) == found.date


ENCLOSED = """From: Jan Jansen <jan@klant.example>
To: anna@desk.example
Subject: Printer
Date: Mon, 2 Nov 2026 09:12:00 +0100
Message-ID: <1@klant.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=inner

--inner
Content-Type: text/plain

Nothing prints.

Jan
--inner
Content-Type: text/csv; name=report.csv
Content-Disposition: attachment; filename=report.csv
Content-Transfer-Encoding: base64

YTtiCg==
--inner--
"""


def enclosing(
    enclosed: str = ENCLOSED,
    *,
    subject: str = "Fwd: Printer",
    comment: str = "For you.",
    kind: str = "mixed",
    part: str = "message/rfc822",
) -> tuple[Forwarded | None, bytes]:
    """Read a mail of Anna's that encloses another one; give its raw bytes with it."""
    raw = f"""From: Anna <anna@desk.example>
To: support@desk.example
Subject: {subject}
Date: Tue, 3 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/{kind}; boundary=outer

--outer
Content-Type: text/plain

{comment}
--outer
Content-Type: {part}
Content-Disposition: attachment; filename="mail.eml"

{enclosed}
--outer--
""".encode()
    return forwarded(parse.parse(raw), raw), raw


def test_as_an_attachment() -> None:
    """The enclosed mail's own header counts; its attachments are found in the outer mail."""
    found, raw = enclosing()
    assert found is not None
    report, mail = found.attachments
    expected = Forwarded(
        JAN, WHEN, "Printer", "<1@klant.example>", TEXT, (report, mail), "For you.", whole=True
    )
    assert expected == found
    assert ("report.csv", "text/csv", 4) == (report.name, report.media_type, report.size)
    assert b"a;b\n" == parse.content(raw, report)
    assert parse.content(raw, mail).startswith(b"From: Jan")


@pytest.mark.parametrize(
    "subject", ["", "Look at this", "Fwd: Printer", "[Fwd: Printer]", "Printer (fwd)"]
)
def test_an_enclosed_mail_with_little_text_is_a_forward(subject: str) -> None:
    """Whatever the subject, as long as it is no answer."""
    assert enclosing(subject=subject)[0] is not None


def test_an_enclosed_mail_beside_what_somebody_has_to_say_is_an_attachment() -> None:
    """Unless the subject says that it is a forward."""
    assert enclosing(subject="Re: Printer")[0] is None
    assert enclosing(subject="Three questions", comment="Why? " * 300)[0] is None
    assert enclosing(subject="Fwd: Printer", comment="Why? " * 300)[0] is not None


def test_what_is_enclosed_and_was_not_forwarded() -> None:
    """A returned mail, a mail without a clean author, a mail server's, and two at once."""
    assert enclosing(kind="report")[0] is None
    assert enclosing(ENCLOSED.replace("From: Jan Jansen", "From: x@y.example,"))[0] is None
    assert enclosing(ENCLOSED.replace("jan@klant", "mailer-daemon@klant"))[0] is None
    assert enclosing(f"{ENCLOSED}\n--outer\nContent-Type: message/rfc822\n\n{ENCLOSED}")[0] is None


def test_a_mail_that_is_only_named_as_one() -> None:
    """Some programs send a mail as a file of no type in particular."""
    found, _ = enclosing(part="application/octet-stream")
    assert found is not None
    assert (JAN, ["mail.eml"]) == (found.author, [item.name for item in found.attachments])


@pytest.mark.parametrize(
    "unit",
    [
        *("From: a@b.example\n", "> ", "-----Original Message-----\n", "_" * 32 + "\n", "*" * 50),
        *("---------- Forwarded message ---------\n", "On 1 ", "wrote: ", "> wrote:\n", "From:"),
        *("----- Forwarded Message ----- From: a@b.example", "To: a@b.example,\n", "\n", " 1:\n"),
        *("From: a@b.example\nSent: 1\nTo: b\n", "On 1\n@\n<a@b.example>\nwrote:\n", "    \n> \n"),
    ],
)
def test_a_mebibyte_of_anything_is_read_at_once(unit: str) -> None:
    """Every scan is linear and bounded."""
    text = unit * (1024 * 1024 // len(unit))
    start = time.process_time()
    for subject in ("Fwd: x", "Re: x"):
        inline_original(text, subject)
        inline_original(f"{written('gmail')}{text}", subject)
        inline_original(f"{written('apple')}{text}", subject)
    assert time.process_time() - start < SECONDS
