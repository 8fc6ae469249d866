"""The overview: what comes in, what is left, what is due next, and whether all goes well."""

from gateway.console.overview.shown import PAGES

__all__ = ["PAGES"]
