"""Signing in by a password: what it takes, what it shows, and what it does not give away."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from gateway.config.served import Console
from gateway.console import passwords
from gateway.store import sessions, users
from lib.console import BASE_URL, CHIEF, Visitor, visitor
from lib.workbench import Workbench

PASSWORD = "correct horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@pytest.fixture
def bench(users_bench: Workbench) -> Workbench:
    """A house without users."""
    return users_bench


def add(bench: Workbench, address: str = CHIEF, password: str = HASH) -> int:
    """Add a user."""
    with bench.house.database.writing() as connection:
        return users.add(connection, address, "Chief", "admin", password, bench.now())


def sign_in(
    somebody: Visitor, password: str = PASSWORD, address: str = CHIEF, to: str = ""
) -> httpx.Response:
    """Look at the page and send its form."""
    page = somebody.get(f"/sign-in?to={quote(to)}")
    token = re.search(r'name="token" value="(\w+)"', page.text)
    assert token
    where = re.search(r'name="to" value="([^"]*)"', page.text)
    assert where
    fields = {"address": address, "password": password, "token": token[1], "to": where[1]}
    return somebody.post("/sign-in", fields)


def test_who_signs_in_is_led_to_where_they_wanted_to_go(bench: Workbench) -> None:
    """The secret is new, kept as a digest only, and no script can read it."""
    add(bench)
    chief = Visitor(bench)
    led = chief.get("/nowhere?desk=north")
    assert 404 == led.status_code
    led = chief.get("/account?of=me")
    assert "/sign-in?to=%2Faccount%3Fof%3Dme" == led.headers["location"]

    answer = sign_in(chief, to="/account?of=me")

    assert (303, "/account?of=me") == (answer.status_code, answer.headers["location"])
    (field,) = [one for one in answer.headers.get_list("set-cookie") if "casepost=" in one]
    assert "httponly" in field.lower()
    assert "samesite=lax" in field.lower()
    assert "domain" not in field.lower()
    (session,) = bench.rows("sessions")
    assert chief.cookies["casepost"] not in str(session)
    assert [("session.begin", CHIEF, "192.0.2.7")] == [
        (row["action"], row["actor"], row["peer"]) for row in bench.rows("audit")
    ]
    assert 200 == chief.follow(answer).status_code


@pytest.mark.parametrize(
    ("address", "password"),
    [(CHIEF, "wrong"), ("nobody@north.example", PASSWORD), ("\u0000", ""), (CHIEF, "x" * 3000)],
)
def test_who_is_wrong_is_not_told_in_what(bench: Workbench, address: str, password: str) -> None:
    """Address and password are wrong in the same words, and nothing is begun."""
    add(bench)
    answer = sign_in(Visitor(bench), password, address)

    assert 422 == answer.status_code
    assert "There is no such user with this password." in answer.text
    assert [] == bench.rows("sessions")
    assert password not in answer.text or not password


def test_where_there_is_no_user_as_much_is_computed(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One password is looked at, whoever is asked for: time tells nobody who is a user."""
    add(bench)
    add(bench, "header@north.example", password="")
    looked: list[str] = []

    class Counting:
        def verify(self, kept: str, _password: str) -> None:
            looked.append(kept[:31])
            raise VerifyMismatchError

        def hash(self, _password: str) -> str:
            return f"{HASH}x"

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    for address in (CHIEF, "header@north.example", "nobody@north.example"):
        sign_in(Visitor(bench), "wrong", address)

    assert 3 == len(looked)
    assert 1 == len(set(looked))


def test_who_was_disabled_gets_in_no_more(bench: Workbench) -> None:
    """Neither by the password nor by a session that they have."""
    who = add(bench)
    chief = Visitor(bench)
    sign_in(chief)
    with bench.house.database.writing() as connection:
        users.set_disabled(connection, who, bench.now())

    assert 303 == chief.get("/").status_code
    assert 422 == sign_in(Visitor(bench)).status_code


