"""What a mail's age means: which mail is backlog, and which gets no answer."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.config.settings import Backlog, ImapAccount
from gateway.imap_source.wire import Listed, Opened
from gateway.store.imap import FolderState

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ages:
    """The rule for one scan: older mail is quiet, and backlog below a UID may be skipped.

    `rescan` means that UIDVALIDITY changed: mail that looks new may be known by its content.
    """

    rescan: bool
    quiet_before: datetime
    skip_before: datetime
    skip_below: int

    def is_quiet(self, mail: Listed) -> bool:
        """Say whether a mail gets no answer."""
        return mail.internal_date < self.quiet_before

    def is_skipped(self, mail: Listed) -> bool:
        """Say whether a mail is backlog that the account does not want."""
        return mail.internal_date < self.skip_before and mail.uid < self.skip_below


def ages(
    account: ImapAccount, opened: Opened, state: FolderState, last_success: datetime | None
) -> Ages:
    """Make the rule from what is known of the folder and of its account.

    The first scan lasts until the first success, over however many connections. After a change of
    UIDVALIDITY only mail that came since the last success can get an answer.
    """
    first = last_success is None or last_success < state.first_seen_at
    rescan = opened.uidvalidity != state.uidvalidity
    quiet_before = _NEVER if account.answer_backlog else state.first_seen_at
    if rescan and not first and last_success is not None:
        # INTERNALDATE has whole seconds.
        quiet_before = max(quiet_before, last_success.replace(microsecond=0))
    skip = account.backlog is Backlog.SKIP and (first or rescan)
    return Ages(
        rescan=rescan,
        quiet_before=quiet_before,
        skip_before=state.first_seen_at if skip else _NEVER,
        # Mail that came after the folder was opened is new, whatever the server's clock says.
        skip_below=opened.next_uid,
    )
