"""Bounces: whether a mail says that another was not delivered, which one, and to whom.

The evidence is looked at in the order of its weight. A report's machine-readable fields (RFC 3464)
tell all; X-Failed-Recipients names the recipients; else what programs write for people is read,
and counts only in a mail that a mail system sent or that begins with what such a program prints:
a person who forwards a bounce, or complains of one, is a person.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from gateway.mail.bounce import delivery_status, detectors, notice, phrases
from gateway.mail.bounce.recipients import described, recipients_of, stand_apart
from gateway.mail.bounce.signs import Signs, signs_of
from gateway.mail.bounce.text import MAX_TEXT, BounceText, text_of
from gateway.mail.format import content_type, enclosed
from gateway.mail.format.prescan import message_id
from gateway.mail.model import Bounce, Header, Mail, Undelivered


def bounce(mail: Mail, *, null_path: bool = False) -> Bounce | None:
    """Read a mail as a bounce, None if it is none; never raises, and costs next to nothing then.

    `null_path` says that the transport gave the null reverse-path. Something has to have failed or
    be late: a notice that all went well is none, see `is_success_notice`.
    """
    signs = signs_of(mail, null_path=null_path)
    if not signs.any or is_success_notice(mail):
        return None
    text = text_of(mail.text)
    if not signs.from_system and not _is_by_a_program(signs, text):
        return None
    for evidence in _EVIDENCE:
        found = evidence(mail, signs, text)
        if found is not None:
            return found
    return None


def _is_by_a_program(signs: Signs, text: BounceText) -> bool:
    """Say whether a program wrote the text, though the header may be a person's."""
    fitting = signs.postal or (signs.undelivered and not signs.answered)
    return fitting and bool(phrases.program_of(text.words))


def is_success_notice(mail: Mail) -> bool:
    """Say whether a mail is a delivery status notification in which no recipient failed."""
    return delivery_status.notifies_of_success(delivery_status.groups_of(mail.enclosed))


def _by_fields(mail: Mail, _signs: Signs, text: BounceText) -> Bounce | None:
    """Read the fields of RFC 3464 in the parts that hold them."""
    groups = delivery_status.groups_of(mail.enclosed)
    recipients = delivery_status.undelivered(groups)
    if not recipients:
        return None
    return _bounce(mail, recipients, text, "delivery-status: failed or delayed")


_STATUS_START = re.compile(
    r"^(?:Reporting-MTA|Original-Recipient|Final-Recipient):", re.IGNORECASE | re.MULTILINE
)


def _by_fields_in_text(mail: Mail, _signs: Signs, text: BounceText) -> Bounce | None:
    """Read the fields of RFC 3464 where a relay has made them part of the text."""
    whole = mail.text[:MAX_TEXT]
    start = _STATUS_START.search(whole)
    if start is None:
        return None
    recipients = delivery_status.undelivered(enclosed.groups_of(whole[start.start() :]))
    if not any(one.address for one in recipients):
        return None
    return _bounce(mail, recipients, text, "text: delivery-status fields")


def _by_failed_recipients(mail: Mail, _signs: Signs, text: BounceText) -> Bounce | None:
    """Take the recipients that Exim and Google name in a field of the header."""
    named = ",".join(mail.all_headers("x-failed-recipients"))[: 64 * 1024]
    if not named:
        return None
    parts = named.split(",")[: delivery_status.MAX_RECIPIENTS]
    addresses = dict.fromkeys(filter(None, map(delivery_status.first_address, parts)))
    recipients = tuple(described(one, text.report) for one in addresses)
    return _bounce(mail, recipients, text, "x-failed-recipients")


def _by_notice(mail: Mail, signs: Signs, _text: BounceText) -> Bounce | None:
    """Read the notification of a mail service that sends its customers' mail."""
    recipients, returned = notice.read(mail.text) if signs.automatic else ((), ())
    if not recipients:
        return None
    return _bounce(mail, recipients, BounceText((), returned), "text: notification of a bounce")


_REFUSED = re.compile(r"automatically rejected|refused|rejected|was not accepted", re.IGNORECASE)


def _by_refusal(mail: Mail, _signs: Signs, text: BounceText) -> Bounce | None:
    """Read a refusal in the form of a disposition notification (RFC 5429 section 2.1.2).

    Sieve and its kin send one when a mailbox is full or a rule rejects a mail; that a mail program
    deleted a mail, which no person asked it to refuse, is a mere receipt.
    """
    groups = [g for p in mail.enclosed if p.media_type == enclosed.DISPOSITION for g in p.groups]
    fields = {header.name: header.value for group in reversed(groups) for header in group}
    disposition = fields.get("disposition", "").lower()
    if not disposition.startswith("automatic-action"):
        return None
    gone = any(word in disposition for word in ("deleted", "denied", "failed"))
    if not gone or not _REFUSED.search(f"{mail.subject} {text.words}"):
        return None
    address = delivery_status.recipient(
        fields.get("original-recipient") or fields.get("final-recipient", "")
    )
    one = described(address, text.report)
    returned = (Header("message-id", fields.get("original-message-id", "")),)
    text = BounceText(text.report, text.returned or returned)
    return _bounce(mail, (one,), text, "disposition: refused")


