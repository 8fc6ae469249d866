"""What customers' pages have in common: a look, a policy, and what is said of nothing at all."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from gateway.house import House
from gateway.serving.assets import Assets
from gateway.web.common_words import COMMON, CommonWords
from gateway.web.languages import accepted

_HERE = Path(__file__).parent
ASSETS = Assets(_HERE / "assets", sorted(path.name for path in (_HERE / "assets").iterdir()))

# A style sheet of ours and forms to ourselves: nothing runs, and nothing comes from anywhere else.
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_PAGES = Environment(
    loader=FileSystemLoader(_HERE / "html"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_AGAIN_AFTER = "60"  # seconds


class Frame:
    """Puts pages into their frame; `house` gives where they are served, as it is then."""

    def __init__(self, house: Callable[[], House]) -> None:
        """Frame the pages of this house."""
        self._house = house

    def page(self, name: str, language: str, status: int = 200, /, **values: object) -> Response:
        """Give a page from its file in `html/`, which extends `layout.html`.

        Its blocks are title, head and content; it can say `language`, and `asset(NAME)`.
        """
        template = _PAGES.get_template(name)
        document = template.render(language=language, asset=self._asset, **values)
        headers = {"content-security-policy": POLICY}
        if status == 503:
            headers["retry-after"] = _AGAIN_AFTER
        return HTMLResponse(document, status, headers)

    def missing(
        self, headers: Headers, said: Callable[[CommonWords], str] | None = None
    ) -> Response:
        """Give the one answer to whatever is not there, not there any more, or was never.

        `headers` are the request's; `said` chooses another sentence than the usual one.
        """
        language = accepted(headers.get("accept-language", ""))
        words = COMMON[language]
        sentence = said(words) if said else words.missing
        return self.page("told.html", language, 404, heading=words.nothing, sentence=sentence)

    def later(self, headers: Headers) -> Response:
        """Give the answer to what cannot be answered just now."""
        language = accepted(headers.get("accept-language", ""))
        words = COMMON[language]
        return self.page("told.html", language, 503, heading=words.wait, sentence=words.later)

    def _asset(self, name: str) -> str:
        """Give where a file of `assets/` is served, also where a proxy puts us below a path."""
        web = self._house().settings.web
        return (urlsplit(web.base_url).path.rstrip("/") if web else "") + ASSETS.url(name)
