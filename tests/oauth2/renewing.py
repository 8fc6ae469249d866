"""A process that asks one grant for its token, prints it, and ends.

Arguments: SQLAlchemy's URL, a folder, the token server's address. A node's clock is the true one.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway.config.oauth2 import OAuth2
from gateway.oauth2.grant import Grant
from gateway.oauth2.ledger import Ledger, Ungranted
from gateway.oauth2.request import Client
from gateway.oauth2.seal import Seal
from gateway.oauth2.secret_files import SecretFiles
from gateway.store.claimant import this_process
from gateway.store.database import Database

KEY = b"k" * 32
USER = "support@desk.example"


def main(url: str, folder: Path, tokens: str) -> None:
    """Ask once."""
    oauth2 = OAuth2(client_id=USER, token_url=tokens, refresh_token_file="support-token")
    client = Client(oauth2, USER, SecretFiles(folder / "casepost.toml"))
    ledger = Ledger("imap:support", Database(url, folder), Seal(KEY), this_process("test"))
    try:
        said = Grant(client, ledger, lambda: datetime.now(UTC), lambda: 1.0).token()
    except Ungranted as error:
        said = str(error)
    sys.stdout.write(said)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
