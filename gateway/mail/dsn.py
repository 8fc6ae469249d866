"""Bounces: whether a mail says that another was not delivered, which one, and to whom.

The evidence is looked at in the order of its weight. A report's machine-readable fields (RFC 3464)
tell all; X-Failed-Recipients names the recipients; else what programs write for people is read,
and counts only in a mail that a mail system sent or that begins with what such a program prints:
a person who forwards a bounce, or complains of one, is a person.
"""

import re
from dataclasses import dataclass

from gateway.mail import bounce_detectors, bounce_text, content_type, delivery_status, enclosed
from gateway.mail.bounce_text import BounceText
from gateway.mail.model import Bounce, Header, Mail, Undelivered
from gateway.mail.prescan import message_id

_NO_TEXT = BounceText((), ())

# Local parts and names of mail systems. Patterns that every mail is searched for are matched
# against lower case: a search that ignores case takes five times as long.
_DAEMONS = frozenset(
    {"mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mail_daemon"}
    | {"mdaemon", "mail.daemon", "mailer.daemon", "double-bounce", "mail-delivery-system"}
    | {"mmdf", "uucp", "smtp-daemon", "mail-delivery-subsystem", "maildeliverysystem"}
)
_POSTMASTERS = frozenset({"postmaster", "post-master", "postmasters", "root", "bounce", "bounces"})
_SYSTEM_NAME = re.compile(
    r"mail(?:er)?[ _.-]?daemon|mail delivery|postmaster|mail ?system|mail administrator|"
    r"system administrator|delivery (?:subsystem|system|agent|service)|microsoft exchange|"
    r"internet mail|mail router|mail transfer|mail transport|mail admin|"
    r"mail server|automatic e?-?mail delivery|mailserver|mail service|systemadministrator|"
    r"administrateur syst|administrador del sistema|amministratore (?:di )?sistema",
)
_EXCHANGE = "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"

_SUBJECT = re.compile(
    r"undeliver|non-?deliver|not deliver|not be deliver|n't (?:be )?deliver|returned mail|"
    r"return(?:ed)? to sender|mail(?: was)? returned|failure notice|delivery (?:fail|error|stat|"
    r"problem|notif|report|delay|has failed|impossible|unsuccess|abort)|"
    r"(?:deliver(?:y|ing)|mail|message|mailing) (?:system )?(?:failed|failure|error)|"
    r"unable to deliver|could ?n[o']t (?:be )?(?:deliver|send|sent)|cannot (?:be )?(?:deliver|send)|"
    r"fail(?:ed|ure)? (?:to )?(?:deliver|mail|message)|delayed (?:mail|message|delivery)|"
    r"(?:mail|message|delivery)(?: is| has been| was)? delayed|bounced? (?:mail|message|e-?mail)|"
    r"(?:mail|message) status|user unknown|unknown (?:user|recipient|address)|invalid (?:recipient|"
    r"address)|rejected (?:mail|message)|(?:mail|message)(?: was| has been)? (?:rejected|"
    r"blocked|bounced|not delivered)|mailbox (?:is )?full|over ?quota|"
    r"warning: (?:message|could not)|transport error|mail transaction failed|"
    r"unzustell|nicht zustellbar|zustellung|zustellfehler|unzugestellt|nicht zugestellt|"
    r"onbestelbaar|niet (?:bezorg|afgelever|bestel)|bezorging|"
    r"non remis|non distribu|échec de (?:la )?(?:remise|distribution|livraison)|"
    r"retour (?:à|a) l.expéditeur|"
    r"no (?:se ha )?(?:se )?(?:puede|pudo|podido) (?:ser )?entrega|error de entrega|no entregad|"
    r"devuelto|(?:correo|mensaje) no entregable|notificación del estado de entrega|"
    r"non recapitabile|mancat[oa] (?:recapito|consegna)|"
    r"não entreg|não pôde ser entreg|falha na entrega|devolvid|"
    r"oavsändbar|olevererbar|kunde inte levereras|leveransfel|"
    r"ei voi(?:tu|da)? toimittaa|toimitusvirhe|toimittamaton|perille toimittamaton|palautet|"
    r"kunne ikke lever|ikke levere|uleverbar|uleveret|kan ikke leveres|"
    r"niedoręcz|nie dostarcz|niedostarcz|nedoruč|kézbesíthetetlen|teslim edilemedi|"
    r"недостав|не достав|неудавш|возврат|ошибка достав|"
    r"配信不能|配信でき|未配信|送信でき|配信エラー|送信エラー|エラーメール|不達|"
    r"退信|无法投递|無法投遞|无法送达|投递失败|傳送失敗|未传递|未传达|배달|전송 실패|반송",
)
# What people's programs put before a subject when they forward or answer.
_ANSWERED = re.compile(
    r"\s*\[?(?:fwd?|fw|re|aw|wg|antw|doorst|tr|rép|sv|vs|vb|vl|rv|enc|res|i|r|odp|pd|ynt|ilt)"
    r"(?:\[\d{1,3}\])?\s?:",
    re.IGNORECASE,
)
_OWN_WORDS = 400
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Signs:
    """What the header fields say of who sent a mail and why.

    `daemon`: the author is a mail system by name. `system`: some field says that no person sent
    it. `answered`: the subject is that of a forward or an answer.
    """

    daemon: bool
    system: bool
    undelivered: bool
    answered: bool
    media_type: str
    report_type: str


