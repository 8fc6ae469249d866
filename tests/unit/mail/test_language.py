"""In which of a desk's languages somebody writes."""

import subprocess
import sys
import time

import pytest

from gateway.mail import language
from gateway.mail.function_words import WORDS
from gateway.mail.language import detect

SECONDS = 2
SEVEN = ("en", "de", "nl", "fi", "fr", "sv", "es")
SHORT = {
    "en": [
        "Thanks, that solved it",
        "Where can I change my address?",
        "The app crashes when I open it",
        "Please call me back tomorrow",
        "No sound since the update",
        "My order has not arrived yet and nobody answers the phone",
    ],
    "de": [
        "Danke, das hat geholfen",
        "Wo kann ich meine Adresse ändern?",
        "Die App stürzt beim Öffnen ab",
        "Bitte rufen Sie mich morgen zurück",
        "Kein Ton seit dem Update",
        "Meine Bestellung ist noch nicht da und niemand geht ans Telefon",
    ],
    "nl": [
        "Bedankt, dat was het",
        "Waar kan ik mijn adres wijzigen?",
        "De app loopt vast als ik hem open",
        "Wilt u mij morgen terugbellen?",
        "Geen geluid sinds de update",
        "Mijn bestelling is nog niet binnen en niemand neemt de telefoon op",
    ],
    "fi": [
        "Kiitos, se auttoi",
        "Missä voin vaihtaa osoitteeni?",
        "Sovellus kaatuu kun avaan sen",
        "Soittakaa minulle takaisin huomenna",
        "Ääni katosi päivityksen jälkeen",
        "Tilaukseni ei ole vielä tullut eikä kukaan vastaa puhelimeen",
    ],
    "fr": [
        "Merci, cela a résolu le problème",
        "Où puis-je changer mon adresse ?",
        "L'application plante quand je l'ouvre",
        "Merci de me rappeler demain",
        "Plus de son depuis la mise à jour",
        "Ma commande n'est pas encore arrivée et personne ne répond au téléphone",
    ],
    "sv": [
        "Tack, det löste problemet",
        "Var kan jag ändra min adress?",
        "Appen kraschar när jag öppnar den",
        "Kan ni ringa upp mig i morgon?",
        "Inget ljud sedan uppdateringen",
        "Min beställning har inte kommit än och ingen svarar i telefon",
    ],
    "es": [
        "Gracias, eso lo solucionó",
        "¿Dónde puedo cambiar mi dirección?",
        "La aplicación se cierra cuando la abro",
        "Por favor llámenme mañana",
        "No hay sonido desde la actualización",
        "Mi pedido no ha llegado todavía y nadie contesta al teléfono",
    ],
}
FAILURE = """Traceback (most recent call last):
  File "/srv/app/main.py", line 12, in <module>
    raise ValueError("this is not the value that you have been looking for")
ValueError: this is not the value that you have been looking for
"""


@pytest.mark.parametrize(("spoken", "text"), [(k, v) for k, vs in SHORT.items() for v in vs])
def test_a_short_sentence(spoken: str, text: str) -> None:
    """Three words to a dozen, among all seven and between the two that are nearest."""
    assert spoken == detect(text, SEVEN)
    nearest = {"nl": "de", "de": "nl", "sv": "fi", "fi": "sv", "en": "nl", "fr": "es", "es": "fr"}
    assert spoken == detect(text, (nearest[spoken], spoken))


@pytest.mark.parametrize("spoken", SEVEN)
def test_a_paragraph(spoken: str) -> None:
    """With an address, a path, a case number, code and a stack trace between the sentences."""
    sentences = SHORT[spoken]
    text = "\n".join(
        [
            *sentences[:3],
            "https://www.example.com/this/is/the/page support@desk.example [AC-00017K] v2.1.7",
            FAILURE,
            "```\nif this is not what you want then do that and the other\n```",
            *sentences[3:],
        ]
    )
    assert spoken == detect(text, SEVEN)


