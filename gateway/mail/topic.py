"""What a subject is about, apart from all that differs between the mails of a loop.

A gateway that answers ours, and whose answer ours answers, numbers its mails, prefixes them and
counts them up. Mails with one topic are counted together (`desk/limits.py`).
"""

import hashlib
import re
import unicodedata

from gateway.mail.forwarding.subject_prefix import without_prefixes

_LONGEST = 1000
_LONGEST_WITH_NUMBERS = 8 * _LONGEST
_DIGEST_BYTES = 12
_NUMBER = re.compile(r"\d+")
_BRACKETS = re.compile(r"\[[^\[\]]{0,200}\]|\([0 ]{0,5}\)")
_WORD = re.compile(r"[a-z0-9_-]+")


def topic(subject: str) -> str:
    """Give a short text that is equal for subjects that differ only in what varies.

    That is: prefixes of answers and forwards, what stands in square brackets, words with a digit,
    letter case, punctuation and blanks. It is never "".
    """
    text = unicodedata.normalize("NFKC", subject[:_LONGEST_WITH_NUMBERS]).casefold()
    # All numbers are one, so that nothing below depends on how long they are.
    text = without_prefixes(_NUMBER.sub("0", text)[:_LONGEST])
    # A prefix may stand behind what goes here.
    text = without_prefixes(_BRACKETS.sub(" ", text))
    text = _WORD.sub(lambda word: "" if "0" in word[0] else word[0], text)
    kept = "".join(c for c in text if unicodedata.category(c)[0] in "LM")
    return hashlib.blake2b(kept.encode(), digest_size=_DIGEST_BYTES).hexdigest()
