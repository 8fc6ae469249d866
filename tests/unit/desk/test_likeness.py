"""What mails are like: near-same ones are found, others are not, and crashes by their signature."""

import random
import time
from dataclasses import replace
from itertools import combinations

import pytest

from gateway.config.desk import Duplicates
from gateway.desk.likeness import (
    NO_LIKENESS,
    Likeness,
    likeness,
    likeness_of,
    near_subjects,
    near_texts,
    resemblance,
)
from gateway.mail.parse import parse
from lib.desks import DESK

CRASHES = replace(DESK, duplicates=Duplicates(signatures=("Crash signature:",), join=True))

# What customers of one product write about, in four languages.
TEXTS = {
    "en": """\
The quarterly report stays empty since the update of last night, although the data is there.
When I open a drawing with more than three layers, the program closes without any message.
Could you tell me how to move our licence to another computer before the old one is replaced?
All users of our office were logged out this morning and nobody can sign in again since then.
The export to spreadsheets writes dates in the wrong order, so that our accounts do not add up.
We should like to know whether the new version also runs on the tablets that our teachers use.
""",
    "nl": """\
Het kwartaalrapport blijft leeg sinds de update van gisteravond, hoewel de gegevens er zijn.
Als ik een tekening met meer dan drie lagen open, sluit het programma zonder enige melding.
Kunt u mij vertellen hoe wij onze licentie naar een andere computer verhuizen voor de oude weg is?
Alle gebruikers van ons kantoor zijn vanmorgen uitgelogd en niemand kan zich weer aanmelden.
De uitvoer naar rekenbladen schrijft datums in de verkeerde volgorde, dus de boeken kloppen niet.
Wij willen graag weten of de nieuwe versie ook draait op de tablets van onze docenten.
""",
    "de": """\
Der Quartalsbericht bleibt seit der Aktualisierung von gestern leer, obwohl die Daten da sind.
Wenn ich eine Zeichnung mit mehr als drei Ebenen öffne, schließt das Programm ohne jede Meldung.
Können Sie mir sagen, wie wir die Lizenz auf einen anderen Rechner bringen, bevor der alte geht?
Alle Benutzer unseres Büros wurden heute früh abgemeldet, und niemand kann sich wieder anmelden.
Die Ausgabe in Tabellen schreibt das Datum verkehrt herum, sodass unsere Bücher nicht stimmen.
Wir wüssten gern, ob die neue Version auch auf den Tablets läuft, die unsere Lehrer benutzen.
""",
    "fi": """\
Neljännesvuosiraportti on tyhjä viime yön päivityksen jälkeen, vaikka tiedot ovat tallella.
Kun avaan piirustuksen, jossa on yli kolme tasoa, ohjelma sulkeutuu ilman mitään ilmoitusta.
Voitteko kertoa, miten lisenssi siirretään toiselle koneelle ennen kuin vanha poistuu käytöstä?
Kaikki toimistomme käyttäjät kirjattiin ulos tänä aamuna, eikä kukaan pääse enää sisään.
Vienti taulukkoon kirjoittaa päivämäärät väärässä järjestyksessä, joten kirjanpito ei täsmää.
Haluaisimme tietää, toimiiko uusi versio myös tableteissa, joita opettajamme käyttävät.
""",
}
ALL = [line for text in TEXTS.values() for line in text.splitlines()]


def like(text: str, subject: str = "Question") -> Likeness:
    """Give what a text is like."""
    return likeness(subject, text, DESK)


def found(one: Likeness, other: Likeness) -> bool:
    """Say whether the index leads from one to the other, and the sketches agree."""
    return not set(one.bands).isdisjoint(other.bands) and near_texts(one.sketch, other.sketch)


def vocabulary(chance: random.Random, size: int = 2000) -> list[str]:
    """Make words of a language that nobody speaks."""
    letters = "abcdefghijklmnoprstuvwy"
    return ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(size)]


