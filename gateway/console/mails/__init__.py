"""The mails that are on no ticket yet, and those that go out: held, failed, waiting, outbox."""

from gateway.console.mails import acts, one, outgoing, queued

PAGES = (*queued.PAGES, *one.PAGES, *acts.PAGES, *outgoing.PAGES)
