"""What a mail says newly at its beginning: enough to see what it is about."""

from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text

_READ = 8192
_MOST_NEW = 2000


def new_beginning(text: str) -> str:
    """Give the first 2000 characters that are new in a text, without what it quotes.

    No more than its first 8192 characters are read.
    """
    beginning = text[:_READ]
    return new_text(beginning, folds(beginning))[:_MOST_NEW]
