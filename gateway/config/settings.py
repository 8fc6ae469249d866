"""What `casepost.toml` can say: where mail comes in, where it goes out, where it is kept.

Sizes are bytes, times are seconds unless a name says otherwise, paths are absolute once loaded.
"""

from dataclasses import field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT, Count, Network, Port, Seconds
from gateway.config.log import Log
from gateway.config.oauth2 import OAuth2
from gateway.config.raw_store import Raw
from gateway.config.retention import Retention
from gateway.config.served import Console, Internal, Web

# What nearly every mail server takes.
MESSAGE_SIZE = 10 * 1024 * 1024


class TlsMode(StrEnum):
    """How a connection is protected: not at all, upgraded by STARTTLS, or TLS from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, config=STRICT)
class Database:
    """`url` is SQLAlchemy's; a relative SQLite path lies under the data folder.

    `allow_unsafe` starts even when the server would forget what it has committed.
    """

    url: str = "sqlite:///casepost.db"
    allow_unsafe: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Listener:
    """One listening socket; STARTTLS is offered when `certificate` (PEM, with chain) is given.

    Port 0 takes any free port.
    """

    host: str = "127.0.0.1"
    port: Port = 2525
    protocol: Literal["smtp", "lmtp"] = "smtp"
    certificate: Path | None = None
    private_key: Path | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Limits:
    """Bounds for what arrives; the per-peer ones do not apply to `trusted_networks`."""

    message_size: Count = 35 * 1024 * 1024
    line_length: Count = 2 * 1024 * 1024
    recipients: Count = 100
    connections: Count = 100
    connections_per_peer: Count = 10
    connections_per_peer_minute: Count = 60
    messages_per_peer_minute: Count = 500
    bytes_per_peer_minute: Count = 1024 * 1024 * 1024
    command_idle: Seconds = 300
    command_idle_when_busy: Seconds = 10
    data_idle: Seconds = 180
    data_total: Seconds = 900
    data_rate: Count = 500
    reply: Seconds = 60
    errors_before_delay: Count = 10
    errors_before_close: Count = 20
    unknown_commands: Count = 5
    received_hops: Count = 100
    free_bytes: Count = 500 * 1024 * 1024
    free_inodes: Count = 1000


class Backlog(StrEnum):
    """What happens to mail that already lies in a mailbox at its first start."""

    FILE = "file"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, config=STRICT)
class ImapAccount:
    """A mailbox to read. `when_filed` is keyword, nothing, or move:FOLDER.

    The recipient of its mails is read from the header named in `recipient_header`; without one it
    is `address`, or `user` where that is an address of a desk, or the desk's address in To or Cc.
    `authserv_ids` and `inner_hosts` are those of its host; without them those of the house hold.
    `token_command` prints an OAuth2 access token; it is run without a shell. `keyword` is set on
    filed mails. Mail older than the first start gets no answer unless `answer_backlog`. Of several
    nodes one reads it; another takes over when that one was not heard of for `lease`.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    host: str
    user: str
    port: Port = 993
    tls: TlsMode = TlsMode.TLS
    ca_file: Path | None = None
    password_file: str | None = None
    token_command: tuple[str, ...] = ()
    oauth2: OAuth2 | None = None
    folder: str = "INBOX"
    when_filed: str = "keyword"
    keyword: str = "$CasepostFiled"
    address: str = ""
    recipient_header: str = ""
    authserv_ids: tuple[str, ...] | None = None
    inner_hosts: tuple[str, ...] = ()
    backlog: Backlog = Backlog.FILE
    answer_backlog: bool = False
    batch: Annotated[int, Field(ge=1, le=1000)] = 50
    idle: Seconds = 300
    connect_timeout: Seconds = 30
    read_timeout: Seconds = 60
    reconnect_first: Seconds = 1
    reconnect_most: Seconds = 300
    lease: Seconds = 60


@dataclass(frozen=True, slots=True, config=STRICT)
class Msa:
    """The mail submission agent that outgoing mail is handed to (RFC 6409).

    What would make a mail larger than `message_size` is not attached to it.
    """

    host: str
    port: Port = 587
    tls: TlsMode = TlsMode.STARTTLS
    ca_file: Path | None = None
    user: str = ""
    password_file: str | None = None
    oauth2: OAuth2 | None = None
    connections: Annotated[int, Field(ge=1, le=50)] = 4
    connect_timeout: Seconds = 30
    command_timeout: Seconds = 300
    reply_timeout: Seconds = 600
    retry_first: Seconds = 300
    retry_most: Seconds = 3960
    give_up_after: Seconds = 5 * 86400
    uncertain_retry: Seconds = 600
    message_size: Annotated[int, Field(ge=1024 * 1024, le=100 * 1024 * 1024)] = MESSAGE_SIZE


@dataclass(frozen=True, slots=True, config=STRICT)
class Worker:
    """Intake workers: how many processes, how many mails at once, and what one may use up."""

    processes: Annotated[int, Field(ge=1, le=64)] = 1
    batch: Annotated[int, Field(ge=1, le=500)] = 50
    cpu_seconds: Count = 10
    wall_seconds: Count = 30
    memory_bytes: Annotated[int, Field(ge=256 * 1024 * 1024)] = 1024 * 1024 * 1024
    lease: Seconds = 60


