"""Where large mails are kept: whether one can be written there, read again and removed."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.config.settings import Settings
from gateway.doctor.check import Check, ok, problem, warning
from gateway.errors import Transient
from gateway.store.large_mails import Place
from gateway.store.large_places import large_mails_of

# Stores refuse what is signed by a clock that is a quarter of an hour off.
_SKEW = timedelta(minutes=2)
_PROBE = b"Casepost tries whether this place keeps what it is given.\r\n"


def check_large_mails(settings: Settings, probe: str, now: datetime) -> Check:
    """Keep a probe of that name where large mails are kept, read it and remove it."""
    own, large = settings.raw, large_mails_of(settings)
    if own.bucket is None and not large.incoming.parent.exists():
        folder = large.incoming.parent
        if folder.parent == settings.data:
            return warning("large mails", f"{folder} is not there yet; the first one makes it")
        return problem("large mails", f"{folder} is not there: make it, or mount it")
    where = own.store if own.bucket is not None else str(large.incoming.parent)
    try:
        at = _try(large.places[0], large.incoming, f"probe/{probe}")
    except (Transient, OSError) as error:
        return problem("large mails", f"{error}; see [raw] in {settings.path.name}")
    if at is not None and abs(at - now) > _SKEW:
        seconds = int(abs(at - now).total_seconds())
        return problem(
            "large mails", f"the clock of {where} differs by {seconds} seconds from ours"
        )
    if own.endpoint.startswith("http://"):
        return warning("large mails", f"{where} keeps mails, and they go there in the clear")
    return ok("large mails", f"{where} keeps mails, gives them back and forgets them")


def _try(place: Place, incoming: Path, name: str) -> datetime | None:
    """Keep a probe, read it, remove it; when it was written, if the place says that.

    Raises Transient and OSError.
    """
    incoming.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
        file.write(_PROBE)
    try:
        place.keep(name, Path(file.name))
    finally:
        Path(file.name).unlink(missing_ok=True)
    kept = place.read(name, len(_PROBE) + 1)
    listed = {one.name: one.written_at for one in place.page("probe/", 10).stored}
    place.remove([name], datetime.now(UTC) + timedelta(days=1))
    if kept != _PROBE:
        raise Transient("what was kept came back changed")
    return listed.get(name)
