"""The least that taking mail in can cost: each mail parsed by compat32, rows committed by fifties.

No rule, no check, no text, no acknowledgement: a parser of the standard library, four plain rows a
mail by the plain driver, and the same promise to the disk (WAL, synchronous=FULL).
"""

import sqlite3
import time
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

from gateway.bench.mix import Letter

_TOGETHER = 50
_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE raw (id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL);
CREATE TABLE ticket (id INTEGER PRIMARY KEY AUTOINCREMENT, requester TEXT, subject TEXT);
CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, ticket INTEGER, message_id TEXT, text);
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT, content BLOB);
CREATE UNIQUE INDEX by_message_id ON entry (message_id);
"""


def pipeline(letters: Sequence[Letter], path: Path) -> float:
    """Parse and commit mails into a new database; mails a second."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(_TABLES)
    begin = time.perf_counter()
    for start in range(0, len(letters), _TOGETHER):
        connection.execute("BEGIN IMMEDIATE")
        for letter in letters[start : start + _TOGETHER]:
            _file(connection, letter)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begin
    connection.close()
    path.unlink()
    return len(letters) / seconds


def _file(connection: sqlite3.Connection, letter: Letter) -> None:
    mail = message_from_bytes(letter.content)
    texts = [
        part.get_payload(decode=True)
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    ]
    connection.execute("INSERT INTO raw (content) VALUES (?)", (letter.content,))
    row = connection.execute(
        "INSERT INTO ticket (requester, subject) VALUES (?, ?)", (mail["From"], mail["Subject"])
    )
    entry = (row.lastrowid, mail["Message-ID"], bytes(texts[0]) if texts else b"")
    connection.execute("INSERT INTO entry (ticket, message_id, text) VALUES (?, ?, ?)", entry)
    answer = f"To: {letter.sender}\r\nSubject: {mail['Subject']}\r\n\r\nThank you.\r\n"
    connection.execute(
        "INSERT INTO outbox (recipient, content) VALUES (?, ?)", (letter.sender, answer.encode())
    )
