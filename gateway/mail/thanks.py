"""Whether a text says no more than thank you, in English, Dutch, Finnish and German.

It does when it is short, thanks, and is made of nothing but words that such a mail is made of,
among them that all is well, greetings and names. Whatever else it says, it is more than that.
"""

import re
from collections.abc import Iterable

from gateway.config.words import fold

_MOST_CHARACTERS = 400
_MOST_WORDS = 40
_MOST_WORDS_OF_NAME = 3

_WORD = re.compile(r"[^\W_]+")
# What asks something, or leads elsewhere.
_MORE = re.compile(r"[?\N{GREEK QUESTION MARK}\N{FULLWIDTH QUESTION MARK}\d@/]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_THANKS = _words(
    """
    thanks thank thankyou thx thnx tnx ty cheers appreciated appreciate grateful
    bedankt dank dankje dankjewel dankuwel merci
    kiitos kiitoksia kiitokset kiitti kiitan kiitamme suurkiitos
    danke dankeschon dankeschoen
    """
)

_GREETINGS = _words(
    """
    hi hello hey dear morning afternoon evening sir madam
    hallo hoi beste dag goedemorgen goedemiddag goedenavond geachte heer mevrouw
    hei moi moikka terve huomenta paivaa
    guten tag morgen abend sehr geehrte geehrter damen herren herr frau liebe lieber
    """
)

_AROUND = _words(
    """
    you so very much a lot many all again for the your help support quick fast prompt reply response
    answer assistance advice explanation time effort work job it its s that this is works
    worked working now fine well perfect perfectly great super excellent awesome brilliant wonderful
    good nice solved fixed resolved ok okay yes really kind kindly best regards warm wishes
    helped helps helping helpful did does doing trick million solves solving resolving fixing
    handling quickly lovely glad happy sorted mate both patience swift speedy
    sincerely yours have day weekend week team everyone everybody i we my our and everything
    je jullie u jou wel voor de het dit dat uw jouw hulp snelle snel antwoord reactie uitleg
    hartelijk hartelijke van harte heel erg veel nogmaals werkt nu weer opgelost gelukt prima goed
    goede geweldig fijn fijne mooi top oke ja alles groet groeten groetjes met vriendelijke vr gr
    heeft geholpen helpt duizendmaal is doet
    mvg allemaal en zeer avond middag helemaal service ondersteuning inzet moeite tijd
    paljon oikein avusta avustasi avustanne tuesta nopeasta vastauksesta vastauksestasi
    vastauksestanne ohjeista tiedosta teille sinulle kaikesta toimii nyt taas hyvin hyva hyvaa
    hienoa hienosti mahtavaa loistavaa erinomaista selva asia hoitui ratkesi kunnossa on se tama
    kaikki joo kylla ystavallisin terveisin terveisia terv t paivanjatkoa viikonloppua jatkoa iltaa
    mukavaa ja viela auttoi auttaa ratkaisi suuret suuri nopea
    vielen herzlichen besten schonen schoenen lieben tausend ihnen dir euch fur fuer die der das den
    ihre eure deine ihren euren deinen hilfe schnelle rasche prompte antwort ruckmeldung
    rueckmeldung unterstutzung unterstuetzung es jetzt wieder nun funktioniert klappt geht lauft
    laeuft gelost geloest erledigt behoben bestens perfekt toll gut wunderbar mit freundlichen
    grussen gruss grusse gruessen gruesse viele mfg lg vg und noch nochmals nochmal schones
    schoenes wochenende ist hat geholfen hilft schon schoen
    """
)

# That there was one is no more than thanks only where it is over.
_MATTERS = _words("problem problems issue error probleem storing ongelma vika fehler")
_OVER = _words(
    """
    solved solves resolved fixed gone sorted opgelost verholpen weg
    gelost geloest behoben weg ratkesi korjattu poissa
    """
)
_ONCE_MORE = _words("again weer opnieuw wieder erneut taas")

_KNOWN = _THANKS | _GREETINGS | _AROUND | _MATTERS | _OVER


def is_thanks(text: str, names: Iterable[str] = ()) -> bool:
    """Say whether a text, without quotation and signature, is a thank-you and nothing else.

    `names` are those of people who may be greeted, or who may sign. Linear; never raises.
    """
    if len(text) > _MOST_CHARACTERS or _MORE.search(text):
        return False
    lines = [line for line in text.splitlines() if _WORD.search(line)]
    if len(lines) > 1 and _is_name(lines[-1]):
        del lines[-1]
    own = {word for name in names for word in _WORD.findall(fold(name[:_MOST_CHARACTERS]))}
    said = [word for line in lines for word in _without_greeted(line)]
    return (
        len(said) <= _MOST_WORDS
        and not _THANKS.isdisjoint(said)
        and all(word in _KNOWN or word in own for word in said)
        and _is_over(said)
    )


def _is_over(said: list[str]) -> bool:
    """Say whether a matter that is spoken of is said to be over."""
    if _MATTERS.isdisjoint(said):
        return True
    return not _OVER.isdisjoint(said) and _ONCE_MORE.isdisjoint(said)


def _is_name(line: str) -> bool:
    """Say whether a last line is somebody's name by the look of it."""
    written = _WORD.findall(line)
    capitals = written[0][0].isupper() and written[-1][0].isupper()
    return capitals and len(written) <= _MOST_WORDS_OF_NAME


def _without_greeted(line: str) -> list[str]:
    """Give the folded words of a line, without the names that follow a greeting at its start."""
    written = _WORD.findall(line)
    folded = [fold(word) for word in written]
    if not folded or folded[0] not in _GREETINGS:
        return folded
    end = 1
    while end < len(folded) and folded[end] in _GREETINGS:
        end += 1
    last = min(end + _MOST_WORDS_OF_NAME, len(folded))
    while end < last and written[end][0].isupper() and folded[end] not in _KNOWN:
        del folded[end], written[end]
        last -= 1
    return folded
