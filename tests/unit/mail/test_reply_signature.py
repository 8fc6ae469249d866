# ruff: noqa: RUF001  letters of many alphabets look alike
"""Signatures: of people, of their programs, of their companies."""

import pytest

from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import FoldKind, new_text

ANSWER = "I tried it and it still fails.\n\nWhat shall I do now?"

CLOSINGS = {
    "en": "Kind regards,",
    "en short": "Regards",
    "en thanks": "Thanks and best regards,",
    "de": "Mit freundlichen Grüßen",
    "de short": "MfG",
    "nl": "Met vriendelijke groet,",
    "nl short": "Mvg",
    "fi": "Ystävällisin terveisin",
    "fi short": "Terveisin,",
    "fr": "Cordialement,",
    "fr long": "Bien à vous,",
    "sv": "Med vänliga hälsningar",
    "sv short": "Mvh,",
    "es": "Saludos cordiales,",
    "es short": "Un saludo,",
    "da": "Med venlig hilsen",
    "no": "Med vennlig hilsen",
    "it": "Cordiali saluti,",
    "pt": "Atenciosamente,",
    "pl": "Pozdrawiam,",
    "cs": "S pozdravem",
    "place": "Viele Grüße aus Hamburg",
    "named": "Kind regards, Jan",
    "both": "Ystävällisin terveisin / Best regards",
}
NAMES = (
    "Jan Jansen",
    "Jan Jansen\nHead of Printing\nKlant Oy\n+358 9 1234 567\nhttps://klant.example/",
    "\nJan Jansen\n\nKlant Oy | Kanavakatu 1 | Helsinki\njan@klant.example",
)
PROGRAMS = [
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from my cell, please excuse any typos.",
    "Sent from Mail for Windows",
    "Sent from Yahoo Mail on Android",
    "Sent with Proton Mail secure email.",
    "Get Outlook for iOS<https://aka.example/o0ukef>",
    "Get Outlook for Android <https://aka.example/ghei36>",
    "(sent from a phone)",
    "<<sent by galaxy>>",
    "Von meinem iPhone gesendet",
    "Gesendet von meinem Samsung Galaxy Smartphone.",
    "Gesendet mit der GMX Mail App",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Outlook für iOS beziehen <https://aka.example/o0ukef>",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanaf mijn Galaxy",
    "Verzonden via Outlook voor iOS<https://aka.example/o0ukef>",
    "Lähetetty iPhonesta",
    "Lähetetty Samsung-laitteesta",
    "Hanki Outlook for Android",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon appareil Galaxy",
    "Envoyé à partir de Outlook pour iOS<https://aka.example/o0ukef>",
    "Télécharger Outlook pour Android",
    "Skickat från min iPhone",
    "Skickat från Outlook för iOS",
    "Enviado desde mi iPhone",
    "Obtener Outlook para Android",
    "Sendt fra min iPhone",
    "Inviato da iPhone",
    "Enviado do meu iPhone",
    "Wysłane z iPhone'a",
    "Отправлено с iPhone",
    "iPhoneから送信",
    "从我的iPhone发送",
    "나의 iPhone에서 보냄",
]


# What people type who have no accents at hand.
HURRIED = [
    *("Mit freundlichen Grussen,", "Freundliche Grüsse", "Viele Grusse", "Ystavallisin terveisin,"),
    *("Bien a vous,", "Tres cordialement", "Med vanlig halsning", "Abraco", "Z powazaniem"),
    *("Üdvozlettel", "S pratelskym pozdravem", "Med venlig hilsen", "Με εκτιμηση,"),
]


def check(signature: str, below: str = "") -> None:
    """A signature is folded as one, and only it."""
    text = f"{ANSWER}\n\n{signature}\n\n{below}"
    found = folds(text)
    assert ANSWER == new_text(text, found)
    assert FoldKind.SIGNATURE is found[0].kind


@pytest.mark.parametrize("closing", CLOSINGS.values(), ids=CLOSINGS)
def test_closing_words_with_a_name_are_a_signature(closing: str) -> None:
    """Closing words are folded together with the name below them."""
    for name in NAMES:
        check(f"{closing}\n{name}")


@pytest.mark.parametrize("closing", HURRIED)
def test_closing_words_without_their_accents(closing: str) -> None:
    """They are known all the same."""
    check(f"{closing}\nJan Jansen")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_signs(program: str) -> None:
    """A line of a telephone or a program is no text, above a quotation either."""
    check(program)
    check(program, "Am 02.11.2026 um 14:03 schrieb Desk <a@desk.example>:\n\n> Please try again.\n")


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJan",
        "--\nJan Jansen\nKlant Oy",
        "--\n\n*Jan Jansen | Director*",
        "__\nJan Jansen",
        "\N{EM DASH}\nJan Jansen\njan@klant.example",
        "----------\nJan Jansen\nKlant Oy",
        "______________________________\nprinters mailing list\nhttps://lists.example/printers",
        "Kind regards,\nJan\n\n-- \nJan Jansen\nKlant Oy\n\nSent from my iPad",
        "Regards,\nJan\n\nThis e-mail is confidential. Delete it if you are no recipient.",
        "Terveisin\nJan\n\nTämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle.",
        "Disclaimer\n\nThe information in this mail is confidential and may be legally privileged.",
        "Met vriendelijke groet,\n\nJan Jansen\nPlease consider the environment before you print",
    ],
)
def test_what_is_below_a_text_is_folded(signature: str) -> None:
    """Delimiters, cards, footers of lists and legal notices, one below the other."""
    check(signature)


@pytest.mark.parametrize(
    "ending",
    [
        "Thanks!",
        "Thank you in advance,\nJan",
        "Thanks,\nJan",
        "Cheers",
        "Regards",
        "LG, Eva",
        "Best, The second printer works.\nThanks",
        "With regards to the second printer, it works.",
        "Kind regards to your colleague who helped me yesterday, she was very kind indeed.",
        "Regards,\nJan\n\nPS: the other printer is broken as well.",
        "Regards,\nJan\n\nP.S. Could you call me?",
        "Best regards,\nand please do not forget the second printer that I told you about.",
        "Sent from my desk, is much easier than my mobile phone.",
        "All messages are sent from the main server to all of the clients at night by a script.",
        "It is:\n--\nThe second prints nothing at all today.\nThe third prints it again and again.",
        "The dash -- this one -- ends no text.",
        "Here are the points:\n-- the first one does not work\n-- the second one does",
        "----\n\nThe line above is only drawn, and this sentence is part of what I want to say.",
        "Service Expires\n---------------\nprinting 2 Nov\nscanning 3 Nov. It will be renewed.",
        "----------\nTime: 14:03\nPrinter: 2",
        "---\n src/printer.c | 2 ++\n 1 file changed",
        "---\n[1] https://klant.example/printer",
        "This e-mail arrived twice.",
        "This e-mail is confidential: my colleague prints money on your printer.",
        "This message is shown: printer on fire",
    ],
)
def test_what_people_say_is_no_signature(ending: str) -> None:
    """Thanks, postscripts, lists and drawn lines are new text."""
    text = f"{ANSWER}\n\n{ending}"
    assert text == new_text(text, folds(text))


@pytest.mark.parametrize(
    "text", ["Sent from my iPhone", "-- \nJan", "Regards,\nJan", "--", "---\n"]
)
def test_a_signature_alone_is_kept(text: str) -> None:
    """A mail is never folded away altogether."""
    assert text.strip() == new_text(text, folds(text))
