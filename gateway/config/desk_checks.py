"""What a desk must be beyond its shape, by itself and beside the other desks."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from gateway.config.address import canonical, without_extension
from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk, Phase
from gateway.config.plain import check_texts
from gateway.config.toml_file import TomlFile, did_you_mean
from gateway.errors import Finding, Misconfigured

_TEMPLATE = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+")
_LONGEST_DELAY = timedelta(days=3660)


def check(file: TomlFile, desk: Desk) -> Desk:
    """Give the desk with its addresses made canonical; raises Misconfigured with what is wrong."""
    findings: list[Finding] = []
    desk = _canonical(file, findings, desk)
    for index, address in enumerate(desk.addresses):
        if address != without_extension(address):
            message = f"{address} can get no mail: what follows a + is for each sender to choose"
            findings.append(file.finding(message, "addresses", index))
    findings += check_texts(file)
    findings += _repetitions(file, desk)
    findings += _statuses(file, desk)
    findings += _choices(file, desk)
    findings += _machine_addresses(file, desk)
    findings += _timers(file, desk)
    try:
        CaseNumberPattern.parse(desk.case_number)
    except ValueError as error:
        findings.append(file.finding(f'"case_number" does not work: {error}', "case_number"))
    if not desk.title:
        findings.append(file.finding('"title" must not be empty', "title"))
    if findings:
        raise Misconfigured(tuple(findings))
    return desk


def check_together(desks: Sequence[tuple[TomlFile, Desk]]) -> Iterator[Finding]:
    """Find what two desks cannot both have."""
    yield from _shared_names(desks)
    owners: dict[str, Desk] = {}
    for file, desk in desks:
        for index, address in enumerate(desk.addresses):
            owner = owners.setdefault(address, desk)
            if owner is not desk:
                message = f'the desk "{owner.name}" has the address {address}, too'
                yield file.finding(message, "addresses", index)
    for file, desk in desks:
        for index, agent in enumerate(desk.agent):
            if agent.address in owners:
                owner = owners[agent.address]
                message = f'{agent.address} is an address of the desk "{owner.name}", not a person'
                yield file.finding(message, "agent", index, "address")


def _shared_names(desks: Sequence[tuple[TomlFile, Desk]]) -> Iterator[Finding]:
    names: dict[str, Desk] = {}
    patterns: dict[tuple[str, str, str], Desk] = {}
    for file, desk in desks:
        namesake = names.setdefault(desk.name, desk)
        if namesake is not desk:
            yield file.finding(f'there is another desk "{desk.name}": {namesake.path}')
        # Widths make no difference here: a number grows beyond its width when it has to.
        twin = patterns.setdefault(CaseNumberPattern.parse(desk.case_number).pieces, desk)
        if twin is not desk:
            message = f'the desk "{twin.name}" can give out the same case numbers'
            yield file.finding(message, "case_number")


def _canonical(file: TomlFile, findings: list[Finding], desk: Desk) -> Desk:
    """Give the desk with its addresses made canonical; note those that are none."""
    addresses = tuple(
        _address(file, findings, text, "addresses", index)
        for index, text in enumerate(desk.addresses)
    )
    agents = tuple(
        dataclasses.replace(
            agent, address=_address(file, findings, agent.address, "agent", index, "address")
        )
        for index, agent in enumerate(desk.agent)
    )
    tickets_at = tuple(
        _address(file, findings, text, "automatic_mail", "tickets_at", index)
        for index, text in enumerate(desk.automatic_mail.tickets_at)
    )
    return dataclasses.replace(
        desk,
        addresses=addresses,
        agent=agents,
        automatic_mail=dataclasses.replace(desk.automatic_mail, tickets_at=tickets_at),
    )


def _address(file: TomlFile, findings: list[Finding], text: str, *location: str | int) -> str:
    """Give the canonical form; where there is none, note why and keep the text."""
    try:
        return canonical(text)
    except ValueError as error:
        findings.append(file.finding(f'"{text}" is no mail address: {error}', *location))
        return text


def _repetitions(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    for key, values in (
        ("addresses", desk.addresses),
        ("languages", desk.languages),
        ("severities", desk.severities),
        ("types", desk.types),
    ):
        for index, value in _repeated(values):
            yield file.finding(f'"{value}" stands in "{key}" twice', key, index)
    for index, name in _repeated(status.name for status in desk.status):
        yield file.finding(f'there are two statuses named "{name}"', "status", index, "name")
    for index, name in _repeated(timer.name for timer in desk.timer):
        yield file.finding(f'there are two timers named "{name}"', "timer", index, "name")
    for index, address in _repeated(agent.address for agent in desk.agent):
        yield file.finding(f"there are two agents with {address}", "agent", index, "address")


def _repeated(values: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Give what was there before, with its index; small and capital letters make no difference."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value.casefold() in seen:
            yield index, value
        seen.add(value.casefold())


def _statuses(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    phases = {status.name: status.phase for status in desk.status}
    for key, name in (
        ("start", desk.lifecycle.start),
        ("after_customer", desk.lifecycle.after_customer),
        ("reopened", desk.lifecycle.reopened),
    ):
        if key == "after_customer" and not name:
            continue
        if name not in phases:
            hint = did_you_mean(name, tuple(phases))
            message = f'"{key}" names the status "{name}", which no [[status]] has{hint}'
            yield file.finding(message, "lifecycle", key)
        elif phases[name] is Phase.CLOSED:
            message = f'"{key}" names the closed status "{name}", but somebody waits'
            yield file.finding(message, "lifecycle", key)


def _machine_addresses(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    for index, address in enumerate(desk.automatic_mail.tickets_at):
        if "@" in address and address not in desk.addresses:
            hint = did_you_mean(address, desk.addresses)
            message = f'"tickets_at" names {address}, which is not in "addresses"{hint}'
            yield file.finding(message, "automatic_mail", "tickets_at", index)


def _timers(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    names = tuple(status.name for status in desk.status)
    for index, timer in enumerate(desk.timer):
        for key, name in (("status", timer.status), ("then", timer.then)):
            if name not in names and (name or key == "status"):
                message = f'"{key}" names the status "{name}", which no [[status]] has'
                yield file.finding(message + did_you_mean(name, names), "timer", index, key)
        if timer.mail and not _TEMPLATE.fullmatch(timer.mail):
            message = '"mail" must be a template such as "customer/reminder"'
            yield file.finding(message, "timer", index, "mail")
        if not timer.mail and not timer.then:
            yield file.finding('a timer needs "mail", "then", or both', "timer", index)
        try:
            delay = timer.delay
        except ValueError as error:
            yield file.finding(f'"after" {error}', "timer", index, "after")
            continue
        if not timedelta() < delay <= _LONGEST_DELAY:
            message = '"after" must be more than nothing and at most ten years'
            yield file.finding(message, "timer", index, "after")


def _choices(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    for key, value, of, values in (
        ("severity", desk.severity, "severities", desk.severities),
        ("type", desk.type, "types", desk.types),
    ):
        if value and value not in values:
            hint = did_you_mean(value, values)
            yield file.finding(f'"{key}" is "{value}", which is not in "{of}"{hint}', key)
        if "" in values:
            yield file.finding(f'a value of "{of}" must not be empty', of, values.index(""))
