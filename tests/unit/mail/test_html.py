"""HTML as the text that a person reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.html import display, looks_like_html, to_text

DIVIDER = 32 * "_"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<p>Two", "One\n\nTwo"),
        ("One<br>Two<br/>Three</br>Four", "One\nTwo\nThree\nFour"),
        ("<div>One</div>\n<div>Two</div>", "One\nTwo"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("<div>One</div><div>&nbsp;</div><div>Two</div>", "One\n\nTwo"),
        ("<p class=MsoNormal>One</p><p class=MsoNormal>Two</p>", "One\nTwo"),
        ('<p style="margin: 0cm">One</p><p style="margin:0">Two</p>', "One\nTwo"),
        ("a <b>bold</b> word, a<i>b</i>c", "a bold word, abc"),
        ("a\n  b\t c", "a b c"),
        ("x&nbsp;&nbsp; y", "x   y"),
        ("<pre>if x:\n    y\n</pre>", "if x:\n    y"),
        ("<pre>a\n <b>b\n c</b></pre>", "a\n b\n c"),
        ('<p style="white-space: pre-wrap">a\n  b</p>', "a\n  b"),
        ("<o:p>Office</o:p> <custom-tag>tags</custom-tag>", "Office tags"),
        ("<xmp>a <b>c</xmp>d", "a c\nd"),
        ("<img alt='\U0001f600' src=x> <img alt=Logo src=y>seen", "\U0001f600 seen"),
        ("", ""),
        (" \n ", ""),
        ("<p></p>", ""),
    ],
)
def test_lines(html: str, expected: str) -> None:
    """Blocks are lines, paragraphs have a blank line between, and blanks are as they are seen."""
    assert expected == "\n".join(line.strip("\n") for line in to_text(html).split("\n"))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("&lt;tag&gt; &amp; &euro; &#228; &ampx", "<tag> & \u20ac \u00e4 &x"),
        ("&amp;lt; &amp;amp;", "&lt; &amp;"),
        ("&#x0;&#xD800;&#99999999999;", "\ufffd\ufffd\ufffd"),
        ("&#" + "9" * 9000 + ";", "\ufffd"),
        ("&#1;&#xFFFE;a&#xFDD0;b\ufdd1c\ufdd3d\ufdd4", "abcd"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("x <p unclosed", "x <p unclosed"),
        ("in\u00advisible\u200b\ufeff", "invisible"),
        ("\udc80x", "\ufffdx"),
    ],
)
def test_characters(html: str, expected: str) -> None:
    """References are resolved once, and nothing stands in the text that no text may hold."""
    assert expected == to_text(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>One<li>Two<ul><li>In</ul><li>Three</ul>x", ("  * One\n  * Two\n      + In"
         "\n  * Three\nx")),
        ("<ol start=4><li>a</li><li>b</li></ol>", " 4. a\n 5. b"),
        ("<ol start=\u00b2><li>a</ol>", " 1. a"),
        ("<table><tr><th>Name<th>Size<tr><td>a.pdf<td>1<tr><td>longer.pdf<td>23</table>",
         "Name        Size\na.pdf       1\nlonger.pdf  23"),
        (("<table><tr><td><p class=MsoNormal>a</p></td><td><p>b</p></td></tr>"
         "<tr><td><p>cc</p></td><td>d</td></tr></table>"), "a   b\ncc  d"),
        ("<table><tr><td>Name:</td><td>Jan</td></tr></table>", "Name:  Jan"),
        ("<table><tr><td>logo</td><td><div>Jan</div><div>Sales</div></td></tr></table>",
         "logo\nJan\nSales"),
        ("<table><tr><td><table><tr><td>in</td></tr></table><p>p</p></td></tr></table>out",
         "in\n\np\n\nout"),
    ],
)  # fmt: skip
def test_lists_and_tables(html: str, expected: str) -> None:
    """Lists have their marks, data stands in columns, and what a table only places is not."""
    assert expected == to_text(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='https://a.example/b?c=1&amp;copy=2'>here</a>.",
         "here <https://a.example/b?c=1&copy=2>."),
        ("<a href='https://www.a.example/'>a.example</a>", "a.example"),
        ("<a href='mailto:jan@a.example?subject=x'>jan@a.example</a>", "jan@a.example"),
        ("<a href='mailto:jan@a.example'>Jan </a>wrote", "Jan <jan@a.example> wrote"),
        ("<a href='https://a.example/'><img src=cid:logo></a>x", "x"),
        ("<a href='javascript:alert(1)'>x</a>", "x"),
        ("<a href='/relative'>x</a>", "x"),
        ("<a href='https://a.example/" + "t" * 400 + "'>x</a>", "x"),
    ],
)  # fmt: skip
def test_links(html: str, expected: str) -> None:
    """A link's address stands behind its words, unless they say it, or nobody could read it."""
    assert expected == to_text(html)


