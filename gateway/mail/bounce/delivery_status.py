"""The machine-readable part of a delivery status notification (RFC 3464, RFC 6533)."""

import re
from collections.abc import Iterable, Iterator

from gateway.config.address import canonical
from gateway.mail.address import ADDRESS
from gateway.mail.format.enclosed import DELIVERY_STATUS
from gateway.mail.model import Enclosed, Header, Undelivered

MAX_RECIPIENTS = 100
MAX_DIAGNOSTIC = 500

Group = tuple[Header, ...]

_RECIPIENT_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")
_RECIPIENT = frozenset({"original-recipient", "final-recipient"})
_OUTCOME = frozenset({"action", "status"})
_ADDRESS = re.compile(ADDRESS)
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)")
# What RFC 3461 section 4 has to encode in an address and what addresses do contain.
_XTEXT = (("+2B", "+"), ("+3D", "="))
_UNICODE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")

# A reply of SMTP, and the enhanced code beside it.
_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(
    r"(?<![\d.\w])(421|45[0-5]|50[0-4]|51[0-9]|521|53[0-9]|541|55[0-9]|57[01])(?=[ \-#:,]|$)"
)

# RFC 3463: codes that describe a state which passes, whatever the class in front of them says.
# Except 4.1 ("no answer from host"), which Exchange Online says of users who do not exist.
_PASSING = frozenset({"2.2", "3.1", "3.2", "4.2", "4.3", "4.5", "4.6", "4.7", "5.3"})

_PASSES = re.compile(
    r"(?:mailbox|inbox|account) (?:is |was )?(?:full|over)|(?:over|disk|exceed\w*) ?(?:\w{1,12} )?"
    r"quota|quota (?:was |is |has been )?exceeded|(?:storage|size) (?:allocation|limit|quota)|"
    r"exceeded storage|tim(?:e|ed)[ -]?out|connection refused|message (?:has )?expired|retry time|"
    r"try again|temporar|unable to connect|multiple retries|too many (?:connections|messages)|"
    r"queue too long|greylist|一杯|容量",
    re.IGNORECASE,
)


def undelivered(groups: Iterable[Group]) -> tuple[Undelivered, ...]:
    """Give the recipients who have not got the mail: their Action is failed or delayed.

    Recipients of other mails in the same report (delivered, relayed, expanded) are left out.
    """
    found: dict[str, Undelivered] = {}
    for group in _by_recipient(groups):
        one = _undelivered(group)
        if one is not None and len(found) < MAX_RECIPIENTS:
            found.setdefault(one.address, one)
    return tuple(found.values())


def notifies_of_success(groups: Iterable[Group]) -> bool:
    """Say whether there are recipients, and none whom the mail has not reached."""
    actions = [_action(group) for group in _by_recipient(groups)]
    return bool(actions) and all(action in _DONE for action in actions)


def groups_of(enclosed: Iterable[Enclosed]) -> tuple[Group, ...]:
    """Give the groups of all delivery status parts, in order."""
    return tuple(g for part in enclosed if part.media_type == DELIVERY_STATUS for g in part.groups)


_DONE = frozenset({"delivered", "relayed", "expanded", "deliverable"})


def _by_recipient(groups: Iterable[Group]) -> Iterator[Group]:
    """Give the groups that describe a recipient.

    Some programs write no blank line between two recipients, others one within a recipient's
    fields, and the order of the fields is free.
    """
    current: list[Header] = []
    names: set[str] = set()
    for group in groups:
        own = {header.name for header in group}
        goes_on = names and not names & _OUTCOME and own & _OUTCOME and not own & _RECIPIENT
        if not goes_on:
            if names & _RECIPIENT:
                yield tuple(current)
            current, names = [], set()
        for header in group:
            if header.name in _RECIPIENT and _is_next(header.name, current, names):
                yield tuple(current)
                current, names = [], set()
            current.append(header)
            names.add(header.name)
    if names & _RECIPIENT:
        yield tuple(current)


