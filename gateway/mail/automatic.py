"""Whether a person or a machine made a mail, by what its header fields say (RFC 3834).

The signs are one table, read from top to bottom: each that holds is a reason; the first that names
a kind decides it. A sign without a kind only forbids an automatic answer. Words come last: a
subject may say that a mail is automatic where a program begins it so, and then the mail still opens
a case (`absence`).
"""

import re
from collections.abc import Callable

from gateway.mail import dsn
from gateway.mail.kind import absence, authors, report, responder
from gateway.mail.kind.facts import Facts, gather, holds, keyword
from gateway.mail.model import Classification, Envelope, Kind, Mail

IsOurs = Callable[[str], bool]
Sign = Callable[[Facts], str]


def classify(mail: Mail, envelope: Envelope, own_address: IsOurs, own_id: IsOurs) -> Classification:
    """Say who or what made a mail, why, and whether an automatic answer may be sent at all.

    `own_address` says of a canonical address whether it routes to us, `own_id` of a Message-ID
    whether we made it.
    """
    facts = gather(mail, envelope)
    kind: Kind | None = None
    reasons: list[str] = []
    if facts.author and own_address(facts.author):
        kind = Kind.LOOP
        reasons.append("from: one of our own addresses")
    if mail.message_id and own_id(mail.message_id):
        kind = Kind.LOOP
        reasons.append("message-id: made by us")
    for says, sign_kind in _SIGNS:
        reason = says(facts)
        if reason and reason not in reasons:
            reasons.append(reason)
            kind = kind or sign_kind
    if kind is None and (words := absence.answered_in_words(facts)):
        kind = Kind.AUTOMATIC
        reasons.append(words)
    if kind is Kind.AUTOMATIC and (words := absence.absence(facts)):
        kind = Kind.OUT_OF_OFFICE
        reasons.append(words)
    return Classification(
        kind or Kind.PERSON,
        tuple(reasons),
        answerable=not reasons,
        bounce=facts.bounce if kind is Kind.BOUNCE else None,
    )


def _report_of(kind: Kind) -> Sign:
    def says(facts: Facts) -> str:
        return report.of_kind(facts, kind)

    return says


_UNDELIVERED = re.compile(
    r"\b(?:undeliver|returned mail|failure notice|failure delivery|errors from|"
    r"delivery (?:failure|failed|status))",
    re.IGNORECASE,
)


def _bounce(facts: Facts) -> str:
    """Recognise the bounces of programs that know no RFC 3464, or do not keep to it."""
    if "urn:content-classes:dsn" in facts.first("content-class").lower():
        return "content-class: dsn"
    if facts.null_path and facts.local_part in authors.MAILER_DAEMONS:
        return f"null reverse-path, from: {facts.local_part}"
    if facts.null_path and facts.local_part == "postmaster" and not responder.answer(facts):
        return "null reverse-path, from: postmaster"
    if facts.local_part in authors.MAILER_DAEMONS and _UNDELIVERED.search(facts.mail.subject):
        return f"from: {facts.local_part}, subject: says undelivered"
    return ""


def _undelivered(facts: Facts) -> str:
    """Read what a program says of a mail that it could not deliver, in whatever form."""
    found = facts.bounce
    if found and not (_lost_author(facts) and found.reason.startswith(("text:", "subject:"))):
        return f"bounce: {found.reason}"
    declared = report.of_kind(facts, Kind.BOUNCE)
    told = any(e.media_type == _STATUS and e.groups for e in facts.mail.enclosed)
    # A report that cannot be read, or that all went well, is nothing that anybody wrote.
    return declared if not told or dsn.is_success_notice(facts.mail) else ""


_STATUS = "message/delivery-status"


def _lost_author(facts: Facts) -> bool:
    """Say whether a mail names no author, though other fields say from whom it is.

    Mail systems name none, and then there is no reverse-path either; people lose theirs on the way.
    """
    return not facts.first("from").strip("<> ") and bool(facts.author)


