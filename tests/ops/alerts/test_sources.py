"""Facts measured from the metrics of this process."""

from datetime import UTC, datetime, timedelta

from raidbot.ops.alerts.sources import Measuring
from raidbot.utils.metrics.database import WRITE_TIME

NOW = datetime(2026, 3, 18, 20, tzinfo=UTC)
LOOK = timedelta(seconds=15)


def test_writes_that_waited_in_an_outage_are_not_told_as_a_slow_disk() -> None:
    measuring = Measuring(NOW)
    measuring.look(NOW, outage=None, backups=None)
    for _ in range(10):
        WRITE_TIME.observe(5.0)
    measuring.look(NOW + LOOK, outage="database is locked", backups=None)
    WRITE_TIME.observe(5.0)

    after = measuring.look(NOW + 2 * LOOK, outage=None, backups=None)
    for _ in range(10):
        WRITE_TIME.observe(2.0)
    slow = measuring.look(NOW + 3 * LOOK, outage=None, backups=None)

    assert after.writes.number == 0
    assert (slow.writes.number, slow.writes.seconds) == (10, 3.0)
