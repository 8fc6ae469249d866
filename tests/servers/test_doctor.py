"""`casepost doctor` against real servers: what works, what does not, and whom to trust."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from gateway.config.load import load
from gateway.config.settings import Listener, Settings
from gateway.doctor.check import Check, State
from gateway.doctor.examination import examine_house
from gateway.doctor.outside import check_dns, check_listeners
from lib.fake_dns import FakeDns
from lib.workbench import write_house
from servers import process, smtp_sink
from servers.certificates import Certificate
from servers.dovecot import Dovecot

DNS = FakeDns({"iana.org": "MX 10 mx.iana.example"})
MX = "mx.desk.example"
MAIL = (
    f"Received: from out.klant.example by {MX}; now\r\nFrom: jan@klant.example\r\n"
    "To: help@north.example\r\nSubject: Help\r\n\r\nHello\r\n"
)
RESULTS = f"Authentication-Results: {MX}; dmarc=pass header.from=klant.example\r\n"


def examined(path: Path, ahead: timedelta = timedelta(), dns: FakeDns = DNS) -> dict[str, Check]:
    """Examine the house of a configuration with a clock that is so much ahead of the true one."""
    now = datetime.now(UTC) + ahead
    return {check.name: check for check in examine_house(load(path), dns, now)}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A configuration with a data folder."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    (path.parent / "data").mkdir()
    (path.parent / "secret").write_text("swordfish")
    (path.parent / "secret").chmod(0o600)
    return path


def add(path: Path, text: str) -> None:
    """Add tables to a configuration."""
    path.write_text(f"{path.read_text()}\n{text}\n")


def account(dovecot: Dovecot, user: str, more: str = "") -> str:
    """Write the table of a mailbox."""
    return (
        f'[[imap]]\nname = "box"\nhost = "127.0.0.1"\nport = {dovecot.imap}\ntls = "none"\n'
        f'user = "{user}"\naddress = "help@north.example"\npassword_file = "secret"\n{more}'
    )


@pytest.fixture
def user(dovecot_server: Dovecot, house: Path) -> str:
    """A user with twelve mails, whose host writes its results into all of them but one."""
    (house.parent / "secret").write_text(dovecot_server.password)
    name = dovecot_server.new_user()
    for number in range(12):
        dovecot_server.deliver((RESULTS * (number > 0) + MAIL).encode(), name)
    return name


def test_a_mailbox_is_read_and_a_host_proposed(
    dovecot_server: Dovecot, house: Path, user: str
) -> None:
    """The line for the configuration is ready, and works: Dovecot hands the mail over above it."""
    add(house, account(dovecot_server, user))
    found = examined(house)
    assert State.OK is found["imap box"].state
    assert f"{user} may read INBOX at 127.0.0.1: 12 mails" == found["imap box"].message
    proposed = found["imap box results"]
    assert State.WARNING is proposed.state
    said, _, line = proposed.message.partition("; to trust it: ")
    assert f"{MX} has its results in 11 of the 12 newest mails" == said
    assert line.startswith(f'authserv_ids = ["{MX}"], inner_hosts = ["')
    add(house, line.replace(", inner_hosts", "\ninner_hosts"))
    assert State.OK is examined(house)["imap box results"].state


def test_looking_changes_nothing_in_a_mailbox(
    dovecot_server: Dovecot, house: Path, user: str
) -> None:
    r"""No mail is \Seen after it."""
    add(house, account(dovecot_server, user))
    examined(house)
    with IMAPClient("127.0.0.1", dovecot_server.imap, ssl=False) as client:
        client.login(user, dovecot_server.password)
        client.select_folder("INBOX", readonly=True)
        flags = client.get_flags(client.search(["ALL"]))
    assert 12 == len(flags)
    assert not any(b"\\Seen" in found for found in flags.values())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("swordfish", "x"), ""),
        (("name", "name"), "Nowhere"),
    ],
)
def test_why_a_mailbox_cannot_be_read(
    dovecot_server: Dovecot, house: Path, change: tuple[str, str], sentence: str
) -> None:
    """A wrong password and a wrong folder are said in a sentence; nothing else stops."""
    (house.parent / "secret").write_text(dovecot_server.password.replace(*change))
    folder = 'folder = "Nowhere"\n' if sentence else ""
    add(house, account(dovecot_server, dovecot_server.new_user(), folder))
    found = examined(house)["imap box"]
    assert State.PROBLEM is found.state
    assert sentence in found.message
    assert dovecot_server.password not in found.message


def test_a_house_without_anything_outside(house: Path) -> None:
    """What is not there yet is something to look at, and no problem."""
    found = examined(house)
    assert {"data", "clock", "database", "disk", "templates", "owner", "large mails", "dns"} == set(
        found
    )
    assert "there is none yet; `casepost run` makes it" == found["database"].message
    assert {State.OK, State.WARNING} == {check.state for check in found.values()}


def test_a_clock_that_is_wrong(house: Path) -> None:
    """Compared with the one that the data folder's files get their times from."""
    found = examined(house, timedelta(hours=1))["clock"]
    assert State.PROBLEM is found.state
    assert "the data folder's file system" in found.message


def test_a_folder_that_cannot_be_written(house: Path) -> None:
    """Nor can the disk under it be measured."""
    (house.parent / "data").rmdir()
    (house.parent / "data").write_text("a file")
    assert State.PROBLEM is examined(house)["data"].state


@pytest.mark.parametrize(
    ("state", "records"), [(State.OK, "MX 10 x"), (State.WARNING, ()), (State.PROBLEM, None)]
)
def test_the_dns(state: State, records: str | tuple[()] | None) -> None:
    """No answer is a problem; an answer without what is known to be there is odd."""
    settings = Settings(path=Path("casepost.toml"))
    assert state is check_dns(settings, FakeDns({"iana.org": records})).state


def test_the_msa(house: Path, certificate: Certificate) -> None:
    """Connection, TLS and login are tried, and no mail is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.private_key)
    (house.parent / "secret").write_text("right")
    with smtp_sink.running(context, login=True) as sink:
        add(
            house,
            f'[msa]\nhost = "127.0.0.1"\nport = {sink.port}\nca_file = "{certificate.authority}"\n'
            'user = "casepost"\npassword_file = "secret"\n',
        )
        found = examined(house)["msa"]
    assert (State.OK, True) == (found.state, "let casepost log in" in found.message)
    assert [] == sink.mails
    found = examined(house)["msa"]
    assert (State.PROBLEM, True) == (found.state, "no connection" in found.message)


def test_the_listeners(certificate: Certificate, tmp_path: Path) -> None:
    """A port is free, ours, or somebody else's; a certificate ends some day."""
    listener = Listener(
        port=process.free_port(),
        certificate=certificate.chain,
        private_key=certificate.private_key,
    )
    settings = Settings(path=tmp_path / "casepost.toml", listener=(listener,))
    now = datetime.now(UTC)
    port, chain = check_listeners(settings, now)
    assert (State.WARNING, "the daemon does not run; the port is free") == (
        port.state,
        port.message,
    )
    assert State.OK is chain.state
    _, chain = check_listeners(settings, now + timedelta(days=365 * 980))
    assert State.WARNING is chain.state
    with smtp_sink.running() as sink:
        mine = Settings(path=settings.path, listener=(Listener(port=sink.port),))
        assert [State.OK] == [check.state for check in check_listeners(mine, now)]
