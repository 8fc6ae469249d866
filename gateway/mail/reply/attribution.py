# ruff: noqa: RUF001  words of many languages look alike
"""The line above a quotation, which says who wrote it and when.

Programs write it in a hundred forms and in every language, and wrap it. What these have in common
is looked for: a date, an address, a verb of writing, a colon at the end.
"""

import re
from dataclasses import dataclass

from gateway.mail.reply import patterns
from gateway.mail.reply.lines import Lines

# Lines that end like an attribution are rare; an attack is made of them.
_MOST_CANDIDATES = 400
_MOST_LINES = 5
_LONGEST = 500

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
_MYSELF = re.compile(r"(?<!\w)(?:I|[Ii]ch|[Ii]k|[Jj]e|[Jj]ag|[Yy]o|[Mm]inä|[Ww]ir|[Ww]ij)(?!\w)")
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
# GroupWise writes `>>> Jan <jan@klant.example> 02.11.2026 14:03 >>>`.
_GROUPWISE = re.compile(r">>> [^>].{2,200}\d.{0,40} ?>>>")
_DASHES_LAST = re.compile(r"\s{0,5}-{2,12}$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """The lines `first` to `last` introduce a quotation.

    Text of line `first` up to the character `column` is not part of it. `certain` says that it
    is one whether or not the lines below it bear quotation marks.
    """

    first: int
    last: int
    column: int
    certain: bool


def attributions(lines: Lines) -> dict[int, Attribution]:
    """Find the unquoted lines that introduce quotations, by their first line."""
    found: dict[int, Attribution] = {}
    taken = -1
    candidates = 0
    for number, words in enumerate(lines.words):
        if not words or lines.quoted[number] or not _ends_like_one(words):
            continue
        candidates += 1
        if candidates > _MOST_CANDIDATES:
            break
        one = _ending_at(lines, number, taken)
        if one is not None:
            found[one.first] = one
            taken = one.last
    return found


def _ends_like_one(words: str) -> bool:
    return (
        words[-1] in ":\uff1a>-"
        or _NO_COLON.search(words[-12:]) is not None
        or _DATE_AND_NAME.match(words) is not None
        or _POSTED.match(words) is not None
    )


def _ending_at(lines: Lines, last: int, taken: int) -> Attribution | None:
    """Find how many lines above `last` belong to an attribution that ends there."""
    below = lines.next_words(last + 1)
    is_followed = below < len(lines) and lines.quoted[below] and below <= last + 3
    joined = ""
    certain: Attribution | None = None
    for first in range(last, max(last - _MOST_LINES, taken, -1), -1):
        words = lines.words[first]
        if not words and joined.startswith("<"):
            continue
        if not words or lines.quoted[first] or len(joined) + len(words) > _LONGEST:
            break
        joined = f"{words} {joined}" if joined else words
        if _is_certain(joined):
            if _START.match(joined) and _DAY.search(joined):
                return Attribution(first, last, 0, certain=True)
            inside = _INSIDE.search(joined, 1, len(words))
            if inside is not None:
                column = lines.raw[first].find(words) + inside.start()
                return Attribution(first, last, column, certain=True)
            certain = certain or Attribution(first, last, 0, certain=True)
    if certain is not None:
        return certain
    return _likely(lines, last, taken) if is_followed else None


def _likely(lines: Lines, last: int, taken: int) -> Attribution | None:
    """Take a line for an attribution because a quotation follows it."""
    words = lines.words[last]
    if len(words) > _LONGEST:
        return None
    has_colon = words[-1] in ":\uff1a"
    names = _has_verb(words) or any(form.search(words) for form in (_SAYS, _ADDRESS, _DAY))
    if not ((has_colon and names) or _DATE_AND_NAME.fullmatch(words)):
        return None
    first = last
    if (words[0] == "<" or " " not in words) and last - 1 > taken:
        above = lines.words[last - 1]
        first = last - 1 if above and not lines.quoted[last - 1] else last
    return Attribution(first, last, 0, certain=False)


def _is_certain(joined: str) -> bool:
    """Say whether a joined line has all that makes an attribution."""
    if any(form.fullmatch(joined) for form in (_FRAMED, _GROUPWISE)):
        return True
    if _ADDRESS_WROTE.fullmatch(joined):
        return _MYSELF.search(joined) is None
    line = _DASHES_LAST.sub("", joined.rstrip("*_ "))
    has_day = _DAY.search(line) is not None
    has_address = _ADDRESS.search(line) is not None
    is_bracketed = has_address and _BRACKETED.search(line) is not None
    is_dated = has_day or (has_address and (_TIME.search(line) is not None or _begins_dated(line)))
    if not is_dated or (_MYSELF.search(line) and not is_bracketed):
        return False
    if line.endswith((":", "\uff1a")):
        return (is_bracketed and has_day) or (
            _has_verb(line)
            and (has_address or _START.match(line) is not None or patterns.introduces(line))
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
