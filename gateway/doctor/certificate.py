"""How long certificates are good: ours, and those of the servers that we trust with mail."""

import ssl
from datetime import UTC, datetime, timedelta

from gateway.doctor.check import Check, ok, warning

_SOON = timedelta(days=14)


def ends_of(certificate: object) -> datetime | None:
    """Give when a certificate ends, as `getpeercert` tells of it; None where there is none."""
    said = certificate.get("notAfter") if isinstance(certificate, dict) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(said), UTC) if said else None


def check_end(name: str, ends: datetime, now: datetime, what_to_do: str) -> Check:
    """Say until when a certificate is good, and what to do in its last two weeks."""
    if ends - now < _SOON:
        return warning(name, f"it ends on {ends:%Y-%m-%d}: {what_to_do}")
    return ok(name, f"it is good until {ends:%Y-%m-%d}")
