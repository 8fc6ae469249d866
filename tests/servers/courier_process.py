"""A courier as a process of its own, for tests that kill it.

Arguments: SQLAlchemy's URL, a folder, the MSA's port. It ends with its standard input.
"""

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway import logs
from gateway.config.settings import Msa, Settings, TlsMode
from gateway.courier.courier import Courier
from gateway.store.database import Database

NODE = "mx.test"


def main(url: str, folder: Path, port: int) -> None:
    """Carry until told to end."""
    logs.to_stderr()
    msa = Msa(host="127.0.0.1", port=port, tls=TlsMode.NONE, connections=1)
    courier = Courier(
        Settings(path=folder / "casepost.toml", msa=msa),
        Database(url, folder),
        NODE,
        folder,
        lambda: "",
        lambda: datetime.now(UTC),
        random.random,
    )
    courier.start()
    sys.stdin.read()
    courier.stop(20)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
