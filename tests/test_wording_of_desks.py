"""What customers write in their own words is taken for what it is, by the shipped desks' rules."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.condition import Condition, Facts, compiled
from gateway.config.load import load
from gateway.config.policy import Moment
from gateway.config.vocabulary import VARIABLES, Place, Type

DESKS = {
    desk.name: desk
    for desk in load(Path(__file__).resolve().parents[1] / "config" / "casepost.toml").desks
}
EMPTY: Mapping[Type, object] = {
    Type.STRING: "",
    Type.BOOL: False,
    Type.INT: 0,
    Type.STRINGS: [],
    Type.TABLE: {},
    Type.TIMESTAMP: datetime(2026, 3, 2, 9, tzinfo=UTC),
}
NOTHING = {one.name: EMPTY[one.type] for one in VARIABLES}

BY_RESELLER = {
    "customer.known": True,
    "customer.reseller": "help@cad-partner.example",
    "customer.columns": {"address": "ann@workshop.example"},
}
AT_RESELLER_FIRST = {
    "deactivation": (
        "Please deactivate my licence on the old computer.",
        "License deactivation",
        "My laptop broke. Can you release the licence so that I can install it on the new one?",
        "I need to transfer our license to another machine.",
        "Could you free up the seat of my old computer?",
        "His seat has to be deactivated.",
        "Bitte deaktivieren Sie meine Lizenz auf dem alten Rechner.",
        "Graag mijn licentie deactiveren.",
        "Voitteko deaktivoida lisenssin vanhalta koneelta?",
        "Please remove the activation from our old workstation.",
        "Maximum number of activations reached. Please reset.",
        "Please unlock our licence, the hard disk was replaced.",
        "Ich möchte die Lizenz auf einen neuen PC übertragen.",
        "Graag licentie overzetten naar mijn nieuwe laptop.",
        "Haluan siirtää lisenssin uudelle koneelle.",
    ),
    "crash": (
        "It crashes when I export.",
        "Since today the program crashes.",
        "Software keeps crashing on startup",
        "The application closes unexpectedly when saving.",
        "After the update I had a crash in the mesher.",
        "Das Programm stürzt beim Export ab.",
        "Ohjelma kaatuu.",
        "De toepassing crasht steeds.",
        "It always closes without any message when saving.",
        "Program quits when I click on analyse.",
        "Programmabsturz beim Start",
        "Het programma sluit zich onverwacht af.",
        "Ohjelma sulkeutuu itsestään.",
    ),
    "faq/contact-your-reseller": (
        "The export stops at 40 %.",
        "When does my licence end? I want to renew.",
        "How do I activate my licence?",
        "Is my licence valid for the next release?",
        "How do I set up a crash test simulation?",
        "It does not crash, but it is slow.",
        "It doesn't crash, but it is slow.",
        "How do I deactivate the toolbar?",
        "Is there a free licence for students?",
        "The program returns a licence error.",
        "The dialog closes when I press OK.",
        "Wie kann ich die Lizenz verlängern?",
        "Hello",
    ),
}
AT_SLA_PRIORITIES = {
    "p1": (
        "The whole system is down since 9:00.",
        "We have a complete outage.",
        "Our learning platform is unavailable for all users.",
        "Nobody can log in.",
        "The website is not reachable, none of our students can get in.",
        "LMS down!",
        "We can't access the platform at all.",
        "The system has been down since Monday.",
        "The e-learning system has gone down.",
        "All our users are locked out.",
        "The system is unavailable. How long will it take?",
        "Our LMS is not accessible.",
        "The system has crashed and is unavailable.",
        "No one is able to log on.",
        "We get 502 Bad Gateway on every page, no one can work.",
        "Our portal does not load at all for anyone.",
        "The entire platform has crashed.",
    ),
    "p2": (
        "The quiz module is unavailable since this morning, the rest of the system works.",
        "Certificates can no longer be printed; printing does not work.",
        "Students cannot upload their assignments since this morning.",
        "The report export stopped working.",
        "The forum is down, everything else works.",
        "There is an unplanned interruption of the video player.",
        "Nobody can open the grade book.",
        "Part of the system is unavailable: the calendar.",
        "Some features of the platform are not available.",
        "The search in the platform is not available.",
        "The platform calendar is down.",
        "Single sign-on is down; local logins still work.",
        "Customers can't pay by card.",
        "Search returns an error for everyone; the remaining functions are OK.",
        "We can no longer print certificates.",
    ),
    "p3": (
        "The platform is very slow for all our students.",
        "It works, but pages time out for most of our classes.",
        "The search works, but is impaired for a large group of users.",
        "Logging in takes ages for all staff.",
        "The totals in the reports are odd.",
        "The system was down for an hour, it works again now.",
    ),
    "p4": (
        "There is a typo on the start page.",
        "The logo in the header is a little misaligned.",
        "The colour of the button is wrong.",
        "It is inconvenient that I have to click twice to save.",
        "The footer text is cut off on the login page.",
    ),
    "query": (
        "How can I add a user to a course?",
        "Which formats do you support?",
        "How can I change the colour of the logo?",
        "Is it possible to export the grades as CSV?",
        "When will the system be down for planned maintenance?",
        "Could you let me know whether the platform supports SCORM 2004?",
        "How do I add an entry to the drop-down list?",
    ),
    "service-task": (
        "Please set up our new branding. We know that it is chargeable.",
        "Could you import our 300 new users from the attached file?",
        "We need a quote for a custom report.",
        "Can you please set up single sign-on for our new department?",
        "We would like to book a training session for our tutors.",
        "We would like a new report developed.",
        "Could you change our domain name for us?",
    ),
}
AT_MAINTENANCE_CONTRACT = {
    "high": (
        "Our production has stopped, there is no workaround.",
        "The system is down and nobody can work.",
        "We cannot invoice. Operations are severely restricted.",
        "The posting run fails completely; no acceptable workaround.",
        "The plant is standing still since 7:00.",
        "The server is not responding.",
        "The software crashes at start for everyone.",
        "All terminals are dead.",
    ),
    "medium": (
        "The totals differ by one row.",
        "The export does not work as designed; we use a workaround for now.",
        "Printing fails for one form. We have a workaround.",
        "The machine stops at line 7.",
        "Minor failure: the search function fails for some words.",
    ),
    "low": (
        "Page 12 of the manual is wrong.",
        "Enhancement request: it would be nice to have a dark mode.",
        "How do I print a report?",
        "A minor problem: the label is cut off.",
        "General information: which databases do you support?",
        "Could you add dark mode?",
    ),
}
WRITTEN: Mapping[str, tuple[Mapping[str, tuple[str, ...]], Mapping[str, object]]] = {
    "reseller-first": (AT_RESELLER_FIRST, BY_RESELLER),
    "sla-priorities": (AT_SLA_PRIORITIES, {}),
    "maintenance-contract": (AT_MAINTENANCE_CONTRACT, {"support.level": "contract"}),
}


def ruled(name: str, text: str, known: Mapping[str, object]) -> set[str]:
    """Give what the rules of a desk set on a new mail of a person, and what they answer."""
    desk = DESKS[name]
    values = {
        **NOTHING,
        **known,
        "mail.kind": "person",
        "mail.text": text,
        "mail.to": [desk.address],
        "mail.from": "ann@workshop.example",
        "ticket.type": desk.type,
        "ticket.severity": desk.severity,
    }
    replies: set[str] = set()
    for rule in desk.rule:
        condition = compiled(Place.RULE, rule.when)
        assert isinstance(condition, Condition)
        if Moment.NEW not in rule.on or not condition.ask(Facts(Place.RULE, values)).holds:
            continue
        replies |= {rule.reply} - {""}
        for field in ("type", "severity"):
            values[f"ticket.{field}"] = getattr(rule.set, field) or values[f"ticket.{field}"]
    return {str(values["ticket.type"]), str(values["ticket.severity"]), *replies}


@pytest.mark.parametrize("desk", WRITTEN)
def test_words_of_customers_are_taken_for_what_they_mean(desk: str) -> None:
    """Several ways to say each thing, and what only looks like it."""
    meant, known = WRITTEN[desk]
    expected = {(text, meaning) for meaning, said in meant.items() for text in said}
    found = {(text, meaning) for text, meaning in expected if meaning in ruled(desk, text, known)}
    assert expected == found
