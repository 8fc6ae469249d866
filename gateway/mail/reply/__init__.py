"""What is new in a mail, apart from what it quotes and how it is signed.

Nothing is deleted: what is not new is folded.
"""

from gateway.mail.reply.fold import folds, new_text
from gateway.mail.reply.marker import MARKERS
from gateway.mail.reply.model import Fold, FoldKind

__all__ = ["MARKERS", "Fold", "FoldKind", "folds", "new_text"]
