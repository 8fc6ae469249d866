"""Reading the commands at the top of an agent's mail.

    commands = *( *blank-line command-line ) text
    command-line = "#" word [":"] [ argument ]        a word begins with a letter

What mail programs do to such lines does no harm: non-breaking blanks and zero-width characters,
bullets, bold marks, a full-width number sign, typographic hyphens, and links that repeat what they
are shown as. The first other line begins the text, and nothing after it is a command.

Every scan is linear; no more than MAX_COMMANDS lines of MAX_LINE characters are read as commands.
"""

import unicodedata
from collections.abc import Callable, Mapping

from gateway.desk.commands.model import Command, Commanded
from gateway.desk.commands.usage import usage_of

MAX_COMMANDS = 20
MAX_LINE = 500

_NOTE = "note"
_MOST_OF_NOTE = 40

# What programs leave around text and nobody sees: format characters, such as U+200B and U+FEFF.
_UNSEEN = "Cf"
_BULLETS = "*-\u2022\u2023\u2043\u00b7\u25cf\u25e6\u25aa\u2013\u2014\\"
_NUMBER_SIGNS = "#\uff03\ufe5f"
_HYPHENS = str.maketrans(dict.fromkeys("_\u2010\u2011\u2012\u2013\u2014\u2212\u00ad", "-"))


def read(text: str) -> Commanded:
    """Give the commands on the first lines of a text, and the text below them.

    A command nobody knows, one command too many, or a line that is too long is `unknown`. `#note`
    may have the first words of its text beside it.
    """
    commands: list[Command] = []
    notes: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(text) and len(unknown) + len(commands) <= MAX_COMMANDS:
        line, after = _line(text, at)
        command = command_of(line)
        if command is None and _plain(line):
            break
        at = after
        if command is None:
            continue
        excess = len(unknown) + len(commands) == MAX_COMMANDS
        if excess or usage_of(command.name) is None or len(line) > MAX_LINE:
            unknown.append(line)
            continue
        command, at = _unwrapped(command, text, at)
        if command.name == "note" and command.argument:
            notes.append(command.argument)
            command = Command(command.name, "")
        commands.append(command)
    said = (*notes, text[at:].strip())
    return Commanded(tuple(commands), "\n".join(part for part in said if part), tuple(unknown))


def _line(text: str, at: int) -> tuple[str, int]:
    """Give the line that begins there, and where the next one does.

    It is cut a little beyond the bound, so that it can be seen to be longer.
    """
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return text[at : min(end, at + MAX_LINE + 1)].rstrip(), end + 1


def _plain(line: str) -> str:
    """Give a line as it was meant: one blank between words, nothing that cannot be seen."""
    seen = (c for c in line if unicodedata.category(c) != _UNSEEN)
    return " ".join("".join(seen).replace("&nbsp;", " ").split())


def command_of(line: str) -> Command | None:
    """Read a line as a command; None if it does not begin like one."""
    plain = _plain(line)
    marked = plain.lstrip(_BULLETS + " ")
    if marked[:1] not in _NUMBER_SIGNS or not marked[1:2].isalpha():
        return None
    if plain.startswith(("*#", "**#")):
        marked = marked.rstrip("*")  # Bold, as programs write it in plain text.
    word, _, argument = marked[1:].partition(" ")
    head, _, tail = word.partition(":")
    if tail and usage_of(head.lower()) is not None:
        word, argument = head, f"{tail} {argument}"
    name = word.translate(_HYPHENS).strip("*").lower().rstrip(":.,;!")
    return Command(name, _without_links(argument))


def has_note_below(text: str) -> bool:
    """Say whether a line below the commands begins like `#note`, in whatever way it is written.

    Whoever wrote it wanted the text kept among agents.
    """
    return any(_is_note(line[:_MOST_OF_NOTE]) for line in text.splitlines())


def _is_note(line: str) -> bool:
    start = next((at for at, c in enumerate(line) if c.isalnum()), len(line))
    word, after = line[start : start + len(_NOTE)], line[start + len(_NOTE) :][:1]
    marked = any(sign in line[:start] for sign in _NUMBER_SIGNS)
    return marked and word.lower() == _NOTE and not after.isalnum()


def _without_links(argument: str) -> str:
    """Take away what programs put beside an address or a URL: the same once more, as a link."""
    words: list[str] = []
    for word in argument.split():
        shown, opening, link = word.partition("<")
        link = link.removesuffix(">")
        if not opening or not link.lower().startswith(("mailto:", "http://", "https://")):
            words.append(word)
        elif "@" in shown or "://" in shown:
            words.append(shown)
        elif shown or not words or not _is_same(words[-1], link):
            words.append(link.removeprefix("mailto:"))
    return " ".join(words)


def _is_same(shown: str, link: str) -> bool:
    """Say whether a link leads to what is shown."""
    target = link.removeprefix("mailto:").rstrip("/").lower()
    return shown.rstrip("/").lower() in {target, target.partition("://")[2]}


def _is_address(word: str) -> bool:
    return "@" in word[1:-1]


def _is_link(word: str) -> bool:
    return word.lower().startswith(("http://", "https://"))


# What the next line has to be for the program to have wrapped the command's line there.
_GOES_ON: Mapping[str, Callable[[str], bool]] = {"cc": _is_address, "defect": _is_link}


def _unwrapped(command: Command, text: str, at: int) -> tuple[Command, int]:
    """Join the lines that a mail program made of a long one: addresses, or the URL of a defect."""
    fits = _GOES_ON.get(command.name)
    if fits is None or (command.name == "defect" and "://" in command.argument):
        return command, at
    while at < len(text):
        line, after = _line(text, at)
        more = _without_links(_plain(line))
        whole = f"{command.argument} {more}"
        words = more.replace(",", " ").replace(";", " ").split()
        if not words or not all(fits(word) for word in words) or len(whole) > MAX_LINE:
            break
        command, at = Command(command.name, whole), after
    return command, at
