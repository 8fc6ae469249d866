"""What the listener says: reply codes of RFC 5321 with enhanced status codes of RFC 3463.

The texts are fixed: nothing that a client sent and nothing of ours ever gets into one.
"""

from dataclasses import dataclass, field

_LONGEST_IDS = 440  # RFC 5321 section 4.5.3.1.5: a reply line has at most 512 bytes.


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; `status` is empty where RFC 2034 wants none. `ends` closes the connection."""

    code: int
    status: str
    text: str
    more: tuple[str, ...] = ()
    ends: bool = False
    # For the wire; most replies are said again and again.
    line: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Write it down; the last line is the one without a hyphen."""
        lines = [f"{self.status} {self.text}" if self.status else self.text, *self.more]
        written = [f"{self.code}-{line}\r\n" for line in lines[:-1]]
        line = "".join([*written, f"{self.code} {lines[-1]}\r\n"]).encode("ascii")
        object.__setattr__(self, "line", line)

    def __bytes__(self) -> bytes:
        """Give it for the wire."""
        return self.line


class Refused(Exception):
    """The command is answered with `reply` and has no effect."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


OK = Reply(250, "2.0.0", "OK")
SENDER_OK = Reply(250, "2.1.0", "sender OK")
RECIPIENT_OK = Reply(250, "2.1.5", "recipient OK")
GO_AHEAD = Reply(354, "", "send the mail, end it with <CR><LF>.<CR><LF>")
READY_FOR_TLS = Reply(220, "2.0.0", "ready to start TLS")
BYE = Reply(221, "2.0.0", "bye", ends=True)
HELP = Reply(214, "2.0.0", "this host takes mail as RFC 5321 or RFC 2033 says")
NOT_VERIFIED = Reply(252, "2.5.2", "addresses are not verified here; send a mail")

NOT_AVAILABLE = Reply(451, "4.3.0", "temporary problem, please try again later")
NO_SPACE = Reply(452, "4.3.1", "no space for this mail now, please try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "too many recipients, send the others separately")
PEER_TOO_BUSY = Reply(450, "4.7.0", "too much mail from you, please try again later")
SHUTTING_DOWN = Reply(421, "4.3.2", "shutting down, please try again later", ends=True)
TOO_LATE = Reply(421, "4.4.2", "waited too long for you", ends=True)
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "too many connections, try again later", ends=True)
TOO_MANY_ERRORS = Reply(421, "4.7.0", "too many errors", ends=True)

BAD_LINE = Reply(500, "5.5.2", "a command is one line of printable text, ended by CRLF")
LINE_TOO_LONG = Reply(500, "5.5.2", "command line too long")
UNKNOWN = Reply(500, "5.5.1", "command not recognized")
BAD_ARGUMENT = Reply(501, "5.5.4", "syntax error in the argument")
BAD_SENDER = Reply(501, "5.1.7", "syntax: MAIL FROM:<address>")
BAD_RECIPIENT = Reply(501, "5.1.3", "syntax: RCPT TO:<address>")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "command not implemented")
OUT_OF_ORDER = Reply(503, "5.5.1", "bad sequence of commands")
NO_SUCH_ADDRESS = Reply(550, "5.1.1", "no such address here")
MAIL_TOO_LARGE = Reply(552, "5.3.4", "mail too large")
NEEDS_SMTPUTF8 = Reply(553, "5.6.7", "this address needs SMTPUTF8")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "parameter not recognized")
CONTENT_LINE_TOO_LONG = Reply(500, "5.6.0", "a line of the mail is too long")
BARE_NEWLINE = Reply(554, "5.6.0", "the mail has a bare CR or LF; lines must end in CRLF")
TOO_MANY_HOPS = Reply(554, "5.4.6", "too many hops, this mail is in a loop")


def accepted(ids: tuple[int, ...]) -> Reply:
    """Say that mails are ours now, under these spool ids; as many as one line holds."""
    text = " ".join(map(str, ids))
    if len(text) > _LONGEST_IDS:
        shown = text[:_LONGEST_IDS].rpartition(" ")[0]
        text = f"{shown} and {len(ids) - shown.count(' ') - 1} more"
    return Reply(250, "2.0.0", f"accepted as {text}")
