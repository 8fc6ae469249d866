"""A person of the directory, as a value; addresses are canonical."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the directory says of a person, by the name of its column."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory.

    `address` is their main one, whichever of their `aliases` they wrote from. `facts` are all
    further columns that are filled in, in the order of their names.
    """

    address: str
    name: str = ""
    organisation: str = ""
    language: str = ""
    aliases: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()

    def fact(self, name: str) -> str:
        """Give what a column says, or ""."""
        return next((fact.value for fact in self.facts if fact.name == name), "")
