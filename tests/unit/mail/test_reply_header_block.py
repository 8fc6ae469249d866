# ruff: noqa: RUF001  letters of many alphabets look alike
"""The header of a quoted mail as programs write it into the text."""

import pytest

from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text

ANSWER = "I tried it and it still fails.\n\nWhat shall I do now?"
BELOW = "Dear Jan,\n\nPlease install version 5 and try again.\n\nThe desk"

LANGUAGES = {
    "english": ("From", "Sent", "To", "Subject", "Monday, 2 November 2026 14:03"),
    "english apple": ("From", "Date", "To", "Subject", "2 November 2026 at 14:03:22 CET"),
    "german": ("Von", "Gesendet", "An", "Betreff", "Montag, 2. November 2026 14:03"),
    "dutch": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 2 november 2026 14:03"),
    "finnish": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "maanantai 2.11.2026 14.03"),
    "french": ("De ", "Envoyé ", "À ", "Objet ", "lundi 2 novembre 2026 14:03"),
    "swedish": ("Från", "Skickat", "Till", "Ämne", "den 2 november 2026 14:03"),
    "spanish": ("De", "Enviado", "Para", "Asunto", "lunes, 2 de noviembre de 2026 14:03"),
    "danish": ("Fra", "Sendt", "Til", "Emne", "2. november 2026 14:03"),
    "norwegian": ("Fra", "Dato", "Til", "Emne", "mandag 2. november 2026 14:03"),
    "italian": ("Da", "Inviato", "A", "Oggetto", "lunedì 2 novembre 2026 14:03"),
    "portuguese": (
        "De",
        "Enviado em",
        "Para",
        "Assunto",
        "segunda-feira, 2 de novembro 2026 14:03",
    ),
    "polish": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 2 listopada 2026 14:03"),
    "czech": ("Od", "Odesláno", "Komu", "Předmět", "pondělí 2. listopadu 2026 14:03"),
    "russian": ("От", "Отправлено", "Кому", "Тема", "2 ноября 2026 г. 14:03"),
    "chinese": ("发件人", "发送时间", "收件人", "主题", "2026年11月2日 14:03"),
    "arabic": ("من", "تم الإرسال", "إلى", "الموضوع", "الاثنين، ٢ نوفمبر ٢٠٢٦ ١٤:٠٣"),
    "hebrew": ("מאת", "נשלח", "אל", "נושא", "יום שני 2 נובמבר 2026 14:03"),
    "vietnamese": ("Từ", "Đã gửi", "Đến", "Chủ đề", "Thứ Hai, 2 tháng 11, 2026 14:03"),
    "slovenian": ("Od", "Datum", "Za", "Zadeva", "ponedeljek, 2. november 2026 14:03"),
    "japanese": ("差出人", "送信日時", "宛先", "件名", "2026年11月2日 14:03"),
}
SHAPES = {
    "plain": "{0}: Desk <a@desk.example>\n{1}: {4}\n{2}: jan@klant.example\n{3}: Re: Help",
    "names": "{0}: Desk\n{1}: {4}\n{2}: Jan Jansen\n{3}: Re: Help",
    "bold": "*{0}:* Desk <a@desk.example>\n*{1}:* {4}\n*{2}:* jan@klant.example\n*{3}:* Help",
    "spaced": "{0}: Desk <a@desk.example>\n\n{1}: {4}\n\n{2}: jan@klant.example\n\n{3}: Help",
    "rule": "________________________________\n{0}: Desk\n{1}: {4}\n{2}: Jan\n{3}: Help",
    "dashes": "------------------------------\n\n*{0}:* Desk\n*{1}:* {4}\n*{2}:* Jan\n*{3}:* Help",
    "wrapped": (
        "{0}: Desk <a@desk.example>\n{1}: {4}\n{2}: jan@klant.example; piet@klant.example;\n"
        "  klaas@klant.example\n{3}: Help with a very long\n subject"
    ),
    "subject first": "{3}: Help\n{0}: Desk <a@desk.example>\n{1}: {4}\n{2}: jan@klant.example",
    "date first": "{1}: {4}\n{0}: Desk <a@desk.example>\n{2}: jan@klant.example\n{3}: Help",
}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_a_header_begins_the_history(language: tuple[str, ...]) -> None:
    """From a mail's header on nothing is new, however it is written."""
    for shape in SHAPES.values():
        text = f"{ANSWER}\n\n\n{shape.format(*language)}\n\n{BELOW}\n"
        assert ANSWER == new_text(text, folds(text))


