"""What a condition may call: every function and operator."""

from dataclasses import dataclass


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
