"""What a sound configuration becomes; the shipped one first of all."""

import dataclasses
import os
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from gateway.config.desk import Desk, Phase
from gateway.config.load import load
from gateway.config.settings import Settings
from gateway.errors import Misconfigured
from gateway.templates import load as load_templates
from gateway.templates import shipped_folder

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "config" / "casepost.toml"
DESKS = [
    "dutch-registered",
    "maintenance-contract",
    "reseller-first",
    "sla-priorities",
    "storefront-triage",
]


def tables(model: object) -> set[type]:
    """Give a dataclass of the configuration with all that stand inside it."""
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        hints = get_type_hints(model).values()
        return {model}.union(*(tables(hint) for hint in hints))
    return set().union(*(tables(inner) for inner in get_args(model)))


KEYS = sorted(
    (table.__name__, field.name)
    for model in (Settings, Desk)
    for table in tables(model)
    for field in dataclasses.fields(table)
)


def test_the_shipped_configuration_runs_as_it_is() -> None:
    """Mail comes in and pages are served on this machine only; nothing is sent anywhere."""
    settings = load(SHIPPED).settings
    assert [("127.0.0.1", 2525, "smtp")] == [
        (one.host, one.port, one.protocol) for one in settings.listener
    ]
    assert settings.web is not None
    assert ("127.0.0.1", 8025) == (settings.web.host, settings.web.port)
    assert settings.msa is None
    assert () == settings.imap
    assert "sqlite:///casepost.db" == settings.database.url


def test_all_five_desks_are_shipped() -> None:
    """Each has its support address, two agents and a manager, and a phase for every end."""
    configuration = load(SHIPPED)
    assert DESKS == [desk.name for desk in configuration.desks]
    for desk in configuration.desks:
        assert f"support@{desk.name}.example" == desk.address
        assert {"anna": "agent", "bram": "agent", "chief": "manager"} == {
            agent.address.removesuffix(f"@{desk.name}.example"): agent.role for agent in desk.agent
        }
        assert set(Phase) == {status.phase for status in desk.status}
        assert Phase.OPEN == desk.phase_of(desk.lifecycle.start)


def test_each_desk_has_templates_in_its_languages() -> None:
    """Nobody is answered in another language than the one that the desk promises."""
    configuration = load(SHIPPED)
    templates, findings = load_templates(
        configuration.settings.templates, shipped_folder(), configuration.desks
    )
    assert () == findings
    assert all(
        templates.has(desk.name, language, "customer/acknowledge")
        for desk in configuration.desks
        for language in desk.languages
    )


def test_paths_are_taken_from_the_file_that_says_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder in which a command is called makes no difference."""
    config = tmp_path / "etc"
    config.mkdir()
    (config / "casepost.toml").write_text(
        'desks = "../desks/*.toml"\ntemplates = "words"\ndata = "/srv/mail"\n'
        '[[listener]]\ncertificate = "chain.pem"\nprivate_key = "../key.pem"\n'
        '[msa]\nhost = "mail.example.net"\nca_file = "ca.pem"\n'
    )
    (tmp_path / "desks").mkdir()
    (tmp_path / "desks" / "one.toml").write_bytes(
        (ROOT / "config" / "desks" / "dutch-registered.toml").read_bytes()
    )
    monkeypatch.chdir(tmp_path)
    configuration = load(Path("etc/casepost.toml"))
    settings = configuration.settings
    assert config / "casepost.toml" == settings.path
    assert config / "words" == settings.templates
    assert Path("/srv/mail") == settings.data
    assert config / "chain.pem" == settings.listener[0].certificate
    assert tmp_path / "key.pem" == settings.listener[0].private_key
    assert settings.msa is not None
    assert config / "ca.pem" == settings.msa.ca_file
    assert tmp_path / "desks" / "one.toml" == configuration.desk("one").path.resolve()


def test_addresses_are_canonical_once_loaded(tmp_path: Path) -> None:
    """So that everything behind can compare them as texts."""
    text = (ROOT / "config" / "desks" / "dutch-registered.toml").read_text()
    text = text.replace("support@dutch-registered.example", "Support@Bücher.EXAMPLE")
    (tmp_path / "casepost.toml").write_text('desks = "d.toml"\n')
    (tmp_path / "d.toml").write_text(text.replace("anna@", "Anna@"))
    desk = load(tmp_path / "casepost.toml").desk("d")
    assert "support@xn--bcher-kva.example" == desk.address
    assert "anna@dutch-registered.example" == desk.agent[0].address


def test_a_byte_order_mark_and_crlf_do_not_matter(tmp_path: Path) -> None:
    """Editors on other systems write them."""
    text = (ROOT / "config" / "desks" / "dutch-registered.toml").read_bytes()
    (tmp_path / "casepost.toml").write_bytes(b'\xef\xbb\xbfdesks = "d.toml"\r\ndata = "x"\r\n')
    (tmp_path / "d.toml").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert ("nl", "en") == load(tmp_path / "casepost.toml").desk("d").languages


def test_a_missing_file_is_one_clear_sentence(tmp_path: Path) -> None:
    """The path is in it, and no line."""
    path = tmp_path / "nowhere.toml"
    with pytest.raises(Misconfigured) as refused:
        load(path)
    assert [f"{path}: there is no such file"] == [str(f) for f in refused.value.findings]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """A daemon that opened it would hang until somebody writes into it."""
    os.mkfifo(tmp_path / "casepost.toml")
    with pytest.raises(Misconfigured, match="is a pipe"):
        load(tmp_path / "casepost.toml")
    os.mkfifo(tmp_path / "layout.html")
    found = load_templates(tmp_path, shipped_folder(), ())[1]
    assert [True] == ["is a pipe" in one.message for one in found if "layout" in one.path]


def test_a_file_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(Misconfigured, match="cannot be read: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize("content", ["x = " + "[" * 100_000, "#" * (1024 * 1024 + 1)])
def test_a_monstrous_file_is_refused(tmp_path: Path, content: str) -> None:
    """Neither depth nor size brings the program down."""
    path = tmp_path / "casepost.toml"
    path.write_text(content)
    with pytest.raises(Misconfigured, match=r"nested too deeply|larger than"):
        load(path)


def test_no_message_repeats_a_secret(tmp_path: Path) -> None:
    """An admin who put a password in the wrong place does not find it in the log as well."""
    (tmp_path / "casepost.toml").write_text(
        'password = "hunter2"\n[msa]\nhost = "h"\npassword = ["hunter2"]\npasword = "hunter2"\n'
        '[[imap]]\nsecret = { a = "hunter2" }\npassword_file = 3\n'
    )
    with pytest.raises(Misconfigured) as refused:
        load(tmp_path / "casepost.toml")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("table", "key"), KEYS, ids=str)
def test_every_key_is_documented(table: str, key: str) -> None:
    """`docs/configuration.md` has a row for each key of each table."""
    if (table, key) in {("Settings", "path"), ("Desk", "path"), ("Desk", "name")}:
        return  # given by the file itself
    text = (ROOT / "docs" / "configuration.md").read_text()
    heading = {"Settings": "casepost.toml", "Desk": "A desk file", "ImapAccount": "imap"}
    heading |= {"AutomaticMail": "automatic_mail", "TrustedHeader": "console", "Oidc": "console"}
    name = heading.get(table, table.lower())
    section = next(part for part in text.split("\n## ")[1:] if part.split("\n")[0].endswith(name))
    assert f"| `{key}` |" in section
