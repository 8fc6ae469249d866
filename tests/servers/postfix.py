"""A real Postfix for the tests: it takes any mail, and what it cannot deliver it bounces.

Mail for one domain cannot be delivered; all else, bounces among it, goes to one port.
"""

import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers import process

HOW_TO_GET_IT = "apt-get install postfix"
NOWHERE = "nowhere.example"

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
disable_dns_lookups = yes
relayhost = [127.0.0.1]:{out}
transport_maps = inline:{{ {{ {nowhere} = error:5.1.1 no such user here }} }}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A server on a loopback port."""

    port: int

    def submit(self, content: bytes, sender: str, recipient: str) -> None:
        """Hand over a mail, as a courier does."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
            client.sendmail(sender, [recipient], content)


def require() -> None:
    """Skip the test, or fail it in CI, where there is no Postfix; it runs as root alone."""
    if shutil.which("postfix") is None or os.geteuid() != 0:
        process.missing("Postfix, and root to run it,", HOW_TO_GET_IT)


@contextmanager
def running(out: int) -> Iterator[Postfix]:
    """Run a Postfix that sends what it can deliver to the loopback port `out`."""
    folder = Path(tempfile.mkdtemp(prefix="casepost-postfix-"))
    folder.chmod(0o755)
    conf, data, port = folder / "conf", folder / "data", process.free_port()
    for made in (conf, data, folder / "queue"):
        made.mkdir()
    shutil.chown(data, "postfix")
    (conf / "main.cf").write_text(_MAIN.format(folder=folder, out=out, nowhere=NOWHERE))
    (conf / "master.cf").write_text(_MASTER.format(port=port))
    try:
        _postfix(conf, "start")
        process.wait_until(lambda: process.listens(port), what="Postfix listens")
        yield Postfix(port)
    finally:
        _postfix(conf, "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _postfix(conf: Path, command: str) -> None:
    """Run the administrator's tool; Postfix ends itself and all its processes."""
    done = subprocess.run(
        ["postfix", "-c", str(conf), command], check=False, capture_output=True, timeout=30
    )
    if done.returncode:
        log = conf.parent / "log"
        raise RuntimeError(done.stderr.decode() + (log.read_text() if log.exists() else ""))
