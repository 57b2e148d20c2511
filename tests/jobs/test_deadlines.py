"""The clock closes signups at their deadline, however far the start is, and takes back what it noted too early."""

from datetime import timedelta
from functools import partial

from raidbot.db import raid_queries
from raidbot.jobs.closing import close_due
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, CloseReason, MessageId, RaidId
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.catalogue import untouched
from raidbot.state import State
from tests.jobs.conftest import NOW
from tests.jobs.test_closing_and_reminders import CAUSE, CREATOR, GUILD

DEADLINE = NOW + timedelta(days=7)


async def raid_with_deadline(state: State) -> RaidId:
    """Return an open raid in ten days, whose signups close three days before."""
    draft = Draft(activity="museum", starts_at=NOW + timedelta(days=10), zone="UTC", signup_lead=Lead(days=3))
    planned = plan(draft, untouched(), guild=GUILD, creator=CREATOR, channel=ChannelId(5), now=NOW)
    raid = await state.create(planned, CAUSE)
    await state.change(raid.id, partial(lifecycle.posted, message=MessageId(100)), CAUSE)
    return raid.id


async def test_signups_close_at_their_deadline_and_open_again_if_the_clock_was_ahead(state: State) -> None:
    raid = await raid_with_deadline(state)

    await close_due(state, DEADLINE - timedelta(seconds=1))
    assert (await state.raid(raid)).is_open
    await close_due(state, DEADLINE)
    assert (await state.raid(raid)).closed_reason is CloseReason.DEADLINE
    await close_due(state, DEADLINE)
    assert not (await state.raid(raid)).is_open
    await close_due(state, NOW)

    assert (await state.raid(raid)).is_open


async def test_only_raids_past_their_deadline_are_looked_at(state: State) -> None:
    raid = await raid_with_deadline(state)

    async def found() -> list[list[RaidId]]:
        times = (NOW, DEADLINE - timedelta(seconds=1), DEADLINE)
        return [await state.db.read(partial(raid_queries.closing_candidates, now=at, until=at)) for at in times]

    assert await found() == [[], [], [raid]]
    await state.change(
        raid, partial(lifecycle.change_time, starts_at=NOW + timedelta(days=11), zone="UTC", now=NOW), CAUSE
    )
    assert await found() == [[], [], []]
    await state.change(raid, partial(lifecycle.change_deadline, lead=Lead(days=5), now=NOW), CAUSE)
    assert await found() == [[], [raid], [raid]]
    await state.change(raid, partial(lifecycle.change_deadline, lead=None, now=NOW), CAUSE)
    assert await found() == [[], [], []]
