"""What gateways and telephones put above the text of a mail.

A gateway warns of a mail from outside: `CAUTION: This email originated from outside of the
organization. Do not click links ...`. Outlook says of a new sender that mail from him is not
frequent. A telephone whose owner writes below its signature leaves that on top.
"""

import re

from gateway.mail.reply.lines import Lines
from gateway.mail.reply.program import PROGRAMS, names_telephone

_MOST_BANNERS = 4
_MOST_LINES = 6
_LONGEST = 600
_LONGEST_LABEL = 60
_RULE = re.compile(r"[-_=*#~+|\u2013\u2014\u2500\s]{1,200}")
_AROUND = " \t\u00a0*_#|>!-=~+()\u2013\u2014\u26a0\ufe0f"
_AROUND_FIRST = f"{_AROUND}["
_SAYS_WHY = "aka.ms/learnaboutsenderidentification"
_BEGINS = (
    *("caution", "warning", "external", "[external", "[ext", "attention", "notice", "alert"),
    *("this e", "this m", "the sender of this", "important", "be careful", "security", "beware"),
    *("achtung", "vorsicht", "warnung", "hinweis", "extern", "[extern", "diese "),
    *("let op", "waarschuwing", "pas op", "deze ", "dit "),
    *("varoitus", "huomio", "huom", "tämä ", "ulkoinen", "[ulkoinen"),
    *("avertissement", "mise en garde", "prudence", "ce ", "cet ", "courriel ext", "[externe"),
    *("varning", "obs", "observera", "detta ", "den här ", "det här "),
    *("atención", "precaución", "advertencia", "aviso", "este ", "cuidado", "correo ext"),
    *("attenzione", "avviso", "questa ", "questo ", "atenção", "esta ", "advarsel", "uwaga"),
    *("denne ", "ostrzeżenie", "ta wiadomość", "pozor", "upozornění"),
)
# What is said of the mail: whence it comes.
_OUTSIDE = re.compile(
    r"(?:originat\w{1,4}|sent|came|comes|received|is|was|being) (?:\w{1,12} ){0,3}"
    r"(?:outside|external)|external (?:e-?mail|message|sender|source)|"
    r"(?:von|aus) (?:au(?:ß|ss)erhalb|extern)|extern\w{0,2} (?:absender|e-?mail|mail|nachricht|"
    r"quelle|afzender|bron|bericht|avsändare|e-post|meddelande|afsender|avsender)|"
    r"van buiten|ulkopuolel|ulkois\w{1,6} (?:\w{1,20} ){0,2}(?:sähköp|viest|lähet|lähte)|"
    r"ext[ée]rieur|(?:exp[ée]diteur|message|courriel|e-?mail|mail|source) externe|utanför|"
    r"fuera de|mittente esterno|"
    r"(?:remitente|correo|mensaje|origen|remetente|mensagem) extern\w|dall.esterno|"
    r"uden for|utenfor|(?:spoza|zewnętrzn)|(?:zvenčí|externí)",
    re.IGNORECASE,
)
# What the reader is told to do, or not to do, with it.
_ADVICE = re.compile(
    r"(?:do not|don't|never|avoid|unless|(?:use|exercise|with) (?:extra |extreme )?caution|"
    r"be (?:cautious|careful)).{0,80}(?:click|open|link|attach|respond|reply)|"
    r"(?:nicht|keine|nur|vorsicht).{0,80}(?:klick|öffne|anhäng|anhang|links?\b)|"
    r"(?:klicken|öffnen).{0,80}(?:nicht|keine|nur)\b|"
    r"(?:geen|niet|alleen|voorzichtig).{0,80}(?:link|bijlage|klik)|klik.{0,80}(?:geen|niet)\b|"
    r"(?:älä|varovai|vain).{0,80}(?:linkk|liite|liitte|avaa|klikka)|"
    r"(?:ne |n'|n\u2019|pas ).{0,80}(?:cliqu|ouvr|pièces? jointe|liens?\b)|"
    r"(?:inte|försiktig|aldrig).{0,80}(?:länk|bilag|bifog)|(?:klicka|öppna).{0,40}inte\b|"
    r"(?:no |nunca|non |não ).{0,80}(?:cli[cq]|enlace|adjunt|abr|link|allegat|apri|anex)|"
    r"(?:klik|åb[en]|åpne|trykk).{0,40}ikke\b|(?:nie |ne)\w{0,12}.{0,80}(?:załącz|přílo|odkaz)",
    re.IGNORECASE,
)
# A line that says nothing else stands in brackets, between stars, or in capitals.
_LABEL = re.compile(
    r"(?:caution|warning|attention|achtung|let op|varoitus|varning)?[ :!\u2013-]{0,4}"
    r"\[?(?:external|extern|externe|externer|externt|externo|ekstern|esterno|ulkoinen)"
    r"(?:[ -](?:e-?mail|mail|message|sender|source|absender|nachricht|afzender|bericht|viesti|"
    r"sähköposti|lähettäjä|avsändare|e-post|meddelande|expéditeur))?\]?",
    re.IGNORECASE,
)
_PREFIX = 3
_PREFIXES = frozenset(
    words.lstrip("[")[:_PREFIX] for words in (*_BEGINS, *PROGRAMS, "ekstern", "esterno")
)
_SENTENCE_END = re.compile(r"[.!:>)\]*_=-]$")