def _is_next(name: str, current: list[Header], before: set[str]) -> bool:
    """Say whether a recipient field begins another recipient, by the fields before it.

    Right behind Final-Recipient, Original-Recipient is of the same one.
    """
    if name in before:
        return True
    apart = "final-recipient" in before and current[-1].name != "final-recipient"
    return name == "original-recipient" and apart and bool(before & _OUTCOME)


def _first(group: Group, name: str) -> str:
    return next((header.value for header in group if header.name == name), "")


def _action(group: Group) -> str:
    """Give the action's first word; without one the status decides (RFC 3464 2.3.3)."""
    words = _first(group, "action").lower().split()
    if words:
        return words[0].strip(";,.()\"'")
    return "delivered" if _first(group, "status").startswith("2.") else "failed"


def _undelivered(group: Group) -> Undelivered | None:
    action = _action(group)
    if action in _DONE or _first(group, "disposition"):  # RFC 8098: what a reader did with it
        return None
    diagnostic = _diagnostic(group)
    status = _status(group, diagnostic)
    delayed = action.startswith("delay")
    return Undelivered(
        address=_address(group),
        status=status,
        permanent=not delayed and is_permanent(status, diagnostic),
        diagnostic=diagnostic,
        delayed=delayed,
    )


def _diagnostic(group: Group) -> str:
    """Give the diagnostic without its type (RFC 3464 section 2.3.6), on one line."""
    value = _first(group, "diagnostic-code")
    kind, semicolon, rest = value.partition(";")
    text = rest if semicolon and len(kind) < 20 else value
    return " ".join(text.split())[:MAX_DIAGNOSTIC]


def _status(group: Group, diagnostic: str) -> str:
    """Give the status; the server's own more exact one of the same class where that is vague."""
    match = _STATUS.match(_first(group, "status"))
    status = match.group(1) if match else ""
    if status and not status.endswith(".0"):
        return status
    said = status_in(diagnostic)
    if said and (not status or (said[0] == status[0] and _exactness(said) > _exactness(status))):
        return said
    return status


def _exactness(status: str) -> int:
    """Give how much a status says beyond its class: neither subject nor detail, one, or both."""
    return 0 if status.endswith(".0.0") else 1 if status.endswith(".0") else 2


def status_in(text: str) -> str:
    """Give the status that a server's reply tells, of its reply code alone only the class.

    Of several enhanced codes the first counts that says more than its class or subject.
    """
    found = _ENHANCED.findall(text)
    exact = next((code for code in found if not code.endswith(".0")), "")
    if exact or found:
        return exact or found[0]
    reply = _REPLY.search(text)
    return f"{reply.group(1)[0]}.0.0" if reply else ""


def is_permanent(status: str, said: str = "") -> bool:
    """Say whether a failure of that status is for good; `said` is what was said of it.

    A full mailbox, an unreachable server or a loop pass, and RFC 3463 wants them reported as
    persistent transient failures; many servers report them with class 5 all the same. Where the
    status tells no more than its class or that the network was the cause, the words decide.
    """
    kind, _, rest = status.partition(".")
    if kind == "4" or rest in _PASSING:
        return False
    vague = rest in {"", "0.0", "1.0", "2.0"} or rest.startswith("4.")
    return not (vague and _PASSES.search(said))


def _address(group: Group) -> str:
    """Give the address that the mail was sent to, else where it was going; "" if neither."""
    for name in _RECIPIENT_FIELDS:
        found = recipient(_first(group, name))
        if found:
            return found
    return ""


def recipient(value: str) -> str:
    """Read `type; address` (RFC 3464 2.3.1) to a canonical address; "" if there is none.

    X.400 and other foreign addresses count only where an Internet address stands in them.
    """
    kind, semicolon, rest = value.partition(";")
    text = rest if semicolon else kind
    if kind.strip().lower() == "utf-8":
        text = _UNICODE.sub(_character, text)
    for encoded, plain in _XTEXT:
        text = text.replace(encoded, plain)
    return first_address(text)


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    allowed = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if allowed else match.group()


def first_address(text: str) -> str:
    """Give the first address in a text, canonical, "" if there is none."""
    for match in _ADDRESS.finditer(text):
        try:
            return canonical(match.group().rstrip(".>"))
        except ValueError:
            continue
    return ""
