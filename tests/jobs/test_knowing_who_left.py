"""Without the members intent, reminders and closings before the start wait until it is known who left."""

from datetime import timedelta
from functools import partial

from raidbot.db.database import Database
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.jobs.closing import close_due
from raidbot.jobs.reminders import Reminding
from raidbot.raids import lifecycle
from raidbot.raids.model import GuildId, RaidId
from raidbot.raids.schedules.model import Lead
from raidbot.state import State
from tests.jobs.conftest import NOW
from tests.jobs.test_closing_and_reminders import CAUSE, GUILD, fill_raid, open_raid_starting_in, reminder_keys

MINUTE = timedelta(minutes=1)


class Knowledge:
    """Says if it is known who left, and notes who is asked about."""

    def __init__(self) -> None:
        self.is_there = False
        self.asked: list[GuildId] = []

    def __call__(self, guild: GuildId) -> bool:
        self.asked.append(guild)
        return self.is_there


async def test_a_reminder_waits_and_is_asked_for_two_minutes_ahead(state: State, db: Database) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=3))
    await fill_raid(state, raid)
    known = Knowledge()
    remind = Reminding(state, MessageChoices(state), knows=known).run
    await remind(NOW)
    at = 0
    while not await _is_due(state, at):
        at += 1
    assert known.asked == []

    await remind(NOW + (at - 2) * MINUTE)
    assert known.asked == [GUILD]
    await remind(NOW + at * MINUTE)
    assert await reminder_keys(db) == []
    known.is_there = True
    await remind(NOW + at * MINUTE + timedelta(seconds=15))

    assert len(await reminder_keys(db)) >= 1


async def _is_due(state: State, minute: int) -> bool:
    """Return True from the minute on in which the first reminder is due; nothing is queued."""
    ahead: list[GuildId] = []

    def note(guild: GuildId) -> bool:
        ahead.append(guild)
        return False

    await Reminding(state, MessageChoices(state), knows=note).run(NOW + minute * MINUTE)
    return bool(ahead)


async def test_signups_close_at_their_deadline_once_it_is_known_and_at_the_start_anyway(state: State) -> None:
    raid = await open_raid_starting_in(state, timedelta(hours=3))
    at_start = await open_raid_starting_in(state, timedelta(hours=2), message=101)
    await state.change(raid, partial(lifecycle.change_deadline, lead=Lead(minutes=60), now=NOW), CAUSE)
    known = Knowledge()

    async def is_open(raid_id: RaidId) -> bool:
        return (await state.raid(raid_id)).is_open

    await close_due(state, NOW + timedelta(hours=1, minutes=58), knows=known)
    assert {*known.asked} == {GUILD}  # ahead of the deadline and the start
    await close_due(state, NOW + timedelta(hours=2), knows=known)
    assert (await is_open(raid), await is_open(at_start)) == (True, False)
    known.is_there = True
    await close_due(state, NOW + timedelta(hours=2, seconds=15), knows=known)

    assert not await is_open(raid)
