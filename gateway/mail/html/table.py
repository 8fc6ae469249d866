"""Tables of a mail's HTML: those that hold data stay tables, those that place things do not.

inscriptis sets cells side by side, which is right for data. Most tables in mails only place what
they hold; read so, their columns would run into each other, quotations and signatures with them.
"""

from lxml.html import HtmlElement

from gateway.mail.html.markup import BLOCKS, TABLE_PARTS

# A blank that stays: inscriptis collapses all others. It is a noncharacter, which no text holds.
BLANK = "\ufdd2"

_WIDEST_CELL = 80
_MOST_COLUMNS = 30
_MOST_ROWS = 300
_LINES = (*(BLOCKS | TABLE_PARTS), "br")

Rows = list[list[HtmlElement]]


def without_placing(table: HtmlElement) -> None:
    """Make blocks of the rows and cells of a table that holds no data, and of the table itself.

    The tables in it have been looked at before.
    """
    groups = [part for part in table if part.tag in {"tbody", "tfoot", "thead"}]
    rows = [row for part in table for row in (part if part in groups else (part,))]
    rows = [row for row in rows if row.tag == "tr"]
    cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
    for cell in (cell for row in cells for cell in row):
        _unwrap(cell)
    if _holds_data(cells):
        return
    for row in cells:
        _set_in_line(row)
    for element in (table, *groups, *rows):
        element.tag = "div"


def _unwrap(cell: HtmlElement) -> None:
    """Take away a block that is all there is in a cell, as Outlook's paragraphs are."""
    while len(cell) == 1 and cell[0].tag in {"div", "p"}:
        if (cell.text or "").strip() or (cell[0].tail or "").strip():
            return
        cell[0].drop_tag()


def _holds_data(rows: Rows) -> bool:
    """Say whether the cells hold short words in rows and columns."""
    if not 2 <= len(rows) <= _MOST_ROWS or max(map(len, rows)) > _MOST_COLUMNS:
        return False
    if any(_has_lines(cell) or len(_words(cell)) > _WIDEST_CELL for row in rows for cell in row):
        return False
    full = sum(1 for row in rows if sum(1 for cell in row if _words(cell)) > 1)
    return full >= 2 and full * 2 >= len(rows)


def _set_in_line(row: list[HtmlElement]) -> None:
    """Put short cells side by side into one line, all others below one another."""
    in_line = not any(_has_lines(cell) for cell in row)
    begun = False
    for cell in row:
        cell.tag = "span" if in_line else "div"
        if in_line and _words(cell):
            if begun:
                cell.text = 2 * BLANK + (cell.text or "").lstrip()
            begun = True


def _has_lines(cell: HtmlElement) -> bool:
    return any(element is not cell for element in cell.iter(*_LINES))


def _words(cell: HtmlElement) -> str:
    return "".join(cell.itertext()).strip().strip(BLANK)
