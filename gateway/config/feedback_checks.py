"""What a desk file says of feedback: lengths of time, who is told, and what asks for nothing."""

from collections.abc import Iterator

from gateway.config.desk import Phase
from gateway.config.references import References
from gateway.errors import Finding

_FEEDBACK = "customer/feedback"


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with `[feedback]`, and with the timers that ask."""
    policy = names.desk.feedback
    for key in ("expires", "changeable"):
        if not getattr(policy, key):
            yield names.file.finding(f'"{key}" must not be empty', "feedback", key)
    for key in ("expires", "changeable", "not_within"):
        yield from names.duration(getattr(policy, key), "feedback", key)
    yield from names.targets(policy.notify, "feedback", "notify")
    for key in ("notify", "reopen"):
        if getattr(policy, key) and not policy.low:
            message = f'"{key}" is for low ratings, and with "low = 0" there are none'
            yield names.file.finding(message, "feedback", key)
    if policy.ask and not any(one.phase is Phase.CLOSED for one in names.desk.status):
        message = '"ask" comes to nothing: the desk has no closed status'
        yield names.file.finding(message, "feedback", "ask")
    yield from _timers(names)


def _timers(names: References) -> Iterator[Finding]:
    """Find timers that ask where nobody is asked, too early, or more than once."""
    phases = {status.name: status.phase for status in names.desk.status}
    for index, timer in enumerate(names.desk.timer):
        if timer.mail != _FEEDBACK:
            continue
        at = ("timer", index)
        if not names.desk.feedback.ask:
            message = f'"{_FEEDBACK}" needs "ask = true" in [feedback]'
            yield names.file.finding(message, *at, "mail")
        status = timer.then or timer.status
        if phases.get(status, Phase.CLOSED) is not Phase.CLOSED or not status:
            message = f'"{_FEEDBACK}" asks about a case that is closed, and this one is not'
            yield names.file.finding(message, *at, "mail")
        if timer.times > 1:
            message = 'nobody is asked twice about one closing: "times" must be 1'
            yield names.file.finding(message, *at, "times")
