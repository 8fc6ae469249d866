"""Which authors are programs by their address: daemons, lists, mailboxes that nobody reads.

Programs have names of long standing (RFC 2142, RFC 5321 section 4.5.1); but behind postmaster and a
list's owner there are people, so these only get no automatic answer.
"""

import re

from gateway.mail.kind.facts import Facts, keyword

MAILER_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon"})
_LIST_PROGRAMS = frozenset({"listserv", "majordomo", "sympa", "listproc", "ecartis"})
_PROGRAMS = frozenset(
    {"notification", "notifications", "alert", "alerts", "newsletter", "newsletters"}
    | {"autoreply", "auto-reply", "autoresponder", "auto-responder", "autoresponse"}
    | {"nagios", "icinga", "icinga2", "zabbix", "logwatch", "logcheck", "fail2ban", "monit"}
    | {"cron", "cron-daemon", "anacron"}
)

# How people name the mailboxes that nobody reads, without the dots and dashes between the words.
_NOBODY_READS = (
    *("noreply", "donotreply", "dontreply", "notreply", "noresponse", "neverreply"),
    *("nichtantworten", "keineantwort", "bittenichtantworten", "noantwort"),
    *("geenantwoord", "nietantwoorden", "nietreageren", "eivastausta", "alavastaa", "eivastata"),
    *("nepasrepondre", "sansreponse", "svarej", "svaraej", "svarainte", "ejsvar", "ikkesvar"),
    *("noresponder", "noresponda", "norespondas", "noresponde", "naoresponda", "naoresponder"),
    *("nonrispondere", "nierespondu", "nieodpowiadaj"),
)
_JOINTS = str.maketrans("", "", "-_.")


def unread(facts: Facts) -> str:
    """Name an author whose mailbox nobody reads."""
    named = _is_unread(facts.local_part) and not _somebody_behind(facts)
    return f"from: {facts.local_part[:60]}" if named else ""


def form(facts: Facts) -> str:
    """Name an author whose mailbox nobody reads, and that somebody else wrote through.

    Web forms write from such an address, and name in Reply-To who filled them in.
    """
    named = _is_unread(facts.local_part) and _somebody_behind(facts)
    return f"from: {facts.local_part[:60]}, reply-to: somebody else" if named else ""


def _is_unread(local_part: str) -> bool:
    plain = local_part.translate(_JOINTS)
    return plain.startswith(_NOBODY_READS) or plain.endswith(_NOBODY_READS)


def _somebody_behind(facts: Facts) -> bool:
    """Say whether answers are to go to a mailbox elsewhere, which somebody may read."""
    reply_to = facts.first("reply-to").lower()[:500]
    local, at, domain = reply_to.rpartition("<")[2].strip("<> ").rpartition("@")
    own_domain = facts.author.rpartition("@")[2]
    return bool(at) and domain.strip() != own_domain and not _is_unread(local)


def daemon(facts: Facts) -> str:
    """Name an author who is a mail system."""
    return f"from: {facts.local_part}" if facts.local_part in MAILER_DAEMONS else ""


def bouncer(facts: Facts) -> str:
    """Name an author to whom bounces go."""
    local = facts.local_part
    hit = local in {"bounce", "bounces"} or local.endswith(("-bounces", "-bounce"))
    return f"from: {local[:60]}" if hit else ""


def list_program(facts: Facts) -> str:
    """Name an author who manages lists."""
    return f"from: {facts.local_part}" if facts.local_part in _LIST_PROGRAMS else ""


def program(facts: Facts) -> str:
    """Name an author who is a program by name, or one of a host's who writes as such."""
    if facts.local_part in _PROGRAMS:
        return f"from: {facts.local_part}"
    return _system_mail(facts)


def list_owner(facts: Facts) -> str:
    """Recognise lists that name only their owner, as those of Majordomo's time do."""
    if not any(keyword(v) == "bulk" for v in facts.all("precedence")):
        return ""
    local = facts.first("sender").strip("<> ").lower().partition("@")[0].rpartition("<")[2]
    if local.startswith("owner-") or local.endswith(("-owner", "-bounces", "-request", "-admin")):
        return "precedence: bulk, sender: a list's owner"
    return ""


_SYSTEM_MAIL = re.compile(
    r"cron <|anacron job|logwatch for |\*\*\* security information for|smart error|"
    r"(?:fail|degraded)\w{0,20} event on |\[fail2ban\]|output from your job",
    re.IGNORECASE,
)


_HOST_ACCOUNTS = frozenset({"root", "daemon", "nobody", "www-data", "apache", "system", "postgres"})
_KEEPERS = _HOST_ACCOUNTS | {"postmaster"}


def _system_mail(facts: Facts) -> str:
    """Recognise what the programs of a host write to its administrator."""
    if facts.local_part not in _HOST_ACCOUNTS:
        return ""
    by_program = _SYSTEM_MAIL.match(facts.mail.subject[:100].lstrip())
    return f"from: {facts.local_part}, subject: a system program's" if by_program else ""


def keeper(facts: Facts) -> str:
    """Name an author behind whom a person may be, or a program that answers or reads no answer."""
    local = facts.local_part
    keeps = local in _KEEPERS or local.startswith(("owner-", "bounce-", "bounces-"))
    return f"from: {local[:60]}" if keeps or local.endswith(("-request", "-owner")) else ""


def nobody(facts: Facts) -> str:
    """Say that a mail names no author."""
    return "" if facts.first("from") else "from: empty"
