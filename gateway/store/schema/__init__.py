"""The tables. Ids grow for ever and are never used again; all times are UTC.

Ids of tickets, entries and outgoing mails come from `counters`, in blocks (`store/numbers.py`),
so that they are known before a transaction writes them.
"""

from gateway.store.schema.base import counters, metadata
from gateway.store.schema.console import (
    audit,
    backtests,
    rule_counts,
    sessions,
    sign_in_failures,
    template_versions,
    users,
)
from gateway.store.schema.fleet import grants, key_prints, leases, schema_ages
from gateway.store.schema.intake import (
    fingerprints,
    imap_folders,
    imap_uids,
    ledger,
    lessons,
    raw_mails,
    raw_removals,
    sources,
    spool,
)
from gateway.store.schema.knowledge import article_clicks, article_terms, articles
from gateway.store.schema.likeness import bands, incidents, likenesses
from gateway.store.schema.outbox import alarms, correspondents, outbox
from gateway.store.schema.people import (
    absences,
    account_names,
    orders,
    organisation_domains,
    person_aliases,
    persons,
    rule_hits,
)
from gateway.store.schema.retained import retentions
from gateway.store.schema.service import defect_notices, feedback, sent_reports, ticket_defects
from gateway.store.schema.tickets import (
    ancestors,
    entries,
    events,
    links,
    message_ids,
    tickets,
    timers,
)

__all__ = [
    "absences",
    "account_names",
    "alarms",
    "ancestors",
    "article_clicks",
    "article_terms",
    "articles",
    "audit",
    "backtests",
    "bands",
    "correspondents",
    "counters",
    "defect_notices",
    "entries",
    "events",
    "feedback",
    "fingerprints",
    "grants",
    "imap_folders",
    "imap_uids",
    "incidents",
    "key_prints",
    "leases",
    "ledger",
    "lessons",
    "likenesses",
    "links",
    "message_ids",
    "metadata",
    "orders",
    "organisation_domains",
    "outbox",
    "person_aliases",
    "persons",
    "raw_mails",
    "raw_removals",
    "retentions",
    "rule_counts",
    "rule_hits",
    "schema_ages",
    "sent_reports",
    "sessions",
    "sign_in_failures",
    "sources",
    "spool",
    "template_versions",
    "ticket_defects",
    "tickets",
    "timers",
    "users",
]
