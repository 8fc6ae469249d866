"""What the policy of a mail in a frame allows: its own styles, by their digests."""

import hashlib
from base64 import b64encode

from gateway.console.mail_frame import mail_frame, policy_of


def digest(style: str) -> str:
    """Give how a policy names a style."""
    return f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def test_each_style_is_allowed_once_and_as_a_browser_reads_it() -> None:
    """Character references in an attribute are resolved first; an element's text is as it is."""
    document = (
        "<html><head><style>a { color: red }</style></head><body>"
        '<p style="font-family: &quot;Segoe UI&quot;">é</p><p style="margin:0">x</p>'
        '<p style="margin:0">y</p></body></html>'
    )
    allowed = policy_of(document).partition("style-src 'unsafe-hashes' ")[2].split()
    expected = [digest("a { color: red }"), digest('font-family: "Segoe UI"'), digest("margin:0")]
    assert expected == allowed


def test_without_styles_none_are_allowed() -> None:
    """And nothing runs, is fetched or sent."""
    policy = policy_of("<p>Hello</p>")
    assert "style-src" not in policy
    assert policy.startswith("sandbox; default-src 'none';")


def test_a_policy_stays_short_whatever_a_mail_has() -> None:
    """What is beyond the bound is shown without its style."""
    document = "".join(f'<p style="margin:{n}px">x</p>' for n in range(5000))
    assert len(mail_frame(document).headers["content-security-policy"]) < 8000
