"""Templates that are saved in the console are put in force on every node, within seconds."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread

from gateway.editing import refreshed
from gateway.errors import Finding, Transient
from gateway.house import House
from gateway.store import template_versions
from gateway.store.standing import StandingAlarm
from gateway.templates import Templates

_log = logging.getLogger("casepost.revising")

EACH = 3.0
"""Seconds from one look at what is saved to the next."""


class Revising:
    """Looks for what is saved; while something of it is not sound there is an alarm.

    It needs no clock: a node without that role has templates, too.
    """

    def __init__(
        self, house: Callable[[], House], renewed: Callable[[House], None], roles: str
    ) -> None:
        """Give each house with other templates to `renewed`; `roles` tells daemons of a node apart.

        Whoever puts a house in force for another reason holds `changing` meanwhile.
        """
        self._house = house
        self._renewed = renewed
        self.changing = Lock()
        node = house().node
        self._node = node
        self._alarm = StandingAlarm(house().database, f"templates {node} {roles}")
        # The newest version as far as it was looked at, and whether the database does not answer.
        self._seen = -1
        self._silent = False
        # The templates that the alarm is about.
        self._judged: Templates | None = None
        self._stopping = Event()
        self._wanted = Event()
        self._thread = Thread(target=self._run, name="revising", daemon=True)

    def start(self) -> None:
        """Look once, so that whatever is started next has what is saved, and then again and again.

        A database of an older version of the program had nothing to say before it was brought up
        to date.
        """
        self._look_whatever()
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Stop looking."""
        self._stopping.set()
        self._wanted.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def wake(self) -> None:
        """Look at once: something was saved on another node."""
        self._wanted.set()

    def look(self) -> None:
        """Put in force what has been saved since the last look; later if nothing can be read."""
        try:
            with self._house().database.reading() as connection:
                last = template_versions.last_id(connection)
            if last != self._seen:
                self._revise()
                self._seen = last
            self._judge()
        except Transient as error:
            if not self._silent:
                _log.warning("templates that are saved in the console wait: %s", error)
            self._silent = True
        else:
            self._silent = False

    def saved(self) -> None:
        """Put in force what was just saved here; at the next look if that cannot be read."""
        try:
            self._revise()
        except Transient as error:
            _log.warning("templates that are saved in the console wait: %s", error)

    def _revise(self) -> None:
        with self.changing:
            before = self._house()
            house = refreshed(before)
            if house is not before:
                self._renewed(house)
                count = len(house.templates.edited)
                _log.info("templates were saved: %d from the console are in force", count)

    def _judge(self) -> None:
        """Say in an alarm what of the console's templates is not used; files hold in its place."""
        templates = self._house().templates
        if templates is not self._judged:
            findings = templates.unsound()
            for finding in findings:
                _log.error("a template is not used: %s", finding)
            self._alarm.sentence = self._sentence(findings)
            self._judged = templates
        self._alarm.tell()

    def _sentence(self, findings: tuple[Finding, ...]) -> str:
        if not findings:
            return ""
        count = f"{len(findings)} finding{'s' * (len(findings) > 1)}"
        return (
            f"{self._node} does not use templates that were saved in the console: {count}, "
            f"the first is {findings[0]}"
        )

    def _run(self) -> None:
        while True:
            self._wanted.wait(EACH)
            self._wanted.clear()
            if self._stopping.is_set():
                return
            self._look_whatever()

    def _look_whatever(self) -> None:
        try:
            self.look()
        except Exception:  # mail goes its way, whatever can be wrong with what is saved
            _log.exception("templates that are saved in the console cannot be put in force")