def test_guessing_ends_for_one_place_and_not_for_others(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five for one address from one place; its user gets in from elsewhere, later from there."""
    add(bench)
    monkeypatch.setattr(passwords, "matches", lambda _kept, password: password == PASSWORD)
    stranger, chief = Visitor(bench), Visitor(bench)
    chief.peer = "198.51.100.1"

    answers = [sign_in(stranger, f"guess {number}").status_code for number in range(6)]
    last = sign_in(stranger)

    assert [422] * 5 + [429] == answers
    assert (429, "900") == (last.status_code, last.headers["retry-after"])
    assert 303 == sign_in(chief).status_code
    bench.time += timedelta(minutes=16)
    assert 303 == sign_in(stranger).status_code


def test_one_place_cannot_try_all_addresses(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even from all addresses that one customer of a provider has."""
    monkeypatch.setattr(passwords, "matches", lambda _kept, _password: False)
    stranger = Visitor(bench)
    answers = []
    for number in range(31):
        stranger.peer = f"2001:db8::{number}"
        answers.append(sign_in(stranger, "x", f"u{number}@north.example").status_code)

    assert [422] * 30 + [429] == answers


def test_behind_a_proxy_those_who_ask_it_are_counted_apart(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the last address that is not the proxy's; what they write before it is not believed."""
    monkeypatch.setattr(passwords, "matches", lambda _kept, _password: False)
    somebody = Visitor(bench)
    somebody.peer = "127.0.0.1"
    somebody.get("/sign-in")
    fields = {"token": "", "address": CHIEF, "password": "x"}
    form = somebody.cookies["casepost-form"]
    assert form
    for number in range(6):
        named = f"203.0.113.{number}, 198.51.100.9"
        page = somebody.get("/sign-in", {"x-forwarded-for": named})
        token = re.search(r'name="token" value="(\w+)"', page.text)
        assert token
        fields["token"] = token[1]
        somebody.post("/sign-in", fields, {"x-forwarded-for": named})

    assert ["198.51.100.9"] * 5 == [row["peer"] for row in bench.rows("sign_in_failures")]


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"token": "0" * 64}, {}),
        ({"token": ""}, {}),
        ({}, {"origin": "http://evil.example"}),
        ({}, {"origin": "null"}),
        ({}, {"origin": "", "sec-fetch-site": "cross-site"}),
    ],
)
def test_no_other_page_can_sign_somebody_in(
    bench: Workbench, fields: dict[str, str], headers: dict[str, str]
) -> None:
    """As whoever wrote that page, to see what is then entered."""
    add(bench)
    somebody = Visitor(bench)
    page = somebody.get("/sign-in")
    token = re.search(r'name="token" value="(\w+)"', page.text)
    assert token
    sent = {"token": token[1], "address": CHIEF, "password": PASSWORD, **fields}

    assert 400 == somebody.post("/sign-in", sent, headers).status_code
    assert [] == bench.rows("sessions")


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/sign-out",
        "",
    ],
)
def test_nobody_is_led_elsewhere(bench: Workbench, to: str) -> None:
    """By a link that somebody made up."""
    add(bench)

    assert "/" == sign_in(Visitor(bench), to=to).headers["location"]


def test_a_session_ends(bench: Workbench) -> None:
    """When nothing was asked for long enough, and in any case when its time is over."""
    add(bench)
    chief = Visitor(bench)
    sign_in(chief)
    for _ in range(11):
        bench.time += timedelta(hours=1)
        assert 200 == chief.get("/").status_code
    bench.time += timedelta(hours=1)
    assert 303 == chief.get("/").status_code

    sign_in(chief)
    bench.time += timedelta(hours=2)
    assert 303 == chief.get("/").status_code


def test_who_signs_out_is_out(bench: Workbench) -> None:
    """The session is gone here, not only the cookie there; another page cannot do it for them."""
    chief = visitor(bench)
    cookies = dict(chief.cookies)
    assert 403 == chief.post("/sign-out", {"token": "x"}).status_code

    page = chief.follow(chief.post("/sign-out"))

    assert "You are signed out" in page.text
    assert {} == chief.cookies
    chief.cookies = cookies
    assert 303 == chief.get("/").status_code
    assert [] == bench.rows("sessions")


def test_over_tls_the_cookie_is_for_this_host_alone(bench: Workbench) -> None:
    """And is never sent without TLS."""
    chief = Visitor(bench)
    settings = replace(bench.house.settings, console=Console(base_url="https://console.example"))
    bench.house = replace(bench.house, settings=settings)

    (field,) = chief.get("/sign-in").headers.get_list("set-cookie")

    assert field.startswith("__Host-casepost-form=")
    assert "; secure" in field.lower()
    assert "; path=/" in field.lower()


def test_a_user_has_so_many_sessions(bench: Workbench) -> None:
    """For one more the one that was used least ends."""
    who = add(bench)
    for number in range(21):
        bench.time += timedelta(minutes=1)
        with bench.house.database.writing() as connection:
            end = bench.now() + timedelta(hours=1)
            sessions.begin(connection, f"{number:064}", who, bench.now(), end)

    kept = [row["secret"] for row in bench.rows("sessions")]
    assert [f"{number:064}" for number in range(1, 21)] == kept


def test_a_password_that_is_kept_weakly_is_kept_anew(bench: Workbench) -> None:
    """As soon as its user says it."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    add(bench, password=weak)
    assert 303 == sign_in(Visitor(bench)).status_code

    (user,) = bench.rows("users")
    assert weak != user["password"]
    assert passwords.matches(user["password"], PASSWORD)


def test_what_is_typed_does_not_become_markup(bench: Workbench) -> None:
    """On the page that shows it again."""
    answer = sign_in(Visitor(bench), address='"><script>alert(1)</script>')

    assert "<script" not in answer.text
    assert BASE_URL not in answer.text
