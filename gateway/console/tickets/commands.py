"""What a form on a ticket says, written as an agent's mail says it (docs/agents.md)."""

from collections.abc import Iterator, Mapping

from gateway.serving.form import clean

LONGEST_ARGUMENT = 450
NOTE = "note"

_YES = "yes"
# Each field that is filled in is a command, in this order; `yes` is one without words.
_FIELDS = (
    *("take", "type", "severity", "assign", "status", "resolve", "wait", "close", "hold", "defect"),
    *("time", "cc", "merge", "split", "reply", "kb", "spam"),
)


def mail_text(form: Mapping[str, str]) -> str:
    """Give commands, a line each, and below them the text; "" where a form says nothing."""
    commands = list(commands_of(form))
    text = clean(form.get("text", "")).strip()
    if not commands and not text:
        return ""
    if form.get("kind") == NOTE:
        commands.append(f"#{NOTE}")
    return "\n\n".join(part for part in ("\n".join(commands), text) if part)


def commands_of(form: Mapping[str, str]) -> Iterator[str]:
    """Give the commands that a form's fields are, without `#note`."""
    for name in _FIELDS:
        argument = " ".join(clean(form.get(name, "")).split())[:LONGEST_ARGUMENT]
        if argument:
            yield f"#{name}" if argument == _YES else f"#{name} {argument}"


def goes_out(form: Mapping[str, str]) -> bool:
    """Say whether words of a form go to the customer."""
    answers = bool(form.get("text", "").strip()) and form.get("kind") != NOTE
    return answers or bool(form.get("reply", "").strip())
