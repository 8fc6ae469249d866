"""What mail programs put in front of a subject when they answer or forward, in seven languages."""

import re

_LONGEST = 1000

# Mail servers and lists put tags of their own in front of all prefixes: `[EXTERNAL] FW: ...`.
_TAGS = r"\s*(?:\[[^\[\]]{1,40}\]\s{0,3}){0,3}"
# Outlook's own in each language, and those of others; `VS` is an answer in Finnish and a forward
# only in Danish and Norwegian, so it is none here.
_FORWARD_PREFIX = re.compile(
    _TAGS + r"(?:\(fwd?\)|([\[(]?)(?:fwd?|forw|forwarded|wg|wtrlt|weitergeleitet|weiterltg|doorst|"
    r"doorgest|doorgestuurd|vl|edelleenlähetetty|välitetty|tr|transf|transféré|vb|vbf|vidarebef|"
    r"vidarebefordrat|rv|reenv|reenviado)\s{0,3}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,3}[:\uff1a])",
    re.IGNORECASE,
)
_REPLY_PREFIX = re.compile(
    _TAGS + r"[\[(]?(?:re|aw|antw|antwort|betr|vs|vast|sv|svar|ré?f|rép|rif|res|r)\s{0,3}"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,3}[:\uff1a]",
    re.IGNORECASE,
)


def is_forward_subject(subject: str) -> bool:
    """Say whether the outermost prefix of a subject is a forward's."""
    subject = subject[:_LONGEST]
    return bool(_FORWARD_PREFIX.match(subject)) or subject.rstrip().lower().endswith("(fwd)")


def is_reply_subject(subject: str) -> bool:
    """Say whether the outermost prefix of a subject is an answer's."""
    return bool(_REPLY_PREFIX.match(subject[:_LONGEST]))


def without_forward_prefix(subject: str) -> str:
    """Give a subject without the forward's prefixes in front; what they stood before stays."""
    subject = subject[:_LONGEST].strip()
    while match := _FORWARD_PREFIX.match(subject):
        bracketed = match.group(1) == "[" and subject.endswith("]")
        subject = subject[match.end() : -1 if bracketed else None].strip()
    return subject


def without_prefixes(subject: str) -> str:
    """Give a subject without the prefixes of answers and forwards in front of it."""
    subject = subject[:_LONGEST].strip()
    while match := _FORWARD_PREFIX.match(subject) or _REPLY_PREFIX.match(subject):
        subject = subject[match.end() :].strip()
    return subject