@pytest.mark.parametrize("loud", [str.upper, str.lower, str.title])
def test_however_it_is_written(loud: "type[str]") -> None:
    """In capitals, too."""
    for spoken in ("de", "fi"):
        assert spoken == detect(loud(SHORT[spoken][-1]), SEVEN)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " \n\n",
            "Hallo",
            "Hi Anna",
            "Hallo Jan",
            "OK",
            "ok",
            "0x80070005",
            "???",
            "12 34 56",
        ),
        *("Jan de Vries", "Peter Müller\nAcme GmbH", "Anna Virtanen", "Microsoft Outlook"),
        *("ERR_CONNECTION_REFUSED", "ticket 1234", "AC-00017K", "Error 500", "VPN", "Re: Update"),
        *("https://example.com/the/way/we/are", "the.man@example.com who.is@example.com"),
        *(FAILURE, "SELECT * FROM users WHERE id = 1;", "Lorem ipsum dolor sit amet, consectetur"),
        *("2026-11-02 09:12:33 the server was not able to open the file", "> the reply is quoted"),
    ],
)
def test_what_does_not_tell(text: str) -> None:
    """Greetings, names, codes and programs' words are no language of their author's."""
    assert "" == detect(text, SEVEN)


@pytest.mark.parametrize(
    "text",
    [
        "Drukarka nie działa, proszę o pomoc jak najszybciej",
        "La stampante non funziona più da ieri mattina, potete aiutarmi?",
        "A impressora deixou de funcionar ontem, podem ajudar-me por favor?",
        "Tiskárna nefunguje a nevíme, co s tím máme dělat",
        "Принтер не работает, помогите пожалуйста",
        "プリンターが動きません",
        "Printer ei tööta, palun aidake mind",
    ],
)
def test_a_language_that_nobody_at_the_desk_speaks(text: str) -> None:
    """It is none of theirs, and not the one that comes nearest."""
    assert "" == detect(text, SEVEN)
    assert "" == detect(text, ("de", "en"))


@pytest.mark.parametrize(("spoken", "others"), [("fr", ("de", "en")), ("fi", ("en", "nl"))])
def test_one_of_the_seven_that_the_desk_does_not_speak(
    spoken: str, others: tuple[str, str]
) -> None:
    """The same."""
    for text in SHORT[spoken]:
        assert "" == detect(text, others)


def test_a_desk_of_one_language_needs_no_text() -> None:
    """Nothing is to be found out, and of no languages there is none."""
    assert "fi" == detect("Good morning to all of you", ("fi",))
    assert "fi" == detect("", ("fi", "fi"))
    assert "" == detect("Good morning to all of you", ())


def test_a_language_that_the_model_does_not_know() -> None:
    """It is never found, and does not stand in the way of the others."""
    assert "en" == detect(SHORT["en"][0], ("en", "tlh"))
    assert "" == detect(SHORT["en"][0], ("tlh", "qya"))


def test_a_language_without_small_words_of_its_own() -> None:
    """The model alone decides about it."""
    polish = "Drukarka nie działa, proszę o pomoc jak najszybciej"
    assert "pl" not in WORDS
    assert "pl" == detect(polish, ("en", "pl"))


def test_the_model_is_loaded_only_when_it_is_needed() -> None:
    """Not by a command that reads no mail, nor for one language, nor where the words are plain."""
    code = (
        "import sys; from gateway.mail.language import detect;"
        "detect('Hallo', ('de', 'en')); detect('What a day this is', ('en',));"
        "assert 'en' == detect('Hello, we have the same problem again.', ('de', 'en'));"
        "sys.exit('numpy' in sys.modules or 'py3langid' in sys.modules)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_without_a_place_to_unpack_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No language is found, and no mail fails."""
    from py3langid.langid import LanguageIdentifier  # noqa: PLC0415  as slow as the model itself

    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr(LanguageIdentifier, "from_model_file", refuse)
    language._identifier.cache_clear()  # noqa: SLF001  the model is loaded once a process
    try:
        assert "" == detect(SHORT["en"][0], SEVEN)
    finally:
        language._identifier.cache_clear()  # noqa: SLF001  as above


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        " ",
        "\n",
        "ja ",
        "at ",
        "a'",
        "a-",
        "```\n",
        "\u202e",
        "\u00e4",
        "der die das ",
        "\ud800",
    ],
)
def test_a_mebibyte_of_anything(unit: str) -> None:
    """Only the first few kilobytes are looked at."""
    detect(SHORT["en"][0], SEVEN)
    start = time.process_time()
    detect(unit * (1024 * 1024 // len(unit)), SEVEN)
    assert time.process_time() - start < SECONDS
