"""What a condition may speak of: every variable and every function, and where it may.

`docs/rules.md` has tables made of these values.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.config.policy import Moment


class Place(StrEnum):
    """Where a condition stands: in a rule, in a level of support, in a detail."""

    RULE = "rule"
    LEVEL = "level"
    DETAIL = "detail"


class Use(StrEnum):
    """What a condition is asked of."""

    NEW = "rule/new"
    REPLY = "rule/reply"
    TIME = "rule/time"
    LEVEL = "level"
    DETAIL = "detail"

    @property
    def place(self) -> Place:
        """Give where conditions of this use stand."""
        return Place(self.value.split("/")[0])


USE_AT = {Moment.NEW: Use.NEW, Moment.REPLY: Use.REPLY, Moment.TIME: Use.TIME}
"""What a rule is asked of, by its moment."""


class Type(StrEnum):
    """The type of a variable, as CEL's documentation writes it."""

    STRING = "string"
    BOOL = "bool"
    INT = "int"
    TIMESTAMP = "timestamp"
    STRINGS = "list(string)"
    TABLE = "map(string, string)"


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that a condition may ask; `meaning` is what it says, in one sentence."""

    name: str
    type: Type
    meaning: str
    uses: frozenset[Use]


@dataclass(frozen=True, slots=True)
class Function:
    """Something that a condition may call.

    `calls` are the names that CEL knows it by, `signature` is how it is written, and `example` is
    a condition that holds of anything.
    """

    calls: tuple[str, ...]
    signature: str
    meaning: str
    example: str


MOST_TEXT = 32_768
"""So many characters of a mail's text does a condition see."""
MANY_DAYS = 99_999
"""Stands for a number of days that nobody knows."""

_MAIL = frozenset({Use.NEW, Use.REPLY, Use.DETAIL})
_RULES = frozenset({Use.NEW, Use.REPLY, Use.TIME})
_TICKET = frozenset({Use.REPLY, Use.TIME})
_ALL = frozenset(Use)
_NOT_LEVEL = _ALL - {Use.LEVEL}
_LEVEL = frozenset({Use.LEVEL})


def _of(uses: frozenset[Use], prefix: str, *rows: tuple[str, Type, str]) -> tuple[Variable, ...]:
    return tuple(Variable(f"{prefix}{name}", type_, says, uses) for name, type_, says in rows)


_OF_MAIL = _of(
    _MAIL,
    "mail.",
    ("subject", Type.STRING, "The subject, decoded."),
    (
        "text",
        Type.STRING,
        f"What is new in it, without quotation and signature; its first {MOST_TEXT} characters.",
    ),
    ("from", Type.STRING, 'The author\'s address in lower case, "" if there is not exactly one.'),
    ("domain", Type.STRING, "The part of `mail.from` after the @."),
    ("to", Type.STRINGS, "The desk's addresses that it was written to."),
    ("copied", Type.STRINGS, "People whom it was written to as well: neither ours nor agents."),
    (
        "kind",
        Type.STRING,
        "`person`, `automatic`, `out-of-office`, `bounce`, `receipt`, `list`, `report`, `loop`.",
    ),
    ("language", Type.STRING, "The language in which its author is answered."),
    ("authentic", Type.BOOL, "Whether the author's domain vouches for it."),
    ("attachments", Type.STRINGS, "The names of its attachments."),
    ("attachment_types", Type.STRINGS, "Their media types, such as `image/png`."),
    (
        "headers",
        Type.TABLE,
        "Its header fields by their names in lower case; the first of each name.",
    ),
    ("thanks", Type.BOOL, "Whether it says no more than thank you."),
    ("urgent", Type.BOOL, "Whether its sender marked it as urgent."),
    ("claims", Type.BOOL, "Whether it names a case that is not its author's."),
)

