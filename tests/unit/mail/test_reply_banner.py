"""What a gateway or a telephone puts above the text of a mail."""

import time

import pytest

from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import FoldKind, new_text

ANSWER = "Hello,\n\nthe printer still fails.\n\nWhat shall I do now?"
QUOTATION = "On Mon, 2 Nov 2026 at 14:03, Desk <support@desk.example> wrote:\n> Please try again."
FORWARD = (
    "---------- Forwarded message ---------\nFrom: Anna <anna@klant.example>\n"
    "Date: Mon, 2 Nov 2026 14:03\nSubject: Printer\nTo: <jan@klant.example>\n\nIt is on fire."
)

BANNERS = {
    "english": (
        "CAUTION: This email originated from outside of the organization. Do not click links or\n"
        "open attachments unless you recognize the sender and know the content is safe."
    ),
    "external sender": "Warning: this message is from an EXTERNAL SENDER. Never open attachments.",
    "short": "EXTERNAL EMAIL: Do not open links or attachments from people you do not know.",
    "careful": "Attention! This e-mail was sent from an external source. Be careful with links.",
    "label": "[EXTERNAL]",
    "stars": "*** EXTERNAL EMAIL ***",
    "german label": "[Externe E-Mail]",
    "german": (
        "ACHTUNG: Diese E-Mail kommt von außerhalb der Firma. Klicken Sie auf keine Links und\n"
        "öffnen Sie keine Anhänge, wenn Sie den Absender nicht kennen."
    ),
    "dutch": (
        "Let op: deze e-mail komt van buiten de organisatie. Open geen bijlagen of links van een\n"
        "onbekende afzender."
    ),
    "finnish": (
        "VAROITUS: Tämä viesti on tullut organisaation ulkopuolelta. Älä avaa linkkejä tai\n"
        "liitteitä, ellet tunne lähettäjää."
    ),
    "french": (
        "ATTENTION : ce message provient de l'extérieur. Ne cliquez pas sur les liens et\n"
        "n'ouvrez pas les pièces jointes."
    ),
    "swedish": (
        "VARNING: Detta mejl kommer utanför organisationen ifrån. Klicka inte på länkar och\n"
        "öppna inte bilagor."
    ),
    "spanish": (
        "PRECAUCIÓN: Este correo procede de fuera de la organización. No haga clic en enlaces ni\n"
        "abra archivos adjuntos."
    ),
    "ruled": (
        "******************************\n"
        "External sender: do not reply to this mail unless you know who wrote it.\n"
        "******************************"
    ),
    "new sender": (
        "You don't often get email from jan@klant.example. Learn why this is important"
        "<https://aka.ms/LearnAboutSenderIdentification>"
    ),
    "new sender in german": (
        "Sie erhalten nicht oft eine E-Mail von jan@klant.example. Erfahren Sie, warum dies wichtig"
        " ist <https://aka.ms/LearnAboutSenderIdentification>"
    ),
    "two": "[EXTERNAL]\n\nWarning: this mail came from outside. Do not open any attachment.",
    "telephone": "Sent from my iPhone",
    "german telephone": "Gesendet mit meinem Android-Handy",
    "finnish telephone": "Lähetetty iPhonesta",
}


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS)
def test_what_stands_above_a_text_is_folded(banner: str) -> None:
    """It is folded on its own, and changes nothing about what is quoted below."""
    for text in (f"{banner}\n\n{ANSWER}\n", f"\n\n   {banner}\n\n{ANSWER}\n\n{QUOTATION}\n"):
        found = folds(text)
        assert ANSWER == new_text(text, found)
        assert FoldKind.SIGNATURE is found[0].kind


def test_a_text_may_follow_without_a_blank_line() -> None:
    """Only the sentences of the gateway are taken."""
    text = "Caution: This mail is from outside. Do not click on links.\nHello,\nit fails.\n"
    assert new_text(text, folds(text)) == "Hello,\nit fails."


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS)
def test_a_forward_below_a_banner_is_kept(banner: str) -> None:
    """A banner is nothing new above a forwarded mail, which is all that there is to read."""
    text = f"{banner}\n\n{FORWARD}"
    assert FORWARD == new_text(text, folds(text))


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS)
def test_a_banner_alone_is_kept(banner: str) -> None:
    """A mail is never folded away altogether."""
    assert new_text(banner, folds(banner))


@pytest.mark.parametrize(
    "beginning",
    [
        "Caution: the external link in your mail does not open on my telephone.",
        "Warning: this mail came from outside, shall I open the attachment?",
        "Attention: our external mail server refuses your attachments since Monday.",
        "External",
        "This message came from outside of our company and I do not know what it means.",
        "Your mail has a banner that says that it is from an external sender. Why is that so?",
        "Sent from my iPhone it works, from my desk it does not.",
        "Sent by mail yesterday.",
        "From my iPad I cannot log in",
        "Outlook for iOS does not start",
        "Sent from my iPhone\nit looks different.",
        "Achtung: Der externe Link auf Ihrer Seite funktioniert nicht.",
    ],
)
def test_what_people_begin_with_is_no_banner(beginning: str) -> None:
    """Who writes of warnings, links and telephones is read."""
    text = f"{beginning}\n\n{ANSWER}"
    assert text == new_text(text, folds(text))


@pytest.mark.parametrize(
    "text",
    [
        "Caution: this is from outside\n" * 20_000,
        "[EXTERNAL]\n" * 20_000,
        f"Caution {'external ' * 100_000}",
        "-----\n" * 20_000,
        ("---- " * 190 + "From: x\n") * 500,
    ],
)
def test_no_banner_takes_long(text: str) -> None:
    """Each is read within a second of the processor's time."""
    start = time.process_time()
    folds(text)
    assert 1 > time.process_time() - start