def bounce(mail: Mail, *, null_path: bool = False) -> Bounce | None:
    """Read a mail as a bounce, None if it is none; never raises, and costs next to nothing then.

    `null_path` says that the transport gave the null reverse-path. Something has to have failed or
    be late: a notice that all went well is none, see `is_success_notice`.
    """
    signs = _signs(mail, null_path=null_path)
    if not (signs.system or signs.undelivered) or _is_other_report(signs):
        return None
    by_fields = _by_fields(mail, signs)
    if by_fields is not None or is_success_notice(mail):
        return by_fields
    text = bounce_text.read(mail.text)
    return (
        _by_field_of_text(mail, signs)
        or _by_failed_recipients(mail, signs, text)
        or _by_words(mail, signs, text)
    )


def is_success_notice(mail: Mail) -> bool:
    """Say whether a mail is a delivery status notification of which no recipient failed."""
    return delivery_status.notifies_of_success(delivery_status.groups_of(mail.enclosed))


def _signs(mail: Mail, *, null_path: bool) -> _Signs:
    author = mail.author or mail.claimed_author
    local = author.address.rpartition("@")[0] if author else ""
    sender = mail.header("from")
    daemon = (
        local in _DAEMONS
        or local.startswith(_EXCHANGE)
        or bool(_SYSTEM_NAME.search(sender[:200].lower()))
        or sender.strip().lower().strip("<>\"' ").partition("@")[0] in {*_DAEMONS, ""}
    )
    declared = content_type.parse(mail.header("content-type").encode("utf-8", "replace"))
    report = declared.parameters.get("report-type", "").lower()
    system = daemon or null_path or local in _POSTMASTERS
    system = system or bool(mail.header("x-failed-recipients")) or _is_automatic(mail)
    system = system or declared.value == "multipart/report"
    return _Signs(
        daemon=daemon,
        system=system,
        undelivered=bool(_SUBJECT.search(mail.subject[:300].lower())),
        answered=bool(_ANSWERED.match(mail.subject)),
        media_type=declared.value,
        report_type=report,
    )


def _is_automatic(mail: Mail) -> bool:
    said = mail.header("auto-submitted").strip().lower()
    return bool(said) and not said.startswith("no")


def _is_other_report(signs: _Signs) -> bool:
    """Say whether a report is of another sort: of a mail that was read, or complained about."""
    return signs.media_type == "multipart/report" and signs.report_type in {
        "disposition-notification",
        "global-disposition-notification",
        "feedback-report",
        "tlsrpt",
    }


def _by_fields(mail: Mail, signs: _Signs) -> Bounce | None:
    """Read the fields of RFC 3464, in a mail that is a report and not a person's of one."""
    groups = delivery_status.groups_of(mail.enclosed)
    if not groups or not _is_from_system(signs):
        return None
    recipients = delivery_status.undelivered(groups)
    if not recipients:
        return None
    return _bounce(mail, recipients, _NO_TEXT, "delivery-status: failed or delayed")


def _is_from_system(signs: _Signs) -> bool:
    """Say whether the mail as a whole is a mail system's, not a person's who sends one on."""
    if signs.daemon:
        return True
    return not signs.answered and (signs.system or signs.undelivered)


_STATUS_FIELD = re.compile(r"^(?:Final|Original)-Recipient:", re.IGNORECASE | re.MULTILINE)
_STATUS_START = re.compile(
    r"^(?:Reporting-MTA|Original-Recipient|Final-Recipient):", re.IGNORECASE | re.MULTILINE
)


def _by_field_of_text(mail: Mail, signs: _Signs) -> Bounce | None:
    """Read the fields of RFC 3464 where a relay has made them part of the text."""
    text = mail.text[: bounce_text.MAX_TEXT]
    start = _STATUS_START.search(text) if _is_from_system(signs) else None
    if start is None or not _STATUS_FIELD.search(text):
        return None
    recipients = delivery_status.undelivered(enclosed.groups_of(text[start.start() :]))
    if not any(one.address for one in recipients):
        return None
    return _bounce(mail, recipients, bounce_text.read(mail.text), "text: delivery-status fields")