_OF_CUSTOMER = _of(
    _ALL,
    "customer.",
    ("known", Type.BOOL, "Whether the directory has the author (on time: the requester)."),
    ("name", Type.STRING, "Their name."),
    ("organisation", Type.STRING, "What they belong to."),
    ("language", Type.STRING, "The language that the directory says."),
    ("plan", Type.STRING, "Column `plan`."),
    ("product", Type.STRING, "Column `product`."),
    ("version", Type.STRING, "Column `version`."),
    ("registered", Type.BOOL, "Whether the column `registered` is filled in."),
    ("reseller", Type.STRING, 'The address in the column `reseller`, or "".'),
    ("site", Type.STRING, "Column `site`."),
    (
        "has_contract",
        Type.BOOL,
        "Whether `contract_until` is today or later, in the desk's timezone.",
    ),
    (
        "contract_days",
        Type.INT,
        f"Days until `contract_until`; negative when it is over, -{MANY_DAYS} if nobody knows.",
    ),
    ("purchase_days", Type.INT, f"Days since `purchased_on`; {MANY_DAYS} if nobody knows."),
    ("evaluating", Type.BOOL, "Whether `evaluating_since` is filled in."),
    ("evaluation_days", Type.INT, "Days since `evaluating_since`; -1 when not evaluating."),
    ("columns", Type.TABLE, "All columns of the directory that are filled in, by their names."),
    ("orders", Type.INT, "How many orders they have."),
)

_OF_ACCOUNT = _of(
    _NOT_LEVEL,
    "account.",
    ("found", Type.BOOL, "Whether it is known by whose account the mail may expect support."),
    (
        "by",
        Type.STRING,
        'By what: `address`, `ticket`, `site`, `order`, `organisation`, `name`, or "".',
    ),
)

_OF_SUPPORT = _of(
    _NOT_LEVEL, "support.", ("level", Type.STRING, "The level of support, as [entitlement] names.")
)

_OF_ORDER = _of(
    _LEVEL,
    "order.",
    ("number", Type.STRING, "The order's number; \"\" for what the person's own row says."),
    ("site", Type.STRING, "The licensed site."),
    ("product", Type.STRING, "The product."),
    ("version", Type.STRING, "The version that was bought."),
    ("plan", Type.STRING, "The plan."),
    ("age_days", Type.INT, f"Days since it was bought; {MANY_DAYS} if nobody knows."),
    ("columns", Type.TABLE, "Further columns that are filled in, by their names."),
)

_OF_ANY_TICKET = _of(
    _NOT_LEVEL,
    "ticket.",
    ("type", Type.STRING, "Its type; like the six below, as the rules above have set it."),
    ("severity", Type.STRING, "Its severity."),
    ("status", Type.STRING, "Its status."),
    ("phase", Type.STRING, "What the status means: `open`, `waiting` or `closed`."),
    ("tags", Type.STRINGS, "Its tags."),
    ("assignee", Type.STRING, 'The address of the agent whose it is, or "".'),
    ("group", Type.STRING, 'The group whose it is, or "".'),
)

_OF_TICKET = _of(
    _TICKET,
    "ticket.",
    ("number", Type.STRING, "Its case number."),
    ("answers", Type.STRINGS, "The canned answers that it has had, by their templates."),
    ("days_open", Type.INT, "Whole days since it was opened."),
)

_OTHERS = (
    *_of(
        frozenset({Use.REPLY}),
        "ticket.",
        ("reporter_is_requester", Type.BOOL, "Whether the mail is from the ticket's requester."),
    ),
    *_of(
        frozenset({Use.NEW, Use.REPLY}),
        "sender.",
        ("answers", Type.STRINGS, "The canned answers that the author got lately, on any ticket."),
    ),
    *_of(frozenset({Use.TIME}), "", ("timer", Type.STRING, "The name of the timer that is due.")),
    *_of(_ALL, "", ("now", Type.TIMESTAMP, "The present time.")),
    *_of(
        _ALL,
        "clock.",
        ("hour", Type.INT, "The present hour in the desk's timezone, 0 to 23."),
        ("weekday", Type.INT, "The day of the week there: 1 is Monday, 7 Sunday."),
    ),
)

VARIABLES = (
    *_OF_MAIL,
    *_OF_CUSTOMER,
    *_OF_ACCOUNT,
    *_OF_SUPPORT,
    *_OF_ORDER,
    *_OF_ANY_TICKET,
    *_OF_TICKET,
    *_OTHERS,
)
"""Every variable."""

BY_NAME = {variable.name: variable for variable in VARIABLES}
"""Every variable, by its name."""

