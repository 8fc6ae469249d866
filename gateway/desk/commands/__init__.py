"""Commands that agents write in the first lines of their mails."""
