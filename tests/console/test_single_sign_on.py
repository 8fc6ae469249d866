"""Signing in at an identity provider, on a real socket; and by what a proxy says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import httpx
import pytest

from gateway.config.served import Console, Oidc, TrustedHeader
from gateway.store import users
from lib.console import BASE_URL, CHIEF, Visitor
from lib.workbench import START, Workbench
from servers.identity import CLIENT, SECRET, Identity, new_key, running

PROXY = TrustedHeader("X-Remote-User", (IPv4Network("10.0.0.0/8"),))


@pytest.fixture
def bench(users_bench: Workbench) -> Workbench:
    """A house without users."""
    return users_bench


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[Identity]:
    """A provider who vouches for the chief."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(START) as provider:
        provider.claims["email"] = CHIEF
        yield provider


def configure(bench: Workbench, **values: Any) -> None:  # noqa: ANN401  keys of [console]
    """Give the house's console other settings."""
    console = Console(base_url=BASE_URL, **values)
    settings = replace(bench.house.settings, console=console)
    bench.house = replace(bench.house, settings=settings)


def add(bench: Workbench, address: str = CHIEF) -> int:
    """Add a user without a password."""
    with bench.house.database.writing() as connection:
        return users.add(connection, address, "", "admin", "", bench.now())


@pytest.fixture
def somebody(bench: Workbench, identity: Identity) -> Visitor:
    """A browser where one signs in at the provider."""
    (bench.house.settings.path.parent / "oidc").write_text(f"{SECRET}\n")
    oidc = Oidc(identity.issuer, CLIENT, "oidc", label="North ID")
    configure(bench, passwords=False, oidc=oidc)
    add(bench)
    return Visitor(bench)


def sign_in(somebody: Visitor, identity: Identity, to: str = "/account") -> httpx.Response:
    """Go there, agree, and come back."""
    there = somebody.get(f"/sign-in/oidc?to={to}")
    assert 303 == there.status_code, there.text
    return somebody.get(f"/sign-in/oidc/back?{identity.authorize(there.headers['location'])}")


def test_whom_the_provider_vouches_for_is_signed_in(
    bench: Workbench, somebody: Visitor, identity: Identity
) -> None:
    """And led to where they wanted to go; the provider is asked about itself once."""
    page = somebody.get("/sign-in?to=/account")
    assert 'href="/sign-in/oidc?to=%2Faccount">Sign in with North ID' in page.text
    assert "password" not in page.text

    answer = sign_in(somebody, identity)

    assert (303, "/account") == (answer.status_code, answer.headers["location"])
    assert CHIEF in somebody.follow(answer).text
    assert {"casepost"} == set(somebody.cookies)
    assert [] == bench.rows("sign_in_failures")
    assert "single sign-on" == bench.rows("audit")[0]["detail"]
    somebody.post("/sign-out")
    assert 303 == sign_in(somebody, identity).status_code
    assert 1 == identity.asked.count("/.well-known/openid-configuration")
    assert 1 == identity.asked.count("/keys")


# Of another issuer, for another client, too old, for another sign-in, of nobody surely.
WRONG_CLAIMS: tuple[dict[str, Any], ...] = (
    {"iss": "https://other.example"},
    {"iss": None},
    {"aud": "another"},
    {"aud": [CLIENT, "another"]},
    {"aud": [CLIENT, "another"], "azp": "another"},
    {"exp": int((START - timedelta(minutes=2)).timestamp())},
    {"exp": None},
    {"iat": int((START + timedelta(minutes=5)).timestamp())},
    {"nonce": "another"},
    {"nonce": None},
    {"email_verified": False},
    {"email_verified": None},
    {"email_verified": "true"},
    {"email": "nobody"},
    {"email": None},
    {"email": [CHIEF]},
)


@pytest.mark.parametrize(
    "wrong",
    [WRONG_CLAIMS[::4], pytest.param(WRONG_CLAIMS, marks=pytest.mark.thorough)],
    ids=["some", "all"],
)
def test_a_token_that_does_not_count_lets_nobody_in(
    bench: Workbench, somebody: Visitor, identity: Identity, wrong: tuple[dict[str, Any], ...]
) -> None:
    """Whatever is wrong with what it claims."""
    for claims in wrong:
        identity.claims = {"email": CHIEF, **claims}
        assert 502 == sign_in(somebody, identity).status_code, claims
    assert [] == bench.rows("sessions")


def test_a_token_signed_by_somebody_else_lets_nobody_in(
    bench: Workbench, somebody: Visitor, identity: Identity
) -> None:
    """Under the name of a key that is the provider's."""
    assert 303 == sign_in(somebody, identity).status_code
    somebody.post("/sign-out")
    identity.keys = [new_key("one")]

    assert 502 == sign_in(somebody, identity).status_code
    assert [] == bench.rows("sessions")


def test_what_is_no_signed_token_lets_nobody_in(somebody: Visitor, identity: Identity) -> None:
    """Whatever it claims."""
    # {"alg": "none"}, {"email": ...} and no signature.
    bare = "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImNoaWVmQG5vcnRoLmV4YW1wbGUifQ."
    for token in ({}, {"id_token": 17}, {"id_token": "a.b.c"}, {"id_token": bare}):
        identity.token = {"access_token": "a", **token}
        assert 502 == sign_in(somebody, identity).status_code


