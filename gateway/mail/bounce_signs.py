"""What the header of a mail says for or against its being a bounce, before its text is read."""

import re
from dataclasses import dataclass

from gateway.mail import bounce_phrases, content_type
from gateway.mail.content_type import Value
from gateway.mail.model import Mail

_DAEMONS = frozenset(
    {"mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mail_daemon"}
    | {"mdaemon", "mail.daemon", "mailer.daemon", "double-bounce", "mail-delivery-system"}
    | {"mmdf", "uucp", "smtp-daemon", "mail-delivery-subsystem", "maildeliverysystem"}
)
_POSTMASTERS = frozenset({"postmaster", "post-master", "postmasters", "root", "bounce", "bounces"})
# Display names that only mail systems have, and those that an administrator may have as well.
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ _.-]?daemon|mail delivery (?:sub)?-?system|delivery subsystem|"
    r"microsoft exchange|automatic e?-?mail delivery",
    re.IGNORECASE,
)
_SYSTEM_NAME = re.compile(
    r"mail delivery|postmaster|mail ?system|mail administrator|system administrator|"
    r"delivery (?:system|agent|service)|internet mail|mail router|mail transfer|mail transport|"
    r"mail admin|mail ?server|mail service|systemadministrator|administrateur syst|"
    r"administrador del sistema|amministratore (?:di )?sistema",
    re.IGNORECASE,
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
        return self.daemon or ((self.postal or self.automatic) and not self.answered)

    @property
    def is_report(self) -> bool:
        """Say whether the mail declares itself to be a delivery status report (RFC 6522)."""
        return self.media_type == "multipart/report" and self.report_type.endswith(
            "delivery-status"
        )


def read(mail: Mail, *, null_path: bool) -> Signs:
    """Read the signs; `null_path` says that the transport gave the null reverse-path."""
    sender = mail.header("from")
    author = mail.author or mail.claimed_author
    address = author.address if author else sender.strip().strip("<>\"' ").lower()
    local = address.partition("@")[0]
    name = sender[:200]
    daemon = local in _DAEMONS or local.startswith(_EXCHANGE) or bool(_DAEMON_NAME.search(name))
    declared = content_type.parse(mail.header("content-type").encode("utf-8", "replace"))
    return Signs(
        daemon=daemon,
        postal=null_path
        or local in _POSTMASTERS
        or not sender.strip("<> ")
        or mail.header("return-path").replace(" ", "") == "<>"
        or bool(_SYSTEM_NAME.search(name)),
        automatic=_is_report(declared) or _is_automatic(mail, local),
        undelivered=bounce_phrases.subject_says_undelivered(mail.subject),
        answered=bounce_phrases.is_answer_or_forward(mail.subject),
        media_type=declared.value,
        report_type=declared.parameters.get("report-type", "").lower(),
    )


def _is_report(declared: Value) -> bool:
    return (
        declared.value in {"multipart/report", "message/delivery-status"}
        or "report-type" in declared.parameters
    )


def _is_automatic(mail: Mail, local_part: str) -> bool:
    if local_part.replace("-", "").replace("_", "").startswith(("noreply", "donotreply")):
        return True
    for header in mail.headers:
        if header.name in {"x-failed-recipients", _NOTIFICATION} and header.value:
            return True
        if header.name == "auto-submitted" and header.value:
            return not header.value.lower().startswith("no")
    return False
