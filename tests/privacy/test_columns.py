"""Of every column of every table somebody has decided what it holds of people."""

from sqlalchemy import JSON, LargeBinary

from gateway.store.personal import described
from gateway.store.personal.columns import NOT_EXPORTED, PERSONAL
from gateway.store.personal.found import Found
from gateway.store.personal.rows import _CHANGED, _REMOVED
from gateway.store.schema import metadata


def test_every_column_is_decided_on() -> None:
    """Each once: whoever adds one says what erasing and exporting do to it."""
    decided = {name: sorted(holds.named()) for name, holds in PERSONAL.items()}
    there = {name: sorted(table.c.keys()) for name, table in metadata.tables.items()}
    assert there == decided


def test_what_may_hold_people_is_text() -> None:
    """Only text, bytes and JSON can name somebody: numbers and times were decided on wrongly."""
    for name, holds in PERSONAL.items():
        for column in (*holds.address.split(), *holds.text.split(), *holds.content.split()):
            kind = metadata.tables[name].c[column].type
            is_text = kind.python_type is str or isinstance(kind, JSON | LargeBinary)
            assert is_text, f"{name}.{column}"


def test_what_is_exported_is_a_part_of_an_export() -> None:
    """Each part that the tables name is one of the file's, and none is empty-handed."""
    parts = {holds.exported for holds in PERSONAL.values()} - {NOT_EXPORTED}
    assert {"tickets", "mails", "sent", *described.PARTS} == parts


def test_rows_of_a_person_are_those_with_an_address() -> None:
    """What is removed or changed by an address is by a column that holds one."""
    for table, columns in (*_REMOVED, *((table, (column,)) for table, column in _CHANGED)):
        addresses = PERSONAL[table.name].address.split()
        assert set(addresses) >= {column.name for column in columns}, table.name


def test_nothing_is_found_of_nobody() -> None:
    """A person without a trace has none of the parts."""
    assert described.is_nothing(dict.fromkeys(described.PARTS, ()), Found())
