"""A raid at which a job fails every time is set aside, and reported once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from raidbot.db.database import Database
from raidbot.jobs.closing import close_due
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.jobs.heartbeat import Job
from raidbot.state import State
from tests.db.audit.rows_in_words import rows_in_words
from tests.jobs.conftest import NOW
from tests.jobs.test_closing_and_reminders import open_raid_starting_in, reminding


def closing(state: State) -> Job:
    return partial(close_due, state, failing=FailingRaids())


@pytest.mark.parametrize(("job", "ahead"), [(closing, 1), (reminding, 40)])
async def test_a_raid_that_always_fails_is_set_aside_and_reported_once(
    state: State, db: Database, job: Callable[[State], Job], ahead: int
) -> None:
    raid = await open_raid_starting_in(state, timedelta(minutes=ahead))
    trigger = "CREATE TRIGGER stuck BEFORE UPDATE ON raids BEGIN SELECT raise(ABORT, 'stuck'); END"
    await db.write(lambda tx: tx.execute(trigger) and None)
    run, first = job(state), NOW + timedelta(minutes=21)

    with capture_logs() as logs:
        for seconds in range(0, 8 * 60, 15):
            await run(first + timedelta(seconds=seconds))

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
        await run(first + timedelta(minutes=15))
    assert [entry["event"] for entry in logs if entry.get("raid") == raid] == ["raid works again"]