@pytest.mark.parametrize(
    "block",
    [
        "From: Helsinki\nTo: Oslo\nDate: 5.12.2026",
        "From: Helsinki\nTo: Oslo\nDate: 5.12.2026 10:30",
        "Von: Hamburg\nAn: Berlin",
        "From: jan@klant.example\nTo: piet@klant.example\nSubject: test\nTime: 14:03",
        "Van: 10:00\nTot: 12:00",
        "Subject: the printer\nTo: be repaired",
        "De: 8h\nA: 12h",
        "To: the manager",
        "Date: 5.12.2026",
        "Sent: yes\nReceived: no",
    ],
)
def test_what_people_write_is_no_header(block: str) -> None:
    """Who asks for a journey, or fills in a form, hides nothing."""
    text = f"{ANSWER}\n\n{block}\n\nThe rest matters."
    assert text == new_text(text, folds(text))


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_a_mail_that_begins_with_a_header_is_a_forward(language: tuple[str, ...]) -> None:
    """Where nothing new stands above it, the whole text is kept."""
    text = f"{SHAPES['plain'].format(*language)}\n\n{BELOW}"
    assert text == new_text(text, folds(text))


@pytest.mark.parametrize("place", ["", "Hello. ", "What does it say?"])
def test_a_header_may_stand_right_behind_the_words_original_message(place: str) -> None:
    """Telephones put it there, and what turns HTML into text loses line ends."""
    for head in (
        "-------- Original message --------From: Desk <a@desk.example> Date: 02/11/2026 14:03",
        "-------- Ursprüngliche Nachricht --------Von: Desk Datum: 02.11.26 14:03 (GMT+01:00) An: ",
        "----- Message d'origine ----- De : Desk <a@desk.example>",
    ):
        text = f"{ANSWER}\n{place}{head}\n\n{BELOW}"
        assert f"{ANSWER}\n{place}".strip() == new_text(text, folds(text))


@pytest.mark.parametrize(
    "line",
    [
        "It shows ---- Original message ---- and then nothing.",
        "The original message said: From: Helsinki",
        "-------- Table --------From: Helsinki",
    ],
)
def test_words_about_an_original_message_hide_nothing(line: str) -> None:
    """A header has to follow, and the words are framed."""
    text = f"{ANSWER}\n\n{line}\n\nThe rest matters."
    assert text == new_text(text, folds(text))


def test_the_source_of_a_mail_that_is_shown_is_text() -> None:
    """Who pastes a mail's own header wants it read, and what is below it."""
    text = (
        f"{ANSWER}\n\nReceived: by mx.klant.example; Mon, 2 Nov 2026 14:03\n"
        "Message-ID: <1@klant.example>\nDate: Mon, 2 Nov 2026 14:03:00 +0100\n"
        "From: Anna <anna@klant.example>\nTo: Jan <jan@klant.example>\nSubject: Help\n\n"
        "Why did it take two hours?"
    )
    assert text == new_text(text, folds(text))


def test_a_header_above_marked_lines_introduces_them() -> None:
    """What stands below the marked lines is new again."""
    text = (
        "From: Desk <a@desk.example>\nSent: 2 November 2026 14:03\nSubject: Help\n\n"
        "> Please install version 5.\n> And try again.\n\nI did, and it fails.\n"
    )
    assert new_text(text, folds(text)) == "I did, and it fails."
