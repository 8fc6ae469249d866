"""An alarm of a part that goes on: what it is to say is told as soon as the database answers."""

from gateway.store import alarms
from gateway.store.database import Database


class StandingAlarm:
    """One alarm, which stands for as long as there is something to say."""

    def __init__(self, database: Database, about: str) -> None:
        """Know it by what it is about, which no other alarm is."""
        self._database = database
        self._about = about
        self.sentence = ""
        """What it is to say, "" where there is nothing."""
        # What the database says as far as we know.
        self._told: str | None = None

    def tell(self) -> None:
        """Write down what it is to say, unless that is written. Raises Transient."""
        sentence = self.sentence
        if self._told == sentence:
            return
        with self._database.writing() as connection:
            if sentence:
                alarms.begin(connection, self._about, sentence)
            else:
                alarms.end(connection, self._about)
        self._told = sentence
