"""Templates of mails: files that admins edit, checked when loaded, and harmless when rendered."""

from gateway.templates.library import (
    RenderedText,
    Templates,
    load,
    shipped_folder,
)
from gateway.templates.values import Value

__all__ = ["RenderedText", "Templates", "Value", "load", "shipped_folder"]
