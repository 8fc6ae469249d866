"""The daemon: what there is, how it is wired, in which order it starts, renews itself and stops.

Mail comes in by the listener and the IMAP sources and is durable before anybody is told; workers
take it its way; the courier hands out what they queued; the clock looks after what is due. A
fresh mail wakes whoever is next, so that nothing waits for a tick.
"""

import logging
import os
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway import agenda
from gateway.asked import Asked
from gateway.clock import Clock, Tick
from gateway.config.load import Configuration
from gateway.courier.courier import Courier
from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.house import House
from gateway.housekeeping import Housekeeping
from gateway.imap_source.account import ImapSource
from gateway.listener.news import News
from gateway.listener.reception import Reception
from gateway.listener.server import ListenerThread
from gateway.notify import notify
from gateway.opening import note_keys, open_for_daemon
from gateway.parts import courier_of, rspamd_of, sources_of
from gateway.renewal import Renewing
from gateway.revising import Revising
from gateway.roles import Role
from gateway.servers import internal_server, servers_of, started
from gateway.serving.bells import Bells
from gateway.store import claims, raw, spool
from gateway.store.group_commit import GroupCommit
from gateway.store.house_time import HouseTime
from gateway.store.spool import Accepted, Delivery
from gateway.waking import Channel, Waking
from gateway.worker.handover import Orders
from gateway.worker.supervisor import Supervisor

if TYPE_CHECKING:
    from gateway.serving.server import ServingThread

_log = logging.getLogger("casepost.daemon")

# For all parts together, below what the unit allows (systemd/casepost.service).
_STOP_SECONDS = 60.0
_LEAST_STOP_SECONDS = 2.0


class _Part(Protocol):
    def start(self) -> None: ...
    def stop(self, timeout: float) -> object: ...


