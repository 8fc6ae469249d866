"""What a template may say, as it is offered beside the editor."""

import pytest

from gateway.console.templates.sayings import sayings
from gateway.templates.sandbox import Written
from gateway.templates.trial import HTML, LAYOUT, TEXT, examine, layout_findings


@pytest.mark.parametrize("name", ["customer/resolved", "agent/new", "partner/case", "faq/key"])
def test_all_that_is_offered_can_be_written_as_it_is_offered(name: str) -> None:
    """In a text and in HTML, for each audience."""
    said = "\n".join(one.written for one in sayings(name))
    assert () == examine(f"Text\n{said}", name, TEXT, "en")
    layout = "<!doctype html><html><body>{{ content }}</body></html>"
    assert () == examine(f"<p>{said}</p>", name, HTML, "en", layout)


def test_a_layout_is_offered_what_is_the_same_for_all_mails() -> None:
    """And the place of the part, which it has to say."""
    offered = list(sayings(""))
    assert "content" == offered[0].name
    said = "".join(f"<p>{one.written}</p>" for one in offered)
    document = f"<!doctype html><html><body>{said}</body></html>"
    assert () == layout_findings(Written(LAYOUT, document))


def test_an_agents_values_are_not_offered_to_customers() -> None:
    """Their templates would be refused."""
    customers = {one.name for one in sayings("customer/closed")}
    agents = {one.name for one in sayings("agent/new")}
    assert {"ticket.assignee", "facts", "history"} <= agents - customers
