"""The file system of the data folder is small, and gets full: of bytes, of inodes."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from faults.fault import Group, must
from faults.letters import large, letter
from faults.scene import RECIPIENT, Plan, Scene, scene

_SMALL = "size=32m,nr_inodes=400"
GROUP: Group[Scene] = Group("full file system", partial(scene, "room", Plan(small=_SMALL)))
_LEFT = 1 << 20
_PIECE = 1 << 16


@contextmanager
def _filled(site: Scene, left: int) -> Iterator[Path]:
    """Leave so many bytes, until the block is left."""
    filler = site.data / "filler"
    with filler.open("wb", buffering=0) as file:
        found = os.statvfs(site.data)
        free = found.f_bavail * found.f_frsize - left
        with suppress(OSError):
            while free > 0:
                free -= file.write(bytes(min(free, _PIECE)))
            while left == 0:
                file.write(bytes(_PIECE))
    try:
        yield filler
    finally:
        filler.unlink()


def _status(site: Scene) -> str:
    """Give what `casepost status` says is wrong."""
    command = [sys.executable, "-P", "-m", "gateway.cli", "status", "--config", str(site.path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    must(done.returncode == 1, f"casepost status ends with {done.returncode}")
    return " ".join(done.stdout.split())


def _refused_at_mail(site: Scene) -> None:
    one = letter()

    def refused() -> bool:
        with smtplib.SMTP("127.0.0.1", site.port, timeout=20) as client:
            client.ehlo()
            code, said = client.mail(one.sender)
        return code == 452 and said.startswith(b"4.3.1")

    # What was seen of the disk counts for a second.
    site.wait(refused, "452 4.3.1 at MAIL", 10)
    must(site.send(one) == 452, "another mail was taken")
    must("no room" in _status(site), "casepost status does not say so")


@GROUP.fault("it is nearly full", holds="452 4.3.1 at MAIL; `casepost status` says so; then 250")
def nearly(site: Scene) -> None:
    """There is room for what we have, and not for another mail."""
    site.insist(letter())
    with _filled(site, _LEFT):
        _refused_at_mail(site)
    site.insist(letter())


@GROUP.fault("no inode is left", holds="452 4.3.1 at MAIL; `casepost status` says so; then 250")
def inodes(site: Scene) -> None:
    """Whatever room there is."""
    folder = site.data / "many"
    folder.mkdir()
    files: list[Path] = []
    while os.statvfs(site.data).f_favail > 5:
        files.append(folder / str(len(files)))
        files[-1].touch()
    try:
        _refused_at_mail(site)
    finally:
        for file in files:
            file.unlink()
    site.insist(letter())


@GROUP.fault(
    "it gets full in the middle of a mail", holds="4xx, nothing stays behind; then each filed once"
)
def meanwhile(site: Scene) -> None:
    """Small mails, which go into the database, and large ones, which are files."""
    for one in (letter(), large()):
        with smtplib.SMTP("127.0.0.1", site.port, timeout=20) as client:
            client.ehlo()
            site.wait(lambda client=client, one=one: _begun(client, one.sender), "MAIL")  # type: ignore[misc]
            client.rcpt(RECIPIENT)
            with _filled(site, 0):
                code, _ = client.data(one.content)
        must(400 <= code < 500, f"the client heard {code} on a full disk")
        site.insist(one)
    left = list((site.data / "large" / "incoming").glob("*"))
    must(not left, f"{len(left)} files of refused mails are left")


def _begun(client: smtplib.SMTP, sender: str) -> bool:
    client.rset()
    return client.mail(sender)[0] == 250


@GROUP.fault(
    "it is full while mails are filed and answered",
    holds="they wait, uncharged; filed and answered once when there is room",
)
def filing(site: Scene) -> None:
    """What was taken before is to be worked on."""
    letters = [letter() for _ in range(5)]
    site.peer.meet({"CONNECT": ["421 4.3.2 closing"]})
    for one in letters[:3]:
        site.insist(one)
    with _filled(site, 0):
        site.peer.script = {}
        for one in letters[3:]:
            code = site.send(one)
            must(400 <= code < 500, f"a client heard {code} on a full disk")
    for one in letters[3:]:
        site.insist(one)
