"""An agent's words as the desk says them: their own address gives way to the desk's.

Signatures and quotations are left out before (`mail/reply/authored.py`), but programs write in many
ways, and what is left may still name whoever wrote, or the address that we signed for them.
"""

import re

from gateway.config.desk import Desk

# What stands behind the plus of a reply address (`mail/reply_address.py`); every count is bounded.
_TOKEN = re.compile(
    r"\+[a-z][a-z0-9]{1,8}-[1-9][0-9]{0,17}-[a-z2-7]{26}(?=@)", re.IGNORECASE | re.ASCII
)


def in_our_name(desk: Desk, agent: str, text: str) -> str:
    """Give a text with the desk's address in place of the agent's, and no signed one."""
    own = rf"(?<![\w.+-]){re.escape(agent)}"
    text = re.sub(own, lambda _: desk.address, text, flags=re.IGNORECASE)
    return _TOKEN.sub("", text)
