"""The servers that other tests rely on do what their fixtures promise."""

import ssl

import sqlalchemy
from imapclient import IMAPClient, SocketTimeout

from servers.certificates import Certificate
from servers.dovecot import Dovecot
from servers.postgresql import PostgreSQL

MAIL = b"From: jan@klant.example\r\nSubject: Hei\r\n\r\nMoi\r\n"
TIMEOUT = SocketTimeout(connect=10, read=10)


def test_each_database_is_empty_and_of_its_own(database_url: str) -> None:
    """A test gets a database that can be written and that holds no table of another's."""
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        assert [] == sqlalchemy.inspect(connection).get_table_names()
        connection.execute(sqlalchemy.text("CREATE TABLE probe (id integer)"))
    engine.dispose()


def test_postgresql_keeps_its_data_over_a_crash(postgresql_server: PostgreSQL) -> None:
    """The server is as durable as a real one: fsync and synchronous commit are on."""
    engine = sqlalchemy.create_engine(postgresql_server.url("postgres"))
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert "on" == connection.scalar(sqlalchemy.text(f"SHOW {setting}"))
    engine.dispose()


def test_delivered_mail_is_read_by_starttls(
    dovecot_server: Dovecot, certificate: Certificate
) -> None:
    """What LMTP took is in the mailbox, and the certificate holds for 127.0.0.1."""
    user = dovecot_server.new_user()
    dovecot_server.deliver(MAIL, user)
    trust = ssl.create_default_context(cafile=str(certificate.authority))
    with IMAPClient("127.0.0.1", dovecot_server.imap, ssl=False, timeout=TIMEOUT) as client:
        client.starttls(trust)
        client.login(user, dovecot_server.password)
        client.select_folder("INBOX")
        (fetched,) = client.fetch([1], ["BODY.PEEK[]"]).values()
    assert fetched[b"BODY[]"].endswith(MAIL)


def test_uid_validity_changes(dovecot_server: Dovecot) -> None:
    """The fixture makes the change that sources must survive."""
    user = dovecot_server.new_user()
    dovecot_server.deliver(MAIL, user)
    value = dovecot_server.change_uid_validity(user)
    with IMAPClient("127.0.0.1", dovecot_server.imap, ssl=False, timeout=TIMEOUT) as client:
        client.login(user, dovecot_server.password)
        assert value == client.select_folder("INBOX")[b"UIDVALIDITY"]


def test_mail_survives_a_restart_and_a_freeze(own_dovecot: Dovecot) -> None:
    """Mailboxes and ports stay as they were when the server is frozen, or stopped and started."""
    user = own_dovecot.new_user()
    own_dovecot.deliver(MAIL, user)
    own_dovecot.freeze()
    own_dovecot.thaw()
    own_dovecot.stop()
    own_dovecot.start()
    with IMAPClient("127.0.0.1", own_dovecot.imaps, ssl=True, ssl_context=_lax()) as client:
        client.login(user, own_dovecot.password)
        assert 1 == client.select_folder("INBOX")[b"EXISTS"]


def _lax() -> ssl.SSLContext:
    """Trust anybody: the certificate is not what that test is about."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
