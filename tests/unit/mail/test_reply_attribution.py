# ruff: noqa: RUF001  letters of many alphabets look alike
"""The line above a quotation, in the forms of many programs and languages."""

import pytest

from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text

ANSWER = "I tried it and it still fails.\n\nWhat shall I do now?"
QUOTED = "> Dear Jan,\n>\n> Please install version 5 and try again.\n> Best regards"
BARE = "Dear Jan,\n\nPlease install version 5 and try again."

# Whether these stand above a marked or a bare quotation, they introduce it.
CERTAIN = {
    "english gmail": "On Mon, 2 Nov 2026 at 14:03, Support Desk <support@desk.example> wrote:",
    "english gmail wrapped": (
        "On Mon, 2 Nov 2026 at 14:03, Support Desk of the Company <\nsupport@desk.example> wrote:"
    ),
    "english gmail two lines": (
        "On Mon, Nov 2, 2026 at 2:03 PM Support Desk <support@desk.example>\nwrote:"
    ),
    "english apple": "On Nov 2, 2026, at 14:03, Support Desk <support@desk.example> wrote:",
    "english apple wrapped": "On 2 Nov 2026,\nat 14:03,\nSupport <support@desk.example> wrote:",
    "english thunderbird": "On 02/11/2026 14:03, Support Desk wrote:",
    "english evolution": "On Mon, 2026-11-02 at 14:03 +0200, Support Desk wrote:",
    "english zoho": "---- On Mon, 02 Nov 2026 14:03:50 +0200 support@desk.example wrote ----",
    "english samsung": "-------- Original message --------",
    "english outlook mobile": 'On Mon, Nov 2, 2026 at 2:03 PM +0200, "D" <a@desk.example> wrote:',
    "english no colon": "On Mon, 2 Nov 2026 14:03:43 +0200 Desk <support@desk.example> wrote",
    "old gmail": "2026/11/2 Support Desk <support@desk.example>",
    "iso gmail": "2026-11-02 14:03 GMT+02:00 Support Desk <support@desk.example>:",
    "iso gmail wrapped": "2026-11-02 14:03 GMT+02:00 Support <\nsupport@desk.example>:",
    "yandex": '02.11.2026, 14:03, "Support Desk" <support@desk.example>:',
    "mail.ru": "Monday, 2 November 2026, 2:03 PM +0300 from support@desk.example <a@desk.example>:",
    "german gmail": "Am Mo., 2. Nov. 2026 um 14:03 Uhr schrieb Support <support@desk.example>:",
    "german gmail wrapped": "Am Mo., 2. Nov. 2026 um 14:03 Uhr schrieb Support <\na@desk.example>:",
    "german apple": "Am 02.11.2026 um 14:03 schrieb Support Desk <support@desk.example>:",
    "german thunderbird": "Am 02.11.26 um 14:03 schrieb Support Desk:",
    "german gmail reversed": (
        "Support Desk <support@desk.example> schrieb am Mo. 2. Nov. 2026 um 14:03:"
    ),
    "german three lines": "Am 2.11.2026\num 14:03 schrieb Support\n<support@desk.example>:",
    "dutch gmail": "Op ma 2 nov 2026 om 14:03 schreef Support Desk <support@desk.example>:",
    "dutch gmail wrapped": "Op ma 2 nov 2026 om 14:03 schreef Support <\nsupport@desk.example>:",
    "dutch apple": (
        "Op 2 nov. 2026 om 14:03 heeft Support <support@desk.example> het volgende geschreven:"
    ),
    "dutch thunderbird": "Op 02-11-2026 om 14:03 schreef Support Desk:",
    "finnish gmail": "ma 2. marrask. 2026 klo 14.03 Tuki <tuki@desk.example> kirjoitti:",
    "finnish gmail wrapped": "ma 2. marraskuuta 2026 klo 14.03 Tuki\n<t@desk.example> kirjoitti:",
    "finnish apple": "Tuki <tuki@desk.example> kirjoitti 2.11.2026 kello 14.03:",
    "finnish thunderbird": "Tuki kirjoitti 2.11.2026 klo 14.03:",
    "finnish outlook.com": "2. marraskuuta 2026 14.03.12 Tuki <tuki@desk.example> kirjoitti:",
    "french gmail": "Le lun. 2 nov. 2026 à 14:03, Support <support@desk.example> a écrit :",
    "french gmail wrapped": "Le lun. 2 nov. 2026 à 14:03, Desk <desk@desk.example>\na écrit :",
    "french apple": "Le 2 nov. 2026 à 14:03, Support Desk <support@desk.example> a écrit :",
    "french thunderbird": "Le 02/11/2026 à 14:03, Support Desk a écrit\N{NO-BREAK SPACE}:",
    "french zimbra": "- Le 2026-11-02 14:03, Support Desk a écrit :",
    "swedish gmail": "Den mån 2 nov. 2026 kl 14:03 skrev Support <support@desk.example>:",
    "swedish gmail short": "mån 2 nov. 2026 kl. 14:03 skrev Support <support@desk.example>:",
    "swedish apple": "2 nov. 2026 kl. 14:03 skrev Support Desk <support@desk.example>:",
    "swedish thunderbird": "Den 2026-11-02 kl. 14:03, skrev Support Desk:",
    "spanish gmail": "El lun, 2 nov 2026 a las 14:03, Support (<support@desk.example>) escribió:",
    "spanish gmail wrapped": (
        "El lun, 2 nov 2026 a las 14:03, Support Desk (<\nsupport@desk.example>)\nescribió:"
    ),
    "spanish apple": "El 2 nov 2026, a las 14:03, Support <support@desk.example> escribió:",
    "spanish thunderbird": "El 02/11/2026 a las 14:03, Support Desk escribió:",
    "danish": "Den man. 2. nov. 2026 kl. 14.03 skrev Support <support@desk.example>:",
    "norwegian": "man. 2. nov. 2026 kl. 14:03 skrev Support <support@desk.example\n>:",
    "norwegian client": "På 2. november 2026 på 14:03:18, Support (support@desk.example) skrev:",
    "italian gmail": "Il giorno lun 2 nov 2026 alle ore 14:03 Desk <a@desk.example> ha scritto:",
    "italian apple": "Il giorno 2 nov 2026, alle ore 14:03, Desk <a@desk.example> ha scritto:",
    "italian thunderbird": "Il 02/11/2026 14:03, Support Desk ha scritto:",
    "portuguese gmail": "Em seg., 2 de nov. de 2026 às 14:03, Desk <a@desk.example> escreveu:",
    "portuguese apple": "Em 2 de nov. de 2026, à(s) 14:03, Desk <a@desk.example> escreveu:",
    "polish gmail": "pon., 2 lis 2026 o 14:03 Support <support@desk.example> napisał(a):",
    "polish thunderbird": "W dniu 02.11.2026 o 14:03, Support Desk pisze:",
    "polish o2": "Dnia 2 listopada 2026 14:03 Desk <support@desk.example> napisał(a):",
    "czech gmail": "po 2. 11. 2026 v 14:03 odesílatel Desk <support@desk.example> napsal:",
    "russian gmail": "пн, 2 нояб. 2026 г. в 14:03, Support <support@desk.example>:",
    "russian thunderbird": "02.11.2026 14:03, Support Desk пишет:",
    "ukrainian gmail": "пн, 2 лист. 2026 р. о 14:03 Support <support@desk.example> пише:",
    "hungarian gmail": "Desk <desk@desk.example> ezt írta (időpont: 2026. nov. 2., H, 14:03):",
    "turkish gmail": "Support <support@desk.example>, 2 Kas 2026 Pzt, 14:03 tarihinde şunu yazdı:",
    "japanese gmail": "2026年11月2日(月) 14:03 Support <support@desk.example>:",
    "chinese gmail": "Desk <a@desk.example> 于2026年11月2日周一 14:03写道\N{FULLWIDTH COLON}",
    "chinese apple": "在 2026年11月2日，14:03，Support <support@desk.example> 写道：",
    "korean gmail": "2026년 11월 2일 (월) 오후 2:03, Support <support@desk.example>님이 작성:",
    "polish apple": "Wiadomość napisana przez Desk <a@desk.example> w dniu 02.11.2026, o 14:03:",
    "croatian gmail": "pon, 2. stu 2026. u 14:03 Desk <a@desk.example> napisao je:",
    "romanian gmail": "lun., 2 nov. 2026, 14:03 Desk <a@desk.example> a scris:",
    "greek gmail": "Στις Δευ, 2 Νοε 2026, 2:03 μ.μ. ο χρήστης Desk <a@desk.example> έγραψε:",
    "vietnamese gmail": "Vào Th 2, 2 thg 11, 2026 vào lúc 14:03 Desk <a@desk.example> đã viết:",
    "indonesian gmail": "Pada tanggal Sen, 2 Nov 2026 14.03, Desk <a@desk.example> menulis:",
    "estonian gmail": "E, 2. november 2026 kell 14:03 Desk <a@desk.example> kirjutas:",
    "arabic apple": "في ٠٢/١١/٢٠٢٦ الساعة ٣:٣٦ م، كتب/كتبت Desk <a@desk.example>:",
    "hebrew gmail": "ב-2 בנוב׳ 2026, בשעה 14:03, Desk <a@desk.example> כתב/ה:",
    "yahoo german": (
        "Am Montag, 2. November 2026 um 14:03:22 MEZ hat Desk <a@desk.example>"
        " Folgendes geschrieben:"
    ),
    "time last, german": "Desk  schrieb am Mo., 2. Nov. 2026 um 14:03:",
    "time last, spanish": "Support Desk escribió el lun, 2 nov 2026 a las 14:03:",
    "time last, dutch": "Support Desk schreef op ma 2 nov. 2026 om 14:03:",
    "yahoo mobile": "support@desk.example wrote:",
    "android": "---- Support Desk wrote ----",
    "lotus": "Desk <a@desk.example> wrote on 02/11/2026 14:03:52:",
    "groupwise": ">>> Desk <a@desk.example> 02.11.2026 14:03 >>>",
    "original german": "-----Ursprüngliche Nachricht-----",
    "original dutch": "-----Oorspronkelijk bericht-----",
    "original finnish": "-----Alkuperäinen viesti-----",
    "original french": "-----Message d'origine-----",
    "original swedish": "-----Ursprungligt meddelande-----",
    "original spanish": "-----Mensaje original-----",
    "original danish": "-----Oprindelig meddelelse-----",
    "original italian": "-----Messaggio originale-----",
    "original polish": "-----Oryginalna wiadomość-----",
    "original chinese outlook": "-----邮件原件-----",
    "original chinese": "------------------ 原始邮件 ------------------",
}
# These introduce a quotation only when one follows.
LIKELY = {
    "name wrote": "Support Desk wrote:",
    "address writes": "support@desk.example (Support Desk) writes:",
    "quoting": "Quoting Support Desk <support@desk.example>:",
    "german quoting": "Zitat von Support Desk <support@desk.example>:",
    "news": "In article <12345@news.example>, support@desk.example says:",
    "thunderbird classic": "Support Desk, 2.11.2026 14:03:",
    "mutt": "* Support Desk <support@desk.example> [2026-11-02 14:03]:",
    "no verb": "Support Desk <support@desk.example>:",
}


