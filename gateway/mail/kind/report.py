"""Which mails are reports that programs make for programs: receipts, complaints, statistics.

Most are `multipart/report` (RFC 6522) and say what they report: deliveries (RFC 3464), receipts
(RFC 8098), complaints (RFC 5965), TLS failures (RFC 8460). DMARC statistics (RFC 7489 section 7.2)
are known by their subject and file names, old receipts by their words. A report that a person
passes on lies inside that person's mail and is none.
"""

import re

from gateway.mail.kind.facts import Facts, holds
from gateway.mail.model import Attachment, Kind

# The types of parts, what a mail with them is, and how multipart/report names it.
_TYPES = {
    "message/delivery-status": (Kind.BOUNCE, "delivery-status"),
    "message/global-delivery-status": (Kind.BOUNCE, "global-delivery-status"),
    "message/disposition-notification": (Kind.RECEIPT, "disposition-notification"),
    "message/global-disposition-notification": (
        Kind.RECEIPT,
        "global-disposition-notification",
    ),
    "message/feedback-report": (Kind.REPORT, "feedback-report"),
    "application/tlsrpt+gzip": (Kind.REPORT, "tlsrpt"),
    "application/tlsrpt+json": (Kind.REPORT, "tlsrpt"),
}

_FORWARDED = re.compile(
    r"\s{0,5}(?:(?:re|aw|sv|antw|fwd?|wg|tr|vb|vs|vl|rv|doorst|i|enc|pd)\s{0,3}:|\[fwd?:)",
    re.IGNORECASE,
)
_AGGREGATE = re.compile(
    r"(?:\[[^\[\]]{1,30}\]\s{0,3}|dmarc (?:aggregate )?){0,2}report[- ]domain\s{0,3}:.{0,300}"
    r"(?:submitter|report-?id)\s{0,3}:",
    re.IGNORECASE | re.DOTALL,
)
# receiver ! policy domain ! begin ! end [! id] . xml (RFC 7489 section 7.2.1.1)
_AGGREGATE_FILE = re.compile(
    r"[^!\s]{1,255}!(?P<domain>[^!\s]{1,255})!\d{6,12}!\d{6,12}(?:![^!\s]{1,80})?\.(?:xml|json)\b",
    re.IGNORECASE,
)
_PACKED = ("zip", "gzip", "xml", "octet-stream", "x-compressed")
_ABUSE_SUBJECT = re.compile(r"complaint about message from \S{2,60}", re.IGNORECASE)
_REPORTER = re.compile(r"dmarc|tls-?rpt|tls-reporting|feedbackloop|fbl\b", re.IGNORECASE)
_SAYS_REPORT = re.compile(r"\breport\b|\bdmarc\b", re.IGNORECASE)

_READ = re.compile(
    r"\s{0,5}(?:(?:not )?read|(?:nicht |un)?gelesen|(?:niet )?gelezen|(?:ei )?luettu|(?:non )?lu|"
    r"l[äa]st|le[íi]do|no le[íi]do|letto|lida|l[æe]st|przeczytano|"
    r"(?:return|read)[- ]receipt(?: \(\w{1,20}\))?|empfangsbest[äa]tigung|lesebest[äa]tigung|"
    r"leesbevestiging|ontvangstbevestiging|accus[ée] de (?:lecture|r[ée]ception)|lukukuittaus|"
    r"l[äa]skvitto|confirmaci[óo]n de lectura|acuse de recibo|conferma di lettura|"
    r"ricevuta di ritorno|recibo de leitura)\s{0,3}(?:[:\uff1a-]|$)",
    re.IGNORECASE,
)
_WAS_READ = re.compile(
    r"^(?:this is a (?:return|read|delivery) receipt for|your (?:message|document|mail)\b.{0,600}"
    r"\bwas (?:read|received|displayed|opened|deleted without being read)\b|"
    r"ihre nachricht\b.{0,600}\bwurde\b.{0,60}\b(?:gelesen|ge[öo]ffnet|angezeigt)\b|"
    r"dies ist eine (?:empfangs|lese)best[äa]tigung|"
    r"uw bericht\b.{0,600}\b(?:is gelezen|gelezen op)\b|"
    r"votre message\b.{0,600}\ba [ée]t[ée] lu\b|viestisi\b.{0,600}\bluettiin\b|"
    r"meddelandet\b.{0,600}\bl[äa]stes\b|su mensaje\b.{0,600}\b(?:ha sido|fue) le[íi]do\b|"
    r"el mensaje\b.{0,600}\bse ley[óo]\b)",
    re.IGNORECASE,
)
_OPENING = 900


def of_kind(facts: Facts, kind: Kind) -> str:
    """Say what type of report a mail declares itself to be, if that is of this kind, else ""."""
    declared = facts.content_type.value
    found = None
    if declared == "multipart/report":
        found = _named(facts)
    elif declared in _TYPES:
        found = (_TYPES[declared][0], declared)
    return f"content-type: {found[1]}" if found and found[0] is kind else ""


def is_unknown(facts: Facts) -> bool:
    """Say whether a mail declares itself to be a report, of a type that nobody knows."""
    return facts.content_type.value == "multipart/report" and _named(facts) is None


def _named(facts: Facts) -> tuple[Kind, str] | None:
    """Find what a multipart/report is of: by its name, or by what is in it if the name is odd."""
    named = facts.content_type.parameters.get("report-type", "").strip().lower()
    for media_type, (kind, report_type) in _TYPES.items():
        if named == report_type:
            return kind, media_type
    for media_type, (kind, _) in _TYPES.items():
        if media_type in facts.inside:
            return kind, media_type
    return None


def receipt(facts: Facts) -> str:
    """Recognise receipts of programs that know no RFC 8098."""
    if "urn:content-classes:mdn" in facts.first("content-class").lower():
        return "content-class: mdn"
    if not _READ.match(facts.mail.subject[:200]):
        return ""
    marked = facts.null_path or any(map(holds, facts.all("auto-submitted")))
    if marked:
        return "subject: says that a mail was read"
    if _WAS_READ.match(" ".join(facts.mail.text[:_OPENING].split())):
        return "subject and text: say that a mail was read"
    return ""


def report(facts: Facts) -> str:
    """Recognise reports that are no multipart/report."""
    for name in ("tls-report-domain", "tls-report-submitter", "x-arf", "x-xarf"):
        if any(map(holds, facts.all(name))):
            return name
    subject = facts.mail.subject[:500]
    if _FORWARDED.match(subject):
        return ""
    if "message/feedback-report" in facts.inside:
        return "part: message/feedback-report"
    aggregate = _aggregate(facts, subject.lstrip())
    if aggregate:
        return aggregate
    if _ABUSE_SUBJECT.match(subject.strip()) and "message/rfc822" in facts.inside:
        return "subject: says complaint, with the mail"
    return ""


def _aggregate(facts: Facts, subject: str) -> str:
    """Recognise statistics and failure reports of DMARC, and those of TLS-RPT without its type."""
    files = facts.mail.attachments
    if _AGGREGATE.match(subject) and any(map(_is_packed, files)):
        return "subject: a dmarc report's"
    reporter = bool(_REPORTER.search(facts.local_part))
    if (reporter or facts.null_path) and any(_AGGREGATE_FILE.match(f.name) for f in files):
        return "attachment: a dmarc report's"
    if reporter and _SAYS_REPORT.search(subject):
        return f"from: {facts.local_part[:60]}, subject: says report"
    return ""


def _is_packed(file: Attachment) -> bool:
    subtype = file.media_type.partition("/")[2]
    return subtype.endswith(_PACKED) or bool(_AGGREGATE_FILE.match(file.name))
