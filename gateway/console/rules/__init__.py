"""The desks' rules: what they say, how often they hit, and what they make of mails."""

from gateway.console.rules import listed

PAGES = (*listed.PAGES,)
