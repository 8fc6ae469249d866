"""What conditions are told: each variable, of a mail, a timer, a customer and an order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.config.condition import answer_to
from gateway.config.policy import Moment, Rule, Setting
from gateway.config.service_time import Calendar, Target
from gateway.config.vocabulary import VARIABLES, Use
from gateway.desk.case import Case
from gateway.desk.choice import Choice
from gateway.desk.entitled import Account, Entitled, FoundBy, Order
from gateway.desk.entitlement import OrderFacts
from gateway.desk.known import Known
from gateway.desk.person import Fact, Person
from gateway.desk.rules import Fired, rule, rule_on_time
from gateway.desk.ticket import Defect
from gateway.mail.parse import parse
from lib.desks import CASE, DESK, JAN, NOW, TICKET

_MAIL = parse(
    b"From: Jan <jan@klant.example>\r\nTo: help@north.example\r\nSubject: It stays white\r\n"
    b"Importance: High\r\nX-Mailer: Thing 5\r\nX-Mailer: Thing 6\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nThanks!\r\n"
    b"--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n"
    b"\r\nx\r\n"
    b"--b--\r\n"
)
_PERSON = Person(
    JAN,
    "Jan",
    "Klant",
    "nl",
    (),
    (
        Fact("contract_until", "2026-03-02"),
        Fact("evaluating_since", "2026-01-31"),
        Fact("plan", "gold"),
        Fact("product", "Thing"),
        Fact("purchased_on", "2026-02-20"),
        Fact("registered", "yes"),
        Fact("reseller", "Partner@Reseller.example"),
        Fact("seats", "5"),
        Fact("site", "shop.klant.example"),
        Fact("version", "5.2"),
    ),
)
_ORDER = Order(
    "O-1", JAN, "shop.klant.example", "Thing", "5.2", date(2026, 2, 20), "gold", (Fact("a", "b"),)
)
_ACCOUNT = Account(_PERSON, (_ORDER, _ORDER), FoundBy.ADDRESS)
_TICKET = replace(
    TICKET,
    opened_at=NOW - timedelta(days=2, hours=5),
    tags=("loud",),
    canned=("faq/a",),
    defects=(Defect("M-1", ""),),
    assignee="ada@north.example",
    group="second",
    level="paid",
    product="Thing",
)
_DESK = replace(
    DESK,
    opening_hours="afternoons",
    calendar=(Calendar("afternoons", open=("mon-fri 13:00-17:00",)),),
    target=(Target("answer", "2d", met_by_answer=True), Target("solution", "3d", met_in=("Done",))),
)
_NEW = replace(
    CASE,
    desk=_DESK,
    mail=_MAIL,
    sender=replace(CASE.sender, person=_PERSON),
    written_to=("help@north.example",),
    copied=("eve@elsewhere.example",),
    entitled=Entitled("paid", "the test says so", _ACCOUNT),
    known=Known(canned=("faq/b",)),
    choice=Choice(None, None, claims=(TICKET,)),
)
_REPLY = replace(_NEW, choice=Choice(_TICKET, None))

# What holds of the mail above, where it opens a ticket.
NEW = [
    'mail.subject == "It stays white"',
    'mail.text == "Thanks!"',
    'mail.from == "jan@klant.example"',
    'mail.domain == "klant.example"',
    'mail.to == ["help@north.example"]',
    'mail.copied == ["eve@elsewhere.example"]',
    'mail.kind == "person"',
    'mail.language == "en"',
    "mail.authentic",
    'mail.attachments == ["a.png"]',
    'mail.attachment_types == ["image/png"]',
    'mail.headers["x-mailer"] == "Thing 5"',
    "mail.thanks",
    "mail.urgent",
    "mail.claims",
    "customer.known",
    'customer.name == "Jan"',
    'customer.organisation == "Klant"',
    'customer.language == "nl"',
    'customer.plan == "gold"',
    'customer.product == "Thing"',
    'customer.version == "5.2"',
    "customer.registered",
    'customer.reseller == "partner@reseller.example"',
    'customer.site == "shop.klant.example"',
    "customer.has_contract",
    "customer.contract_days == 0",
    "customer.purchase_days == 10",
    "customer.evaluating",
    "customer.evaluation_days == 30",
    'customer.columns["seats"] == "5" && customer.columns["address"] == "jan@klant.example"',
    "customer.orders == 2",
    "account.found",
    'account.by == "address"',
    'support.level == "paid"',
    'ticket.type == "question"',
    'ticket.severity == "low"',
    'ticket.status == "New"',
    'ticket.phase == "open"',
    "ticket.tags == []",
    'ticket.assignee == ""',
    'ticket.group == ""',
    'ticket.product == "Thing"',
    'sender.answers == ["faq/b"]',
    'now == timestamp("2026-03-02T09:00:00Z")',
    "clock.hour == 9",
    "clock.weekday == 1",
    "!clock.open",
]
# What more holds of it on a ticket.
REPLY = [
    'ticket.tags == ["loud"]',
    'ticket.assignee == "ada@north.example"',
    'ticket.group == "second"',
    'ticket.number == "NO-00013"',
    'ticket.answers == ["faq/a"]',
    'ticket.defects == ["M-1"]',
    "ticket.days_open == 2",
    'ticket.overdue == ["answer"]',
    "ticket.reporter_is_requester",
]
TIME = [
    'timer == "remind"',
    'support.level == "paid"',
    "account.found",
    'account.by == "address"',
    'customer.plan == "gold"',
    'ticket.number == "NO-00013"',
    "ticket.days_open == 2",
    'ticket.overdue == ["answer"] && ticket.product == "Thing"',
    "clock.weekday == 1",
]
LEVEL = [
    'order.number == "O-1"',
    'order.site == "shop.klant.example"',
    'order.product == "Thing"',
    'order.version == "5.2"',
    'order.plan == "gold"',
    "order.age_days == 10",
    'order.columns == {"a": "b"}',
    "customer.orders == 2",
    "customer.has_contract",
    "clock.hour == 9",
]
# What holds of a mail of somebody whom nobody knows.
STRANGER = [
    "!customer.known",
    'customer.name == "" && customer.plan == "" && customer.reseller == ""',
    "!customer.has_contract && customer.contract_days == -99999",
    "customer.purchase_days == 99999",
    "!customer.evaluating && customer.evaluation_days == -1",
    "customer.columns == {}",
    "customer.orders == 0",
    "!account.found",
    'account.by == ""',
    "sender.answers == []",
    "!mail.thanks && !mail.urgent && !mail.claims",
]


def by_cel(condition: str) -> str:
    """Give the condition in a form that has no shortcut."""
    return f"({condition}) ? true : false"


def why(case: Case, moment: Moment, condition: str) -> str:
    """Ask one rule of a mail; "" if it hits."""
    desk = replace(case.desk, rule=(Rule("it", by_cel(condition), (moment,), stop=True),))
    (verdict,) = rule(replace(case, desk=desk), moment, NOW).verdicts
    assert verdict.hit is not bool(verdict.why)
    return verdict.why


@pytest.mark.parametrize("condition", NEW)
def test_of_a_new_mail(condition: str) -> None:
    """Each variable says what the mail, the directory and the clock say."""
    assert why(_NEW, Moment.NEW, condition) == ""


@pytest.mark.parametrize("condition", REPLY)
def test_of_a_reply(condition: str) -> None:
    """A ticket's fields are as they were before the mail."""
    assert why(_REPLY, Moment.REPLY, condition) == ""


