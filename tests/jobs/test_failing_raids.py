"""A raid at which a job fails every time is set aside, and reported once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from raidbot.db.database import Database
from raidbot.jobs.closing import close_due
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.jobs.reminders import remind_due
from raidbot.state import State
from tests.db.audit.rows_in_words import rows_in_words
from tests.jobs.conftest import NOW
from tests.jobs.test_closing_and_reminders import open_raid_starting_in


@pytest.mark.parametrize("job", [close_due, remind_due])
async def test_a_raid_that_always_fails_is_set_aside_and_reported_once(
    state: State, db: Database, job: Callable[..., Awaitable[None]]
) -> None:
    raid = await open_raid_starting_in(state, timedelta(minutes=40 if job is remind_due else 1))
    trigger = "CREATE TRIGGER stuck BEFORE UPDATE ON raids BEGIN SELECT raise(ABORT, 'stuck'); END"
    await db.write(lambda tx: tx.execute(trigger) and None)
    failing, first = FailingRaids(), NOW + timedelta(minutes=21)

    with capture_logs() as logs:
        for seconds in range(0, 8 * 60, 15):
            await job(state, first + timedelta(seconds=seconds), failing=failing)

    told = [entry for entry in logs if entry.get("raid") == raid]
    assert [entry["event"] for entry in told] == [
        "raid set aside",
        "raid still fails",
        "raid still fails",
        "raid still fails",
    ]
    assert [bool(entry.get("exc_info")) for entry in told] == [True, False, False, False]
    reported = [row for row in await db.read(rows_in_words) if "left alone" in row.action]
    assert len(reported) == 1
    assert "stuck" in str(reported[0])
    await db.write(lambda tx: tx.execute("DROP TRIGGER stuck") and None)
    with capture_logs() as logs:
        await job(state, first + timedelta(minutes=15), failing=failing)
    assert [entry["event"] for entry in logs if entry.get("raid") == raid] == ["raid works again"]