@pytest.mark.parametrize("attribution", CERTAIN.values(), ids=CERTAIN)
def test_what_a_program_introduces_is_folded(attribution: str) -> None:
    """The line above a quotation goes with it, marked as quoted or not, wrapped or not."""
    for quotation in (QUOTED, BARE):
        text = f"{ANSWER}\n\n{attribution}\n\n{quotation}\n"
        assert ANSWER == new_text(text, folds(text))


@pytest.mark.parametrize("attribution", [*CERTAIN.values(), *LIKELY.values()])
def test_an_attribution_touches_text_and_quotation(attribution: str) -> None:
    """No blank line is needed around it."""
    text = f"{ANSWER}\n{attribution}\n{QUOTED}\n"
    assert ANSWER == new_text(text, folds(text))


@pytest.mark.parametrize(
    "line",
    [
        "On the surface, this looks like one. On average it works:",
        "On Thursday:",
        "At 10:30 the technician wrote:",
        "The log of 2026-11-02 says the following:",
        "Am Montag haben wir geschrieben:",
        "Le problème est le suivant :",
        "Op maandag gebeurde dit:",
        "These people see it: jan@klant.example, piet@klant.example:",
        "Error at 14:03:",
        "Den 2 november",
        "2026-11-02 14:03 GMT+02:00 server started",
        "On 2.11.2026 I sent this to support@desk.example:",
        "Am 2.11.2026 habe ich an info@desk.example geschrieben:",
        "I saw that info@desk.example wrote:",
        "On 12 March 2026 at 14:03 your colleague Anna wrote:",
        "Am 12.03.2026 schrieb mir Frau Müller:",
        "Op 12 maart 2026 schreef uw collega:",
        "Le 12 mars 2026 votre collègue a écrit :",
        "El 12 de marzo de 2026 su colega escribió:",
        "User admin@klant.example wrote:\n  printer on fire",
        "On 2 November 2026 your colleague said:",
        "Ihre Kollegin schrieb am 2. November 2026 um 14:03:",
        "Anna schrieb am Montag:",
        "Frau Müller schrieb am 2. Nov. 2026 um 14:03:",
    ],
)
def test_what_people_write_is_no_attribution(line: str) -> None:
    """A line that only resembles an attribution hides nothing of what stands below it."""
    text = f"{ANSWER}\n\n{line}\n\nThe printer is on fire.\n"
    assert text.strip() == new_text(text, folds(text))


def test_an_attribution_may_share_the_line_of_the_text() -> None:
    """Text in front of it on the same line stays."""
    text = (
        "Yes, thanks On Mon, 2 Nov 2026 at 14:03, Desk <a@desk.example> wrote:\n> Is it solved?\n"
    )
    assert new_text(text, folds(text)) == "Yes, thanks"
