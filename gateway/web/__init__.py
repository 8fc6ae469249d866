"""Pages for people: what links in mails lead to."""
