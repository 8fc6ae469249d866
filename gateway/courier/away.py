"""Why an MSA can't be had."""

import smtplib

from gateway.courier.outlet import readable
from gateway.errors import Transient


class Away(Transient):
    """The MSA can't be had; `code` is its refusal, if it said one."""

    def __init__(self, reply: str, code: int | None = None) -> None:
        super().__init__(reply)
        self.reply = reply
        self.code = code


def refused(what: str, refusal: smtplib.SMTPResponseException) -> Away:
    """Say that the MSA refused something."""
    return Away(f"{what}: {refusal.smtp_code} {readable(refusal.smtp_error)}", refusal.smtp_code)
