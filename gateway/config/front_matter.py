"""Reading a text file that begins with YAML between two lines of `---`, strictly.

Such a file is an author's and may be anybody's: what it begins with is a small mapping of names to
texts, or to lists of texts, each taken as it is written. Anchors, aliases, tags and deeper
structures are refused before anything is built of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from gateway.config.text_file import read_text, refuse, refuse_pipe

LONGEST = 256 * 1024
_LONGEST_MATTER = 16 * 1024
# A mapping, and lists in it.
_DEEPEST = 2
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Field:
    """What stands under a name: `texts` is one text, or those of a list; `line` is where."""

    texts: tuple[str, ...]
    line: int
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's fields by their names, and the text below them, which begins on `line`."""

    path: Path
    fields: Mapping[str, Field]
    text: str
    line: int


def read(path: Path) -> FrontMatter:
    """Read a file of at most 256 KiB, in UTF-8, with at most 16 KiB before its text.

    Raises Misconfigured with the first thing that is wrong.
    """
    refuse_pipe(path)
    lines = read_text(path, LONGEST).splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        refuse(path, 1, 'has no front matter: the first line must be "---"')
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), 0)
    if not end:
        refuse(path, 1, 'the front matter has no end: a line "---" must close it')
    matter = "\n".join(lines[1:end])
    if len(matter) > _LONGEST_MATTER:
        refuse(path, 1, f"the front matter is larger than {_LONGEST_MATTER} characters")
    text = "\n".join(lines[end + 1 :]).strip()
    return FrontMatter(path, _fields(path, matter), text, end + 2)


def _fields(path: Path, matter: str) -> dict[str, Field]:
    try:
        _require_plain(path, matter)
        node = yaml.compose(matter, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "it cannot be read"
        refuse(path, mark.line + 2 if mark else 1, f"is not well-formed YAML: {what}")
    except yaml.YAMLError:
        refuse(path, 1, "is not well-formed YAML: there is a character that it must not have")
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        refuse(path, 2, 'the front matter must be lines such as "title: How to print"')
    found: dict[str, Field] = {}
    for key, value in node.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            refuse(path, line, "a name must be one word")
        if key.value in found:
            refuse(path, line, f'"{key.value}" stands there twice')
        found[key.value] = _field(path, key.value, value, line)
    return found


def _require_plain(path: Path, matter: str) -> None:
    """Look at the events that the YAML consists of, before any of it is built."""
    depth = 0
    for event in yaml.parse(matter, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 2
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            refuse(path, line, "has an anchor or an alias (& or *); put the text in quotes")
        if getattr(event, "tag", None):
            refuse(path, line, "has a tag (!); put the text in quotes")
        if isinstance(event, yaml.DocumentStartEvent) and event.explicit:
            refuse(path, line, "has more than one document")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            refuse(path, line, "has a list or a table within another; only texts and lists fit")


def _field(path: Path, name: str, value: yaml.Node, line: int) -> Field:
    """Take texts as they are written: `no` is a language, and `404` a title."""
    if isinstance(value, yaml.ScalarNode):
        return Field((value.value.strip(),), line)
    if isinstance(value, yaml.SequenceNode):
        texts = [one.value.strip() for one in value.value if isinstance(one, yaml.ScalarNode)]
        if len(texts) == len(value.value):
            return Field(tuple(texts), line, is_list=True)
    return refuse(path, line, f'"{name}" must be a text or a list of texts')
