"""What axe-core finds on a page, by how much it hinders somebody (WCAG 2.2)."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SERIOUS = frozenset({"serious", "critical"})


def serious(page: Page) -> list[str]:
    """Give the findings that keep somebody from using a page, one line each."""
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{page.url}: {found['id']} ({found['impact']}): {node['html'][:160]}"
        for found in results.response["violations"]
        if found["impact"] in _SERIOUS
        for node in found["nodes"]
    ]
