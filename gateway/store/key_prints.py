"""The keys that every node of a house must have, as the database knows them: by fingerprints.

A node with keys of its own would sign addresses and links that no other node believes, and would
believe none of theirs: customers' answers would open new cases. So it does not start.
"""

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select

from gateway.errors import Misused
from gateway.store import keys
from gateway.store.database import insert
from gateway.store.schema import key_prints

_PLAIN = ("message-id", keys.GRANTS)
_RINGS = (keys.REPLY_ADDRESS, keys.FILES)
# A key is chance alone, so that nobody finds it by its digest; what it is for makes that its own.
_PURPOSE = b"casepost key fingerprint"


def note(connection: Connection, folder: Path, now: datetime) -> None:
    """Note the keys of a data folder that nobody has noted yet, and check them all.

    Of two nodes that begin at once with keys of their own, one is refused. Raises Misused.
    """
    rows = [
        {"name": name, "fingerprint": fingerprint, "noted_at": now}
        for name, fingerprint in sorted(_present(folder).items())
    ]
    if rows:
        connection.execute(insert(connection, key_prints).on_conflict_do_nothing(), rows)
    check(connection, folder)


def check(connection: Connection, folder: Path) -> None:
    """See that a data folder has the keys of the house.

    Old keys of a ring may have been removed, but none that is newer than those which are there.
    Raises Misused with what to do.
    """
    rows = connection.execute(select(key_prints.c.name, key_prints.c.fingerprint))
    noted = {row.name: row.fingerprint for row in rows}
    present = _present(folder)
    wrong = [name for name, digest in present.items() if noted.get(name, digest) != digest]
    missing = [name for name in noted if name not in present and not _is_given_up(name, folder)]
    if not wrong and not missing:
        return
    names = ", ".join(sorted((*wrong, *missing)))
    raise Misused(
        f"{folder / 'keys'} has not the keys of this house ({names}): copy the folder, without the "
        "file `node`, from another node or a backup; if nobody has them any more, run "
        "`casepost keys accept`"
    )


def accept(connection: Connection, folder: Path, now: datetime) -> tuple[str, ...]:
    """Take the keys of a data folder for those of the house from now on; their names."""
    connection.execute(delete(key_prints))
    note(connection, folder, now)
    return tuple(sorted(_present(folder)))


def _present(folder: Path) -> dict[str, str]:
    """Give the fingerprints of the keys that are there."""
    names = [name for name in _PLAIN if keys.key_file(folder, name).exists()]
    for ring in _RINGS:
        names += [f"{ring}.{number}" for number in keys.ring_ids(folder, ring)]
    return {name: _fingerprint(name, keys.read(keys.key_file(folder, name))) for name in names}


def _fingerprint(name: str, key: bytes) -> str:
    return hashlib.sha256(b"\0".join((_PURPOSE, name.encode(), key))).hexdigest()


def _is_given_up(name: str, folder: Path) -> bool:
    """Say whether a key is an old one of a ring, which somebody has removed."""
    ring, _, number = name.rpartition(".")
    if ring not in _RINGS or not number.isdigit():
        return False
    return int(number) < max(keys.ring_ids(folder, ring), default=0)
