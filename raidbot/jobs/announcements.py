"""Queue due announcements in the outbox, which posts them."""

from datetime import datetime
from functools import partial

from raidbot.db import announcements
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.raids.model import RaidId
from raidbot.state import State


async def announce_due(state: State, now: datetime, *, failing: FailingRaids | None = None) -> None:
    """Queue all announcements that are due. A failing raid is set aside and the others proceed.

    Raises Unwritable while the database cannot be written.
    """
    aside = FailingRaids() if failing is None else failing
    due = await state.db.read(partial(announcements.due, now=now))
    await aside.work(state, due, partial(_announce, state, now=now), doing="announcement", now=now)


async def _announce(state: State, raid_id: RaidId, *, now: datetime) -> None:
    await state.raid(raid_id)  # reports a raid that cannot be read
    announced = await state.db.write(partial(announcements.announce, raid_id=raid_id, now=now))
    await state.set_aside.report(announced.faults)
    if announced.queued:
        state.notify_outbox()
