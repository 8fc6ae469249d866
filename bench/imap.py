"""A backlog in a real Dovecot: our source into the spool, beside IMAPClient that only fetches."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from imapclient import IMAPClient

from bench.plan import Plan
from bench.site import RECIPIENT
from gateway.bench.mix import seeds
from gateway.errors import Transient
from servers import certificates, dovecot, imap_rig, process

_TOGETHER = 50
_TIMES_MAILS = 10
_MOST_SECONDS = 600.0
_LOOK_SECONDS = 0.1


def measure(plan: Plan) -> None:
    """Enter `imap`, our rate by that of fetching alone in the same batches, and both rates.

    Ours has each mail durable in the spool, and its keyword set in the mailbox.
    """
    count = plan.share(_TIMES_MAILS)
    dovecot.require()
    with _server(plan.folder) as server:
        for number in range(plan.rounds):
            plan.tell(f"imap: round {number + 1} of {plan.rounds}, {count:,} mails")
            user = server.new_user()
            _fill(server, user, count, f"i{number}")
            fetched = count / _fetch_only(server, user, count)
            ours = count / _spool(server, user, count, plan.folder / f"imap-{number}")
            plan.samples.add("imap", ours / fetched)
            plan.samples.add("imap_rates.fetch_only", fetched)
            plan.samples.add("imap_rates.casepost", ours)


@contextmanager
def _server(folder: Path) -> Iterator[dovecot.Dovecot]:
    with dovecot.running(certificates.issue(folder, "127.0.0.1")) as server:
        yield server


def _fill(server: dovecot.Dovecot, user: str, count: int, run: str) -> None:
    """Put mails where Dovecot finds them, and let it see them once, so that both find it warm."""
    mailbox = server.folder / "mail" / user
    for name in ("cur", "new", "tmp"):
        (mailbox / name).mkdir(parents=True)
    for number, letter in enumerate(seeds(count, RECIPIENT, run)):
        (mailbox / "cur" / f"{1_700_000_000 + number}.M{number}.bench:2,").write_bytes(
            letter.content.replace(b"\r\n", b"\n")
        )
    if os.geteuid() == 0:
        owner = process.account()
        for path in (mailbox, *mailbox.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    _fetch_only(server, user, count)


def _fetch_only(server: dovecot.Dovecot, user: str, count: int) -> float:
    """Fetch every mail, fifty at a time, and do nothing with it; seconds."""
    with closing(_Client(server, user)) as client:
        begin = time.perf_counter()
        client.imap.select_folder("INBOX", readonly=True)
        uids = client.imap.search(["ALL"])
        fetched = 0
        for start in range(0, len(uids), _TOGETHER):
            some = uids[start : start + _TOGETHER]
            fetched += len(client.imap.fetch(some, ["BODY.PEEK[]"]))
        seconds = time.perf_counter() - begin
    if fetched != count:
        raise Transient(f"{fetched} of {count} mails were fetched")
    return seconds


class _Client:
    def __init__(self, server: dovecot.Dovecot, user: str) -> None:
        self.imap = IMAPClient("127.0.0.1", server.imap, ssl=False)
        self.imap.login(user, server.password)

    def close(self) -> None:
        self.imap.logout()


def _spool(server: dovecot.Dovecot, user: str, count: int, folder: Path) -> float:
    """Let a source of ours take every mail; seconds until the last one bears its mark."""
    folder.mkdir()
    account = imap_rig.account(user, server.imap, batch=_TOGETHER)
    with imap_rig.rig(account, "sqlite:///casepost.db", folder) as rig:
        begin = time.perf_counter()
        with rig.running():
            # Seldom: whoever looks takes the source's time, in whose process we are.
            while rig.marked() < count:
                if time.perf_counter() - begin > _MOST_SECONDS:
                    raise Transient(f"{rig.marked()} of {count} mails are marked")
                time.sleep(_LOOK_SECONDS)
            seconds = time.perf_counter() - begin
        if rig.rows() != count:
            raise Transient(f"{rig.rows()} of {count} mails are in the spool")
    shutil.rmtree(folder)
    return seconds
