# ruff: noqa: RUF001  words of many languages look alike
"""What a line above a quotation looks like, in many programs and languages.

What its hundred forms have in common is looked for: a date, an address, a verb of writing, a colon
at the end. Who tells in his own words that somebody wrote something is not taken for a program.
"""

import re

from gateway.mail.reply import patterns

# Longer lines are not attributions; patterns here may take a hundred steps a character.
LONGEST = 500

_VERBS = (
    *("wrote", "a wrote", "schrieb", "schrieben"),
    *("geschrieben", "schreef", "geschreven", "kirjoitti", "a écrit"),
    *("à écrit", "a ecrit", "écrit", "écrivait", "nous a dit", "skrev", "escribió"),
    *("escribio", "ha escrito", "va escriure", "ha escrit", "escreveu", "ha scritto"),
    *(
        "napisał",
        "napisała",
        "napisał(a)",
        "napisał/a",
        "pisze",
        "napisana przez",
        "napsal",
        "napsala",
    ),
    *("napsal(a)", "napísal", "napísal(a)", "написал", "написала", "написал(а)", "пишет", "писал"),
    *("написав", "написала", "написав(ла)", "пише", "написа", "kirjutas", "rakstīja", "parašė"),
    *("rašė", "a scris", "írta", "ezt írta", "yazdı", "şunu yazdı", "έγραψε", "je napisao"),
    *("je napisala", "napisao", "написао", "đã viết", "viết", "menulis", "skrifaði", "idatzi du"),
    *(
        "写道",
        "寫道",
        "写到",
        "のメール",
        "のメッセージ",
        "書きました",
        "wrote on",
        "작성",
        "썼습니다",
    ),
    *("님이 작성", "כתב", "כתבה", "كتب"),
)
# People use these in what they tell, so they count only above a quotation.
_SAYS = re.compile(
    r"(?<!\w)(?:writes|says|said|sent|schreibt|schrijft|kirjoittaa|skriver|escribe|scrive)(?!\w)",
    re.IGNORECASE,
)
_ALTERNATIVES = "|".join(sorted((re.escape(verb) for verb in _VERBS), key=len, reverse=True))
_VERB = re.compile(rf"(?<!\w)(?:{_ALTERNATIVES})(?!\w)", re.IGNORECASE)
# East Asian text and a careless program put no space before the verb.
_VERB_LAST = re.compile(
    rf"(?:(?<!\w)|(?<=>)|(?<=[^\x00-\u2e7f]))(?:{_ALTERNATIVES})\s*[:\uff1a.]?$", re.IGNORECASE
)
_NO_COLON = re.compile(
    r"(?:wrote|writes|a écrit|skrev|schrieb|escribió|ha scritto|写道)$", re.IGNORECASE
)

# With what these end; the long s counts as one.
_NO_COLON_LAST = frozenset("eEsS\u017ftTvVbBóÓoO道")

_INTRODUCTIONS = (
    *("On", "At", "Am", "Op", "Le", "El", "Em", "Il", "Den", "På", "Dnia", "W dniu", "Dne", "Dňa"),
    *("In data", "Il giorno", "In message", "In article", "Quoting", "Zitat von", "Zitat"),
    *("Citando", "Citerar", "Citat", "Vào", "Pada", "Pe", "Στις", "在", "於", "于"),
    *("Quoting from", "Citation de", "Citaat van", "Dana"),
)
_STARTS = "|".join(sorted((re.escape(word) for word in _INTRODUCTIONS), key=len, reverse=True))
_START = re.compile(
    rf"[-\u2013\u2014*_>\s\"'(\[]{{0,12}}(?:(?:{_STARTS})(?![\w'])"
    r"|\d{1,4}\s?[./年-]\s?\d{1,2}|\d{1,2}:\d\d|[^\W\d_]{2,12}[.,]{0,2} \d{1,2}\b"
    r"|\d{1,2}\.? [^\W\d_]{3,12}\.?,? )"
)
_INSIDE = re.compile(
    r"(?:(?<=\s)|-{2,4} ?)(?:On|Am|Op|Le|El|Den|Em|Il) "
    r"(?=(?:[^\W\d_]{2,10}[.,]{0,2} ){0,2}\d)"
)

_DAY = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]|\d{1,2}\s?[日月일월]"
    r"|\d{1,2}[-. ]\w{3}[-. ]\d\d"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_ADDRESS = re.compile(r"[^\s<>@\"]@[^\s<>@\"]|\S via \S")