class Daemon:
    """All parts of one daemon. `heed_signals`, `start`, `wait`, then `stop`."""

    def __init__(self, path: Path, configuration: Configuration, roles: Iterable[Role]) -> None:
        """Wire the parts. Raises Misused, Transient or OSError when the house can't be opened."""
        self.house = house = open_for_daemon(configuration)
        self.now = HouseTime(house.database)
        self.now.ask()
        self._began = self.now()
        self._waking = Waking(house.database, self.now, self._heard)
        self._roles = frozenset(roles)
        self._asked = Asked()
        self._ready = self._stopping = False
        self.failed = ""
        self._started: list[_Part] = []
        self.workers: list[Supervisor] = []
        self.courier: Courier | None = None
        self.clock: Clock | None = None
        self.sources: list[ImapSource] = []
        self.listener: ListenerThread | None = None
        self.taking: GroupCommit[tuple[Delivery, ...], tuple[Accepted, ...]] | None = None
        self._path = path
        names = ",".join(sorted(self._roles))
        self._renewing = Renewing(path, house, names)
        self._revising = Revising(lambda: self.house, self._put_in_force, names)
        bells = Bells(self.mail_received, self.mail_queued, self._templates_saved)
        self.servers = servers_of(self._roles, lambda: self.house, self.now, bells)
        self.internal = internal_server(lambda: self.house, self.now, lambda: self._ready)
        self._housekeeping = self._new_housekeeping()
        self._wire()

    def _wire(self) -> None:
        house, path = self.house, self._path
        if Role.WORKER in self._roles:
            orders = _orders(house)
            self.workers = [
                Supervisor(orders, house.database, house.node, self.mail_queued, self.now)
                for _ in range(house.settings.worker.processes)
            ]
        if Role.COURIER in self._roles:
            self.courier = courier_of(house, path, self.now)
        if Role.IMAP in self._roles:
            freed = partial(self._waking.tell, Channel.FREED)
            self.sources = sources_of(house, path, self.now, self.mail_received, freed)
        if Role.LISTENER in self._roles and house.settings.listener:
            self.listener = self._new_listener()
        if Role.CLOCK in self._roles:
            sweep = Tick("sweep", timedelta(seconds=5), self.sweep)
            self.clock = Clock((sweep, Tick("house", timedelta(seconds=60), self.keep_house)))

    def _new_housekeeping(self) -> Housekeeping:
        return Housekeeping(self.house, rspamd_of(self.house, self._path), self.now())

    def _new_listener(self) -> ListenerThread:
        house = self.house
        accept = partial(spool.accept, node=house.node)
        news = News(self.mail_received)
        self.taking = GroupCommit(house.database, accept, "intake", after=news.tell)
        reception = Reception(
            settings=house.settings,
            routes=lambda: self.house.routes,
            take=self.taking.submit,
            large=house.large,
            keep=lambda mail: raw.keep(house.database, mail, house.large),
            folder=house.data,
            now=self.now,
            news=news,
        )
        return ListenerThread(reception)

    def start(self) -> None:
        """Start every part; the ones that let mail in come last.

        After an error `stop` ends those that were started. Raises Misused and Transient.
        """
        reached("daemon.wired")
        note_keys(self.house, self.now)
        self.free_the_dead()
        self._renewing.tell()
        # It says that we start, and after all others have stopped that we stop.
        self._serve(self.internal)
        for part in self._inside_out():
            self._started.append(part)
            part.start()
            reached("daemon.part_started")
        self._serve(self.servers)
        self._ready = True
        reached("daemon.ready")
        notify("READY=1", os.environ)
        _log.info("ready: %s", ", ".join(sorted(self._roles)))

    def heed_signals(self) -> None:
        """Remember from now on what somebody asks for.

        SIGTERM and SIGINT ask the daemon to end, SIGHUP to read its files anew.
        """
        self._asked.heed()

    def wait(self) -> None:
        """Wait until somebody asks the daemon to end, or has asked already; renew it meanwhile."""
        while self._asked.renew():
            self.renew()

    def renew(self) -> None:
        """Put in force what the files say now, or raise the alarm and go on as before."""
        notify("RELOADING=1", os.environ)
        with self._revising.changing:
            renewal = self._renewing.renew(self.house)
            if renewal is not None:
                self._put_in_force(renewal.house)
                self._housekeeping = self._new_housekeeping()
        notify("READY=1", os.environ)

    def _put_in_force(self, house: House) -> None:
        self.house = self._housekeeping.house = house
        for worker in self.workers:
            worker.renew(_orders(house))

    def stop(self) -> None:
        """Stop every part, the ones that let mail in first; what is in hand is finished."""
        notify("STOPPING=1", os.environ)
        self._stopping, self._ready = True, False
        for source in self.sources:
            source.ask_to_stop()
        end = time.monotonic() + _STOP_SECONDS
        for part in reversed(self._started):
            part.stop(max(end - time.monotonic(), _LEAST_STOP_SECONDS))
            reached("daemon.part_stopped")
        if self.taking is not None:
            self.taking.close()
        self.house.database.close()
        _log.info("stopped")

    def _inside_out(self) -> list[_Part]:
        parts: list[_Part | None] = [self._waking, self._revising, self.courier]
        parts += [*self.workers, self.clock, *self.sources, self.listener]
        return [part for part in parts if part is not None]

    def mail_received(self) -> None:
        """Wake the workers, those of other nodes as well: mail is in the spool."""
        self._heard(Channel.RECEIVED)
        self._waking.tell(Channel.RECEIVED)

    def mail_queued(self) -> None:
        """Wake the courier, and those of other nodes: mail is in the outbox."""
        self._heard(Channel.QUEUED)
        self._waking.tell(Channel.QUEUED)

    def _templates_saved(self) -> None:
        self._revising.saved()
        self._waking.tell(Channel.REVISED)

    def _heard(self, channel: Channel) -> None:
        """Wake those parts of this daemon that look for such work; it is done by whoever is first.

        What they find, if anything, stands in the database.
        """
        match channel:
            case Channel.RECEIVED:
                for worker in self.workers:
                    worker.wake()
            case Channel.QUEUED:
                if self.courier is not None:
                    self.courier.wake()
            case Channel.REVISED:
                self._revising.wake()
            case Channel.FREED:
                for source in self.sources:
                    source.wake()

    def sweep(self) -> None:
        """Wake whoever may have something due, mail to take in or to send; fire due timers."""
        self._heard(Channel.RECEIVED)
        self._heard(Channel.QUEUED)
        serving = [(f"{one.name} server", one) for one in (*self.internal, *self.servers)]
        for name, part in (("listener", self.listener), *serving):
            # While they start, a tick may come before they run.
            if part in self._started and part and not part.running and self._ready:
                self._fail(f"the {name} has ended by itself")
        try:
            while not self._stopping and agenda.sweep(self.house, self.now(), self._began):
                self.mail_queued()
        except Transient as error:
            _log.warning("due timers wait: %s", error)

    def _fail(self, why: str) -> None:
        """End the daemon, for whoever supervises it to start it anew."""
        _log.error("the daemon ends: %s", why)
        self.failed = why
        self._asked.end()

    def _serve(self, servers: "Iterable[ServingThread]") -> None:
        """Start the servers of pages, or try again later: mail goes its way without them.

        Raises Misused where there is nothing else to do.
        """
        for server in servers:
            if server not in self._started and started(server, insist=self._roles == {Role.WEB}):
                self._started.append(server)

    def keep_house(self) -> None:
        """Take back what the dead held, check that the books balance, remove what is left over."""
        self.free_the_dead()
        self._renewing.tell()
        self._housekeeping.keep(self.now())
        if not self._stopping:
            self._serve((*self.internal, *self.servers))

    def free_the_dead(self) -> None:
        """Free what dead processes of this machine had claimed; not charged to any mail."""
        try:
            with self.house.database.writing() as connection:
                freed = claims.free_dead(connection, self.house.node, ())
        except Transient as error:
            _log.warning("what the dead held is freed later: %s", error)
            return
        if freed:
            _log.warning("%d mails of dead workers will be taken one by one", freed)
        if self.courier is not None:
            self.courier.recover()


def _orders(house: House) -> Orders:
    return Orders(Configuration(house.settings, house.desks), house.templates)
