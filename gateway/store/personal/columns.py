"""What each column of each table may hold of a person, and so what erasing and exporting do to it.

A test compares this with the tables: a column that nobody has decided on fails it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NOT_EXPORTED = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """What the columns of a table hold, by their names, separated by blanks.

    `address` are addresses of people: the person's own are replaced, or go with their row. `text`
    are words of ours or of other servers that may name somebody: an address is replaced in them.
    `content` are what somebody said, or was told: it is erased as a whole with the mail, entry or
    row that it belongs to, and what others said is left. `none` hold nothing of a person: ids,
    times, states, digests, words of the desk's policy. `exported` is the part of an export that the
    person's rows are in; why there is none is said beside it.
    """

    address: str = ""
    text: str = ""
    content: str = ""
    none: str = ""
    exported: str = NOT_EXPORTED

    def named(self) -> list[str]:
        """Give all columns."""
        return [
            *self.address.split(),
            *self.text.split(),
            *self.content.split(),
            *self.none.split(),
        ]


_CLAIM = "claimed_by lease_until epoch"
_ARTICLE = "id source path title language product tags sought text url head_terms body_terms"

PERSONAL: Mapping[str, Holds] = {
    "absences": Holds(address="agent", none="until", exported="absences"),
    # What is said of a person there goes with their row in `persons`.
    "account_names": Holds(address="address", content="name", none="kind"),
    "alarms": Holds(text="about what", none="until"),
    # Ids of mails that others answered; on their own cases they are removed.
    "ancestors": Holds(text="message_id", none="ticket"),
    "article_clicks": Holds(none="article day clicks"),
    "article_terms": Holds(none="language term articles"),
    "articles": Holds(none=f"{_ARTICLE} withdrawn"),
    "audit": Holds(
        text="actor about detail", content="peer", none="id at action", exported="audit"
    ),
    # Copies of what is exported as mails.
    "backtests": Holds(
        text="actor", content="result", none="id desk began_at since state ended_at"
    ),
    # Digests of a mail's text, removed with their case.
    "bands": Holds(content="value", none="desk ticket at"),
    "correspondents": Holds(
        address="address", text="muted_why", none="muted_until", exported="limits"
    ),
    "counters": Holds(none="name next"),
    "defect_notices": Holds(address="recipient", none="desk number ticket at", exported="notices"),
    "entries": Holds(
        address="author",
        text="undelivered",
        content="text folds attachments",
        none="id ticket spool at kind direction automatic internal",
        exported="tickets",
    ),
    "events": Holds(text="actor why changes", none="ticket version at kind", exported="tickets"),
    "feedback": Holds(
        address="recipient agent",
        content="comment unconfirmed_comment",
        none="id token ticket mail asked_at expires_at stars first_rated_at rated_at "
        "trapped_at unconfirmed_stars unconfirmed_at",
        exported="ratings",
    ),
    # Digests, by which a mail that comes once more is known.
    "fingerprints": Holds(none="desk fingerprint spool expires_at"),
    "grants": Holds(
        text="error",
        none="account refresh_token access_token expires_at renewed_at "
        "file_digest settings_digest refused_at failed_at failures dead again_at",
    ),
    "imap_folders": Holds(none="account folder uidvalidity first_seen_at"),
    "imap_uids": Holds(none="account folder uidvalidity uid spool marked"),
    "incidents": Holds(none="ticket desk at"),
    "key_prints": Holds(none="name fingerprint noted_at"),
    "leases": Holds(none="name held_by lease_until epoch"),
    "ledger": Holds(none="day source node received repeated"),
    "lessons": Holds(none="spool spam at attempts learnt_at"),
    # Digests of a mail's text, removed with their case.
    "likenesses": Holds(content="sketch", none="ticket desk signature"),
    "links": Holds(text="why", none="ticket other", exported="tickets"),
    # Which mails there were is exported as the mails themselves.
    "message_ids": Holds(address="given_to", text="message_id", none="ticket"),
    "orders": Holds(
        address="address",
        content="number site product version purchased_on plan facts",
        exported="orders",
    ),
    "organisation_domains": Holds(none="domain organisation"),
    "outbox": Holds(
        address="recipient",
        text="reverse_path last_reply",
        content="content domain topic",
        none="id ticket spool entry template message_id automatic vouched failed "
        "queued_at state due_at attempts data_at uncertain_times settled_at "
        f"{_CLAIM}",
        exported="sent",
    ),
    "person_aliases": Holds(address="alias address", exported="aliases"),
    "persons": Holds(
        address="address", content="name organisation language facts", exported="person"
    ),
    "raw_mails": Holds(content="content", none="sha256 size generation", exported="mails"),
    "raw_removals": Holds(none="sha256 generation removed_at"),
    "retentions": Holds(none="what reached at erased"),
    "rule_counts": Holds(none="desk rule day shard hits"),
    "rule_hits": Holds(address="sender", none="spool rule desk at", exported="limits"),
    "schema_ages": Holds(none="revision oldest"),
    "sent_reports": Holds(none="desk period at"),
    "sessions": Holds(
        content="browser peer", none="secret user began_at seen_at ends_at", exported="user"
    ),
    "sign_in_failures": Holds(address="address", content="peer", none="id at", exported="user"),
    "sources": Holds(text="last_error", none="name last_success_at last_error_at"),
    "spool": Holds(
        address="author admitted_by",
        text="recipient reason trace",
        content="reverse_path peer helo message_id",
        none="id delivery_key source raw tls quiet received_at day state desk ticket "
        "duplicate_of settled_at stranger attempts claims_alone alone not_before "
        f"{_CLAIM}",
        exported="mails",
    ),
    "template_versions": Holds(
        text="author note", none="id folder language name part text at beneath"
    ),
    "ticket_defects": Holds(none="number ticket"),
    "tickets": Holds(
        address="requester participants assignee answered_by account",
        content="subject dates",
        none="id number desk type severity status phase language opened_at updated_at "
        "version since fired answerable organisation merged_into parent answered_at "
        "hold_until time_spent defects group tags canned level resolution is_work "
        "by_agent submitted_at stays first_answered_at alerted timezone product "
        "suggested due_at risk_at",
        exported="tickets",
    ),
    "timers": Holds(none="ticket timer due_at"),
    "users": Holds(
        address="address",
        content="name password",
        none="id role created_at disabled_at",
        exported="user",
    ),
}
