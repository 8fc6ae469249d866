"""Users, sessions, failures and the trail, on either database."""

import threading
from datetime import timedelta

from gateway.console import membership
from gateway.errors import Misused
from gateway.housekeeping import Housekeeping
from gateway.rspamd import Rspamd
from gateway.store import audit, sessions, sign_in_failures, users
from gateway.store.audit import Act
from gateway.store.sign_in_failures import Counted
from lib.workbench import START, Workbench

ADA, BOB, PEER = "ada@north.example", "bob@north.example", "192.0.2.7"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_failures_count_by_address_and_by_place_for_a_while(bench: Workbench) -> None:
    """What succeeds forgives what failed for that address from there, and nothing else."""
    with bench.house.database.writing() as connection:
        for address, peer in ((ADA, PEER), (ADA, "192.0.2.8"), (BOB, PEER), ("", PEER)):
            sign_in_failures.note(connection, address, peer, START)
        last = sign_in_failures.note(connection, ADA, PEER, START + MINUTE)
        since = START - MINUTE
        assert Counted(3, 4, 2) == sign_in_failures.count(connection, ADA, PEER, since)
        assert Counted(1, 1, 1) == sign_in_failures.count(connection, ADA, PEER, START)
        assert Counted(0, 4, 0) == sign_in_failures.count(connection, "", PEER, since)

        sign_in_failures.forgive(connection, last, ADA, PEER)

        assert Counted(1, 2, 0) == sign_in_failures.count(connection, ADA, PEER, since)


def test_what_counts_for_nothing_is_forgotten(bench: Workbench) -> None:
    """Sessions that ended, and failures that are old; what holds stays, and so does the trail."""
    with bench.house.database.writing() as connection:
        ada = users.add(connection, ADA, "Ada", "agent", "", START)
        for name, began, end in (("a", START, 1), ("b", START, 12), ("c", START + HOUR * 3, 12)):
            sessions.begin(connection, name * 64, ada, began, began + HOUR * end)
        sign_in_failures.note(connection, ADA, PEER, START)
        sign_in_failures.note(connection, ADA, PEER, START + HOUR * 3)
        audit.note(connection, Act(START, ADA, "session.begin"))
    rspamd = Rspamd(bench.house.settings.spam, str, lambda: 0.0)
    keeping = Housekeeping(bench.house, rspamd, START)

    keeping.keep(START + HOUR * 3 + MINUTE)

    assert ["c" * 64] == [row["secret"] for row in bench.rows("sessions")]
    assert [START + HOUR * 3] == [row["at"] for row in bench.rows("sign_in_failures")]
    assert 1 == len(bench.rows("audit"))


def test_two_admins_who_disable_each_other_at_once_leave_one(bench: Workbench) -> None:
    """The second sees what the first did."""
    with bench.house.database.writing() as connection:
        for address in (ADA, BOB):
            users.add(connection, address, "", "admin", "", START)
    together = threading.Barrier(2)
    refused: list[str] = []

    def disable(address: str) -> None:
        together.wait(10)
        try:
            with bench.house.database.writing() as connection:
                user = users.find(connection, address)
                assert user
                membership.disable(connection, user, START)
        except Misused as error:
            refused.append(str(error))

    threads = [threading.Thread(target=disable, args=(address,)) for address in (ADA, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [membership.LAST] == refused
    assert [False, True] == sorted(row["disabled_at"] is None for row in bench.rows("users"))


def test_the_trail_is_searched_as_it_is_written(bench: Workbench) -> None:
    """A sign that means something in a pattern means itself; long details are cut."""
    with bench.house.database.writing() as connection:
        for action in ("user.add", "users.add", "u_er.add", "user"):
            audit.note(connection, Act(START, ADA, action, detail="x" * 5000))
        found = audit.latest(connection, 10, area="user")
        escaped = audit.latest(connection, 10, area="u_er")

    assert ["user.add"] == [one.act.action for one in found]
    assert ["u_er.add"] == [one.act.action for one in escaped]
    assert 2000 == len(found[0].act.detail)


def test_a_user_is_found_by_their_address_alone(bench: Workbench) -> None:
    """Whatever is asked for."""
    with bench.house.database.writing() as connection:
        users.add(connection, ADA, "Ada", "agent", "", START)
        for address in ("x" * 400, "a'b@north.example", "%@north.example"):
            assert None is users.find(connection, address)
        assert ADA == users.listed(connection)[0].user.address
