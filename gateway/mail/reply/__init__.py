"""What is new in a mail, apart from what it quotes and how it is signed.

Nothing is deleted: what is not new is folded.
"""

from gateway.mail.model import Mail
from gateway.mail.reply.fold import folds, new_text
from gateway.mail.reply.marker import MARKERS
from gateway.mail.reply.model import Fold, FoldKind

__all__ = ["MARKERS", "Fold", "FoldKind", "folds", "new_text", "reply_text"]


def reply_text(mail: Mail) -> str:
    """Give the new text of a mail of which no earlier mail is known."""
    return new_text(mail.text, folds(mail.text))
