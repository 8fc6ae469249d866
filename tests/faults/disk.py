"""The disk under the data folder fails: system calls of daemon and worker give errors."""

from collections.abc import Sequence
from functools import partial

from faults.fault import Group, must
from faults.injection import Failing
from faults.letters import Letter, large, letter
from faults.scene import Plan, Scene, scene
from gateway.store.schema import spool

# What could not even be given back is free again after that.
_LEASE = Plan(more="\n[worker]\nlease = 5\n")
GROUP: Group[Scene] = Group("disk", partial(scene, "disk", _LEASE))
_SYNCS = "fsync,fdatasync"
_TEMPORARY = frozenset({451, 452})
# The probe of the disk stands for a second, so that some are refused before DATA.
_TRIES = 4


def _refused(site: Scene, letters: Sequence[Letter]) -> None:
    """See that none of these mails is taken, and that each client hears to come again."""
    for one in letters:
        code = site.send(one)
        must(code in _TEMPORARY, f"a client heard {code} for what is not durable")


def _wal(site: Scene, **changed: str) -> Failing:
    return Failing(
        calls=changed.get("calls", _SYNCS),
        error=changed.get("error", "EIO"),
        when=changed.get("when", "1+"),
        paths=(site.write_ahead_log,),
        seen="ftruncate",
    )


@GROUP.fault(
    "the sync of the database's log fails once",
    holds="451, and the log is begun anew before the next 250",
)
def once(site: Scene) -> None:
    """A sync that failed says nothing of what was written before, so nothing may build on it."""
    site.insist(letter())
    for when in ("1", "2"):
        with site.failing(site.main, _wal(site, when=when)) as seen:
            codes = [code for _ in range(3) for code in site.insist(letter())]
            must(seen.failed >= 1, "no sync failed")
            must(451 in codes, f"no client heard of it: {codes}")
            lines = seen.lines()
        first = next(n for n, line in enumerate(lines) if "(INJECTED)" in line)
        anew = any("ftruncate" in line for line in lines[first:])
        must(anew, "the log went on behind what a failed sync left of it")


@GROUP.fault(
    "no sync of the database's log succeeds for a while",
    holds="451 and never 250 meanwhile; then each mail is filed once",
)
def never(site: Scene) -> None:
    """However often a client tries."""
    letters = [letter() for _ in range(_TRIES)]
    with site.failing(site.main, _wal(site)):
        _refused(site, letters)
    for one in letters:
        site.insist(one)


def _no_room(site: Scene, error: str) -> None:
    letters = [letter() for _ in range(_TRIES)]
    with site.failing(site.main, _wal(site, calls="pwrite64", error=error)):
        _refused(site, letters)
    for one in letters:
        site.insist(one)


@GROUP.fault("the disk is full under the database", holds="4xx and never 250; then each filed once")
def full(site: Scene) -> None:
    """ENOSPC for each write to the log."""
    _no_room(site, "ENOSPC")


@GROUP.fault("the quota is used up", holds="4xx and never 250; then each mail is filed once")
def quota(site: Scene) -> None:
    """EDQUOT for each write to the log."""
    _no_room(site, "EDQUOT")


@GROUP.fault(
    "the worker can't write to the database for a while",
    holds="250 all the same; mails wait, uncharged, and are filed once",
)
def worker(site: Scene) -> None:
    """What it writes fails, and then there is no room; to sync is left to who sends the answer."""
    for calls, error in (("pwrite64", "EIO"), ("pwrite64", "ENOSPC")):
        letters = [letter() for _ in range(2)]
        with site.failing(site.workers, _wal(site, calls=calls, error=error)) as seen:
            codes = [site.send(one) for one in letters]
            must(codes == [250, 250], f"clients heard {codes}")
            seen.wait()
            must({"waiting"} == {site.state(one) for one in letters}, "filed without a write")
        for one in letters:
            site.wait_filed(one)
    charged = site.count(spool, spool.c.attempts > 1)
    must(charged == 0, f"{charged} mails were charged for what the disk did")


@GROUP.fault(
    "a large mail can't be written, synced, named, or opened",
    holds="4xx and never 250, no file stays; then each mail is filed once",
)
def large_mail(site: Scene) -> None:
    """It is a file of its own, with a name of its own, in a folder that is synced."""
    for calls, error in (
        ("write", "ENOSPC"),
        ("fsync", "EIO"),
        ("rename", "EIO"),
        ("openat", "EMFILE"),
    ):
        one = large()
        with site.failing(site.main, Failing(calls=calls, error=error)):
            _refused(site, [one, one])
        left = list((site.data / "large" / "incoming").glob("*"))
        must(not left, f"{len(left)} files are left after {error} of {calls}")
        site.insist(one)


@GROUP.fault(
    "the sync of a folder fails, after a large mail got its name there",
    holds="451, and never 250 for a name that is not synced; then each filed once",
)
def folder(site: Scene) -> None:
    """A name that is not synced may be gone after a power cut, with its mail."""
    failed = 0
    for when in ("2", "3", "4"):
        with site.failing(site.main, Failing(calls="fsync", when=when)) as seen:
            for _ in range(2):
                before = seen.failed
                codes = site.insist(large())
                must(seen.failed == before or 451 in codes, f"clients heard {codes}")
            failed += seen.failed
    must(failed, "no sync failed")


@GROUP.fault(
    "no file can be opened any more", holds="250 or 4xx, as is true; all is filed once in the end"
)
def descriptors(site: Scene) -> None:
    """EMFILE for daemon and worker."""
    letters = [letter() for _ in range(3)]
    pids = [*site.main, *site.workers]
    with site.failing(pids, Failing(calls="openat", error="EMFILE")) as seen:
        for one in letters:
            site.send(one)
        seen.wait()
    for one in letters:
        site.insist(one)
