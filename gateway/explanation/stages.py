"""An explained mail as a table: each stage of its way, what it came to, and why."""

from collections.abc import Iterator, Mapping

from gateway.explanation.explainer import Plain

_SHOWN_LINES = 12


def stages(one: Plain) -> Iterator[tuple[str, str]]:
    """Give every stage of an explained mail with what it came to and why, in their order.

    What has nothing to say is an empty text; texts are of several lines where there are several
    things, and may bear whatever a mail brought.
    """
    sender, clues, choice = (_table(one[key]) for key in ("sender", "clues", "choice"))
    authenticity, decision = _table(one["authenticity"]), _table(one["decision"])
    bounce, forwarded = _table(one["bounce"]), _table(one["forwarded"])
    yield "problem", str(one["problem"])
    yield "received", " ".join(str(one.get(key, "")) for key in ("received_at", "source")).strip()
    yield "from", str(one["from"])
    yield "subject", _on_one_line(one["subject"])
    yield "text", _beginning(str(one["reply_text"]))
    for kind, lines in _folded(str(one["text"]), _list(one["folds"])):
        yield "folded", f"{lines} {'line' if lines == 1 else 'lines'} of {kind}"
    yield "language", f"{one['language']}: {one['language_why']}" if one["language"] else ""
    for attachment in _list(one["attachments"]):
        file = "{name}, {type}, {size:,} bytes".format(**_table(attachment))
        yield "attached", _on_one_line(file)
    yield "desk", str(one["desk"]) or "none"
    yield "kind", _with_reasons(one["kind"], _list(one["reasons"]))
    yield "forwards", "{message_id} {from}".format(**forwarded).strip() if forwarded else ""
    for failed in (_table(one) for one in _list(bounce.get("recipients"))):
        lasting = "for good" if failed["permanent"] else "for now"
        yield "did not reach", f"{failed['address']}, {lasting}: {failed['status'] or 'no status'}"
    yield "authentic", f"{authenticity['verdict']}: {authenticity['why']}"
    for name, label in (("issued", "ours"), ("references", "answers"), ("numbers", "names case")):
        yield label, "\n".join(str(clue) for clue in _list(clues[name]))
    yield "sender", f"{sender['role']}: {sender['why']}"
    yield "spam", str(one["spam"])
    yield "commands", "\n".join(_on_one_line(command) for command in _list(one["commands"]))
    yield "admitted by", str(one["admitted_by"])
    yield "ticket", _with_reasons(one["ticket"] or "none", _list(choice["why"]))
    yield from _rows_of_policy(_table(one["support"]), _list(one["rules"]), _list(one["missing"]))
    yield from _rows_of_decision(decision)


def _rows_of_policy(
    support: Mapping[str, object], rules: list[object], missing: list[object]
) -> Iterator[tuple[str, str]]:
    """Give the level of support, each rule that was asked, and what the mail lacks."""
    if support.get("level"):
        yield "support", f"{support['level']}: {support['why']}"
    for rule in map(_table, rules):
        yield "hits" if rule["hit"] else "misses", _verdict(rule)
    yield "asks for", "\n".join(str(one) for one in missing)


def _verdict(rule: Mapping[str, object]) -> str:
    why = _on_one_line(rule["why"])
    return f"{rule['rule']}: {why}" if why else str(rule["rule"])


def _rows_of_decision(decision: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give what was decided, and what it leads to."""
    yield "decision", f"{decision['outcome']}: {decision['reason']}"
    if decision["duplicate_of"]:
        yield "same as", f"mail {decision['duplicate_of']}"
    yield "events", "\n".join(str(event) for event in _list(decision["events"]))
    for reply in _list(decision["replies"]):
        yield "sends", "{mail} to {to} ({language})".format(**_table(reply))
    for withheld in _list(decision["withheld"]):
        yield "sends not", str(withheld)
    for other in (_table(one) for one in _list(decision.get("others"))):
        yield "on", _with_reasons(other["ticket"] or "a new ticket", _list(other["events"]))
    for consequence in _list(decision.get("consequences")):
        yield "leads to", str(consequence)


def _folded(text: str, folds: list[object]) -> Iterator[tuple[object, int]]:
    for fold in map(_table, folds):
        piece = text[int(str(fold["start"])) : int(str(fold["end"]))]
        yield fold["kind"], len(piece.strip("\n").splitlines())


def _with_reasons(value: object, reasons: list[object]) -> str:
    return "\n".join([str(value), *(f"  {reason}" for reason in reasons)])


def _beginning(text: str) -> str:
    lines = text.splitlines()
    more = len(lines) - _SHOWN_LINES
    return "\n".join([*lines[:_SHOWN_LINES], *([f"... and {more} more lines"] if more > 0 else [])])


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _on_one_line(value: object) -> str:
    return " ".join(str(value).split())
