"""Signing in on PostgreSQL, which keeps texts and locks rows in its own way."""

from pathlib import Path

import pytest

from gateway.console import passwords
from gateway.store import users
from lib.console import CHIEF, Visitor, visitor
from lib.workbench import workbench

PASSWORD = "correct horse battery"


@pytest.mark.thorough
def test_users_sign_in_change_and_are_looked_at(tmp_path: Path, postgresql_house_url: str) -> None:
    """Whatever is typed, NUL among it, which PostgreSQL keeps in no text."""
    with workbench(tmp_path, postgresql_house_url) as bench:
        with bench.house.database.writing() as connection:
            kept = passwords.hashed(PASSWORD)
            users.add(connection, "ada@north.example", "Ada", "agent", kept, bench.now())
        chief, ada = visitor(bench), Visitor(bench)
        ada.get("/sign-in")
        form = Visitor(bench, secret=ada.cookies["casepost-form"]).token
        fields = {"token": form, "address": "ada@north.example\0", "password": f"{PASSWORD}\0x"}
        assert 422 == ada.post("/sign-in", fields, {"user-agent": "x" * 500}).status_code
        fields["password"] = PASSWORD
        assert 303 == ada.post("/sign-in", fields, {"user-agent": "x" * 500}).status_code
        assert 200 == ada.get("/account").status_code
        assert 404 == ada.get("/account%00").status_code

        ids = {row["address"]: row["id"] for row in bench.rows("users")}
        who, own = ids["ada@north.example"], ids[CHIEF]
        assert 303 == chief.post("/users", {"address": "x@y.example", "role": "agent"}).status_code
        for what in ("disable", "enable"):
            assert 303 == chief.post(f"/users/{who}", {"what": what}).status_code
        assert 422 == chief.post(f"/users/{own}", {"what": "disable"}).status_code
        assert 200 == chief.get("/audit?actor=%00&area=user").status_code
        assert 303 == ada.get("/account").status_code
