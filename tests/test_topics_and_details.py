# ruff: noqa: RUF001  what people write has quotation marks of all kinds
"""Topics of questions, and what a report says, are found however people put them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.condition import Condition, Facts, compiled
from gateway.config.load import load
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

# Subject and text, by the topic that they are about; other is what has the same answers as support.
TOPICS = {
    "licence-key": (
        (
            "License key request",
            "Hi, I bought your software last week, please send me my license key.",
        ),
        ("Need my key", "Hello, how can I get my license key for my store?"),
        ("Licence key", "I lost my licence key, can you resend it?"),
        ("Where is my license key?", "I purchased a licence but did not get a key."),
        ("Key for new domain", "We changed our domain and need a new licence key."),
        ("Activate", "How do I activate my licence?"),
        ("License problem", "My shop says the license is invalid."),
        ("Our licence", "Hello, what is our licence key? Regards"),
        ("Hello", "Can you tell me my license number?"),
        ("Licensing", "Could you please provide a license key for our staging server?"),
        ("Missing licence", "We paid but the licence has not arrived."),
        ("Trial key", "Can I have a key to evaluate?"),
        ("Evaluation licence", "Could I get an evaluation licence key?"),
        ("Question", "I would like a licence key for www.myshop.example."),
        ("Key", "Hello, I need the key."),
        ("Our order", "We have paid but did not receive the licence yet."),
        ("activate", "how can i activate the shop after buying?"),
    ),
    "support": (
        ("Installation", "How do I install the software?"),
        ("Installation help", "I can't get it installed on my server, what am I doing wrong?"),
        ("Help with installing", "The install wizard stops at 50%."),
        ("Question about shipping", "How do I configure shipping rates?"),
        ("Problem with payments", "My customers can't pay with PayPal."),
        ("Support needed", "I have a problem with the product import."),
        ("How to add a product", "Please explain how to add a product with variants."),
        ("Cannot log in", "I can't log in to the admin area."),
        ("Upgrade question", "How do I upgrade to the latest release?"),
        ("Tax settings", "Where do I set the VAT?"),
        ("Email notifications", "How can I change the e-mail notifications?"),
        ("Need assistance", "I need assistance with setting up the checkout."),
        ("Theme", "How do I install the theme?"),
        ("Theme installation", "The theme does not install, the upload stops."),
        ("How do I install the theme", "I bought a theme with the shop."),
        ("Installing a plugin", "How can I install the payment plugin?"),
        ("Installation error", "I get an error during installation on my web server."),
        (
            "Installing on my hosting",
            "I try to install it on my hosting account but the installer fails.",
        ),
    ),
    "customisation": (
        ("Customisation", "Can you help me customise the checkout page?"),
        ("Customization question", "How do I customize the template?"),
        ("Change the design", "I want to change the design of my shop."),
        ("Custom module", "I'd like to write a custom module."),
        ("Theme", "How can I modify the product page layout?"),
        ("API", "Is there documentation of the API?"),
        ("Own colours", "We would like to adapt the colours to our brand."),
        ("Development", "We need a developer to build a special feature."),
        ("Template change", "Where are the templates stored? I want to edit them."),
        ("Add a field", "I want to add a field to the registration form."),
        ("Change the look of my shop", "Please advise."),
        ("Hook", "Which hook do I use in my module to change the price?"),
        ("Custom theme", "How do I install my custom theme?"),
        ("Theme", "After installing I want to change the theme's colours."),
        ("Theme", "I installed the theme, where is its footer edited?"),
        ("Theme question", "Where do I find the themes?"),
        ("Own payment module", "We want to write a payment plugin."),
    ),
    "hosting": (
        ("Hosting", "I have a question about my hosting."),
        ("Website down", "My website is down."),
        ("Web site problem", "Our web site cannot be reached."),
        ("Site is slow", "The site is very slow today."),
        ("Hosting question", "How much disk space do I have?"),
        ("DNS", "Please change our DNS records."),
        ("SSL", "My SSL certificate has expired."),
        ("My site", "My web site is not loading since this morning."),
        ("Hosting ticket", "The hosting account is over quota."),
        ("Email on our domain", "Mail on our domain does not work."),
        ("Server", "Our server does not respond."),
        ("Web site", "Please look at our web site, something is wrong."),
        ("Store offline", "Our store is offline!"),
        ("502", "Our site shows 502 bad gateway."),
    ),
    "bug": (
        ("Bug report", "When I click Save nothing happens."),
        ("Bug", "The cart total is wrong."),
        ("I found a bug", "Steps: add product, remove it, the total stays."),
        ("Possible bug in checkout", "The discount is applied twice."),
        ("Checkout", "There seems to be a bug in the checkout."),
        ("Report a bug", "The order export is missing a column."),
        ("Checkout crashes", "Every time I press pay it crashes with an exception."),
        ("Defect in search", "Search returns wrong results."),
        ("Error", "I want to report a bug: prices are shown as 0."),
        ("Software fault", "The program has a fault: it deletes orders."),
        ("Error message in checkout", "We get error 500 on checkout after entering the address."),
    ),
    "old-version": (
        ("Version 5.4", "I use version 5.4 and need help."),
        ("Upgrade from 5.4", "I want to upgrade."),
        ("Old version", "We are still running version 5.x."),
        ("Help with v4", "How do I install a module on v4.6?"),
        ("Bug in 5.2", "Bug in version 5.2: cart is empty."),
        ("Question", "Our shop runs 5.4.1, can you help?"),
        ("We have an old version", "It's version 3."),
        ("5.x support", "Do you support 5.x?"),
        ("Licence key for version 5", "I need a key for my version 5 shop."),
    ),
    "other": (
        ("Partnership", "We would like to work with you."),
        ("Hello", "Do you have an office in Berlin?"),
        ("Invoice", "Can I have a copy of my invoice?"),
        ("Opening hours", "When are you open?"),
        ("Newsletter", "Please unsubscribe me."),
    ),
}
# What a text names, in Dutch and in English.
SAID = {
    ("browser", "user-or-group", "client", "document", "error-message", "module", "description"): (
        (
            "In de module Agenda krijgt gebruiker jdevries in Firefox de "
            'foutmelding "Onbekende fout" bij cliënt 12345, document Zorgplan. Als '
            "ik op opslaan klik, verschijnt dit meteen."
        ),
        (
            "User jdoe gets the error message 'Object reference not set' in the "
            'module Calendar in Chrome, for client 12345, document "Care plan". '
            "When I click on Save, the screen closes."
        ),
    ),
    ("module",): (
        "in de agendamodule",
        "the Calendar module",
        "in de module rapportage krijg ik",
    ),
    ("document",): (
        "het document zorgplan-2026.pdf",
        'document "Intake"',
        "het document 'Intake'",
    ),
    ("error-message",): (
        "de foutmelding luidt onbekend",
        "fout 500",
        "error 0x80004005",
        "foutcode E-1234",
        "Ik zie de melding ‘Geen toegang’",
        "Er komt geen foutmelding",
        "error message: Access denied",
        "The error says access denied",
        'it shows "Access denied" as error',
        "I get the message Access denied",
        'I see "Access denied".',
        'Er staat: "Geen toegang"',
    ),
    ("client",): (
        "client Jansen",
        "cliënt mevrouw De Vries",
        "client number 12345",
        "clientnr 123",
        "cliëntnummer is 4711",
        "client no. 555",
        "cliënt de heer Bakker",
        "Klantnummer: 1234",
    ),
    ("browser",): (
        "Ik gebruik Google Chrome",
        "Internet Explorer 11",
        "in Safari op mijn iPad",
        "We use Microsoft Edge.",
    ),
    ("user-or-group",): (
        "Het gaat om gebruiker p.pietersen",
        "de groep Oost",
        "alle gebruikers hebben er last van",
        "the group Nursing",
        "username jdoe",
        "for user group North",
    ),
    ("description",): (
        "Wanneer ik het rapport open, blijft het scherm wit.",
        "When I open the report, the screen stays white.",
        "Steps to reproduce: open report",
        "1. Open\n2. Klik",
        "Ga naar Rapporten, klik op Maandrapport en dan op Openen. Het scherm blijft wit.",
        "Ik klik op opslaan en daarna gebeurt er niets",
        "Na het openen van het rapport en het kiezen van de maand blijft het scherm wit.",
        "Bij het opslaan van een afspraak in de agenda sluit het scherm.",
    ),
}
# What a text only mentions.
MENTIONED = {
    (
        "browser",
        "user-or-group",
        "client",
        "document",
        "error-message",
        "module",
        "description",
        "screenshot",
    ): (
        "Rapport opent niet\nHet rapport opent niet.",
        "Probleem\nHet programma doet het niet. Graag hulp.",
        "Foutmelding\nIk krijg een foutmelding.",
        "Problem\nIt does not work. Please help.",
    ),
    ("document", "error-message"): ("Een document opent niet en ik zie een melding in beeld",),
    ("document",): (
        "Het document opent niet.",
        "The document does not open",
    ),
    ("module",): ("De module werkt niet.",),
    ("client",): (
        "Bij een client gaat het mis.",
        "Voor mijn client kan ik niets opslaan",
    ),
    ("browser",): (
        "Mijn browser doet raar",
        "The browser shows nothing",
    ),
    ("error-message",): ("I get an error message.",),
    ("user-or-group", "module"): ("Ik kan niet inloggen in mijn applicatie",),
    ("user-or-group",): ("Ik gebruik het programma elke dag",),
}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_question_has_its_topic(topic: str) -> None:
    """Whatever the words; what fits no topic is any other question."""
    same = {"support", "other"} if topic in {"support", "other"} else {topic}
    found = {mail: _topic(*mail) for mail in TOPICS[topic]}
    assert {} == {mail: one for mail, one in found.items() if one not in same}


@pytest.mark.parametrize("details", SAID, ids="-".join)
def test_what_a_report_says_is_known(details: tuple[str, ...]) -> None:
    """So it is not asked for."""
    missed = {text: set(details) - _known(text) for text in SAID[details]}
    assert {} == {text: names for text, names in missed.items() if names}


@pytest.mark.parametrize("details", MENTIONED, ids="-".join)
def test_what_a_report_only_mentions_is_not_known(details: tuple[str, ...]) -> None:
    """A document is not known by the word for it."""
    taken = {text: set(details) & _known(text) for text in MENTIONED[details]}
    assert {} == {text: names for text, names in taken.items() if names}


def _topic(subject: str, text: str) -> str:
    """Give the type that the rules about topics come to, of which the last counts."""
    desk = DESKS["storefront-triage"]
    facts = Facts(Place.RULE, {**NOTHING, "mail.subject": subject, "mail.text": text})
    topics = [rule for rule in desk.rule if rule.set.type and not rule.stop]
    hits = [rule.set.type for rule in topics if _holds(Place.RULE, rule.when, facts)]
    return (desk.type, *hits)[-1]


def _known(text: str) -> set[str]:
    facts = Facts(Place.DETAIL, {**NOTHING, "mail.text": text})
    details = DESKS["dutch-registered"].detail
    return {one.name for one in details if _holds(Place.DETAIL, one.known, facts)}


def _holds(place: Place, source: str, facts: Facts) -> bool:
    condition = compiled(place, source)
    assert isinstance(condition, Condition), source
    answer = condition.ask(facts)
    assert "" == answer.why
    return answer.holds
