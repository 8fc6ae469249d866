"""Reading out all that is kept of a person: JSON, and their mails as they came (GDPR Art. 15, 20).

What agents wrote to each other about them is left out unless asked for: it is about the person, but
of agents as well, whose part somebody has to weigh (Art. 15(4)). What other customers wrote is
never in it.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.errors import Misused
from gateway.store import raw
from gateway.store.database import Database
from gateway.store.large_mails import LargeMails
from gateway.store.personal import described
from gateway.store.personal.found import Found, Wanted, find

INDEX = "export.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """How many tickets and mails there were, received and sent."""

    tickets: int
    mails: int
    sent: int


def export(
    database: Database,
    large: LargeMails,
    wanted: Wanted,
    target: Path,
    now: datetime,
    *,
    internal: bool,
) -> Exported | None:
    """Write what is kept of a person to a new ZIP file that only we can read.

    None where there is nothing, and no file is made. Raises Misused where there is such a file,
    Transient and OSError; then there is no file.
    """
    found = find(database, wanted)
    with database.reading() as connection:
        parts: dict[str, Any] = dict(described.rows_of(connection, wanted))
        if described.is_nothing(parts, found):
            return None
        parts["tickets"] = described.tickets_of(connection, wanted, found, internal=internal)
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misused(f"{target} is there already: name a file that is not") from None
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", _PACKED) as packed:
            parts["mails"] = list(_write_mails(packed, database, large, wanted, found))
            parts["sent"] = list(_write_sent(packed, database, wanted))
            head = {"addresses": list(wanted.theirs.all), "made_at": now.isoformat()}
            packed.writestr(INDEX, json.dumps(head | parts, indent=1, ensure_ascii=False))
    except BaseException:
        target.unlink()
        raise
    return Exported(len(parts["tickets"]), len(parts["mails"]), len(parts["sent"]))


_PACKED = zipfile.ZIP_DEFLATED


def _write_mails(
    packed: zipfile.ZipFile, database: Database, large: LargeMails, wanted: Wanted, found: Found
) -> Iterator[described.Plain]:
    with database.reading() as connection:
        listed = list(described.mails_of(connection, wanted, found))
    for mail in listed:
        with database.reading() as connection:
            content = raw.load_of(connection, mail["id"], large)
        if content is not None:
            packed.writestr(f"mails/{mail['id']}.eml", content)
        yield mail


def _write_sent(
    packed: zipfile.ZipFile, database: Database, wanted: Wanted
) -> Iterator[described.Plain]:
    with database.reading() as connection:
        for mail, content in described.sent_to(connection, wanted):
            if content:
                packed.writestr(f"sent/{mail['id']}.eml", content)
            yield mail