@pytest.mark.parametrize(
    "html",
    [
        "<style>p { }</style><script>if (a < b)</script><title>t</title>x",
        "<svg><title>t</title><text>y</text></svg><math><mi>z</mi></math>x",
        "<!-- <p>hidden</p> -->x<!--> <!DOCTYPE html><?php z ?><!--[if mso]>y<![endif]-->",
        "<!--[if !mso]><!-->x<!--<![endif]-->",
        "<![if !mso]>x<![endif]>",
        "<template><p>y</p></template><iframe>z</iframe>x",
        "x<style>never closed",
        "<div style='display: none !important'>y</div>x",
        "<span style='visibility:hidden'>y</span><p hidden>z</p>x",
        "<div style='max-height:0px;overflow:hidden'>y</div>x",
        "<div style='font-size:0'>y<p style='font-size:14px'>x</p>z</div>",
        "<div style='font-size:1px;color:#fff'>y</div>x",
        "<div style='opacity:0'>y</div><span style='opacity: 0.9; max-height: 0.9em'>x</span>",
    ],
)
def test_what_nobody_sees(html: str) -> None:
    """What is no text, and what the styles hide, is left out."""
    assert "x" == to_text(html)


def test_a_text_that_is_all_hidden() -> None:
    """A mail is not read as empty because of its styles."""
    assert "all of it" == to_text("<body><div style='display:none'>all of it</div></body>")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (("new<div class=gmail_quote><div>On Monday, Jan wrote:<br></div><blockquote>one<br><br>"
         "<blockquote type=cite>two</blockquote>three</blockquote></div>after"),
         "new\nOn Monday, Jan wrote:\n> one\n>\n> > two\n>\n> three\n\nafter"),
        ("<blockquote style='margin:0 0 0 40px;border:none;padding:0'>moved</blockquote>", "moved"),
        ("<blockquote style='border:none;border-left:solid #ccc 1pt'>x</blockquote>", "> x"),
        ("<div style='border:none; border-left:solid blue 1.5pt'><p>x</p></div>", "> x"),
        ("<table><tr><td><blockquote>x</blockquote></td></tr></table>", "> x"),
        ("<blockquote><ul><li>x</ul><pre>a\nb</pre></blockquote>", ">   * x\n> a\n> b"),
        ("<blockquote>" * 300 + "x", "> " * 20 + "x"),
    ],
)  # fmt: skip
def test_quotations(html: str, expected: str) -> None:
    """Quotations are marked line by line, and a paragraph moved to the right is none."""
    assert expected == to_text(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (("<p>x</p><hr tabindex=-1><div id=divRplyFwdMsg><font><b>From:</b> a<br><b>Sent:</b> b<br>"
         "<b>To:</b> c<br><b>Subject:</b> d</font></div><div>old</div>"),
         f"x\n\n{DIVIDER}\nFrom: a\nSent: b\nTo: c\nSubject: d\nold"),
        (("<p class=MsoNormal>x</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
         "<p class=MsoNormal><b>From:</b> a<br><b>Sent:</b> b</p></div>"),
         "x\n\nFrom: a\nSent: b"),
    ],
)  # fmt: skip
def test_outlook_replies(html: str, expected: str) -> None:
    """The header block of an answered mail stands apart, each of its fields on a line."""
    assert expected == to_text(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("x<div class=gmail_signature>Jan</div>", "x\n-- \nJan"),
        (("<div>x</div><span class=gmail_signature_prefix>-- </span><br>"
         "<div class=gmail_signature>Jan</div>"), "x\n-- \nJan"),
        ("x<pre class=moz-signature>-- \nJan</pre>", "x\n-- \nJan"),
        ("x<div id=Signature><div id=x_Signature>Jan</div></div>", "x\n-- \nJan"),
        ("x<div id=ms-outlook-mobile-signature>Sent</div>", "x\n-- \nSent"),
        ("x<div class=gmail_signature> </div>", "x"),
        ("<blockquote>x<div class=moz-signature>Jan</div></blockquote>", "> x\n> -- \n> Jan"),
    ],
)  # fmt: skip
def test_signatures(html: str, expected: str) -> None:
    """What a mail program marked as signature stands under one separator line."""
    assert expected == to_text(html)


@settings(max_examples=60)
@given(st.text(alphabet="<>/!-?&#;= \n\"'abpstdrle\x00\r\ufdd0\ufdd3\ud800"))
def test_any_html(html: str) -> None:
    """No markup breaks the reader, and its text has no line end but LF."""
    for text in (to_text(html), display(html)):
        assert not set(text) & {"\r", "\x00", "\ufdd0", "\ufdd3"}
        text.encode()


TAGS = (
    "<p> </p> <div> </div> <table> </table> <tr> <td> </td> <b> </b> <ul> </ul> <li> <wbr> </x>"
    " <blockquote> </blockquote> <a> </a> <pre> </pre> <br> <h1> </h1> <caption> <tbody> <dd> <q>"
)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(TAGS.split())))
def test_no_word_is_lost(tags: list[str]) -> None:
    """However tags are nested and crossed, each word between them is read once."""
    html = "".join(f"{tag} w{number}. " for number, tag in enumerate(tags))
    text = to_text(html)
    assert [1] * len(tags) == [text.count(f"w{number}.") for number in range(len(tags))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!DOCTYPE html>\n<html>", True),
        ("\n <p>Hello", True),
        ("<div dir=ltr>x", True),
        ("<BODY>x", True),
        ("Hello <b>x</b>", False),
        ("<jan@a.example> wrote:", False),
        ("<pardon> me", False),
        ("> <p>quoted", False),
        ("", False),
    ],
)
def test_what_looks_like_html(text: str, *, expected: bool) -> None:
    """A bare body is HTML when it begins as pages and their blocks do."""
    assert expected == looks_like_html(text)
