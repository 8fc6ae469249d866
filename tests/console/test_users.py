"""Users and the audit trail: an admin adds, changes and looks; nobody locks everybody out."""

import re

import pytest

from gateway.console import passwords
from gateway.store import users
from lib.console import CHIEF, Visitor, visitor
from lib.workbench import Workbench

ADA = "ada@north.example"


@pytest.fixture
def bench(users_bench: Workbench) -> Workbench:
    """A house without users."""
    return users_bench


@pytest.fixture
def chief(bench: Workbench) -> Visitor:
    """An admin."""
    return visitor(bench)


def role_of(bench: Workbench, address: str) -> tuple[str, bool]:
    """Give a user's role, and whether they may sign in."""
    (row,) = [one for one in bench.rows("users") if one["address"] == address]
    return row["role"], row["disabled_at"] is None


def place_of(bench: Workbench, address: str) -> str:
    """Give the path of a user's page."""
    (row,) = [one for one in bench.rows("users") if one["address"] == address]
    return f"/users/{row['id']}"


@pytest.mark.parametrize("path", ["/users", "/users/1", "/audit"])
@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_who_is_no_admin_sees_none_of_it(bench: Workbench, path: str, role: str) -> None:
    """And can change nothing."""
    somebody = visitor(bench, role, ADA)

    assert 403 == somebody.get(path).status_code
    assert 403 == somebody.post("/users", {"address": "x@north.example"}).status_code
    assert 403 == somebody.post("/users/1", {"what": "role", "role": "admin"}).status_code
    assert 403 == somebody.post("/users/1/password").status_code
    assert (role, True) == role_of(bench, ADA)


def test_an_admin_adds_a_user_and_makes_them_a_password(bench: Workbench, chief: Visitor) -> None:
    """It is shown once, and kept as a hash."""
    assert ADA in chief.get("/users").text
    fields = {"address": "Ada@North.example ", "name": " Ada\nLee ", "role": "agent"}
    page = chief.follow(chief.post("/users", fields))
    assert "Ada Lee" in page.text
    assert "North Help" in page.text

    made = chief.post(f"{place_of(bench, ADA)}/password")

    shown = re.search(r'<code class="breaks">([a-z2-7-]+)</code>', made.text)
    assert shown
    (kept,) = [row["password"] for row in bench.rows("users") if row["address"] == ADA]
    assert passwords.matches(kept, shown[1])
    assert shown[1] not in chief.get(place_of(bench, ADA)).text
    assert [("user.add", ADA), ("user.password", ADA)] == [
        (row["action"], row["about"]) for row in bench.rows("audit")
    ]
    assert shown[1] not in str(bench.rows("audit"))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"address": "nobody", "role": "agent"}, "is no mail address"),
        ({"address": "x@north.example", "role": "owner"}, "is no role"),
        ({"address": CHIEF, "role": "agent"}, "is a user already"),
    ],
)
def test_who_cannot_be_added_is_not(
    bench: Workbench, chief: Visitor, fields: dict[str, str], problem: str
) -> None:
    """The page says why, and keeps what was typed."""
    answer = chief.post("/users", fields)

    assert 422 == answer.status_code
    assert problem in answer.text
    assert f'value="{fields["address"]}"' in answer.text
    assert 1 == len(bench.rows("users"))


def test_a_role_holds_at_once(bench: Workbench, chief: Visitor) -> None:
    """In sessions that are open, too."""
    ada = visitor(bench, "agent", ADA)
    chief.post(place_of(bench, ADA), {"what": "role", "role": "admin"})
    assert 200 == ada.get("/users").status_code

    chief.post(place_of(bench, ADA), {"what": "role", "role": "agent"})
    assert 403 == ada.get("/users").status_code


def test_who_is_disabled_is_out_until_enabled(bench: Workbench, chief: Visitor) -> None:
    """And then signs in anew."""
    ada = visitor(bench, "agent", ADA)
    place = place_of(bench, ADA)
    assert "Disabled" in chief.follow(chief.post(place, {"what": "disable"})).text
    assert 303 == ada.get("/").status_code
    chief.post(place, {"what": "enable"})

    assert ("agent", True) == role_of(bench, ADA)
    assert 303 == ada.get("/").status_code


@pytest.mark.parametrize("fields", [{"what": "disable"}, {"what": "role", "role": "agent"}])
def test_the_last_admin_stays(bench: Workbench, chief: Visitor, fields: dict[str, str]) -> None:
    """Or nobody could ever make another one here."""
    with bench.house.database.writing() as connection:
        other = users.add(connection, "old@north.example", "", "admin", "", bench.now())
        users.set_disabled(connection, other, bench.now())

    answer = chief.post(place_of(bench, CHIEF), fields)

    assert 422 == answer.status_code
    assert "no admin left" in answer.text
    assert ("admin", True) == role_of(bench, CHIEF)


@pytest.mark.parametrize("path", ["/users/999999", f"/users/{10**30}", "/users/x"])
def test_a_user_who_is_not_there_is_not_found(chief: Visitor, path: str) -> None:
    """Whatever is asked about them."""
    assert 404 == chief.get(path).status_code
    assert 404 == chief.post(path, {"what": "enable"}).status_code


def test_the_trail_is_read_by_pages_by_actor_and_by_area(bench: Workbench, chief: Visitor) -> None:
    """Newest first; nothing in it is markup."""
    for number in range(60):
        chief.post("/users", {"address": f"u{number}@north.example", "role": "agent"})
    chief.post(place_of(bench, CHIEF), {"what": "role", "role": "admin"})
    page = chief.get("/audit")
    assert 51 == page.text.count("<tr>")
    assert page.text.index("user.role") < page.text.index("u59@")
    older = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert older
    assert 12 == chief.get(older[1].replace("&amp;", "&")).text.count("<tr>")

    assert "Nothing was done" in chief.get("/audit?area=template").text
    assert "Nothing was done" in chief.get("/audit?actor=%3Cscript%3E").text
    assert "<script>" not in chief.get("/audit?actor=%3Cscript%3E").text
    assert 200 == chief.get("/audit?before=x&area=%25&actor=%00").status_code
    assert 51 == chief.get(f"/audit?actor={CHIEF}&area=user").text.count("<tr>")
