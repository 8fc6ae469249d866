"""Deciding on past mails anew, under the files of today, and saying what would differ.

A mail is decided on by the same code as ever, on what was known when it was decided on first: its
tickets as they were, its sender's authenticity as it was judged. People, orders and articles are
those of today. Nothing is written, and no mail's difference leads to another's.
"""

from gateway.backtest.compare import Difference
from gateway.backtest.opened import opened
from gateway.backtest.replay import Backtest, Once, Outcome, Verdict
from gateway.backtest.totals import Tally, plain
from gateway.store.past import Window

__all__ = [
    "Backtest",
    "Difference",
    "Once",
    "Outcome",
    "Tally",
    "Verdict",
    "Window",
    "opened",
    "plain",
]