# Programs put an address into brackets, people who tell of it do not.
_BRACKETED = re.compile(r"[<(\[]\s?[^\s<>@\"(\[]{0,80}@[^\s<>@\"]|@\S{1,80} wrote")
# Programs do not speak of themselves, to themselves, or politely.
_TOLD = re.compile(
    r"(?<!\w)(?:I|[Ii]ch|[Ii]k|[Jj]e|[Jj]ag|[Yy]o|[Mm]inä|[Ww]ir|[Ww]ij|mich|mir|uns|me|us|mij|ons|"
    r"m'a|nous|mig|oss|minulle|meille|your|colleagues?|Ihre?|Kolleg\w{1,4}|uw|collega|votre|"
    r"collègue|sus?|colega|kollega|era|din|Frau|Herr|mevrouw|meneer|Madame|Monsieur)(?!\w)"
)
# `2013/10/2 Name <address>` and `2016-03-03 17:21 GMT+01:00 Name` end without a colon.
_DATE_AND_NAME = re.compile(
    r"(?:19|20)\d\d[/-]\d{1,2}[/-]\d{1,2}(?: \d{1,2}:\d\d)?"
    r"(?: GMT[+-]\d\d:\d\d [^:]{2,100}| [^<:]{1,100}<[^<>\s]{3,200}@[^<>\s]{3,200}>)"
)
_POSTED = re.compile(r"Posted by .{1,100} on \d\d/\d\d/\d{4}", re.IGNORECASE)
# `---- Jan wrote ----`, as on Android.
_FRAMED = re.compile(rf"-{{2,8}} ?[^-].{{1,200}}\s(?:{_ALTERNATIVES}) ?:? ?-{{2,8}}", re.IGNORECASE)
# `jan@klant.example wrote:`, alone on its line, as Yahoo writes.
_ADDRESS_WROTE = re.compile(
    rf"(?:[^@:\d]{{0,40}} )?[<(]?[^\s<>@:]{{1,80}}@[^\s<>@:]{{1,80}} (?:{_ALTERNATIVES}) ?:",
    re.IGNORECASE,
)
# `Jan schrieb am Mo., 2. Nov. 2026 um 14:03:`, with the time to the minute.
_WROTE_ON = re.compile(
    rf"(?:\S{{1,60}} {{1,2}}){{1,6}}(?:{_ALTERNATIVES}) (?:on|am|op|le|el|em|il|den|på|dnia|w dniu)"
    r" [^:]{3,60}\d{1,2}[:.h]\d\d.{0,10}:",
    re.IGNORECASE,
)
# GroupWise writes `>>> Jan <jan@klant.example> 02.11.2026 14:03 >>>`.
_GROUPWISE = re.compile(r">>> [^>].{2,200}\d.{0,40} ?>>>")
_DASHES_LAST = re.compile(r"\s{0,5}-{2,12}$")


def may_end(words: str) -> bool:
    """Say whether a line ends like an attribution; most lines do not, and that is seen quickly."""
    first, last = words[0], words[-1]
    return (
        last in ":\uff1a>-"
        or (last in _NO_COLON_LAST and _NO_COLON.search(words[-12:]) is not None)
        or (first in "12" and _DATE_AND_NAME.match(words) is not None)
        or (first in "Pp" and _POSTED.match(words) is not None)
    )


def begins(joined: str) -> bool:
    """Say whether an attribution begins where a text begins, with a word like `On` and a day."""
    return _START.match(joined) is not None and _DAY.search(joined) is not None


def begin_inside(joined: str, end: int) -> int:
    """Give where an attribution begins in the middle of its first line, which ends at `end`; or 0.

    Some programs put it right behind the answer.
    """
    inside = _INSIDE.search(joined, 1, end)
    return inside.start() if inside else 0


def is_certain(joined: str) -> bool:
    """Say whether a line, joined if it was wrapped, has all that makes an attribution."""
    if any(form.fullmatch(joined) for form in (_FRAMED, _GROUPWISE)):
        return True
    line = _DASHES_LAST.sub("", joined.rstrip("*_ "))
    has_day = _DAY.search(line) is not None
    has_address = _ADDRESS.search(line) is not None
    is_bracketed = has_address and _BRACKETED.search(line) is not None
    is_dated = has_day or (has_address and (_TIME.search(line) is not None or _begins_dated(line)))
    if not is_dated or (_TOLD.search(line) and not is_bracketed):
        return False
    if line.endswith((":", "\uff1a")):
        return (is_bracketed and has_day) or (
            _has_verb(line)
            and (
                has_address
                or _START.match(line) is not None
                or patterns.introduces(line)
                or (has_day and _WROTE_ON.fullmatch(line) is not None)
            )
        )
    if _has_verb(line) and _VERB_LAST.search(line) and not line.endswith("."):
        return has_address or (line != joined and _START.match(line) is not None)
    if _POSTED.fullmatch(line):
        return True
    return _DATE_AND_NAME.fullmatch(line) is not None and line.endswith(">")


def _begins_dated(line: str) -> bool:
    return _START.match(line) is not None and any(character.isdigit() for character in line)


def _has_verb(line: str) -> bool:
    """Say whether a line has a verb of writing; most have none, and that is seen quickly."""
    lower = line.lower()
    if not any(verb in lower for verb in _VERBS):
        return False
    return _VERB.search(line) is not None or _VERB_LAST.search(line) is not None


def is_certain_alone(words: str) -> bool:
    """Say whether a line is one when it is a paragraph of its own: `jan@klant.example wrote:`."""
    return _ADDRESS_WROTE.fullmatch(words) is not None and _TOLD.search(words) is None


def is_likely(words: str) -> bool:
    """Say whether a line introduces a quotation that is marked as one."""
    if len(words) > LONGEST:
        return False
    names = _has_verb(words) or any(form.search(words) for form in (_SAYS, _ADDRESS, _DAY))
    return (words[-1] in ":\uff1a" and names) or _DATE_AND_NAME.fullmatch(words) is not None
