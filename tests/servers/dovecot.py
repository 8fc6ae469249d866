"""A real Dovecot for the tests: IMAP with and without TLS, and LMTP to deliver into it.

Every address is a user with the same password and a mailbox of its own, so tests share a server
and never each other's mail.
"""

import grp
import itertools
import os
import re
import shutil
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers import process
from servers.certificates import Certificate

HOW_TO_GET_IT = "apt-get install dovecot-imapd dovecot-lmtpd"

_CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.private_key}
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
auth_cache_size = 0
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_max_userip_connections = 100
imap_idle_notify_interval = 1 mins
mailbox_idle_check_interval = 1 secs
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
{by_token}passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


_BY_TOKEN = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/tokens
}}
"""
_TOKENS = """\
introspection_url = {introspection}
introspection_mode = get
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass(slots=True)
class Dovecot:
    """A server on loopback ports; `imap` also speaks STARTTLS, `imaps` is TLS from the start.

    With `introspection`, an address that a token is put behind, tokens let people in as well.
    """

    folder: Path
    certificate: Certificate
    password: str = "swordfish"
    introspection: str = ""
    imap: int = field(default_factory=process.free_port)
    imaps: int = field(default_factory=process.free_port)
    lmtp: int = field(default_factory=process.free_port)
    _process: subprocess.Popen[bytes] | None = None
    _users: Iterator[int] = field(default_factory=itertools.count)

    def new_user(self) -> str:
        """Give an address whose mailbox nobody used before."""
        return f"user{next(self._users)}@desk.example"

    def deliver(self, raw: bytes, user: str, sender: str = "jan@klant.example") -> None:
        """Put a mail into a user's INBOX, by LMTP as an MTA would."""
        with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=20) as client:
            client.sendmail(sender, [user], raw)

    def doveadm(self, *arguments: str) -> str:
        """Run the administrator's tool on this server; gives what it prints."""
        command = ["doveadm", "-c", str(self._configuration), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def change_uid_validity(self, user: str, folder: str = "INBOX") -> int:
        """Make every UID known of a folder void (RFC 3501 section 2.3.1.1); gives the new value."""
        status = self.doveadm("mailbox", "status", "-u", user, "uidvalidity", folder)
        found = re.search(r"uidvalidity=(\d+)", status)
        assert found, status
        value = int(found[1]) + 1
        self.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(value), folder)
        return value

    def start(self) -> None:
        """Start it on its mailboxes; returns once all ports take connections."""
        self._configure()
        command = [_program() or "dovecot", "-F", "-c", str(self._configuration)]
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command, stdout=output, stderr=output, start_new_session=True
            )
        process.wait_until(self._ready, what="Dovecot takes connections")

    def stop(self) -> None:
        """End it with every session."""
        if self._process is not None:
            self.thaw()
            # Sessions outlive the master for seconds unless they are told, too.
            self._signal(signal.SIGTERM)
            process.end(self._process, signal.SIGTERM)

    def freeze(self) -> None:
        """Make it fall silent with its connections open, as a hung server or network does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def log(self) -> str:
        """Give what it has logged."""
        files = (self.folder / "log", self.folder / "output")
        return "".join(file.read_text() for file in files if file.exists())

    @property
    def _configuration(self) -> Path:
        return self.folder / "dovecot.conf"

    def _configure(self) -> None:
        owner = process.account()
        mail = self.folder / "mail"
        mail.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(mail, owner.pw_uid, owner.pw_gid)
        (self.folder / "tokens").write_text(_TOKENS.format(introspection=self.introspection))
        self._configuration.write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                certificate=self.certificate,
                user=owner.pw_name,
                group=grp.getgrgid(owner.pw_gid).gr_name,
                password=self.password,
                mechanisms=" xoauth2 oauthbearer" if self.introspection else "",
                by_token=_BY_TOKEN.format(folder=self.folder) if self.introspection else "",
                imap=self.imap,
                imaps=self.imaps,
                lmtp=self.lmtp,
            )
        )

    def _ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(self.log())
        return all(process.listens(port) for port in (self.imap, self.imaps, self.lmtp))

    def _signal(self, what: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, what)


def _program() -> str | None:
    """Find Dovecot, which lies outside the PATH of most users."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def require() -> None:
    """Skip where Dovecot is not installed; fail there in CI."""
    if _program() is None:
        process.missing("Dovecot", HOW_TO_GET_IT)


@contextmanager
def running(certificate: Certificate, introspection: str = "") -> Iterator[Dovecot]:
    """Run a server without mail, after `require()`."""
    with process.folder("dovecot") as folder:
        server = Dovecot(folder, certificate, introspection=introspection)
        try:
            server.start()
            yield server
        finally:
            server.stop()
