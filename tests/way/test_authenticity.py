"""What is said of a mail's author stays with the mail, from its bytes to what is explained."""

import pytest

from gateway import intake
from gateway.resolver import authenticator
from gateway.store import archive
from lib.fake_dns import FakeDns, key_record, mail_of, signed
from lib.workbench import Workbench

ZONE = {"s1._domainkey.klant.example": key_record(), "_dmarc.klant.example": "v=DMARC1; p=reject"}


@pytest.mark.parametrize(
    ("verdict", "why", "content"),
    [
        ("pass", "DMARC pass for klant.example: signed by klant.example", signed(mail_of())),
        ("fail", "DMARC fail for klant.example: no signature of klant.example", mail_of()),
        ("unknown", "no author to verify", mail_of("jan@klant.example, eve@evil.example")),
    ],
)
def test_the_verdict_and_its_reason_are_kept(
    bench: Workbench, verdict: str, why: str, content: bytes
) -> None:
    """The bytes that were received are what is verified, and the trace says how it went."""
    accepted = bench.deliver_bytes(content)
    batch = bench.load(bench.claim())

    intake.take_in(
        bench.house, batch, bench.now, authenticator(bench.house.settings, FakeDns({**ZONE}))
    )

    with bench.house.database.reading() as connection:
        kept = archive.explained(connection, accepted.spool_id)
    assert kept is not None
    found = kept.trace["authenticity"]
    assert isinstance(found, dict)
    assert (verdict, True) == (found["verdict"], str(found["why"]).startswith(why))