def banner_end(lines: Lines) -> int:
    """Give the first line of the text below such lines; 0 where there are none."""
    if not _may_begin(lines, lines.next_words(0)):
        return 0
    end = 0
    for _ in range(_MOST_BANNERS):
        first = _without_rules(lines, end)
        below = _banner(lines, first)
        if below is None:
            break
        end = _without_rules(lines, below)
    return end


def _may_begin(lines: Lines, first: int) -> bool:
    """Say whether a line is worth a closer look; most first lines are not."""
    if first >= len(lines):
        return False
    words = lines.words[first]
    start = words.lstrip(_AROUND_FIRST)[:_PREFIX].lower()
    return (
        not start
        or start in _PREFIXES
        or "aka.ms" in words
        or (first + 1 < len(lines) and "aka.ms" in lines.words[first + 1])
    )


def _without_rules(lines: Lines, first: int) -> int:
    """Give the first line, not far below another, that is no rule and not blank."""
    for number in range(first, min(len(lines), first + 10)):
        words = lines.words[number]
        if words and (lines.quoted[number] or _RULE.fullmatch(words) is None):
            return number
    return first


def _banner(lines: Lines, first: int) -> int | None:
    """Give the line below the banner that begins in a line; None if none does.

    Where text goes on below it without a blank line, only whole sentences of it are taken.
    """
    if first >= len(lines) or lines.quoted[first] or not lines.words[first]:
        return None
    words = lines.words[first]
    if _is_label(words):
        return first + 1
    is_paragraph = first + 1 == len(lines) or not lines.words[first + 1]
    if is_paragraph and names_telephone(words):
        return first + 1
    return _warning_end(lines, first)


def _warning_end(lines: Lines, first: int) -> int | None:
    """Join lines until they have said what a warning says."""
    may_warn = lines.words[first].lstrip(_AROUND)[:40].lower().startswith(_BEGINS)
    joined = ""
    for number in range(first, min(len(lines), first + (_MOST_LINES if may_warn else 2))):
        words = lines.words[number]
        if not words or lines.quoted[number] or len(joined) + len(words) > _LONGEST:
            break
        joined = f"{joined} {words}"
        if _says_why(joined) or (may_warn and _is_warning(joined, words)):
            return number + 1
    return None


def _is_label(words: str) -> bool:
    if len(words) > _LONGEST_LABEL or not (words[0] in "[*<(-=#!" or words.isupper()):
        return False
    return _LABEL.fullmatch(words.strip(_AROUND)) is not None


def _says_why(joined: str) -> bool:
    """Say whether Outlook speaks of a new sender; where it tells more is the same everywhere."""
    return "aka.ms" in joined and _SAYS_WHY in joined.lower() and "?" not in joined


def _is_warning(joined: str, last: str) -> bool:
    """Say whether words warn of the mail that they stand in; people ask, a gateway does not."""
    return (
        "?" not in joined
        and _SENTENCE_END.search(last) is not None
        and _OUTSIDE.search(joined) is not None
        and _ADVICE.search(joined) is not None
    )
