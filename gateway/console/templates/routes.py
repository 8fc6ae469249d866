"""The addresses of the pages about templates."""

from dataclasses import replace

from starlette.responses import Response

from gateway.console.roles import Permission
from gateway.console.templates import actions, editor, listing, versions
from gateway.console.templates.place import EDITOR
from gateway.console.visit import Handler, Page, Visit
from gateway.editing import refreshed

# Three texts of 64 KiB each, as forms encode them.
_LARGEST = 640 * 1024

_READ, _WRITE = Permission.TEMPLATES_READ, Permission.TEMPLATES_WRITE


def _fresh(answer: Handler) -> Handler:
    """Let a page see what was saved on any node a moment ago."""

    def answered(visit: Visit) -> Response:
        return answer(replace(visit, house=refreshed(visit.house)))

    return answered


def _page(path: str, answer: Handler) -> Page:
    return Page(path, _fresh(answer), _READ)


def _form(path: str, answer: Handler, permission: Permission = _READ) -> Page:
    return Page(path, _fresh(answer), permission, posts=True, largest=_LARGEST, slow=True)


PAGES = (
    _page("/templates", listing.look),
    _page(EDITOR, editor.look),
    _form(EDITOR, editor.answering(actions.do)),
    _form("/templates/live", editor.answering(actions.live)),
    _page("/templates/frame", actions.frame_of_what_holds),
    _form("/templates/frame", editor.answering(actions.frame_of_draft)),
    _page("/templates/versions", versions.look),
    _page("/templates/version", versions.look_at_one),
    _page("/templates/version-frame", versions.frame),
    _form("/templates/back", versions.go_back, _WRITE),
)
