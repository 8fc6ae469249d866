"""From a mail that policy wants sent to the bytes that the courier hands over."""

from gateway.letters.letter import write
from gateway.letters.occasion import Occasion, occasion

__all__ = ["Occasion", "occasion", "write"]
