"""`casepost doctor` where nothing works: it says of each thing what is wrong, and goes on."""

import json
from pathlib import Path

from lib.commands import Casepost
from lib.workbench import write_house

_RUINS = """
[raw]
store = "s3://bucket/mail"
endpoint = "http://127.0.0.1:9"
ca_file = "/nowhere/ca.pem"

[msa]
host = "127.0.0.1"
port = 9
tls = "none"
user = "desk@desk.example"
[msa.oauth2]
client_id = "casepost"
client_secret_file = "secret"
grant = "client_credentials"
token_url = "http://127.0.0.1:9/token"

[authenticity]
nameservers = ["127.0.0.1:9"]
dns_timeout = 0.2
"""


def test_a_sentence_for_each(tmp_path: Path, casepost: Casepost) -> None:
    """Neither a database that is none nor a file that is missing ends it, or passes for another."""
    house = write_house(tmp_path / "house", "sqlite:///casepost.db")
    house.write_text(house.read_text() + _RUINS)
    (house.parent / "data").mkdir(exist_ok=True)
    (house.parent / "data" / "casepost.db").write_bytes(b"no database" * 1000)
    ended = casepost("doctor", "--json", "--config", str(house))
    found = {check["name"]: check for check in json.loads(ended.out)["checks"]}
    assert 1 == ended.code
    assert {"problem"} == {found[name]["state"] for name in ("database", "large mails", "dns")}
    assert "is no database of Casepost" in found["database"]["message"]
    assert "/nowhere/ca.pem cannot be read" in found["large mails"]["message"]
    assert "tokens are tried only" in found["msa"]["message"]
