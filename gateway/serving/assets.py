"""Style sheets, scripts and icons of our own, named by what is in them: browsers keep them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_KEPT = "public, max-age=31536000, immutable"


class Assets:
    """The files of a folder that pages link to, read once; `url` gives where one is served."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        """Read them."""
        self._content = {name: (folder / name).read_bytes() for name in names}
        self._named = {_named(name, content): name for name, content in self._content.items()}
        self._urls = {name: f"/assets/{named}" for named, name in self._named.items()}

    def url(self, name: str) -> str:
        """Give the path of a file, which changes with what is in it. Raises KeyError."""
        return self._urls[name]

    async def answer(self, request: Request) -> Response:
        """Answer `GET /assets/{name}`."""
        name = self._named.get(request.path_params["name"])
        if name is None:
            return PlainTextResponse("There is nothing here.\n", 404)
        headers = {"cache-control": _KEPT, "content-type": _TYPES[Path(name).suffix]}
        return Response(self._content[name], headers=headers)


def _named(name: str, content: bytes) -> str:
    path = Path(name)
    return f"{path.stem}.{hashlib.sha256(content).hexdigest()[:16]}{path.suffix}"
