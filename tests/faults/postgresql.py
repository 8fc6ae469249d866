"""PostgreSQL fails: it is killed, restarted, frozen out, or lost at the very moment of a COMMIT."""

import itertools
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

import psycopg
from psycopg import sql

from faults.commit_proxy import CommitProxy, Moment, proxied
from faults.fault import Group, must
from faults.letters import letter
from faults.scene import Plan, Scene, scene
from gateway.store.schema import spool
from servers import postgresql
from servers.postgresql import PostgreSQL

_URL = "postgresql+psycopg://postgres@127.0.0.1:{port}/{name}"
# Locks are waited for a second and not fifteen.
_OPTIONS = "sslmode=disable&gssencmode=disable&options=-c%20lock_timeout%3D1s"
# What could not even be given back is free again after that.
_WORKER = "\n[worker]\nlease = 5\n"
_CLIENTS = 4
_MOST_CUTS = 40


@dataclass(slots=True)
class OnServer:
    """A daemon on a PostgreSQL server of its own, with a proxy between the two."""

    site: Scene
    server: PostgreSQL
    proxy: CommitProxy
    name: str

    def check(self) -> None:
        """Compare, and see that no mail was charged for what the database did."""
        self.site.check()
        charged = self.site.count(spool, spool.c.attempts > 1)
        must(charged == 0, f"{charged} mails were charged for what the database did")

    def run(self, *statements: sql.SQL | sql.Composed) -> None:
        """Run statements as the superuser."""
        for statement in statements:
            self.server.execute(self.name, statement)

    def end_sessions(self) -> None:
        """End every session of the daemon's."""
        self.run(
            sql.SQL(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


@contextmanager
def _opened() -> Iterator[OnServer]:
    with postgresql.running() as server, proxied(server.folder / ".s.PGSQL.5432") as proxy:
        name = server.create()
        url = f"{_URL.format(port=proxy.port, name=name)}?{_OPTIONS}"
        plan = Plan(url=url, look=server.url(name), more=_WORKER)
        with scene("postgresql", plan) as site:
            yield OnServer(site, server, proxy, name)


GROUP: Group[OnServer] = Group("PostgreSQL", _opened)


@GROUP.fault(
    "the connection is lost at the COMMIT of a received mail",
    holds="451; sent again it is known if it was there; one ticket",
)
def receiving(on: OnServer) -> None:
    """Before the server has heard of it, and after."""
    for moment in Moment:
        on.proxy.arm(moment, b"INSERT INTO spool", 1)
        one = letter()
        codes = on.site.insist(one)
        must(on.proxy.done == 1, "no connection was cut")
        must(codes[0] == 451, f"cut {moment}, the client heard {codes}")
        on.site.wait_filed(one)
        row = on.site.received(one)
        must(row is not None and row.attempts <= 1, "its worker was charged")


@GROUP.fault(
    "the connection is lost at the COMMIT of a filed mail", holds="one ticket, one acknowledgement"
)
def filing(on: OnServer) -> None:
    """The worker reads what became of it, by the claim's epoch."""
    for moment in Moment:
        on.proxy.arm(moment, b"INSERT INTO tickets", 1)
        one = letter()
        on.site.insist(one)
        on.site.wait(lambda: on.proxy.done == 1, f"a connection is cut {moment}")
        on.site.wait_filed(one)


@GROUP.fault(
    "the connection is lost at the COMMIT before DATA, and of the MSA's reply",
    holds="the mail goes out once, and counts as sent",
)
def sending(on: OnServer) -> None:
    """The mark before DATA, and the settlement after the final reply."""
    for words in (b"data_at=", b"uncertain_times="):
        for moment in Moment:
            on.proxy.arm(moment, words, 1)
            one = letter()
            on.site.insist(one)
            on.site.wait(lambda: on.proxy.done == 1, f"a connection is cut {moment}")
            on.site.wait_sent(one)
            must(on.site.copies(one) == 1, f"the MSA has {on.site.copies(one)} copies")


@GROUP.fault(
    "COMMITs are lost again and again while mails come",
    holds="each mail has one ticket, one answer",
)
def often(on: OnServer) -> None:
    """Whoever's it is, before and after in turn."""
    over, cuts = Event(), list[int]()

    def cut() -> None:
        moments = itertools.cycle(Moment)
        while len(cuts) < _MOST_CUTS and not over.wait(0.05):
            cuts.append(on.proxy.done)
            on.proxy.arm(next(moments), b"", 1)

    with ThreadPoolExecutor(_CLIENTS + 1) as pool:
        cutting = pool.submit(cut)
        list(pool.map(on.site.insist, [letter() for _ in range(40)]))
        over.set()
        cutting.result()
    on.proxy.arm(Moment.BEFORE, b"", 0)
    must(sum(cuts) >= 5, f"only {sum(cuts)} connections were cut")


def _while_mails_come(on: OnServer, how: signal.Signals) -> None:
    """End the server in the middle of a load, and start it again."""
    with ThreadPoolExecutor(_CLIENTS) as pool:
        codes = pool.map(on.site.insist, [letter() for _ in range(40)])
        on.site.wait(lambda: on.site.count(spool) >= 8, "some mails are there")
        on.server.stop(how)
        on.site.wait(lambda: _starts(on.server), "the server starts again")
        refused = sum(code != 250 for each in codes for code in each)
    must(refused, "nobody noticed")


def _starts(server: PostgreSQL) -> bool:
    try:
        server.start()
    except RuntimeError:  # Sessions of the killed server are still there.
        return False
    return True


@GROUP.fault("the server is killed under load", holds="4xx, then 250; each mail filed once")
def killed(on: OnServer) -> None:
    """SIGKILL to the postmaster: it recovers from its log."""
    _while_mails_come(on, signal.SIGKILL)


@GROUP.fault("the server stops at once under load", holds="4xx, then 250; each mail filed once")
def stopped(on: OnServer) -> None:
    """SIGQUIT, which is `pg_ctl stop -m immediate`."""
    _while_mails_come(on, signal.SIGQUIT)


@GROUP.fault(
    "the server is restarted while nothing happens", holds="the next mail is taken at once"
)
def restarted(on: OnServer) -> None:
    """No connection of before is used."""
    on.site.insist(letter())
    on.site.check()
    on.server.stop()
    on.server.start()
    codes = on.site.insist(letter())
    must(codes == [250], f"the client heard {codes}")


@GROUP.fault("idle connections are cut", holds="the next mail is taken at once")
def cut_while_idle(on: OnServer) -> None:
    """As firewalls do."""
    on.site.check()
    on.proxy.cut_all()
    codes = on.site.insist(letter())
    must(codes == [250], f"the client heard {codes}")


@GROUP.fault("somebody locks a table", holds="451 in time; mails go on once it is free")
def locked(on: OnServer) -> None:
    """Longer than we wait for a lock."""
    first, second = letter(), letter()
    where = f"host={on.server.folder} user=postgres dbname={on.name}"
    with psycopg.connect(where) as other:
        other.execute("LOCK TABLE spool, tickets IN ACCESS EXCLUSIVE MODE")
        must(on.site.send(first) == 451, "no 451 while the spool is locked")
        other.rollback()
        other.execute("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE")
        must(on.site.send(second) == 250, "no 250 while tickets alone are locked")
        other.rollback()
    on.site.insist(first)


_FAIL = sql.SQL("""
CREATE SEQUENCE fault_count;
CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('fault_count') <= {times} THEN {what}; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION fault()
""")
_NO_MORE = sql.SQL("DROP FUNCTION fault CASCADE; DROP SEQUENCE fault_count")


@contextmanager
def _failing(on: OnServer, table: str, times: int, what: str) -> Iterator[None]:
    """Let statements on a table do something first, so many times."""
    on.run(_FAIL.format(times=times, what=sql.SQL(what), table=sql.Identifier(table)))
    try:
        yield
    finally:
        on.run(_NO_MORE)


# A worker waits two seconds after each.
_CODES = {
    "40001": ("spool", "tickets", "outbox"),
    "40P01": ("tickets",),
    "53100": ("tickets", "outbox"),
    "58030": ("spool",),
    "53300": ("spool",),
    "57P03": ("spool",),
}


@GROUP.fault(
    "statements fail: serialization, deadlock, no room, error of the disk, too many connections",
    holds="451 or wait, and all is done once; nothing is charged to a mail",
)
def refused(on: OnServer) -> None:
    """Each with PostgreSQL's own code, for whoever receives, files or sends."""
    for code, tables in _CODES.items():
        raised = f"RAISE EXCEPTION 'made to fail' USING ERRCODE = '{code}'"
        for table in tables:
            with _failing(on, table, 1, raised):
                one = letter()
                on.site.insist(one)
                on.site.wait_sent(one)
        on.check()


@GROUP.fault("a statement hangs", holds="451 in time, and the mail is known when it comes again")
def hangs(on: OnServer) -> None:
    """Eleven seconds, where the client is answered after eight."""
    with _failing(on, "spool", 1, "PERFORM pg_sleep(11)"):
        one = letter()
        codes = on.site.insist(one)
        must(codes[0] == 451, f"the client heard {codes}")
    must(on.site.count(spool, spool.c.message_id == one.message_id) == 1, "it is there twice")


@GROUP.fault(
    "the server only reads for a while", holds="451; mails wait, uncharged, and are filed once"
)
def read_only(on: OnServer) -> None:
    """As one that stands by, or one that was taken out of service."""
    change = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
    name = sql.Identifier(on.name)
    first, second = letter(), letter()
    on.run(change.format(name, sql.SQL("on")))
    on.end_sessions()
    try:
        must(on.site.send(first) == 451, "no 451 from a server that only reads")
        on.site.wait(lambda: "read-only transaction" in on.site.log(), "somebody notices")
    finally:
        on.server.execute("postgres", change.format(name, sql.SQL("off")))
        on.end_sessions()
    for one in (first, second):
        on.site.insist(one)
