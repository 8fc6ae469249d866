"""The way out through an MSA: one connection, many mails (RFC 5321, RFC 6409).

The line between "surely not taken" and "nobody knows" is the final dot: until it is handed to the
network the MSA can't have taken the mail; from then on only its reply tells.
"""

import smtplib
import time

from gateway.config.settings import Msa
from gateway.courier import wire
from gateway.courier.away import Away
from gateway.courier.outlet import CLOSING, Mark, Outcome, Verdict, readable
from gateway.courier.smtp_connection import Password, client_context, connect, patience
from gateway.failpoint import reached
from gateway.oauth2.grant import Grant
from gateway.store.outbox import ClaimedMail

_OK = 250
_TAKEN_BY_RCPT = frozenset({250, 251, 252})
_GO_ON = 354
# They are about us and not about the mail: login or encryption is wanted (RFC 4954 section 6).
_ABOUT_US = frozenset({530, 534, 535, 538})

_BLOCK = 64 * 1024
_STILL_THERE = 10.0
_JUST_NOW = 5.0
_GOODBYE = 5.0


class SmtpOutlet:
    """Hands mails to the MSA. `hostname` is what we call ourselves in EHLO.

    `password` or, for an MSA with tokens, `grant` lets us in.
    """

    def __init__(
        self, msa: Msa, hostname: str, password: Password, grant: Grant | None = None
    ) -> None:
        """Prepare; the first mail connects. Raises Misused."""
        self._msa = msa
        self._hostname = hostname
        self._password = password
        self._grant = grant
        self._context = client_context(msa)
        self._client: smtplib.SMTP | None = None
        # When the MSA last took a mail over this connection, and nothing was said since.
        self._clear_since: float | None = None

    def deliver(self, mail: ClaimedMail, mark: Mark) -> Verdict:
        """Hand a mail over; a connection kept from before that has ended is replaced once."""
        try:
            mail_from = wire.path(mail.reverse_path) if mail.reverse_path else ""
            rcpt_to = wire.path(mail.recipient)
            text = wire.text(mail.content)
        except ValueError as error:
            return Verdict(Outcome.FAILED, f"not sent: {error}")
        kept = self._kept()
        if kept is not None:
            verdict = self._transaction(kept, (mail_from, rcpt_to), text, mark)
            if verdict.outcome is not Outcome.DEFERRED or self._client is not None:
                return verdict
        try:
            client = connect(self._msa, self._context, self._hostname, self._password, self._grant)
        except Away as away:
            return Verdict(Outcome.AWAY, away.reply, away.code)
        self._client = client
        return self._transaction(client, (mail_from, rcpt_to), text, mark)

    def close(self) -> None:
        """Take leave of the MSA."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            patience(client, _GOODBYE)
            client.quit()
        except OSError:
            pass  # It is gone already, which is what was wanted.
        finally:
            client.close()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _kept(self) -> smtplib.SMTP | None:
        """Give the connection that is still open, cleared of any transaction.

        Where the last mail was taken just now, it is (RFC 5321 section 4.1.1.4).
        """
        since, self._clear_since = self._clear_since, None
        if self._client is None or (since and time.monotonic() - since < _JUST_NOW):
            return self._client
        try:
            patience(self._client, _STILL_THERE)
            code, _ = self._client.rset()
        except OSError:
            code = -1
        if code != _OK:
            self._drop()
        return self._client

    def _transaction(
        self, client: smtplib.SMTP, envelope: tuple[str, str], text: bytes, mark: Mark
    ) -> Verdict:
        """Say MAIL, RCPT and DATA, and hand the text over."""
        try:
            patience(client, self._msa.command_timeout)
            refusal = self._envelope(client, envelope, text)
        except OSError as error:
            return self._broken(Outcome.DEFERRED, error)
        if refusal is not None:
            return refusal
        reached("courier.before_mark")
        if not mark():
            return Verdict(Outcome.LOST, "somebody else has this mail")
        reached("courier.before_data")
        try:
            code, said = client.docmd("DATA")
            if code != _GO_ON:
                return self._refusal(code, said)
            reached("courier.after_data")
            rest = self._hand_over(client, text)
            reached("courier.before_dot")
        except OSError as error:
            return self._broken(Outcome.DEFERRED, error)
        return self._final_reply(client, rest)

    def _envelope(
        self, client: smtplib.SMTP, envelope: tuple[str, str], text: bytes
    ) -> Verdict | None:
        """Name sender and recipient; the refusal, if any."""
        mail_from, rcpt_to = envelope
        options = []
        if client.has_extn("size"):
            options.append(f"SIZE={len(text)}")
        header = text.partition(b"\r\n\r\n")[0]
        if not (mail_from.isascii() and rcpt_to.isascii() and header.isascii()):
            if not client.has_extn("smtputf8"):
                return Verdict(Outcome.FAILED, "not sent: the MSA takes ASCII addresses only")
            options.append("SMTPUTF8")
        if not text.isascii():
            if not client.has_extn("8bitmime"):
                return Verdict(Outcome.FAILED, "not sent: the MSA takes 7-bit text only")
            options.append("BODY=8BITMIME")
        said_first = " ".join((f"mail FROM:<{mail_from}>", *options))
        return self._named(client, f"{said_first}\r\n", f"rcpt TO:<{rcpt_to}>\r\n")

    def _named(self, client: smtplib.SMTP, mail: str, rcpt: str) -> Verdict | None:
        """Say MAIL and RCPT, together to an MSA that takes them so (RFC 2920); the refusal."""
        together = client.has_extn("pipelining")
        client.send(f"{mail}{rcpt if together else ''}".encode())
        code, said = client.getreply()
        refusal = None if code == _OK else self._refusal(code, said)
        if self._client is None or (refusal and not together):
            return refusal
        if not together:
            client.send(rcpt.encode())
        code, said = client.getreply()
        if refusal is None and code not in _TAKEN_BY_RCPT:
            refusal = self._refusal(code, said)
        return refusal

    def _hand_over(self, client: smtplib.SMTP, text: bytes) -> bytes:
        """Send the text, all of it within `reply_timeout`; give the end, to be sent with the dot.

        That is all of a text that fits into a block, and nothing of a longer one.
        """
        if len(text) <= _BLOCK:
            return text
        end = time.monotonic() + self._msa.reply_timeout
        for start in range(0, len(text), _BLOCK):
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the MSA takes the text too slowly")
            patience(client, min(left, self._msa.command_timeout))
            client.send(text[start : start + _BLOCK])
        return b""

    def _final_reply(self, client: smtplib.SMTP, text: bytes) -> Verdict:
        """Send the end with the final dot, and hear whether the mail is the MSA's now."""
        try:
            patience(client, self._msa.reply_timeout)
            client.send(text + b".\r\n")
            reached("courier.after_dot")
            code, said = client.getreply()
        except OSError as error:
            return self._broken(Outcome.UNCERTAIN, error)
        if 200 <= code < 300:
            self._clear_since = time.monotonic()
            return Verdict(Outcome.SENT, f"{code} {readable(said)}", code)
        if 400 <= code < 600:
            return self._refusal(code, said)
        self._drop()
        return Verdict(Outcome.UNCERTAIN, f"no reply of SMTP: {readable(said)}")

    def _refusal(self, code: int, said: bytes) -> Verdict:
        """Say what a refusal means for the mail (RFC 5321 section 4.2.1)."""
        reply = f"{code} {readable(said)}"
        if code in _ABOUT_US:
            self._drop()
            return Verdict(Outcome.AWAY, reply, code)
        if code == CLOSING or not 400 <= code < 600:
            self._drop()
            return Verdict(Outcome.DEFERRED, reply, code if code > 0 else None)
        outcome = Outcome.DEFERRED if code < 500 else Outcome.FAILED
        return Verdict(outcome, reply, code)

    def _broken(self, outcome: Outcome, error: OSError) -> Verdict:
        self._drop()
        return Verdict(outcome, f"the connection was lost: {readable(str(error))}")