FUNCTIONS = (
    Function(("_==_", "_!=_"), "a == b, a != b", "Equal, or not.", '"en" != "nl"'),
    Function(("_<_", "_<=_", "_>_", "_>=_"), "a < b, a <= b, a > b, a >= b", "Compares.", "9 < 10"),
    Function(("_&&_",), "a && b", "Both hold.", "true && true"),
    Function(("_||_",), "a || b", "One of them holds.", "true || false"),
    Function(("!_",), "!a", "It does not hold.", "!false"),
    Function(("_?_:_",), "a ? b : c", "`b` where `a` holds, else `c`.", "true ? true : false"),
    Function(("@in",), "a in list", "It is in the list, or a name of the table.", '"a" in ["a"]'),
    Function(
        ("_+_", "_-_", "_*_", "_/_", "_%_", "-_"),
        "a + b, a - b, a * b, a / b, a % b",
        "Sums; `+` also puts texts together.",
        "7 % 4 == 3",
    ),
    Function(
        ("_[_]",),
        'list[0], table["name"]',
        "An element; a condition fails where there is none, so ask `in` or `has` before.",
        '{"a": "b"}["a"] == "b"',
    ),
    Function(
        ("has",),
        "has(table.name)",
        "The table has that name.",
        'has({"plan": "gold"}.plan)',
    ),
    Function(
        ("exists", "all", "exists_one", "filter", "map"),
        "list.exists(x, condition)",
        "The condition holds of some element; `all`: of each, `exists_one`: of exactly one."
        " `list.filter(x, condition)` and `list.map(x, value)` make new lists.",
        '["a.log", "b.txt"].exists(name, name.endsWith(".log"))',
    ),
    Function(("size",), "size(a), a.size()", "How long it is.", 'size("abc") == 3'),
    Function(
        ("mentions",),
        "text.mentions([word, ...])",
        "The text has one of these words or phrases. Whole words count, in any letter case, with"
        " or without accents; `*` at a word's end ends it freely.",
        '"The server went DÓWN again".mentions(["outage", "went down", "serv*"])',
    ),
    Function(
        ("contains",), "text.contains(part)", "It has that part, as written.", '"abc".contains("b")'
    ),
    Function(("startsWith",), "text.startsWith(part)", "It begins so.", '"abc".startsWith("a")'),
    Function(("endsWith",), "text.endsWith(part)", "It ends so.", '"abc".endsWith("c")'),
    Function(
        ("matches",),
        "text.matches(pattern)",
        "A part of it matches the regular expression (RE2). `(?i)` before it: in any letter case.",
        r'"It is Down".matches(r"(?i)\bdown\b")',
    ),
    Function(
        ("lowerAscii", "upperAscii"),
        "text.lowerAscii(), text.upperAscii()",
        "With letters a to z in small, or in capitals.",
        '"ABC".lowerAscii() == "abc"',
    ),
    Function(("trim",), "text.trim()", "Without blanks around it.", '" a ".trim() == "a"'),
    Function(
        ("indexOf", "lastIndexOf"),
        "text.indexOf(part), text.lastIndexOf(part)",
        "Where the part stands, counted from 0; -1 if it does not.",
        '"abc".indexOf("c") == 2',
    ),
    Function(
        ("substring", "charAt"),
        "text.substring(from, to), text.charAt(at)",
        "A part of the text; a condition fails beyond its end.",
        '"abcd".substring(1, 3) == "bc"',
    ),
    Function(
        ("split",),
        "text.split(mark)",
        "Its parts between the marks; not of a mail's text.",
        '"b" in "a,b".split(",")',
    ),
    Function(
        ("older",),
        "older(version, other)",
        "The version is older than the other; false where one is not known.",
        'older("9.2", "10")',
    ),
    Function(
        ("int", "double", "string"),
        "int(text), double(text), string(number)",
        "The same as another type; a condition fails where that cannot be.",
        'int("5") > 4',
    ),
    Function(
        ("timestamp", "duration"),
        'timestamp("2026-03-02T09:00:00Z"), duration("36h")',
        "A time, a length of time; they can be compared, added and subtracted.",
        'timestamp("2026-03-02T09:00:00Z") + duration("1h") > timestamp("2026-03-02T09:30:00Z")',
    ),
    Function(
        ("getFullYear", "getMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes"),
        'time.getHours("Europe/Amsterdam")',
        "A part of a time, in a timezone; months count from 0, days of the week from 0, Sunday.",
        'timestamp("2026-03-02T09:00:00Z").getHours("Europe/Amsterdam") == 10',
    ),
)
"""Every function and operator; a condition with any other is refused."""
