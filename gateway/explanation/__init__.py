"""Why a mail goes the way it goes, for people: what `explain` prints and the console shows."""

from gateway.explanation.explainer import Explainer, Plain, explained_case
from gateway.explanation.stages import stages

__all__ = ["Explainer", "Plain", "explained_case", "stages"]