class SpamMark(StrEnum):
    """A kind of verdict that filters leave in a mail's header, named as operators know it."""

    FLAG = "X-Spam-Flag"
    STATUS = "X-Spam-Status"
    SPAM = "X-Spam"
    SCL = "SCL"


@dataclass(frozen=True, slots=True, config=STRICT)
class Spam:
    """Who says that a mail is spam: a filter before us by its `marks`, or Rspamd when asked.

    `rspamd` is the URL of its worker that scans, `controller` of the one that learns.
    """

    marks: tuple[SpamMark, ...] = ()
    rspamd: str = ""
    controller: str = ""
    password_file: str | None = None
    timeout: Annotated[float, Field(gt=0, le=10)] = 3


# What stands in a list of authserv-ids for fields without one, as Microsoft 365 writes them.
NO_AUTHSERV_ID = "(none)"


@dataclass(frozen=True, slots=True, config=STRICT)
class Authenticity:
    """Who is asked whether a mail's author is who it says (`docs/authenticity.md`).

    `authserv_ids` are the hosts whose Authentication-Results are believed (RFC 8601),
    NO_AUTHSERV_ID standing for one that gives no name; `inner_hosts` are patterns of hosts that
    take the mail after them. `dns_timeout` is how long one question may take; without
    `nameservers` the system's are asked.
    """

    authserv_ids: tuple[str, ...] = ()
    inner_hosts: tuple[str, ...] = ()
    dns_timeout: Annotated[float, Field(gt=0, le=5)] = 2
    nameservers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Sending:
    """Bounds for what goes out by itself, and for what one author sends (`docs/limits.md`).

    `address_...`, `ticket_...` and `same_subject` hold for one recipient: mails in an hour, three
    hours, a day; on one ticket; with one subject in three hours. `failed_day` holds where the
    author's domain disowns the mail that is answered. `domain_hour` and `house_hour` are the
    breakers: what goes to recipients that nobody vouches for, in one domain and in all; what goes
    to anybody is bounded by ten times `house_hour`. `confirm_day` are mails that ask one agent to
    confirm a mail, `transcript_hour` those that tell one agent what came of their commands, and
    `news_hour` what one agent is told about one ticket; an agent who was told `timers_hour` things
    is told nothing more by timers. `partner_hour` are copies of cases to one
    partner of customers, which count towards nothing else of their address. `answers_hour` are
    answers of one agent to one person; further ones are held until the agent says that they are a
    person's. `muted` is how long an address gets nothing after a bounce for good.

    More than `storm` mails of one author within `storm_within` are a storm: for `storm_quiet` they
    get no automatic mail.
    """

    address_hour: Count = 5
    address_three_hours: Count = 10
    address_day: Count = 20
    same_subject: Count = 2
    ticket_hour: Count = 5
    ticket_day: Count = 10
    failed_day: Annotated[int, Field(ge=0)] = 1
    domain_hour: Count = 100
    house_hour: Count = 1000
    confirm_day: Count = 4
    transcript_hour: Count = 60
    news_hour: Count = 30
    timers_hour: Count = 100
    partner_hour: Count = 60
    answers_hour: Count = 20
    muted: Seconds = 60 * 86400
    storm: Count = 30
    storm_within: Seconds = 600
    storm_quiet: Seconds = 3600


@dataclass(frozen=True, slots=True, config=STRICT)
class Dkim:
    """How mails from addresses of a domain, and of those below it, are signed (RFC 6376).

    `private_key` is a file in PEM; the public key stands in the DNS under `selector`.
    """

    domain: str
    selector: str
    private_key: Path


@dataclass(frozen=True, slots=True, config=STRICT)
class Settings:
    """The whole of `casepost.toml`; `path` is the file itself."""

    path: Path
    desks: str = "desks/*.toml"
    templates: Path = Path("../templates")
    data: Path = Path("../var")
    hostname: str = ""
    large_mail: Count = 512 * 1024
    trusted_networks: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    database: Database = field(default_factory=Database)
    listener: tuple[Listener, ...] = ()
    limits: Limits = field(default_factory=Limits)
    imap: tuple[ImapAccount, ...] = ()
    msa: Msa | None = None
    worker: Worker = field(default_factory=Worker)
    web: Web | None = None
    console: Console | None = None
    internal: Internal | None = None
    log: Log = field(default_factory=Log)
    raw: Raw = field(default_factory=Raw)
    spam: Spam = field(default_factory=Spam)
    authenticity: Authenticity = field(default_factory=Authenticity)
    sending: Sending = field(default_factory=Sending)
    dkim: tuple[Dkim, ...] = ()
    retention: Retention = field(default_factory=Retention)

    @property
    def outgoing_size(self) -> int:
        """Give the most bytes that an outgoing mail may have."""
        return self.msa.message_size if self.msa else MESSAGE_SIZE
