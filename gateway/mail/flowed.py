"""Text with `format=flowed` (RFC 3676): its paragraphs are put together again."""

_SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """Give each paragraph as one line, quoted ones with their `>` marks before them.

    `delete_space` is the parameter DelSp: the blank that says "goes on" is none of the text then.
    """
    lines: list[str] = []
    going: list[str] = []
    depth = 0
    for line in text.split("\n"):
        words = line.lstrip(">")
        quoted = len(line) - len(words)
        words = words.removeprefix(" ")
        # A blank line ends a paragraph, though some programs write that it goes on.
        if going and (quoted != depth or words in {"", _SIGNATURE}):
            lines.append(_line("".join(going), depth))
            going = []
        depth = quoted
        goes_on = words.endswith(" ") and words != _SIGNATURE
        going.append(words[:-1] if goes_on and delete_space else words)
        if not goes_on:
            lines.append(_line("".join(going), depth))
            going = []
    if going:
        lines.append(_line("".join(going), depth))
    return "\n".join(lines)


def _line(words: str, depth: int) -> str:
    """Write a paragraph; one of no quotation that begins like one keeps the blank before it."""
    if words != _SIGNATURE:
        words = words.rstrip(" ")
    if depth:
        return f"{'>' * depth} {words}" if words else ">" * depth
    return f" {words}" if words.startswith(">") else words
