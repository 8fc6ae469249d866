"""Everybody's own page: their sessions, and their password."""

from datetime import timedelta

import pytest

from gateway.console import passwords
from gateway.store import users
from lib.console import CHIEF, visitor
from lib.workbench import Workbench

OLD, NEW = "correct horse battery", "staple battery horse"


@pytest.fixture
def bench(users_bench: Workbench) -> Workbench:
    """A house without users."""
    return users_bench


def test_sessions_elsewhere_are_ended_from_here(bench: Workbench) -> None:
    """One, or all others; those of other users are theirs."""
    here, there, third = visitor(bench), visitor(bench), visitor(bench)
    ada = visitor(bench, "agent", "ada@north.example")
    page = here.get("/account")
    assert 2 == page.text.count('name="session" value="') - 1
    names = [row["secret"][:16] for row in bench.rows("sessions")]

    for name in names:
        if name in page.text and f'value="{name}"' in page.text:
            answer = here.post("/account/sessions", {"session": name})
            break
    else:
        pytest.fail("no session can be ended")
    assert 200 == here.follow(answer).status_code
    assert [200, 303] == sorted(one.get("/").status_code for one in (there, third))

    here.post("/account/sessions", {"session": "others"})
    assert [303, 303] == [one.get("/").status_code for one in (there, third)]
    assert [200, 200] == [one.get("/").status_code for one in (here, ada)]


def test_nobody_ends_a_session_of_somebody_else(bench: Workbench) -> None:
    """Not even by its name."""
    ada = visitor(bench, "agent", "ada@north.example")
    (session,) = bench.rows("sessions")

    visitor(bench).post("/account/sessions", {"session": session["secret"][:16]})

    assert 200 == ada.get("/").status_code


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"old": OLD, "new": NEW, "again": "other"}, "the same twice"),
        ({"old": "x", "new": NEW, "again": NEW}, "not your present password"),
        ({"old": OLD, "new": "short", "again": "short"}, "at least 12 characters"),
        ({"old": OLD, "new": "a" * 20, "again": "a" * 20}, "more different characters"),
        ({"old": OLD, "new": CHIEF.upper(), "again": CHIEF.upper()}, "not the address"),
        ({"old": OLD, "new": NEW * 100, "again": NEW * 100}, "at most 1000 characters"),
    ],
)
def test_a_password_is_not_changed_by_mistake(
    bench: Workbench, fields: dict[str, str], problem: str
) -> None:
    """And the page says what the mistake is, without the password."""
    chief = visitor(bench)
    _give(bench, OLD)
    answer = chief.post("/account/password", fields)

    assert 422 == answer.status_code
    assert problem in answer.text
    assert fields["new"] not in answer.text.replace(CHIEF, "")
    assert _has(bench, OLD)


def test_who_changes_their_password_is_signed_out_elsewhere(bench: Workbench) -> None:
    """Whoever may have known the old one is out."""
    chief, elsewhere = visitor(bench), visitor(bench)
    _give(bench, OLD)

    answer = chief.post("/account/password", {"old": OLD, "new": NEW, "again": NEW})

    assert "Your new password holds" in chief.follow(answer).text
    assert _has(bench, NEW)
    assert 303 == elsewhere.get("/").status_code
    assert [("user.password", CHIEF)] == [
        (row["action"], row["actor"]) for row in bench.rows("audit")
    ]


def test_nobody_waits_for_a_password_to_be_hashed(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes long, so that nothing is locked meanwhile: mail is written in the same database."""
    chief = visitor(bench)
    _give(bench, OLD)
    hashed = passwords.hashed

    def hashing(password: str) -> str:
        with bench.house.database.writing() as connection:
            users.set_role(connection, 1, "admin")
        return hashed(password)

    monkeypatch.setattr(passwords, "hashed", hashing)

    answer = chief.post("/account/password", {"old": OLD, "new": NEW, "again": NEW})

    assert 303 == answer.status_code
    assert _has(bench, NEW)


def test_at_a_browser_left_open_nobody_finds_the_password(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its present password is asked for so often and no more."""
    chief = visitor(bench)
    _give(bench, OLD)
    monkeypatch.setattr(passwords, "matches", lambda _kept, _password: False)
    fields = {"old": "x", "new": NEW, "again": NEW}

    answers = [chief.post("/account/password", fields).status_code for _ in range(6)]

    assert [422] * 5 + [429] == answers
    bench.time += timedelta(minutes=16)
    assert 422 == chief.post("/account/password", fields).status_code


def test_who_signs_in_elsewhere_has_no_password_to_change(bench: Workbench) -> None:
    """The page does not offer it."""
    assert "New password" not in visitor(bench).get("/account").text


def _give(bench: Workbench, password: str) -> None:
    with bench.house.database.writing() as connection:
        found = users.find(connection, CHIEF)
        assert found
        users.set_password(connection, found.id, passwords.hashed(password))


def _has(bench: Workbench, password: str) -> bool:
    (kept,) = [row["password"] for row in bench.rows("users") if row["address"] == CHIEF]
    return passwords.matches(kept, password)
