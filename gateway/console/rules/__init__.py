"""The desks' rules: what they say, how often they hit, and what they make of mails."""

from gateway.console.rules import backtested, listed, trying

PAGES = (*listed.PAGES, *trying.PAGES, *backtested.PAGES)
