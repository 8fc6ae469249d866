"""Past mails decided on anew: what differs as it is found, how far we are, and the totals."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from gateway.backtest import Tally, Window, opened, plain
from gateway.config.load import Configuration
from gateway.errors import Misused

# So often it is said how far we are, in mails.
_EACH = 100


def past_mails(
    configuration: Configuration, since: str, desk: str
) -> Iterator[Mapping[str, object]]:
    """Give the lines of a backtest. Raises Misused, Misconfigured and Transient."""
    if desk and desk not in {one.name for one in configuration.desks}:
        raise Misused(f'there is no desk "{desk}"')
    tally = Tally()
    with opened(configuration, Window(datetime.fromisoformat(since), desk)) as test:
        yield {"progress": [0, test.total]}
        for outcome in tally.watch(test.run()):
            for difference in outcome.differences:
                yield {"difference": plain(difference)}
            if tally.mails % _EACH == 0:
                yield {"progress": [tally.mails, test.total]}
        yield {"totals": tally.plain(test)}
