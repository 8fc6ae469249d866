"""The addresses of the pages about templates."""

from gateway.console.roles import Permission
from gateway.console.templates import actions, editor, listing, versions
from gateway.console.templates.place import EDITOR
from gateway.console.visit import Page

# Three texts of 64 KiB each, as forms encode them.
_LARGEST = 640 * 1024

_READ, _WRITE = Permission.TEMPLATES_READ, Permission.TEMPLATES_WRITE

PAGES = (
    Page("/templates", listing.look, _READ),
    Page(EDITOR, editor.look, _READ),
    Page(EDITOR, editor.answering(actions.do), _READ, posts=True, largest=_LARGEST),
    Page("/templates/live", editor.answering(actions.live), _READ, posts=True, largest=_LARGEST),
    Page("/templates/frame", actions.frame_of_what_holds, _READ),
    Page(
        "/templates/frame",
        editor.answering(actions.frame_of_draft),
        _READ,
        posts=True,
        largest=_LARGEST,
    ),
    Page("/templates/versions", versions.look, _READ),
    Page("/templates/version", versions.look_at_one, _READ),
    Page("/templates/version-frame", versions.frame, _READ),
    Page("/templates/back", versions.go_back, _WRITE, posts=True),
)
