"""Pages of the console as HTML: one environment, one layout, nothing from other hosts."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, PlainTextResponse, Response

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

_REFUSED = {
    400: "This form was not understood.",
    403: "You may not do this here.",
    404: "There is nothing here, or not any more.",
    405: "This cannot be done here.",
    503: "Please try again in a minute.",
}


def page(visit: Visit, name: str, status: int = 200, /, **values: object) -> Response:
    """Give a page from its file in `pages/`; it can say `visit` and `token`."""
    document = _PAGES.get_template(name).render(visit=visit, token=visit.token, **values)
    return HTMLResponse(document, status)


def refusal(status: int) -> Response:
    """Give the answer to what is refused."""
    return PlainTextResponse(f"{_REFUSED[status]}\n", status)
