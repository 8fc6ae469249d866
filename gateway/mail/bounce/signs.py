"""What the header of a mail says for or against its being a bounce, before its text is read."""

from dataclasses import dataclass

from gateway.mail.bounce import subjects
from gateway.mail.format import content_type
from gateway.mail.model import Mail

_DAEMONS = frozenset(
    {"mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mail_daemon"}
    | {"mdaemon", "mail.daemon", "mailer.daemon", "double-bounce", "mail-delivery-system"}
    | {"mmdf", "uucp", "smtp-daemon", "mail-delivery-subsystem", "maildeliverysystem"}
)
_POSTMASTERS = frozenset({"postmaster", "post-master", "postmasters", "root", "bounce", "bounces"})
# Display names that only mail systems have, and those that an administrator may have as well.
_DAEMON_NAMES = (
    "mailer-daemon",
    "mailer daemon",
    "mail daemon",
    "maildaemon",
    "mail delivery system",
    "mail delivery subsystem",
    "mail delivery sub-system",
    "delivery subsystem",
    "microsoft exchange",
    "automatic email delivery",
    "automatic e-mail delivery",
    "automatic mail delivery",
)
_SYSTEM_NAMES = (
    "mail delivery",
    "postmaster",
    "mail system",
    "mailsystem",
    "mail administrator",
    "mail admin",
    "system administrator",
    "systemadministrator",
    "delivery system",
    "delivery agent",
    "delivery service",
    "internet mail",
    "mail router",
    "mail trans",
    "mail server",
    "mailserver",
    "mail service",
    "administrateur syst",
    "administrador del sistema",
    "amministratore",
)
_EXCHANGE = "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"
# Amazon's notification service, by which its mail service tells of bounces.
_NOTIFICATION = "x-amz-sns-message-id"


@dataclass(frozen=True, slots=True)
class Signs:
    """Who sent a mail, as its header has it, and what the subject says.

    `daemon`: the author is a mail system by name. `postal`: at least it may be one: a postmaster
    or administrator, or the null reverse-path. `automatic`: some field says that no person sent
    it. `answered`: the subject is that of a forward or an answer.
    """

    daemon: bool
    postal: bool
    automatic: bool
    undelivered: bool
    answered: bool
    media_type: str
    report_type: str

    @property
    def any(self) -> bool:
        """Say whether there is anything for which the text is worth reading."""
        return self.daemon or self.postal or self.automatic or self.undelivered

    @property
    def from_system(self) -> bool:
        """Say whether the whole mail is a machine's, not a person's who sends a bounce on."""
        if self.daemon or (self.postal and self.is_report):
            return True
        return (self.postal or self.automatic) and not self.answered

    @property
    def is_report(self) -> bool:
        """Say whether the mail declares itself to be a delivery status report (RFC 6522)."""
        return self.media_type.endswith(("/report", "status")) and self.report_type.endswith(
            "delivery-status"
        )


def signs_of(mail: Mail, *, null_path: bool) -> Signs:
    """Read the signs; `null_path` says that the transport gave the null reverse-path.

    Called for every mail, so the fields are passed once and looked through for plain substrings.
    """
    first: dict[str, str] = {}
    for header in mail.headers:
        if header.name in _READ:
            first.setdefault(header.name, header.value)
    name = first.get("from", "")[:_LONGEST_NAME].lower()
    author = mail.author or mail.claimed_author
    local = (author.address if author else name.strip(" <>\"'")).partition("@")[0]
    media_type, report_type = _declared(first.get("content-type", ""))
    return Signs(
        daemon=local in _DAEMONS
        or local.startswith(_EXCHANGE)
        or any(known in name for known in _DAEMON_NAMES),
        postal=null_path
        or local in _POSTMASTERS
        or not name.strip("<> ")
        or first.get("return-path", "").replace(" ", "") == "<>"
        or any(known in name for known in _SYSTEM_NAMES),
        automatic=bool(report_type) or _is_automatic(first, local),
        undelivered=subjects.subject_says_undelivered(mail.subject),
        answered=subjects.is_answer_or_forward(mail.subject),
        media_type=media_type,
        report_type=report_type,
    )


_READ = frozenset(
    {"from", "content-type", "return-path", "auto-submitted", "x-failed-recipients", _NOTIFICATION}
)
_LONGEST_NAME = 200


def _declared(value: str) -> tuple[str, str]:
    """Give the media type of the mail, and of what sort a report is, "" if it is none."""
    said = value.lower()
    media_type = said.partition(";")[0].strip()
    if media_type == "message/delivery-status":
        return media_type, "delivery-status"
    if media_type != "multipart/report" and "report-type" not in said:
        return media_type, ""
    declared = content_type.parse(value.encode("utf-8", "replace"))
    return media_type, declared.parameters.get("report-type", "").lower() or "unknown"


def _is_automatic(first: dict[str, str], local_part: str) -> bool:
    if local_part.replace("-", "").replace("_", "").startswith(("noreply", "donotreply")):
        return True
    if first.get("x-failed-recipients") or first.get(_NOTIFICATION):
        return True
    said = first.get("auto-submitted", "").lower()
    return bool(said) and not said.startswith("no")