def _unknown_report(facts: Facts) -> str:
    """Take a report of a type that nobody knows for a report all the same."""
    return "content-type: multipart/report" if report.is_unknown(facts) else ""


def _misused_report(facts: Facts) -> str:
    """Find what says in a delivery report that a mail waits for its author to prove himself."""
    declared = report.of_kind(facts, Kind.BOUNCE)
    return declared if declared and not _undelivered(facts) else ""


def _auto_submitted(facts: Facts) -> str:
    for value in facts.all("auto-submitted"):
        if holds(value) and keyword(value):
            return f"auto-submitted: {keyword(value)}"
    return ""


def _answer(facts: Facts) -> str:
    said = responder.answer(facts)
    return "" if said.startswith("auto-submitted") else said


_PASSED_ON = frozenset({"forward", "forwarded", "mirror", "redirect"})


def _auto_generated(facts: Facts) -> str:
    """Find what mail programs write on their own mails, but for those that they pass on."""
    for name in ("x-autogenerated", "x-auto-generated"):
        for value in facts.all(name):
            if holds(value) and keyword(value) not in {*_PASSED_ON, "reply"}:
                return name
    return ""


_INVITATION_ANSWERED = re.compile(
    r"(?:accepted|declined|tentative(?:ly accepted)?|zugesagt|abgelehnt|mit vorbehalt|"
    r"geaccepteerd|geweigerd|voorlopig|hyväksytty|hylätty|alustava|accept[ée]|refus[ée]|"
    r"provisoire|accepterat|avböjt|preliminärt|aceptad[oa]|rechazad[oa]|provisional)\s?:",
    re.IGNORECASE,
)


def _calendar_answer(facts: Facts) -> str:
    """Recognise answers to invitations (iTIP, RFC 5546); one with words beside it is a person's."""
    declared = facts.content_type
    method = declared.parameters.get("method", "").lower()
    if declared.value == "text/calendar" and method in {"reply", "counter"}:
        return "content-type: calendar reply"
    if "text/calendar" not in facts.inside or facts.mail.text.strip():
        return ""
    if facts.mail.calendar_method in {"REPLY", "COUNTER"}:
        return "part: calendar reply"
    answered = _INVITATION_ANSWERED.match(facts.mail.subject[:50].lstrip())
    return "part: text/calendar, subject: says answered" if answered else ""


def _precedence(*values: str) -> Sign:
    def says(facts: Facts) -> str:
        for name in ("precedence", "x-precedence"):
            for value in facts.all(name):
                if keyword(value) in values:
                    return f"{name}: {keyword(value)}"
        return ""

    return says


def _bulk(facts: Facts) -> str:
    """Recognise bulk mail, but for what somebody called so who passed a person's mail on."""
    return "" if facts.precedence_given else _AS_BULK(facts)


_AS_BULK = _precedence("bulk", "junk")


def _any_header(*names: str) -> Sign:
    """Make a sign of the mere presence of a field, unless its value denies it."""
    wanted = frozenset(names)

    def says(facts: Facts) -> str:
        if wanted.isdisjoint(facts.fields):
            return ""
        return next((n for n in names if any(map(holds, facts.all(n)))), "")

    return says


def _bulk_feedback_id(facts: Facts) -> str:
    return "feedback-id: bulk" if "bulk" in facts.first("feedback-id").lower() else ""


def _bulk_unsubscribe(facts: Facts) -> str:
    """Recognise the mailings of shops and products, which need no list.

    Programs in which sales people write single mails put in a way to unsubscribe as well, so that
    alone proves nothing: one click (RFC 8058) or a sender's statistics have to be beside it.
    """
    if facts.answers or not any(map(holds, facts.all("list-unsubscribe"))):
        return ""
    beside = next((name for name in _MAILING_FIELDS if facts.all(name)), "")
    return f"list-unsubscribe, {beside}" if beside else ""


def _apple_vacation(facts: Facts) -> str:
    said = facts.first("x-apple-action").lower() == "vacation"
    return "x-apple-action: vacation" if said else ""


