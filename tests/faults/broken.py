"""Daemons that are wrong on purpose, in one way each: the faults find every one of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

from faults import disk, mailbox, msa
from faults.fault import Broken, Fault, Group
from faults.scene import Plan, scene
from faults.wrapped import FAULT


class Nothing:
    """Each of these opens a daemon of its own."""

    def check(self) -> None:
        """Find nothing."""


@contextmanager
def _opened() -> Iterator[Nothing]:
    yield Nothing()


GROUP: Group[Nothing] = Group("broken on purpose", _opened)


def _is_found(how: str, opened: AbstractContextManager[Any], by: Fault[Any], _: Nothing) -> None:
    """Try a fault on a broken daemon; what must hold must not."""
    with opened as site:
        try:
            by.run(site)
            site.check()
        except Broken:
            return
    raise Broken(f"nobody noticed: {how}")


def _add(
    how: str,
    opens: Callable[[str, Plan], AbstractContextManager[Any]],
    by: Fault[Any],
    msa_more: str = "",
) -> None:
    plan = Plan(wrapped=True, environment=((FAULT, how),), msa=msa_more)
    opened = opens("broken", plan)
    GROUP.fault(how, holds=f"found by: {by.name}")(partial(_is_found, how, opened, by))


_add("250 before the commit", scene, disk.never)
_add("errors of a sync are not looked at", scene, disk.never)
_add("sent without a reply", scene, msa.not_taken, msa.LOGIN)
_add("sent mails go out again", scene, msa.one_recipient, msa.LOGIN)
_add("marked before the commit", mailbox.opened, mailbox.unsynced)
