"""Pages of the console as HTML: one environment, one layout, nothing from other hosts."""

from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from gateway.console import desks, languages, moments, sizes
from gateway.console.visit import Visit
from gateway.serving.assets import Assets

_HERE = Path(__file__).parent
ASSETS = Assets(_HERE / "assets", sorted(p.name for p in (_HERE / "assets").iterdir()))

_PAGES = Environment(
    loader=FileSystemLoader(_HERE / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals["asset"] = ASSETS.url
_PAGES.filters |= {
    "moment": moments.moment,
    "day": moments.day,
    "ago": moments.ago,
    "span": moments.span,
    "language": languages.language,
    "number": sizes.number,
    "size": sizes.size,
    "titled": desks.titled,
}

_REFUSED = {
    400: "This form was not understood.",
    403: "You may not do this here.",
    404: "There is nothing here, or not any more.",
    405: "This cannot be done here.",
    413: "This is too large.",
    429: "That was too often. Please try again later.",
    500: "Something went wrong here, and the log says what. Nothing was lost.",
    503: "Please try again in a minute.",
}


def page(visit: Visit, name: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """Give a page from its file in `pages/`; it can say `visit`, `token` and `area`.

    `area` is the first part of the address, by which the layout knows where we are.
    """
    return HTMLResponse(_rendered(visit, name, values), status)


def part(visit: Visit, name: str, /, **values: object) -> Markup:
    """Give a piece of a page from its file, to stand in another or to be fetched by itself."""
    return Markup(_rendered(visit, name, values))  # noqa: S704  rendered with its values escaped


def outside(name: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """Give a page for whoever is not signed in, from its file in `pages/`."""
    return HTMLResponse(_PAGES.get_template(name).render(**values), status)


def refusal(status: int) -> HTMLResponse:
    """Give the answer to what is refused."""
    what = _REFUSED.get(status, HTTPStatus(status).phrase)
    return outside("refusal.html", status, status=status, what=what)


def _rendered(visit: Visit, name: str, values: dict[str, object]) -> str:
    area = visit.request.url.path.split("/")[1]
    return _PAGES.get_template(name).render(visit=visit, token=visit.token, area=area, **values)
