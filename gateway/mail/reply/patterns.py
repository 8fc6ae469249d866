# ruff: noqa: RUF001  words of many languages look alike
"""The patterns of quotequail, with Finnish and what else it lacks.

Its `unwrap` is not used: it takes any two lines like `Von: Hamburg` for a forwarded mail, knows one
quotation a text, and compares every line of it with every following one. Its patterns are good.
"""

import re

from quotequail import _patterns

_MORE_REPLIES = (
    r"^(.*) kirjoitti:?$",  # Finnish
    r"^(.*) kirjoitti (.*):$",
    r"^(.*) skrev (.*):$",  # Swedish, Norwegian, Danish, beginning with a weekday
    r"^(?:Il|In data|Il giorno) (.*) ha scritto:$",
    r"^(?:Dnia|W dniu) (.*) napisał(?:\(a\)|a)?:$",
)
_MORE_ORIGINALS = (
    *("Alkuperäinen viesti", "Alkuperäinen sähköposti", "Message d'origine", "Message d’origine"),
    *("Message original", "Originalmeddelande", "Ursprungligt meddelande", "Reply [mM]essage"),
    *("Antwort Nachricht", "Oprindelig meddelelse", "Oprindelig besked", "Opprinnelig melding"),
    *("Messaggio originale", "Mensagem original", "Wiadomość oryginalna", "Oryginalna wiadomość"),
    *("Исходное сообщение", "Пересылаемое сообщение", "Původní zpráva", "Pôvodná správa"),
    *("原始邮件", "原始郵件", "元のメッセージ", "Original-Nachricht", "Opprinnelig e-post"),
    *(
        "邮件原件",
        "郵件原件",
        "원본 메일",
        "الرسالة الأصلية",
        "ההודעה המקורית",
        "Izvirno sporočilo",
    ),
    *("Исходное письмо", "Оригінальне повідомлення", "Eredeti üzenet", "Mesaj original"),
    *(
        "Orijinal Mesaj",
        "원본 메시지",
        "Αρχικό μήνυμα",
        "Original message processed by .{1,40}",
        "Missatge original",
        "Svarmeddelande",
    ),
)

_REPLIES = (
    *_patterns.COMPILED_PATTERN_MAP["reply"],
    *(re.compile(pattern) for pattern in _MORE_REPLIES),
)
_ORIGINAL = (
    rf"(?:{'|'.join(_MORE_ORIGINALS)}"
    r"|Original [mM]essage|Ursprüngliche Nachricht|Mensaje [oO]riginal|Oorspronkelijk [bB]ericht"
    r"|Origineel [bB]ericht)"
)
_ORIGINALS = re.compile(
    rf"[-_*=\u2013\u2014 ]{{2,40}}{_ORIGINAL} ?[-_*=\u2013\u2014 ]{{2,40}}", re.IGNORECASE
)
# Telephones write the header right behind it; what turns HTML into text loses line ends, too.
_GLUED = re.compile(rf"(?<!-)-{{4,40}}(?!-) ?(?=[^\W\d_]){_ORIGINAL} ?-{{4,40}}", re.IGNORECASE)

_FORWARDS = re.compile(
    r"[-_*=\u2013\u2014 ]{2,40}(?:Forwarded [mM]essage|Videresendt besked|Videresendt melding"
    r"|Videresendt meddelelse|Messaggio inoltrato|Mensagem encaminhada|Przekazana wiadomość"
    r"|Пересылаемое сообщение|Пересланное сообщение|Přeposlaná zpráva|转发的邮件|转发邮件"
    r"|転送メッセージ|Forwarded by .{1,80}) ?[-_*=\u2013\u2014 ]{2,40}"
    r"|Begin forwarded message ?:|Inizio messaggio inoltrato ?:|Videresendt besked ?:"
    r"|Start på videresendt besked ?:|Início da mensagem encaminhada ?:",
    re.IGNORECASE,
)

# So many quoted lines are a quotation even where nothing introduces them.
FEWEST_QUOTED: int = _patterns.MIN_QUOTED_LINES

# Two of its patterns take quadratic time; so long a line is no attribution.
_LONGEST = 400


def introduces(line: str) -> bool:
    """Say whether a line is one that stands above a quotation."""
    return len(line) <= _LONGEST and any(pattern.match(line) for pattern in _REPLIES)


def names_original(line: str) -> bool:
    """Say whether a line, framed by dashes, says that the original message follows."""
    return len(line) <= _LONGEST and _ORIGINALS.fullmatch(line) is not None


def glued_original(line: str) -> tuple[int, int] | None:
    """Say from where to where such words stand in a line that goes on behind them."""
    found = _GLUED.search(line) if "----" in line else None
    return (found.start(), found.end()) if found and found.end() < len(line) else None


def names_forward(line: str) -> bool:
    """Say whether a line says that a forwarded message follows."""
    return len(line) <= _LONGEST and _FORWARDS.fullmatch(line) is not None