@pytest.mark.parametrize("condition", TIME)
def test_of_a_timer(condition: str) -> None:
    """A timer has a ticket and its requester, and no mail."""
    desk = replace(_DESK, rule=(Rule("it", by_cel(condition), (Moment.TIME,), stop=True),))
    fired = Fired(_TICKET, "remind", _PERSON)
    (verdict,) = rule_on_time(desk, fired, NOW).verdicts
    assert (verdict.hit, verdict.why) == (True, "")


@pytest.mark.parametrize("condition", LEVEL)
def test_of_an_order(condition: str) -> None:
    """A level's condition is asked of a customer and one of their orders."""
    answer = answer_to(
        by_cel(condition), OrderFacts([by_cel(condition)], DESK, _PERSON, 2, NOW).of(_ORDER)
    )
    assert (answer.holds, answer.why) == (True, "")


@pytest.mark.parametrize("condition", STRANGER)
def test_of_a_stranger(condition: str) -> None:
    """What nobody knows is empty, or a number that no condition takes for a real one."""
    assert why(CASE, Moment.NEW, condition) == ""


def test_each_variable_is_tried_wherever_it_may_be_asked() -> None:
    """No variable stands in the vocabulary without a value."""
    reply = NEW + REPLY
    said = {Use.NEW: NEW, Use.REPLY: reply, Use.TIME: reply + TIME, Use.LEVEL: NEW + LEVEL}
    untried = [
        (variable.name, use.value)
        for variable in VARIABLES
        for use in variable.uses
        if not any(variable.name in condition for condition in said.get(use, reply))
    ]
    assert untried == []


def test_a_disowned_mail_has_no_customer() -> None:
    """Whoever forges an address gets nothing of what its owner is entitled to."""
    forged = replace(_NEW, sender=replace(_NEW.sender, authentic=False, failed=True))
    assert why(forged, Moment.NEW, "!customer.known && customer.orders == 0") == ""


def test_an_account_that_a_text_names_is_nobodys() -> None:
    """It gives its level of support and how it was found, and nothing of the customer."""
    named = replace(_ACCOUNT, found_by=FoundBy.SITE)
    case = replace(CASE, entitled=Entitled("paid", "", named))
    condition = (
        'account.found && account.by == "site" && support.level == "paid"'
        " && !customer.known && customer.orders == 0 && customer.columns == {}"
    )
    assert why(case, Moment.NEW, condition) == ""


@pytest.mark.parametrize(
    ("until", "now", "expected"),
    [
        ("2026-03-02", datetime(2026, 3, 2, 22, 30, tzinfo=UTC), "customer.contract_days == 0"),
        ("2026-03-02", datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "customer.contract_days == -1"),
        ("2026-03-02T10:00:00", datetime(2026, 3, 1, 9, tzinfo=UTC), "customer.contract_days == 1"),
        ("soon", datetime(2026, 3, 1, 9, tzinfo=UTC), "!customer.has_contract"),
    ],
)
def test_a_contract_ends_with_its_day_where_the_desk_is(
    until: str, now: datetime, expected: str
) -> None:
    """The last day counts in full, in the desk's timezone; what is no date is none."""
    person = Person(JAN, facts=(Fact("contract_until", until),))
    it = Rule("it", expected, set=Setting(type="question"))
    desk = replace(DESK, rule=(it,), timezone="Europe/Amsterdam")
    case = replace(CASE, desk=desk, sender=replace(CASE.sender, person=person))
    assert rule(case, Moment.NEW, now).verdicts[0].hit is True


def test_facts_of_a_huge_mail_are_bounded() -> None:
    """A condition sees so much of a text, and so many names, and no more."""
    mail = replace(_MAIL, text="x" * 100_000, subject="y" * 5000)
    case = replace(_NEW, mail=mail, written_to=("a@north.example",) * 500)
    condition = "size(mail.text) == 32768 && size(mail.subject) == 1000 && size(mail.to) == 200"
    assert why(case, Moment.NEW, condition) == ""