def test_a_new_key_of_the_provider_is_found(
    bench: Workbench, somebody: Visitor, identity: Identity
) -> None:
    """But it is not asked for one again and again."""
    assert 303 == sign_in(somebody, identity).status_code
    somebody.post("/sign-out")
    identity.keys.append(new_key("two"))
    assert 502 == sign_in(somebody, identity).status_code

    bench.time += timedelta(minutes=2)
    identity.at = bench.now()
    assert 303 == sign_in(somebody, identity).status_code
    assert 2 == identity.asked.count("/keys")


def test_a_provider_that_is_another_is_not_asked(somebody: Visitor, identity: Identity) -> None:
    """Or one whose answers others could read, or that never end."""
    for metadata in (
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://other.example/token"},
        {"jwks_uri": ""},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"padding": "x" * 300_000},
    ):
        identity.metadata = metadata
        answer = somebody.get("/sign-in/oidc")
        assert 502 == answer.status_code, metadata
        assert "did not work" in answer.text


def test_a_client_that_is_known_by_post_only(somebody: Visitor, identity: Identity) -> None:
    """Sends its secret in the form."""
    identity.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert 303 == sign_in(somebody, identity).status_code


def test_an_answer_counts_in_the_browser_that_asked(
    bench: Workbench, somebody: Visitor, identity: Identity
) -> None:
    """Once, and from the provider that was asked."""
    there = somebody.get("/sign-in/oidc").headers["location"]
    back = f"/sign-in/oidc/back?{identity.authorize(there)}"

    assert 400 == Visitor(bench).get(back).status_code
    assert 400 == somebody.get(back.replace("state=", "state=x")).status_code
    assert 400 == somebody.get(back.replace("iss=", "iss=x")).status_code
    assert "refused" not in identity.asked
    assert 303 == somebody.get(back).status_code
    assert 400 == somebody.get(back).status_code
    assert 1 == len(bench.rows("sessions"))


def test_who_did_not_agree_is_told_so_plainly(somebody: Visitor, identity: Identity) -> None:
    """Nothing of what came back is shown."""
    there = somebody.get("/sign-in/oidc").headers["location"]
    state = identity.authorize(there).partition("&")[2]
    answer = somebody.get(f"/sign-in/oidc/back?error=%3Cscript%3E&{state}")

    assert 502 == answer.status_code
    assert "<script" not in answer.text


def test_whom_the_console_does_not_know_is_told_so(
    bench: Workbench, somebody: Visitor, identity: Identity
) -> None:
    """Nobody becomes a user by being one elsewhere; neither does who was disabled."""
    identity.claims["email"] = "stranger@north.example"
    answer = sign_in(somebody, identity)
    assert 403 == answer.status_code
    assert "stranger@north.example" in answer.text

    identity.claims["email"] = CHIEF
    with bench.house.database.writing() as connection:
        users.set_disabled(connection, bench.rows("users")[0]["id"], bench.now())
    assert 403 == sign_in(somebody, identity).status_code
    assert [] == bench.rows("sessions")


def test_a_provider_that_is_down_keeps_nobody_waiting(bench: Workbench) -> None:
    """And the page says that it did not work; a lost secret of the client does as well."""
    configure(bench, oidc=Oidc("http://127.0.0.1:1", CLIENT, "oidc"))

    assert 502 == Visitor(bench).get("/sign-in/oidc").status_code


def test_whom_the_proxy_names_is_signed_in(bench: Workbench) -> None:
    """At once, as that user; whoever they were here before."""
    add(bench)
    add(bench, "ada@north.example")
    configure(bench, passwords=False, trusted_header=PROXY)
    somebody = Visitor(bench)
    somebody.peer = "10.1.2.3"
    named = {"x-remote-user": "Chief@north.example"}
    led = somebody.get("/account", named)
    entered = somebody.get(led.headers["location"], named)
    assert "/account" == entered.headers["location"]
    assert CHIEF in somebody.get("/account", named).text

    other = {"x-remote-user": "ada@north.example"}
    assert 303 == somebody.get("/account", other).status_code
    somebody.get("/sign-in", other)
    assert "ada@north.example" in somebody.get("/account", other).text
    # Without the proxy's word the session is worth nothing, where that is the only way in.
    assert 303 == somebody.get("/account").status_code


def test_only_the_proxy_is_believed(bench: Workbench) -> None:
    """From its own network, when it names one address, that of a user."""
    add(bench)
    configure(bench, trusted_header=PROXY)
    for peer, values, status in (
        ("192.0.2.7", [CHIEF], 200),
        ("127.0.0.1", [CHIEF], 200),
        ("10.1.2.3", [], 200),
        ("10.1.2.3", ["stranger@north.example"], 403),
        ("10.1.2.3", [""], 403),
        ("10.1.2.3", [f"{CHIEF}, x@north.example"], 403),
        ("10.1.2.3", [CHIEF, "x@north.example"], 403),
        ("::ffff:10.1.2.3", [CHIEF], 303),
    ):
        somebody = Visitor(bench)
        somebody.peer = peer
        headers = [("x-remote-user", value) for value in values]
        said = httpx.Headers([*headers, ("x-forwarded-for", "10.1.2.3")])
        assert status == somebody.get("/sign-in", said).status_code, (peer, values)
        assert (status == 303) == bool(bench.rows("sessions"))
