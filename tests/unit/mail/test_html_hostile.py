"""HTML made to stop its reader: it is read in time, in little memory, and its text is there."""

import resource
import sys
import time

import pytest

from gateway.mail.html import display, to_text

# Under a tracer, as coverage is one, Python itself is several times slower.
SECONDS = 2 if sys.gettrace() is None else 10
BYTES = 256 * 1024 * 1024
SIZE = 1024 * 1024


def filled(piece: str) -> str:
    """Write a piece as often as a megabyte has room for it."""
    return piece * (SIZE // len(piece))


HOSTILE = {
    "nested blocks": filled("<div>"),
    "nested quotations": "<blockquote>" * 50_000,
    "open paragraphs with formatting": "".join(f"<p><font a={n}>" for n in range(30_000)),
    "formatting that leaks": "".join(f"<b a={n}><table></b></table>" for n in range(1000))
    + "<p>x" * 200_000,
    "attributes": "<p " + " ".join(f"a{n}" for n in range(130_000)) + ">",
    "an attribute": '<p title="' + "a" * SIZE + '">',
    "ampersands": "&" * SIZE,
    "open comments": filled("<!--"),
    "a wide cell": "<table><tr><td>" + "a" * 500_000 + "</td></tr>" + "<tr><td>b<td>c" * 30_000,
    "columns": "<table><tr>" + "<td>x" * 1000 + ("<tr>" + "<td>y") * 50_000 + "</table>",
    "lists in lists": "<ul><li>" * 100 + "a<br>" * 150_000,
    "a long line in pieces": "a" * 900_000 + "<b>x</b>" * 18_000,
}


@pytest.mark.parametrize("html", [pytest.param(html, id=name) for name, html in HOSTILE.items()])
def test_hostile_html(html: str) -> None:
    """A megabyte of anything is read within bounds, and what is in it ends in the text."""
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text = to_text(html + "<p>the end</p>")
    assert time.process_time() - started < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BYTES
    assert "the end" in text
    assert len(text) < 4 * SIZE


@pytest.mark.parametrize("depth", [100, 256, 3000])
@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "table><tr><td", "ul><li", "a href=x"])
def test_depth(tag: str, depth: int) -> None:
    """No depth makes a text vanish, which is what the parser under inscriptis would do."""
    html = f"<p>before</p><{tag}>" + f"<{tag}>" * depth + "within"
    text = to_text(html)
    assert "before" in text
    assert "within" in text


def test_display_is_bounded() -> None:
    """What is made for display is within the same bounds."""
    started = time.process_time()
    assert "the end" in display(HOSTILE["open paragraphs with formatting"] + "<p>the end")
    assert time.process_time() - started < SECONDS