@pytest.mark.parametrize("length", [15, 40, 120, 350])
def test_of_texts_with_four_words_of_five_in_common_99_in_100_are_found(length: int) -> None:
    """Wherever the words stand that differ."""
    chance = random.Random(length)  # noqa: S311  the same texts each time
    words = vocabulary(chance)
    missed = 0
    for _ in range(200):
        text = chance.choices(words, k=length)
        other = list(text)
        for place in chance.sample(range(length), length // 5):
            other[place] = chance.choice(words)
        missed += not found(like(" ".join(text)), like(" ".join(other)))

    assert missed <= 2


@pytest.mark.parametrize("language", TEXTS)
def test_the_same_matter_in_other_dress_is_found(language: str) -> None:
    """Greeting, name, number, address, signature and layout do not count."""
    for line in TEXTS[language].splitlines():
        plain = like(line)
        dressed = [
            f"Dear Ms. Jansen,\n\n{line}",
            f"Hallo Piet,\n{line}\n> an older line\n> and one more",
            line.replace(" ", "\n", 3) + "\n\nAntti",
            f"{line} Ticket 4711, customer 99-3b, see https://desk.example/7 or jan@klant.example.",
            line.upper(),
        ]

        assert [True] * 5 == [found(plain, like(text)) for text in dressed]


def test_no_two_other_matters_are_taken_for_one() -> None:
    """Short mails of one product, and long ones that share their beginning and their end."""
    alike = [pair for pair in combinations(map(like, ALL), 2) if found(*pair)]
    frame = "Dear team,\nI hope you are well. {}\nThank you for your help."
    framed = [like(frame.format(text)) for text in ALL]
    dressed_alike = [
        pair for pair in combinations(framed, 2) if near_texts(*(p.sketch for p in pair))
    ]

    assert [] == alike
    assert len(dressed_alike) <= len(ALL) * (len(ALL) - 1) / 2 * 0.02


@pytest.mark.parametrize("text", ["", "Help", "See attached.", "> quoted\n> only", "12 34 56 78"])
def test_a_text_that_says_nothing_is_like_no_other(text: str) -> None:
    """Otherwise all mails with an attachment and no text were one incident."""
    assert NO_LIKENESS == like(text)


def test_a_short_text_counts_with_its_subject() -> None:
    """`It does not work` alone is nobody's matter in particular."""
    text = "It does not work any more."
    one, same = like(text, "Login page is blank"), like(text, "Login page is blank")
    other = like(text, "Printer driver missing on laptops")

    assert found(one, same)
    assert resemblance(one.sketch, other.sketch) < resemblance(one.sketch, same.sketch)


def test_likeness_is_the_same_everywhere() -> None:
    """It is stored, and compared with what another version of Python made."""
    found = like("The quarterly report stays empty since last night.")

    assert "0.416e472d02fd85b9" == found.bands[0]
    assert 28 == len(found.sketch)


def test_likeness_costs_next_to_nothing() -> None:
    """It is asked of every mail; a bound ten times of what it takes, of processor time."""
    text = "\n".join(ALL)[:2000]
    like(text)
    start = time.process_time()
    for _ in range(50):
        like(text)

    assert time.process_time() - start < 50 * 0.004


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200_000,
        "a" * 1_000_000,
        "\n" * 1_000_000,
        ">" * 500_000,
        "a@b.c/" * 100_000,
        "x\n" * 300_000,
        "'" * 500_000,
        "日本" * 200_000,
        "\udcff\ud800 " * 1000,
        "Crash signature:" * 50_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """Whatever it is, what is read of it is bounded."""
    start = time.process_time()

    likeness(text, text, CRASHES)

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quiz results are missing", "Re: quiz results missing"),
        ("Rapport opent niet", "FW: Rapport opent niet (2)"),
        ("[SP-00017] Login page stays blank", "login page stays blank!"),
    ],
)
def test_subjects_that_say_the_same_are_near(one: str, other: str) -> None:
    """Prefixes, numbers, case and small words do not count."""
    assert near_subjects(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Question", "Question"),
        ("", ""),
        ("Problem with quiz", "Problem with report"),
        ("12345", "12345"),
        ("Login page stays blank", "Quiz results are missing"),
    ],
)
def test_subjects_that_say_little_or_other_things_are_not(one: str, other: str) -> None:
    """One word in common is the product's name, or nothing."""
    assert not near_subjects(one, other)


def test_a_crash_is_known_by_its_signature() -> None:
    """What follows the desk's mark on a line, wherever it stands, or in the subject."""
    report = "Version 4.2\nCrash signature: ACCESS_VIOLATION in mesh::render +0x1f\nUser: 7"
    in_subject = "crash signature:   ACCESS_VIOLATION in mesh::render  +0x1f"
    first = likeness("Crash", report, CRASHES).signature

    assert first
    assert first == likeness("Another", report.replace("User: 7", "User: 8"), CRASHES).signature
    assert first == likeness(in_subject, "", CRASHES).signature
    assert first != likeness("Crash", report.replace("0x1f", "0x20"), CRASHES).signature


def test_a_signature_stands_at_the_beginning_of_a_line() -> None:
    """And only where the desk has marks; what is quoted or empty is none."""
    inside = "I see Crash signature: X in my log\n> Crash signature: X\nCrash signature:"

    assert "" == likeness("", inside, CRASHES).signature
    assert "" == likeness("", "Crash signature: X", DESK).signature


def test_what_is_not_new_in_a_mail_is_left_out() -> None:
    """Signatures and quotations; they are half of the mail, and others'."""
    head = b"From: jan@klant.example\r\nSubject: Report\r\n\r\n"
    text = ALL[0].encode()
    signed = text + b"\r\n\r\n-- \r\nJan Jansen, Klant BV, Main Street, Amsterdam, Netherlands\r\n"
    plain, dressed = parse(head + text + b"\r\n"), parse(head + signed)

    assert likeness_of(plain, None, DESK) == likeness_of(dressed, None, DESK)