def _by_words(mail: Mail, signs: Signs, text: BounceText) -> Bounce | None:
    """Read a text written for people, where it is a mail system's."""
    if _is_other_report(signs):
        return None
    reason = _words_that_prove(mail, signs, text)
    return _bounce(mail, _recipients(mail, signs, text), text, reason) if reason else None


def _words_that_prove(mail: Mail, signs: Signs, text: BounceText) -> str:
    """Say by what a text shows that it is a bounce: the less is known of who sent it, the more."""
    words = text.words
    phrase = phrases.says_undelivered(words)
    if signs.is_report:
        return "report-type: delivery-status"
    if signs.daemon and (phrase or signs.undelivered):
        return f"text: {phrase}" if phrase else "from: a mail system, subject: says undelivered"
    returned = text.gives_back or any(True for _ in _returned_parts(mail))
    listed = stand_apart(text.report, _not_recipients(mail))
    if signs.postal and signs.undelivered:
        if phrase:
            return f"text: {phrase}"
        refused = bool(delivery_status.status_in("\n".join(text.report)))
        if returned or listed or refused:
            return "subject: says undelivered"
    if signs.postal and phrase and returned:
        return f"text: {phrase}"
    sentence = phrases.program_of(words)
    if sentence and (returned or listed):
        return f"text: {sentence}"
    return ""


def _is_other_report(signs: Signs) -> bool:
    """Say whether a report is of another sort: of a mail that was read, or complained about."""
    return signs.report_type not in {"", "unknown"} and "delivery-status" not in signs.report_type


_EVIDENCE: tuple[Callable[[Mail, Signs, BounceText], Bounce | None], ...] = (
    _by_fields,
    _by_fields_in_text,
    _by_failed_recipients,
    _by_notice,
    _by_refusal,
    _by_words,
)


def _recipients(mail: Mail, signs: Signs, text: BounceText) -> tuple[Undelivered, ...]:
    """Find the recipients in a text: by the program that wrote it, else by its lines."""
    found = detectors.failures(
        mail.header("from"), mail.header("x-mailer"), signs.media_type, text.report
    )
    not_these = _not_recipients(mail)
    known = [address for address in found if address not in not_these]
    if not known:
        return recipients_of(text.report, not_these)
    return tuple(described(address, text.report) for address in known)


def _not_recipients(mail: Mail) -> frozenset[str]:
    """Give the addresses in a bounce that are not those of a recipient: its own ends."""
    ends = [*mail.to, *mail.cc, *filter(None, (mail.author, mail.claimed_author))]
    return frozenset(mailbox.address for mailbox in ends)


def _bounce(
    mail: Mail, recipients: tuple[Undelivered, ...], text: BounceText, reason: str
) -> Bounce:
    """Put together what is known of the returned mail and its recipients."""
    block = _returned_block(mail, text)
    named = tuple(one for one in recipients if one.address)
    if not named:
        address = _only_recipient(block, _not_recipients(mail))
        rest = recipients[0] if recipients else described(address, text.report)
        named = (replace(rest, address=address),)
    answered = (*mail.in_reply_to[:1], *mail.references[-1:])
    return Bounce(
        of=_message_id(block) or next(iter(answered), ""),
        recipients=named,
        returned_subject=next((h.value for h in block if h.name == "subject"), ""),
        reason=reason,
    )


def _returned_parts(mail: Mail) -> Iterator[tuple[Header, ...]]:
    """Give the header blocks of the mails that a mail gives back.

    One that ran into the report before it, for want of a delimiter, is a group of that.
    """
    for part in mail.enclosed:
        if part.media_type in {enclosed.RETURNED, enclosed.RETURNED_HEADERS}:
            yield part.groups[0]
    for group in delivery_status.groups_of(mail.enclosed):
        if {"message-id", "from"} <= {header.name for header in group}:
            yield group


def _returned_block(mail: Mail, text: BounceText) -> tuple[Header, ...]:
    """Give the header block of the returned mail, () if it was not returned.

    A scanner on the way may have put the whole bounce into a part of its own mail, so a report
    counts last.
    """
    blocks = [block for block in (*_returned_parts(mail), text.returned) if block]
    blocks.sort(key=lambda block: (_is_report(block), not _message_id(block)))
    return blocks[0] if blocks else ()


def _is_report(block: tuple[Header, ...]) -> bool:
    declared = next((h.value for h in block if h.name == "content-type"), "")
    return content_type.parse(declared.encode("utf-8", "replace")).value == "multipart/report"


def _message_id(block: tuple[Header, ...]) -> str:
    value = next((h.value for h in block if h.name == "message-id"), "")
    return message_id(value.encode("utf-8", "replace"))


def _only_recipient(block: tuple[Header, ...], not_these: frozenset[str]) -> str:
    """Give the recipient of a returned mail that had only one, "" else."""
    values = [h.value for h in block if h.name in {"to", "cc", "x-original-to"}]
    found = {delivery_status.first_address(part) for v in values for part in v.split(",")[:10]}
    found -= {"", *not_these}
    return found.pop() if len(found) == 1 else ""
