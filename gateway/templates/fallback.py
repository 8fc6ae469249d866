"""The one wording in Python: what is said when no template can be used at all."""

from collections.abc import Mapping

from gateway.templates.values import Value

BUILT_IN = "built-in"


def plain_text(values: Mapping[str, Value]) -> tuple[str, str]:
    """Give subject and body of a mail that says its text, its case number and how to answer."""
    number = _text(values, "ticket", "number")
    subject = f"[{number}]" if number else "Your mail"
    text = values.get("text")
    said = f"{text}\n\n" if isinstance(text, str) and text else ""
    case = f"Your case number is {number}.\n" if number else ""
    title = _text(values, "desk", "title")
    body = f"{said}{case}To write to us about it, answer this mail.\n\n{title}"
    return subject, body.rstrip() + "\n"


def _text(values: Mapping[str, Value], group: str, key: str) -> str:
    inner = values.get(group)
    value = inner.get(key) if isinstance(inner, Mapping) else None
    return value if isinstance(value, str) else ""