def _by_failed_recipients(mail: Mail, signs: _Signs, text: BounceText) -> Bounce | None:
    """Take the recipients that Exim and Google name in a field of the header."""
    named = ",".join(mail.all_headers("x-failed-recipients"))
    if not named or not _is_from_system(signs):
        return None
    parts = named[:8192].split(",")[: delivery_status.MAX_RECIPIENTS]
    addresses = dict.fromkeys(filter(None, map(delivery_status.first_address, parts)))
    recipients = tuple(bounce_text.described(address, text.report) for address in addresses)
    return _bounce(mail, recipients, text, "x-failed-recipients")


def _by_words(mail: Mail, signs: _Signs, text: BounceText) -> Bounce | None:
    """Read a text written for people, where it is a mail system's."""
    words = text.words
    phrase = bounce_text.says_undelivered(words)
    if signs.answered and not signs.daemon:
        return None
    returned = bool(text.returned) or any(_is_returned(part.media_type) for part in mail.enclosed)
    if signs.daemon:
        sure = bool(phrase) or signs.undelivered
    elif signs.system:
        sure = bool(phrase) and (signs.undelivered or returned)
    else:
        start = bounce_text.says_undelivered(words[:_OWN_WORDS])
        sure = bool(start) and signs.undelivered and returned
    if not sure:
        return None
    reason = f"text: {phrase}" if phrase else "from: a mail system, subject: says undelivered"
    return _bounce(mail, _recipients(mail, signs, text), text, reason)


def _recipients(mail: Mail, signs: _Signs, text: BounceText) -> tuple[Undelivered, ...]:
    found, permanent = bounce_detectors.failures(
        mail.header("from"), mail.header("x-mailer"), signs.media_type, text.report
    )
    not_these = _not_recipients(mail)
    known = [address for address in found if address not in not_these]
    if known:
        described = (bounce_text.described(address, text.report) for address in known)
        return tuple(
            one if permanent or not one.permanent else Undelivered(one.address, one.status, False)
            for one in described
        )
    return bounce_text.recipients(text.report, not_these)


def _not_recipients(mail: Mail) -> frozenset[str]:
    """Give the addresses in a bounce that are not those of a recipient: its own ends."""
    ends = [*mail.to, *mail.cc, *filter(None, (mail.author, mail.claimed_author))]
    return frozenset(mailbox.address for mailbox in ends)


def _is_returned(media_type: str) -> bool:
    return media_type in {enclosed.RETURNED, enclosed.RETURNED_HEADERS}


def _bounce(
    mail: Mail, recipients: tuple[Undelivered, ...], text: BounceText, reason: str
) -> Bounce:
    """Put together what is known of the returned mail and its recipients."""
    text = text if text is not _NO_TEXT else bounce_text.read(mail.text)
    block = _returned_block(mail, text)
    named = tuple(one for one in recipients if one.address)
    if not named:
        address = _only_recipient(block)
        rest = recipients[0] if recipients else bounce_text.described(address, text.report)
        named = (Undelivered(address, rest.status, rest.permanent, rest.diagnostic),)
    return Bounce(
        of=_message_id(block) or _answered_id(mail),
        recipients=named,
        returned_subject=next((h.value for h in block if h.name == "subject"), ""),
        reason=reason,
    )


def _returned_block(mail: Mail, text: BounceText) -> tuple[Header, ...]:
    """Give the header block of the returned mail, () if it was not returned."""
    blocks = [part.groups[0] for part in mail.enclosed if _is_returned(part.media_type)]
    blocks.append(text.returned)
    with_id = [block for block in blocks if _message_id(block)]
    return next(iter(with_id), next(filter(None, blocks), ()))


def _message_id(block: tuple[Header, ...]) -> str:
    value = next((h.value for h in block if h.name == "message-id"), "")
    return message_id(value.encode("utf-8", "replace"))


def _answered_id(mail: Mail) -> str:
    """Give the id that the bounce says it answers, the last of several."""
    return next(iter((*mail.in_reply_to[:1], *mail.references[-1:])), "")


def _only_recipient(block: tuple[Header, ...]) -> str:
    """Give the recipient of a returned mail that had only one, "" else."""
    values = [h.value for h in block if h.name in {"to", "cc", "x-original-to"}]
    found = {delivery_status.first_address(part) for v in values for part in v.split(",")[:10]}
    found.discard("")
    return found.pop() if len(found) == 1 else ""
