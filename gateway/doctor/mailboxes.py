"""Each mailbox: whether we get in, and whose Authentication-Results it could be read by."""

from collections.abc import Callable, Sequence
from datetime import datetime

from imapclient import IMAPClient

from gateway.config.settings import NO_AUTHSERV_ID, ImapAccount
from gateway.doctor.certificate import check_end, ends_of
from gateway.doctor.check import Check, ok, problem, warning
from gateway.errors import CasepostError
from gateway.imap_source.health import sentence_for
from gateway.imap_source.login import log_in, secret_of, server_of
from gateway.imap_source.wire import Mailbox
from gateway.mail.authenticity.survey import Proposal, survey
from gateway.oauth2.grant import Grant

_NEWEST = 50
_RENEW = "whoever runs it has to renew it, or the mailbox cannot be read"
_LONGEST_HEAD = 1024 * 1024


def check_mailbox(
    account: ImapAccount,
    password: Callable[[], str],
    of_house: Sequence[str],
    grant: Grant | None,
    now: datetime,
) -> list[Check]:
    """Log in, open the folder to read, and look at its newest mails; changes nothing there.

    `of_house` are the authserv-ids of an account that has none of its own.
    """
    ids = of_house if account.authserv_ids is None else account.authserv_ids
    name = f"imap {account.name}"
    try:
        heads, exists, ends = _newest(account, password, grant)
    except (CasepostError, OSError, IMAPClient.Error, ValueError) as error:
        return [problem(name, sentence_for(error, account.host))]
    return [
        ok(name, f"{account.user} may read {account.folder} at {account.host}: {exists} mails"),
        *([check_end(f"{name} certificate", ends, now, _RENEW)] if ends else []),
        *_results(f"{name} results", {one.lower() for one in ids}, heads),
    ]


def _newest(
    account: ImapAccount, password: Callable[[], str], grant: Grant | None
) -> tuple[list[bytes], int, datetime | None]:
    """Give the header blocks of the newest mails, how many there are, and the certificate's end."""
    secret = secret_of(account, password, grant)
    mailbox = Mailbox(server_of(account, _LONGEST_HEAD))
    politely = False
    try:
        mailbox.connect()
        log_in(mailbox, account, secret, grant)
        exists = mailbox.open(account.folder, to_write=False).exists
        heads = mailbox.newest_heads(exists, _NEWEST) if exists else []
        ends = ends_of(mailbox.certificate())
        politely = True
    finally:
        mailbox.close(politely=politely)
    return heads, exists, ends


def _results(name: str, trusted: set[str], heads: list[bytes]) -> list[Check]:
    """Compare whose results are believed with whose could be."""
    proposals = survey(heads)
    found = [_said(name, proposal, trusted) for proposal in proposals]
    if heads and not found and trusted:
        found.append(
            warning(name, "no host that is trusted writes Authentication-Results into nearly all")
        )
    if heads and not found:
        found.append(
            warning(
                name,
                f"none of our hosts writes Authentication-Results into nearly all of the "
                f"{len(heads)} newest mails, so nobody who writes here can be verified",
            )
        )
    return found


def _said(name: str, proposal: Proposal, trusted: set[str]) -> Check:
    host = proposal.authserv_id
    counted = f"{host} has its results in {proposal.seen} of the {proposal.mails} newest mails"
    if proposal.below:
        counted += (
            f"; in {proposal.below} they stand further down as well, where a sender may have put "
            "them: see that the host removes those that claim to be its own"
        )
    if host == NO_AUTHSERV_ID:
        counted += "; such fields name no host, and whoever writes one above them is believed"
    if host in trusted:
        return (warning if proposal.below else ok)(name, f"{counted}; it is trusted")
    return warning(name, f"{counted}; to trust it: {line(proposal)}")


def line(proposal: Proposal) -> str:
    """Write a proposal as it stands in the configuration."""
    keys = [f"authserv_ids = {_list((proposal.authserv_id,))}"]
    if proposal.inner_hosts:
        keys.append(f"inner_hosts = {_list(proposal.inner_hosts)}")
    return ", ".join(keys)


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join('"' + text.replace('"', "") + '"' for text in texts) + "]"
