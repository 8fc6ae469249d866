"""What a daemon asks or needs beside its database is dead, slow, unreadable or taken."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import update

from faults.fault import Group, NotRun, must
from faults.letters import large, letter
from faults.scene import NAMESERVER, Plan, Scene, scene
from gateway.store.schema import spool

_MORE = """
[spam]
rspamd = "http://127.0.0.1:{rspamd}"
timeout = 0.5

[web]
host = "127.0.0.1"
port = {web}
base_url = "http://127.0.0.1:{web}"
"""


@contextmanager
def _opened() -> Iterator[Scene]:
    with (
        socket.create_server(("127.0.0.1", 0)) as rspamd,
        socket.create_server(("127.0.0.1", 0)) as web,
    ):
        ports = {"rspamd": rspamd.getsockname()[1], "web": web.getsockname()[1]}
        with scene("surroundings", Plan(more=_MORE.format(**ports))) as site:
            yield site


GROUP: Group[Scene] = Group("surroundings", _opened)


@GROUP.fault(
    "the port of the pages is taken, and Rspamd takes connections and says nothing",
    holds="mail goes its way; the log says both",
)
def taken(site: Scene) -> None:
    """Since the start."""
    one = letter()
    site.insist(one)
    site.wait_sent(one)
    must("web" in site.log() and "in use" in site.log(), "the log does not say which port")
    must("rspamd" in site.log().lower(), "the log does not say that Rspamd is silent")


@GROUP.fault("the name server says nothing", holds="mail is filed; nobody vouches for its author")
def dns(site: Scene) -> None:
    """Each question has a time-out, and so has a mail."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        try:
            silent.bind((NAMESERVER, 53))
        except OSError as error:
            raise NotRun(f"no name server can listen on {NAMESERVER}: {error}") from error
        letters = [letter() for _ in range(5)]
        for one in letters:
            must(site.send(one) == 250, "a mail waits for DNS before its 250")
        for one in letters:
            site.wait_filed(one)


@GROUP.fault("the name server answers late, and in vain", holds="mail is filed")
def slow_dns(site: Scene) -> None:
    """SERVFAIL, a while after the question."""
    over = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as slow:
        try:
            slow.bind((NAMESERVER, 53))
        except OSError as error:
            raise NotRun(f"no name server can listen on {NAMESERVER}: {error}") from error
        slow.settimeout(0.1)

        def answer() -> None:
            while not over.is_set():
                with suppress(OSError):
                    question, who = slow.recvfrom(4096)
                    over.wait(0.3)
                    slow.sendto(question[:2] + b"\x81\x82" + question[4:], who)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            letters = [letter() for _ in range(3)]
            for one in letters:
                site.insist(one)
            for one in letters:
                site.wait_filed(one)
        finally:
            over.set()
            thread.join()


@GROUP.fault(
    "the admin's templates can't be read", holds="those in force stay; the alarm is raised"
)
def templates(site: Scene) -> None:
    """After a reload, and after a restart."""
    body = site.path.parent / "templates" / "en" / "customer" / "acknowledge" / "body.txt"
    body.mkdir(parents=True)
    os.kill(site.main[0], signal.SIGHUP)
    site.wait(lambda: "acknowledge" in site.log(), "the log names the file")
    one = letter()
    site.insist(one)
    site.wait_sent(one)
    body.rmdir()


@GROUP.fault(
    "the folder of large mails can't be read", holds="they wait, uncharged; all others go on"
)
def large_mails(site: Scene) -> None:
    """It is away while a large mail waits to be filed."""
    folder = site.data / "large"
    one, other = large(), letter()
    (worker,) = site.workers[:1]
    os.kill(worker, signal.SIGSTOP)
    site.insist(one)
    away = folder.rename(folder.with_name("large-away"))
    os.kill(worker, signal.SIGCONT)
    site.insist(other)
    site.wait_filed(other)
    site.wait(lambda: "can't be taken in" in site.log(), "the log says so")
    must(site.state(one) == "waiting", f"it is {site.state(one)}")
    away.rename(folder)
    # A minute later it is looked for again.
    with site.database.writing() as connection:
        connection.execute(
            update(spool).where(spool.c.message_id == one.message_id).values(not_before=None)
        )
    site.wait_filed(one)
    row = site.received(one)
    must(row is not None and row.attempts <= 1, "the mail was charged")


@GROUP.fault(
    "a worker has no memory left", holds="it ends, and a fresh one files the mail; no other suffers"
)
def memory(site: Scene) -> None:
    """The kernel gives it no more."""
    (worker,) = site.workers[:1]
    status = Path(f"/proc/{worker}/status").read_text().split()
    kilobytes = int(status[status.index("VmSize:") + 1])
    bound = str((kilobytes + 1024) * 1024)
    subprocess.run(["prlimit", f"--pid={worker}", f"--as={bound}:{bound}"], check=True)
    fat, thin = letter(4 << 20), letter()
    site.insist(fat)
    site.insist(thin)
    for one in (fat, thin):
        site.wait_filed(one)
    site.wait(lambda: worker not in site.daemon.processes(), "the worker ends")
