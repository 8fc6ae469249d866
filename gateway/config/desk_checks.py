"""What a desk must be beyond its shape, by itself and beside the other desks."""

from collections.abc import Iterator, Sequence

from gateway.config import (
    calendar_checks,
    defect_checks,
    lifecycle_checks,
    policy_checks,
    rule_checks,
    rule_effects,
    time_checks,
    timer_checks,
    timer_rounds,
)
from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk
from gateway.config.desk_addresses import with_canonical_addresses
from gateway.config.plain import check_texts
from gateway.config.references import References, repeated
from gateway.config.toml_file import TomlFile, did_you_mean
from gateway.errors import Finding, Misconfigured


def check(file: TomlFile, desk: Desk) -> Desk:
    """Give the desk with its addresses made canonical; raises Misconfigured with what is wrong."""
    desk, findings = with_canonical_addresses(file, desk)
    findings += check_texts(file)
    findings += _repetitions(file, desk)
    findings += _choices(file, desk)
    findings += _own_addresses(file, desk)
    names = References(file, desk)
    for checks in (
        lifecycle_checks,
        calendar_checks,
        time_checks,
        timer_checks,
        timer_rounds,
        policy_checks,
        rule_effects,
        defect_checks,
    ):
        findings += checks.check(names)
    findings += rule_checks.check(file, desk)
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


def check_pages(desks: Sequence[tuple[TomlFile, Desk]], *, pages: bool) -> Iterator[Finding]:
    """Find what needs pages where none are served."""
    for file, desk in desks:
        if desk.knowledge.count_clicks and not pages:
            message = '"count_clicks" needs a table [web] in casepost.toml, which serves the links'
            yield file.finding(message, "knowledge", "count_clicks")
        if desk.feedback.ask and not pages:
            message = '"ask" needs a table [web] in casepost.toml, which serves the page'
            yield file.finding(message, "feedback", "ask")
        if desk.case_page and not pages:
            message = '"case_page" needs a table [web] in casepost.toml, which serves the page'
            yield file.finding(message, "case_page")


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


def _repetitions(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    for key, values in (
        ("addresses", desk.addresses),
        ("languages", desk.languages),
        ("severities", desk.severities),
        ("types", desk.types),
    ):
        for index, value in repeated(values):
            yield file.finding(f'"{value}" stands in "{key}" twice', key, index)
    for index, name in repeated(status.name for status in desk.status):
        yield file.finding(f'there are two statuses named "{name}"', "status", index, "name")
    for index, name in repeated(timer.name for timer in desk.timer):
        yield file.finding(f'there are two timers named "{name}"', "timer", index, "name")
    for index, address in repeated(agent.address for agent in desk.agent):
        yield file.finding(f"there are two agents with {address}", "agent", index, "address")


def _own_addresses(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    """Find what is said of an address that the desk does not have."""
    for addresses, *location in (
        (desk.automatic_mail.tickets_at, "automatic_mail", "tickets_at"),
        (desk.numbers_in_text_at, "numbers_in_text_at"),
    ):
        for index, address in enumerate(addresses):
            if "@" in address and address not in desk.addresses:
                hint = did_you_mean(address, desk.addresses)
                message = f'"{location[-1]}" names {address}, which is not in "addresses"{hint}'
                yield file.finding(message, *location, index)


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
