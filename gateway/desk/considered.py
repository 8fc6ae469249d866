"""What a desk's policy says of a mail before it is decided on: its support, and its rules."""

from dataclasses import replace

from gateway.desk.case import Case
from gateway.desk.entitlement import entitle
from gateway.desk.moment import moment_of
from gateway.desk.rules import rule
from gateway.desk.ruling import NO_RULING


def considered(case: Case) -> Case:
    """Give the case with the support that its author may expect, and with what rules make of it.

    Both as of when it was received. Where no rules are asked, neither is looked at.
    """
    moment = moment_of(case)
    if moment is None:
        return case
    at = case.received_at
    ticket = case.choice.ticket
    entitled = entitle(case.desk, case.known, case.sender, ticket, at)
    case = replace(case, entitled=entitled)
    ruling = rule(case, moment, at)
    return case if ruling is NO_RULING else replace(case, ruling=ruling)
