"""An address is found in what was written as a whole, and never in another person's."""

import pytest

from gateway.store.personal.addresses import Addresses

JAN = Addresses(("jan@klant.example",))


@pytest.mark.parametrize(
    "written",
    [
        "éjan@klant.example",
        "e\u0301jan@klant.example",
        "jan@klant.exampleé",
        "яjan@klant.example",
        "jan@klant.example.org",
        "jan+x@klant.example",
        "_jan@klant.example",
        "o'jan@klant.example's",
        "jan@klant.example-x",
    ],
)
def test_an_address_that_has_it_as_a_part_is_anothers(written: str) -> None:
    """Also where the letters around it are none of ASCII's."""
    assert written == JAN.replaced(written, "erased")


@pytest.mark.parametrize(
    "around", ["{}", "<{}>", "'{}'", "*{}*", "_{}_", "`{}`", "mailto:{}.", "见{}"]
)
def test_it_is_found_within_what_quotes_it(around: str) -> None:
    """Whoever puts quotes around an address means it."""
    assert around.format("erased") == JAN.replaced(around.format("JAN@klant.example"), "erased")
