"""Mail in from mailboxes by IMAP: one thread an account, state in the database, never in flags."""
