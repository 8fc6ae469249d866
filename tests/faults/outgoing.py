"""What goes out without an MSA, as files, and over TLS that is refused, or is not to be trusted."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from faults.fault import Group, must
from faults.injection import Failing
from faults.letters import letter
from faults.msa import misbehave, sent_once, state_of
from faults.scene import Plan, Scene, scene
from lib.reckoning import Handed
from servers import certificates
from servers.certificates import Certificate
from servers.smtp_peer import HANG_UP


@dataclass(slots=True)
class Files:
    """A daemon that writes its mail into a folder."""

    site: Scene

    def check(self) -> None:
        """Compare, with what lies in the folder in the MSA's place."""
        self.site.wait(self.site.drained, "all is written", 60)
        written = sorted((self.site.data / "outgoing").glob("*.eml"))
        self.site.handed = [Handed(file.read_bytes(), 250) for file in written]
        self.site.check()
        left = [file.name for file in (self.site.data / "outgoing").glob(".*")]
        must(not left, f"unfinished files are left: {left}")


@contextmanager
def _writing() -> Iterator[Files]:
    with scene("files", Plan(msa=None)) as site:
        yield Files(site)


FILES: Group[Files] = Group("mail as files", _writing)


@FILES.fault(
    "a file can't be opened, synced, or named for a while",
    holds="the mail counts as sent once it is there, whole, under its name",
)
def unwritten(on: Files) -> None:
    """Each for itself."""
    for calls, error in (("rename", "EIO"), ("openat", "ENOSPC"), ("fsync", "EIO")):
        one = letter()
        with on.site.failing(on.site.main, Failing(calls=calls, error=error)) as seen:
            on.site.insist(one)
            on.site.wait(lambda one=one: state_of(on.site, one) != "", "it is queued")  # type: ignore[misc]
            seen.wait()
            must(state_of(on.site, one) != "sent", f"sent, though {calls} failed")
        on.site.wait_sent(one)


_TLS = 'ca_file = "{ca}"\nuser = "casepost"\npassword_file = "password"\n'


@dataclass(slots=True)
class Secured:
    """A daemon whose MSA has to speak TLS, and a certificate that it trusts."""

    site: Scene
    right: ssl.SSLContext
    wrong: ssl.SSLContext

    def check(self) -> None:
        """Compare; the password was never said without TLS."""
        self.site.check()

    def behave(self) -> None:
        """Offer TLS that can be trusted, and a login behind it."""
        peer = self.site.peer
        peer.keeps, peer.script, peer.tls = True, {}, self.right
        peer.features = ("SIZE 1000000", "STARTTLS", "AUTH PLAIN")


def _context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.private_key)
    return context


@contextmanager
def _secured() -> Iterator[Secured]:
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        right = certificates.issue(Path(first), "127.0.0.1")
        wrong = certificates.issue(Path(second), "127.0.0.1")
        plan = Plan(msa=_TLS.format(ca=right.authority), tls="starttls")
        with scene("tls", plan) as site:
            yield Secured(site, _context(right), _context(wrong))


TLS: Group[Secured] = Group("MSA with TLS", _secured)


@TLS.fault(
    "TLS is not offered, refused, broken off, or cannot be trusted",
    holds="no password is said; the mail waits, and goes out once over TLS",
)
def refused(on: Secured) -> None:
    """Each is how somebody in between would begin."""
    peer = on.site.peer
    for name in ("not offered", "refused", "broken off", "of somebody else"):
        on.behave()
        peer.commands.clear()
        script = {}
        if name == "refused":
            script = {"STARTTLS": ["454 4.7.0 not now"]}
        elif name == "broken off":
            script = {"STARTTLS": [HANG_UP]}
        elif name == "of somebody else":
            peer.tls = on.wrong
        features = peer.features if name != "not offered" else ("SIZE 1000000", "AUTH PLAIN")
        one = misbehave(on.site, script, features=features)
        must(state_of(on.site, one) == "deferred", f"{state_of(on.site, one)} with TLS {name}")
        said = [command for command in peer.commands if command.upper().startswith("AUTH")]
        must(not said, f"a login was tried with TLS {name}")
        on.behave()
        sent_once(on.site, one, f"TLS {name}")
