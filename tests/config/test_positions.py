"""Places of keys: in these texts each number is the line that it stands on."""

import tomllib
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from gateway.config.positions import Location
from gateway.config.positions import positions as places

EVERYTHING = '''# a comment with [brackets] and "quotes"
top = 2
a.b.c = 3
"q.x" = 4
'li#t' = 5
"es\\u0041\\U00000042" = 6
date = 1979-05-27 07:32:00
float = 8.5 # ]
array = [ 9, # ]
  10, { k = 10, l = [10,
  11] },
 "x", # 12
]
text = """
 x = 1
[no]
\\""" """"" # y
literal = \'\'\'
[[no]]\'\'\'\'
z = 20

[t] # 22
x = 23
[t.u.v]
y = 25
[[m]] # 26
n = 27
[[m.k]] #28
o = 29
[m.p] # 30
q.r = 31
[other]
w = 33
[[m]]
n=35
  [[ m . "k" ]]
  o = 37
inline = { a = 38, b.c = 38 }'''


def positions(source: str) -> dict[Location, int]:
    """Give the line of each key."""
    return {path: place.line for path, place in places(source).items()}


def numbers(value: object, path: Location = ()) -> Iterator[tuple[Location, int]]:
    """Give the path of each number in a parsed TOML text, and the number as its line."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from numbers(inner, (*path, index))
    elif isinstance(value, int | float):
        yield path, int(value)


def test_everything_that_toml_can_write_is_found_on_its_line() -> None:
    """Strings over several lines, dotted keys, and tables that come back do not mislead it."""
    lines = positions(EVERYTHING)
    expected = dict(numbers(tomllib.loads(EVERYTHING)))
    assert len(expected) >= 20
    assert expected == {path: lines[path] for path in expected}


def test_a_table_has_the_line_of_its_header() -> None:
    """So that what is missing in it can be said of somewhere."""
    lines = positions(EVERYTHING)
    tables: list[Location] = [("t",), ("t", "u", "v"), ("m", 0), ("m", 1), ("m", 0, "k", 0)]
    assert [22, 24, 26, 34, 28] == [lines[table] for table in tables]


filler = st.sampled_from(["", "# note", "  ", 'pad{0} = """\n\n"""', "pad{0} = [\n1.5,\n]"])


@given(st.lists(st.tuples(filler, st.sampled_from(["", "[t{0}]", "[[a]]", "[a2.t{0}]"]))))
def test_lines_are_right_whatever_stands_before_them(parts: list[tuple[str, str]]) -> None:
    """Fillers of every height and headers of every kind, in any order."""
    text = ""
    for number, (above, header) in enumerate(parts):
        for piece in (above, header):
            text += piece.format(number) + "\n"
        text += f"key{number} = {text.count(chr(10)) + 1}\n"
    lines = positions(text)
    found = [(p, n) for p, n in numbers(tomllib.loads(text)) if str(p[-1]).startswith("key")]
    assert len(parts) == len(found)
    assert dict(found) == {path: lines[path] for path, _ in found}


@given(st.text(alphabet="ab[]{}=,.\"'#\n\\ 1", max_size=60))
def test_any_toml_text_can_be_scanned(text: str) -> None:
    """Whatever the parser takes, the scan ends and finds each of its keys."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = positions(text)
    assert all(path in lines for path, _ in numbers(tree))


TEXTS = r"""
a = "x"
  b = [ 1, "four", { c = 'five' } ]
basic = "a\tb\u00e9Xy"
literal = 'a\tX'
many = \"\"\"
one
  two \
     X\"\"\"
lines = '''
one
  X'''
""".replace(r"\"\"\"", '"' * 3)


def test_columns_count_from_the_beginning_of_the_line() -> None:
    """What begins a line has column 1; what stands in a list or an inline table has its own."""
    found = places(TEXTS)
    assert [(2, 1), (3, 3), (3, 9), (3, 12), (3, 22)] == [
        (found[path].line, found[path].column)
        for path in (("a",), ("b",), ("b", 0), ("b", 1), ("b", 2, "c"))
    ]


def test_a_character_of_a_text_is_found_where_the_file_has_it() -> None:
    """Whatever its quotation marks, escapes and line ends; beyond the end is its end."""
    tree = tomllib.loads(TEXTS)
    lines = TEXTS.splitlines()
    found = places(TEXTS)
    for key in ("basic", "literal", "many", "lines"):
        line, column = found[key,].inside(tree[key].index("X"))
        assert "X" == lines[line - 1][column - 1], key
        line, column = found[key,].inside(0)
        assert tree[key][0] == lines[line - 1][column - 1], key
