"""What somebody wrote themselves, and nothing else: what may be passed on under another name.

`fold` keeps whatever might be needed to understand a mail. Here it is the other way round: a line
that may be quoted is left out, since the quotation may be one that not everybody may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.mail.reply.layout import Is, Layout, lay_out
from gateway.mail.reply.lines import Lines, split
from gateway.mail.reply.marker import FRAME
from gateway.mail.reply.signature import signature_start


@dataclass(frozen=True, slots=True)
class Authored:
    """The lines that an author wrote newly, without quotation and signature.

    `unclear` says that they cannot be told from what they stand among.
    """

    text: str
    unclear: bool = False


NOTHING_AUTHORED = Authored("")


def typed(text: str) -> Authored:
    """Give what was written in a text that its author typed here, where no program quotes.

    What looks like a quotation is one that they put there; their name below it is left out, as it
    is of a mail.
    """
    lines = text.split("\n")
    found = "\n".join(lines[: _end(lines)]).strip()
    return Authored(found, FRAME in found)


def authored(text: str, told: Sequence[str] = ()) -> Authored:
    """Give what was written newly in a mail's text; `told` are texts that its author got from us.

    Below lines of those that bear no quotation marks, nothing can be told apart.
    """
    lines = split(text)
    layout = lay_out(lines, told)
    kept = [_new_part(lines, layout, number) for number in range(layout.top, len(lines))]
    end = _end(kept)
    found = "\n".join(kept[:end]).strip()
    bare = min((n for n in layout.known if not lines.quoted[n]), default=len(lines))
    below = any(line.strip() for line in kept[max(bare - layout.top, 0) : end])
    return Authored(found, layout.answered_inside or below or FRAME in found)


def _end(lines: Sequence[str]) -> int:
    """Say where a signature begins; whoever writes no more than `Thanks, Anna` means it."""
    words = [line.strip() for line in lines]
    signed = signature_start(words)
    return signed if any(words[:signed]) else len(words)


def _new_part(lines: Lines, layout: Layout, number: int) -> str:
    """Give as much of a line as is new."""
    if number > layout.history or layout.kinds[number] is Is.FORWARDED:
        return ""
    line = lines.raw[number]
    if number == layout.history:
        return line[: layout.column]
    if number in layout.known or lines.quoted[number] or layout.kinds[number] is Is.QUOTED:
        return line[: layout.columns.get(number, 0)]
    return line
