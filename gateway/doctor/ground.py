"""What everything stands on: data folder, disk, clock, database, templates."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from gateway.config.load import Configuration
from gateway.config.settings import Settings
from gateway.doctor.cases import check_cases
from gateway.doctor.check import Check, ok, problem, warning
from gateway.errors import Misused, Transient
from gateway.house import edited_templates
from gateway.store.database import Database
from gateway.store.revision import require_present
from gateway.store.schema import spool
from gateway.templates import load as load_templates
from gateway.templates import shipped_folder

_SPARE = 1.5  # room for that many of the largest mails, as the listener keeps
_SKEW = timedelta(minutes=2)
_MIB = 1024 * 1024


def check_ground(configuration: Configuration, now: datetime) -> Iterator[Check]:
    """Try what everything stands on."""
    settings = configuration.settings
    written = _data_folder(settings.data)
    yield written if isinstance(written, Check) else ok("data", f"{settings.data} can be written")
    if isinstance(written, datetime):
        yield _disk(settings)
    yield from _database(configuration, now, written if isinstance(written, datetime) else None)
    yield _templates(configuration)


def _data_folder(data: Path) -> Check | datetime:
    """Give what is wrong with the data folder, or the time by its file system's clock."""
    try:
        with tempfile.TemporaryFile(dir=data) as file:
            file.write(b"probe")
            file.flush()
            os.fsync(file.fileno())
            return datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except FileNotFoundError:
        return warning("data", f"{data} is not there yet; `casepost run` makes it")
    except OSError as error:
        return problem("data", f"{data} cannot be written: {error.strerror}")


def _disk(settings: Settings) -> Check:
    found = os.statvfs(settings.data)
    free = found.f_bavail * found.f_frsize
    wanted = max(_SPARE * settings.limits.message_size, settings.limits.free_bytes)
    if free < wanted:
        return problem(
            "disk",
            f"{free // _MIB} MiB are free; the listener takes no mail below {int(wanted) // _MIB}",
        )
    if found.f_files and found.f_favail < settings.limits.free_inodes:
        return problem(
            "disk",
            f"{found.f_favail} inodes are free; the listener takes no mail below "
            f"{settings.limits.free_inodes}",
        )
    return ok("disk", f"{free // _MIB} MiB are free")


def _database(
    configuration: Configuration, now: datetime, on_disk: datetime | None
) -> Iterator[Check]:
    settings = configuration.settings
    database = Database(settings.database.url, settings.data)
    clocks = {"the data folder's file system": on_disk} if on_disk else {}
    try:
        if database.is_sqlite and not Path(database.url.database or "").is_file():
            yield warning("database", "there is none yet; `casepost run` makes it")
        else:
            require_present(database)
            if not settings.database.allow_unsafe:
                database.check_durability()
            with database.reading() as connection:
                newest = connection.scalar(select(func.max(spool.c.received_at)))
                if not database.is_sqlite:
                    said: datetime = connection.execute(text("SELECT now()")).scalar_one()
                    clocks["the database"] = said.astimezone(UTC)
                cases = check_cases(connection, configuration.desks)
            kind = "SQLite" if database.is_sqlite else "PostgreSQL"
            yield ok("database", f"{kind} answers, keeps what it commits, and has our tables")
            yield cases
            if newest is not None and newest > now + _SKEW:
                clocks["the newest received mail"] = newest
    except (Misused, Transient) as error:
        yield problem("database", str(error))
    finally:
        database.close()
    yield _clock(clocks, now)


def _clock(clocks: dict[str, datetime], now: datetime) -> Check:
    """Compare our clock with those that we can see; what is right only a time server knows."""
    for whose, time in clocks.items():
        if abs(time - now) > _SKEW:
            seconds = int(abs(time - now).total_seconds())
            return problem(
                "clock",
                f"differs by {seconds} seconds from that of {whose}: "
                "have both set by a time server",
            )
    compared = " and ".join(clocks) or "nothing, since there is nothing yet"
    return ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC; compared with {compared}")


def _templates(configuration: Configuration) -> Check:
    settings, desks = configuration.settings, configuration.desks
    database = Database(settings.database.url, settings.data, looks_only=True)
    try:
        edited = edited_templates(database)
    except (Misused, Transient):
        # The database is examined by itself; files can be looked at all the same.
        edited = ()
    finally:
        database.close()
    found, refused = load_templates(settings.templates, shipped_folder(), desks, edited=edited)
    if refused:
        return problem("templates", f"{len(refused)} findings, the first: {refused[0]}")
    return ok("templates", f"{len(found.found)} templates can be used")