_PEOPLES_PROGRAMS = re.compile(
    r"outlook|thunderbird|apple mail|i(?:phone|pad) mail|evolution|mutt|kmail|claws|roundcube|"
    r"the bat|eudora|squirrelmail|horde|gnus|k-9",
    re.IGNORECASE,
)


def _by_hand(facts: Facts) -> bool:
    """Say whether a program that people write with signed the mail."""
    mailer = facts.first("x-mailer") or facts.first("user-agent")
    return bool(_PEOPLES_PROGRAMS.search(mailer[:200]))


def _null_path(facts: Facts) -> str:
    return "null reverse-path" if facts.null_path and not _by_hand(facts) else ""


def _lost_path(facts: Facts) -> str:
    """Spare a person's mail that somebody passed on without its reverse-path."""
    return "null reverse-path" if facts.null_path and _by_hand(facts) else ""


def _rule(facts: Facts) -> str:
    return "" if responder.rule_answer(facts) else responder.passed_on_by_rule(facts)


_MAILING_FIELDS = (
    *("list-unsubscribe-post", "feedback-id", "x-csa-complaints", "x-report-abuse"),
    *("x-campaign", "x-campaign-id", "x-campaignid", "x-mailer-recptid", "x-job"),
)
_LIST_FIELDS = (
    *("list-id", "list-post", "list-subscribe", "list-archive", "list-owner"),
    *("mailing-list", "x-mailing-list", "x-beenthere", "x-mailman-version"),
    *("x-ml-name", "x-sympa-to", "x-google-group-id", "x-listname", "x-listserver"),
)
_SIGNS: tuple[tuple[Sign, Kind | None], ...] = (
    (_undelivered, Kind.BOUNCE),
    (_report_of(Kind.RECEIPT), Kind.RECEIPT),
    (_report_of(Kind.REPORT), Kind.REPORT),
    (_bounce, Kind.BOUNCE),
    (report.receipt, Kind.RECEIPT),
    (report.report, Kind.REPORT),
    (_unknown_report, Kind.REPORT),
    (_misused_report, Kind.AUTOMATIC),
    (_auto_submitted, Kind.AUTOMATIC),
    (_answer, Kind.AUTOMATIC),
    (_auto_generated, Kind.AUTOMATIC),
    (_any_header("x-fc-machinegenerated", "x-cron-env"), Kind.AUTOMATIC),
    # Trackers pass on what people write, but to many, and each has its own guard against loops.
    (
        _any_header("x-roundup-loop", "x-rt-loop-prevention", "x-otrs-loop", "x-znuny-loop"),
        Kind.AUTOMATIC,
    ),
    (authors.daemon, Kind.AUTOMATIC),
    (_apple_vacation, Kind.OUT_OF_OFFICE),
    (_calendar_answer, Kind.AUTOMATIC),
    (_any_header("x-bluebottle-request", "x-choicemail-registration-request"), Kind.AUTOMATIC),
    (_any_header(*_LIST_FIELDS), Kind.LIST),
    (_precedence("list"), Kind.LIST),
    (authors.list_owner, Kind.LIST),
    (authors.list_program, Kind.LIST),
    (_bulk, Kind.AUTOMATIC),
    (_bulk_unsubscribe, Kind.AUTOMATIC),
    (_bulk_feedback_id, Kind.AUTOMATIC),
    (authors.unread, Kind.AUTOMATIC),
    (authors.program, Kind.AUTOMATIC),
    (authors.bouncer, Kind.AUTOMATIC),
    (_null_path, Kind.AUTOMATIC),
    # From here on: no answer, but no proof of a machine either.
    (_lost_path, None),
    (authors.keeper, None),
    (_precedence("bulk", "junk"), None),
    (authors.form, None),
    (_any_header("list-unsubscribe", "list-help"), None),
    (_any_header("x-loop", "x-amazon-mail-relay-type"), None),
    (_rule, None),
    (_any_header("x-auto-response-suppress"), None),
    (authors.nobody, None),
)
