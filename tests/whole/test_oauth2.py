"""The whole daemon with tokens: three mailboxes of a Dovecot, one of them dead, and an MSA."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config.load import load_settings
from lib.daemon import DaemonProcess
from lib.workbench import write_house
from servers import dovecot, process, smtp_peer, token_server
from servers.certificates import Certificate
from servers.dovecot import Dovecot
from servers.imap_rig import mail
from servers.token_msa import TokenMsa
from servers.token_server import TokenServer

pytestmark = pytest.mark.thorough

_ACCOUNT = """
[[imap]]
name = "{name}"
host = "127.0.0.1"
port = {port}
tls = "none"
user = "{user}"
address = "help@north.example"
answer_backlog = true
reconnect_first = 0.1
[imap.oauth2]
client_id = "{user}"
token_url = "{tokens.url}"
"""
_REST = """
[internal]
port = {internal}

[msa]
host = "127.0.0.1"
port = {msa}
tls = "none"
user = "gateway@desk.example"
connections = 1
[msa.oauth2]
client_id = "gateway@desk.example"
token_url = "{tokens.url}"
refresh_token_file = "msa-token"
"""


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A token server whose refresh tokens rotate."""
    with token_server.running(TokenServer(rotates=True)) as found:
        yield found


@pytest.fixture
def own_dovecot(certificate: Certificate, tokens: TokenServer) -> Iterator[Dovecot]:
    """A Dovecot that lets people in by its tokens."""
    dovecot.require()
    with dovecot.running(certificate, tokens.introspection) as server:
        yield server


@pytest.fixture
def msa(tokens: TokenServer) -> Iterator[TokenMsa]:
    """An MSA that lets in by its tokens."""
    with smtp_peer.running(TokenMsa(user_of=tokens.user_of)) as found:
        assert isinstance(found, TokenMsa)
        yield found


def ask(path: Path, *arguments: str) -> tuple[int, str]:
    """Run a command about that house."""
    command = [sys.executable, "-P", "-m", "gateway.cli", *arguments, "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout


def test_two_accounts_and_a_dead_one(
    tmp_path: Path, own_dovecot: Dovecot, tokens: TokenServer, msa: TokenMsa
) -> None:
    """Mail comes in and is answered by tokens; people are told of the third, and no token."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    users = {"one": own_dovecot.new_user(), "two": own_dovecot.new_user()}
    users["dead"] = own_dovecot.new_user()
    internal = process.free_port()
    text = path.read_text() + _REST.format(internal=internal, msa=msa.port, tokens=tokens)
    for number, (name, user) in enumerate(users.items()):
        text += _ACCOUNT.format(name=name, port=own_dovecot.imap, user=user, tokens=tokens)
        text += f'refresh_token_file = "{name}-token"\n'
        own_dovecot.deliver(mail(number), user)
    path.write_text(text)
    for name in ("msa", *users):
        secret = path.parent / f"{name}-token"
        secret.write_text(tokens.new_refresh_token() if name != "dead" else "refresh-revoked")
        secret.chmod(0o600)
    log = tmp_path / "log"
    daemon = DaemonProcess(path, internal, log)
    daemon.start()
    try:
        process.wait_until(
            lambda: sum(b"jan@klant.example" in one.text for one in msa.taken) >= 2,
            seconds=60,
            what="the acknowledgements",
        )
        code, said = ask(path, "status", "--json")
        _, grants = ask(path, "oauth2", "status", "--json")
        doctor = json.loads(ask(path, "doctor", "--json")[1])["checks"]
    finally:
        daemon.stop()
    status = json.loads(said)
    assert (1, 2) == (code, status["spool"]["received"])
    assert ["imap:dead gets no token: invalid_grant:"] == [one[:39] for one in status["alarms"]]
    states = {one["account"]: one["state"] for one in json.loads(grants)}
    good = dict.fromkeys(("imap:one", "imap:two", "msa"), "good")
    assert {**good, "imap:dead": "dead"} == states
    tried = {one["name"]: one["state"] for one in doctor}
    assert ("ok", "ok", "problem") == (tried["msa"], tried["imap one"], tried["imap dead"])
    data = load_settings(path).data
    whole = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    whole += log.read_bytes() + said.encode() + grants.encode()
    assert not [token for token in tokens.issued if token.encode() in whole]
