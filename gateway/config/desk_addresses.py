"""The addresses in a desk file, made canonical, so that everything behind can compare them."""

import dataclasses
from collections.abc import Iterable
from dataclasses import replace

from gateway.config.address import canonical, without_extension
from gateway.config.desk import Desk
from gateway.config.positions import Location
from gateway.config.toml_file import TomlFile
from gateway.errors import Finding


def with_canonical_addresses(file: TomlFile, desk: Desk) -> tuple[Desk, list[Finding]]:
    """Give a desk with all its addresses canonical, and what is wrong with those that are none."""
    reader = _Reader(file, [])
    desk = replace(
        desk,
        addresses=reader.all(desk.addresses, "addresses"),
        agent=tuple(
            replace(agent, address=reader.one(agent.address, "agent", index, "address"))
            for index, agent in enumerate(desk.agent)
        ),
        numbers_in_text_at=reader.all(desk.numbers_in_text_at, "numbers_in_text_at"),
        automatic_mail=replace(
            desk.automatic_mail,
            tickets_at=reader.all(desk.automatic_mail.tickets_at, "automatic_mail", "tickets_at"),
        ),
    )
    for index, address in enumerate(desk.addresses):
        if address != without_extension(address):
            message = f"{address} can get no mail: what follows a + is for each sender to choose"
            reader.findings.append(file.finding(message, "addresses", index))
    return _with_told(reader, _with_people(reader, desk)), reader.findings


def _with_people(reader: "_Reader", desk: Desk) -> Desk:
    """Make canonical who is named for cases and news; what has no @ is no address there."""
    people = reader.people
    return replace(
        desk,
        group=tuple(
            replace(one, members=reader.all(one.members, "group", index, "members"))
            for index, one in enumerate(desk.group)
        ),
        escalation=tuple(
            replace(
                one,
                to=people(one.to, "escalation", index, "to"),
                assign=people((one.assign,), "escalation", index, "assign")[0],
            )
            for index, one in enumerate(desk.escalation)
        ),
        notifications=replace(
            desk.notifications,
            new=people(desk.notifications.new, "notifications", "new"),
            reply=people(desk.notifications.reply, "notifications", "reply"),
        ),
        rule=tuple(
            replace(
                one,
                notify=people(one.notify, "rule", index, "notify"),
                assign=people((one.assign,), "rule", index, "assign")[0],
            )
            for index, one in enumerate(desk.rule)
        ),
    )


def _with_told(reader: "_Reader", desk: Desk) -> Desk:
    """Make canonical who is told of time, ratings and months; what has no @ is no address there."""
    people = reader.people
    return replace(
        desk,
        timer=tuple(
            replace(one, notify=people(one.notify, "timer", index, "notify"))
            for index, one in enumerate(desk.timer)
        ),
        feedback=replace(desk.feedback, notify=people(desk.feedback.notify, "feedback", "notify")),
        monthly_report=people(desk.monthly_report, "monthly_report"),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """Gives canonical addresses; notes what is none, and keeps it as it is."""

    file: TomlFile
    findings: list[Finding]

    def one(self, text: str, *at: str | int) -> str:
        try:
            return canonical(text)
        except ValueError as error:
            message = f'"{text}" is no mail address: {error}'
            self.findings.append(self.file.finding(message, *at))
            return text

    def all(self, texts: Iterable[str], *at: str | int) -> tuple[str, ...]:
        return tuple(self.one(text, *at, index) for index, text in enumerate(texts))

    def people(self, texts: Iterable[str], *at: str | int) -> tuple[str, ...]:
        def read(text: str, location: Location) -> str:
            return self.one(text, *location) if "@" in text else text

        return tuple(read(text, (*at, index)) for index, text in enumerate(texts))
