"""Whether a person or a machine made a mail, by what its header fields say (RFC 3834).

The signs are one table, read from top to bottom: each that holds is a reason; the first that names
a kind decides it. A sign without a kind only forbids an automatic answer. Subjects are hints:
they tell what sort of automatic mail it is, never that it is one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gateway.mail import content_type
from gateway.mail.absence import NO, absence, keyword
from gateway.mail.model import Classification, Envelope, Kind, Mail

IsOurs = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Facts:
    """A mail with what is asked of it more than once.

    `author` is for warnings only, so the claimed one does where no clean one is known.
    """

    mail: Mail
    author: str
    local_part: str
    null_path: bool
    report: str
    own_address: bool
    own_id: bool


def classify(mail: Mail, envelope: Envelope, own_address: IsOurs, own_id: IsOurs) -> Classification:
    """Say who or what made a mail, why, and whether an automatic answer may be sent at all.

    `own_address` says of a canonical address whether it routes to us, `own_id` of a Message-ID
    whether we made it.
    """
    facts = _facts(mail, envelope, own_address, own_id)
    kind: Kind | None = None
    reasons: list[str] = []
    for says, sign_kind in _SIGNS:
        reason = says(facts)
        if reason:
            reasons.append(reason)
            kind = kind or sign_kind
    if kind is Kind.AUTOMATIC:
        hint = absence(mail)
        if hint:
            kind = Kind.OUT_OF_OFFICE
            reasons.append(hint)
    return Classification(kind or Kind.PERSON, tuple(reasons), answerable=not reasons)


def _facts(mail: Mail, envelope: Envelope, own_address: IsOurs, own_id: IsOurs) -> _Facts:
    author = mail.author or mail.claimed_author
    address = author.address if author else ""
    # Return-Path is the final delivery's word; where we are that, the transport has said it.
    path = mail.header("return-path") if envelope.reverse_path is None else envelope.reverse_path
    said = envelope.reverse_path is not None or bool(path)
    return _Facts(
        mail=mail,
        author=address,
        local_part=address.rpartition("@")[0].partition("+")[0],
        null_path=said and path.strip() in {"", "<>"},
        report=_report(mail),
        own_address=bool(address) and own_address(address),
        own_id=bool(mail.message_id) and own_id(mail.message_id),
    )


def _report(mail: Mail) -> str:
    """Give the type of a report (RFC 6522), "" if the mail as a whole is none."""
    declared = content_type.parse(mail.header("content-type").encode("utf-8", "replace"))
    if declared.value != "multipart/report":
        return declared.value if declared.value in _REPORTS else ""
    named = declared.parameters.get("report-type", "").lower()
    inside = {a.media_type for a in mail.attachments}
    for media_type, (_, report_type) in _REPORTS.items():
        if named == report_type or (not named and media_type in inside):
            return media_type
    return "multipart/report"


_REPORTS = {
    "message/delivery-status": (Kind.BOUNCE, "delivery-status"),
    "message/global-delivery-status": (Kind.BOUNCE, "global-delivery-status"),
    "message/disposition-notification": (Kind.RECEIPT, "disposition-notification"),
    "message/global-disposition-notification": (
        Kind.RECEIPT,
        "global-disposition-notification",
    ),
    "message/feedback-report": (Kind.REPORT, "feedback-report"),
}

Sign = Callable[[_Facts], str]


def _own_address(facts: _Facts) -> str:
    return "from: one of our own addresses" if facts.own_address else ""


def _own_id(facts: _Facts) -> str:
    return "message-id: made by us" if facts.own_id else ""


def _report_of(kind: Kind) -> Sign:
    def says(facts: _Facts) -> str:
        found, _ = _REPORTS.get(facts.report, (Kind.REPORT, ""))
        return f"content-type: {facts.report}" if facts.report and found is kind else ""

    return says


_MAILER_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon"})

# The bounces of programs that send them with another reverse-path, or where it is not known.
_UNDELIVERED = re.compile(
    r"\b(?:undeliver\w*|returned mail|failure notice|failure delivery|errors from|"
    r"delivery (?:failure|failed|status))\b",
    re.IGNORECASE,
)


def _bounce(facts: _Facts) -> str:
    """Recognise the bounces of programs that know no RFC 3464."""
    if facts.mail.header("x-failed-recipients"):
        return "x-failed-recipients"
    if facts.null_path and facts.local_part in {*_MAILER_DAEMONS, "postmaster"}:
        return f"null reverse-path, from: {facts.local_part}"
    if facts.local_part in _MAILER_DAEMONS and _UNDELIVERED.search(facts.mail.subject):
        return f"from: {facts.local_part}, subject: says undelivered"
    return ""


def _null_path(facts: _Facts) -> str:
    return "null reverse-path" if facts.null_path else ""


def _auto_submitted(facts: _Facts) -> str:
    for value in facts.mail.all_headers("auto-submitted"):
        said = keyword(value)
        if said and said != "no":
            return f"auto-submitted: {said[:60]}"
    return ""


def _calendar_answer(facts: _Facts) -> str:
    declared = content_type.parse(facts.mail.header("content-type").encode("utf-8", "replace"))
    if (
        declared.value == "text/calendar"
        and declared.parameters.get("method", "").lower() == "reply"
    ):
        return "content-type: calendar reply"
    return ""


def _precedence(*values: str) -> Sign:
    def says(facts: _Facts) -> str:
        for name in ("precedence", "x-precedence"):
            for value in facts.mail.all_headers(name):
                if keyword(value) in values:
                    return f"{name}: {keyword(value)}"
        return ""

    return says


def _any_header(*names: str, but: frozenset[str] = frozenset()) -> Sign:
    """Make a sign of the mere presence of a field with something in it other than `but`."""
    wanted = frozenset(names)

    def says(facts: _Facts) -> str:
        for header in facts.mail.headers:
            if header.name in wanted and header.value and header.value.lower() not in but:
                return header.name
        return ""

    return says


def _local_part(*names: str, starts: str = "\n", ends: tuple[str, ...] = ()) -> Sign:
    wanted = frozenset(names)

    def says(facts: _Facts) -> str:
        local = facts.local_part
        hit = local in wanted or local.startswith(starts) or bool(ends and local.endswith(ends))
        return f"from: {local}" if hit else ""

    return says


def _autoresponder(facts: _Facts) -> str:
    values = facts.mail.all_headers("delivered-to")
    return "delivered-to: autoresponder" if "autoresponder" in map(keyword, values) else ""


def _bulk_feedback_id(facts: _Facts) -> str:
    return "feedback-id: bulk" if "bulk" in facts.mail.header("feedback-id").lower() else ""


def _apple_vacation(facts: _Facts) -> str:
    said = facts.mail.header("x-apple-action").lower() == "vacation"
    return "x-apple-action: vacation" if said else ""


def _no_author(facts: _Facts) -> str:
    return "" if facts.mail.header("from") else "from: empty"


_SIGNS: tuple[tuple[Sign, Kind | None], ...] = (
    (_own_address, Kind.LOOP),
    (_own_id, Kind.LOOP),
    (_report_of(Kind.BOUNCE), Kind.BOUNCE),
    (_report_of(Kind.RECEIPT), Kind.RECEIPT),
    (_report_of(Kind.REPORT), Kind.REPORT),
    (_bounce, Kind.BOUNCE),
    (_auto_submitted, Kind.AUTOMATIC),
    (_precedence("auto_reply", "auto-reply"), Kind.AUTOMATIC),
    (
        _any_header(
            "x-autoreply",
            "x-autorespond",
            "x-autoresponder",
            "x-autoresponse",
            "x-autoreply-from",
            "x-mail-autoreply",
            "x-autogenerated",
            "x-auto-generated",
            "x-fc-machinegenerated",
            "x-amazon-mail-relay-type",
            "x-ms-exchange-inbox-rules-loop",
            "x-ms-exchange-generated-message-source",
            but=NO,
        ),
        Kind.AUTOMATIC,
    ),
    (_autoresponder, Kind.AUTOMATIC),
    (_apple_vacation, Kind.OUT_OF_OFFICE),
    (_calendar_answer, Kind.AUTOMATIC),
    (
        _any_header(
            "list-id",
            "list-post",
            "list-unsubscribe",
            "list-subscribe",
            "list-archive",
            "list-help",
            "list-owner",
            "mailing-list",
            "x-mailing-list",
        ),
        Kind.LIST,
    ),
    (_precedence("list"), Kind.LIST),
    (_local_part("listserv", "majordomo"), Kind.LIST),
    (_precedence("bulk", "junk"), Kind.AUTOMATIC),
    (_bulk_feedback_id, Kind.AUTOMATIC),
    (
        _local_part(
            "no-reply", "noreply", "no_reply", "do-not-reply", "donotreply", "do_not_reply"
        ),
        Kind.AUTOMATIC,
    ),
    (_local_part(*_MAILER_DAEMONS), Kind.AUTOMATIC),
    (_local_part("bounce", "bounces", ends=("-bounces", "-bounce")), Kind.AUTOMATIC),
    (_null_path, Kind.AUTOMATIC),
    # From here on: no answer, but no proof of a machine either.
    (_local_part("postmaster", starts="owner-", ends=("-request", "-owner")), None),
    (_any_header("x-loop"), None),
    (_any_header("x-auto-response-suppress", but=frozenset({"none"})), None),
    (_no_author, None),
)
