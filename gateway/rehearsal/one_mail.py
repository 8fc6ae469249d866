"""What would become of one mail by the files as they stand: each rule's verdict, and the rest."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from gateway import intake
from gateway.backtest import Once, Window, opened
from gateway.config.load import Configuration
from gateway.desk.case import Case
from gateway.desk.decide import decide, within_limits
from gateway.desk.decision import Decision
from gateway.desk.limits import Restraint
from gateway.errors import Misused
from gateway.explanation import Plain, explained_case
from gateway.house import House, open_to_look
from gateway.mail.model import Authenticity, Envelope, Verdict
from gateway.reading import Reading, question, read
from gateway.store import archive, claims
from gateway.store.archive import Explained
from gateway.store.claims import Claimed
from gateway.store.counted import with_counts
from gateway.store.database import Database
from gateway.store.large_places import large_mails_of
from gateway.store.lookup import look_up
from gateway.store.revision import require_present
from gateway.store.spool import State

_DECIDED = frozenset({State.FILED.value, State.HELD.value})
_MOMENT = timedelta(seconds=1)
_NO_DESK = "no desk has the address that this mail is for: say which desk it is tried at"


def of_text(configuration: Configuration, text: str, desk: str, *, authentic: bool) -> Plain:
    """Try a mail as if it came in now for a desk, "" for the one that it is written to.

    With `authentic` it counts as its author's own, else as nobody knows whose. Raises Misused,
    Misconfigured and Transient.
    """
    addresses = {one.name: one.addresses[0] for one in configuration.desks}
    if desk and desk not in addresses:
        raise Misused(f'there is no desk "{desk}"')
    verdict = Verdict.PASS if authentic else Verdict.UNKNOWN
    content = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    mail = Claimed(
        spool_id=0,
        epoch=0,
        source="console",
        envelope=Envelope(None, addresses.get(desk, "")),
        content=content,
        received_at=datetime.now(UTC),
        quiet=False,
        attempts=0,
        claims_alone=0,
    )
    return _as_of_now(configuration, mail, Authenticity(verdict, "as you say"), None)


def of_spool(configuration: Configuration, spool_id: int) -> Plain:
    """Try a received mail: on what was known when it was decided on, or else as if it came now.

    Raises Misused, Misconfigured and Transient.
    """
    settings = configuration.settings
    database = Database(settings.database.url, settings.data, looks_only=True)
    try:
        require_present(database)
        with database.reading() as connection:
            kept = archive.explained(connection, spool_id)
            mail = claims.load_one(connection, spool_id, large_mails_of(settings)) if kept else None
    finally:
        database.close()
    if kept is None or mail is None:
        raise Misused(f"there is no mail {spool_id}")
    if kept.state in _DECIDED and kept.trace:
        with opened(configuration, Window(kept.received_at - _MOMENT)) as test:
            once = test.once(spool_id)
        if once is not None:
            return _plain(once, kept)
    unknown = Authenticity(Verdict.UNKNOWN, "nobody was asked")
    return _as_of_now(configuration, mail, unknown, kept)


def _as_of_now(
    configuration: Configuration, mail: Claimed, authentic: Authenticity, kept: Explained | None
) -> Plain:
    """Decide on a mail on what is known now; limits look at this mail alone."""
    settings = configuration.settings
    database = Database(settings.database.url, settings.data, looks_only=True)
    try:
        require_present(database)
        house = open_to_look(configuration, database)
        reading = read(house, [mail], lambda _: [authentic])[0]
        if reading is None:
            raise Misused(_NO_DESK)
        case, decision = _decided(house, reading)
        return _plain(Once(reading, case, decision), kept)
    finally:
        database.close()


def _decided(house: House, reading: Reading) -> tuple[Case, Decision]:
    asked, now = [question(reading)], reading.claimed.received_at
    sending = house.settings.sending
    with house.database.reading() as connection:
        answers = look_up(connection, asked)
        known = with_counts(connection, asked, answers, house.desks, sending, now)[0]
    case = intake.consider(house, reading, known)
    restraint = Restraint(sending, (), house.routes.is_ours)
    return case, within_limits(case, decide(case, now), restraint, now)


def _plain(once: Once, kept: Explained | None) -> Plain:
    """Give what a page shows: the mail as `explain` has it, and each rule of its desk."""
    path = f"mail {kept.spool_id}" if kept else "what was pasted"
    reading, case = once.reading, once.case
    explained = explained_case(path, reading.authenticity, reading.clues, case, once.decision)
    now = {one.rule: (one.hit, one.why) for one in case.ruling.verdicts}
    then = _then(kept)
    rules = [
        {
            "rule": rule.name,
            "now": _verdict(now.get(rule.name)),
            "why": now.get(rule.name, (False, ""))[1],
            "then": _verdict(then.get(rule.name)),
        }
        for rule in case.desk.rule
    ]
    return {"explained": explained, "rules": rules, "compared": bool(then)}


def _then(kept: Explained | None) -> dict[str, tuple[bool, str]]:
    """Give what was noted of the rules when the mail was decided on."""
    listed = kept.trace.get("rules") if kept else None
    found = (one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()
    return {str(one.get("rule")): (one.get("hit") is True, "") for one in found}


def _verdict(said: tuple[bool, str] | None) -> str:
    """Give a word for a verdict; a rule of another moment, or after the end of rules, has none."""
    if said is None:
        return "not asked"
    return "hit" if said[0] else "missed"
