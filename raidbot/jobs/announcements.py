"""Queue due announcements in the outbox, which posts them."""

from datetime import datetime
from functools import partial

from raidbot.db import announcements
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.raids.model import RaidId
from raidbot.state import State
from raidbot.utils.metrics import raids as metrics


class Announcing:
    """Queues due announcements; after the clock was set back it looks at every raid once more."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._failing = FailingRaids()
        self._last_run: datetime | None = None

    async def run(self, now: datetime) -> None:
        """Queue all announcements that are due. A failing raid is set aside and the others proceed.

        Raises Unwritable while the database cannot be written.
        """
        if self._last_run is not None and now < self._last_run:
            await self._state.db.write(partial(announcements.look_again, now=now))
        self._last_run = now
        due = await self._state.db.read(partial(announcements.due, now=now))
        announce = partial(_announce, self._state, now=now)
        await self._failing.work(self._state, due, announce, doing="announcement", now=now)


async def _announce(state: State, raid_id: RaidId, *, now: datetime) -> None:
    await state.raid(raid_id)  # reports a raid that cannot be read
    announced = await state.db.write(partial(announcements.announce, raid_id=raid_id, now=now))
    metrics.ANNOUNCEMENTS_DUE.inc(announced.queued)
    metrics.ANNOUNCEMENTS_MISSED.inc(announced.missed)
    await state.set_aside.report(announced.faults)
    if announced.queued:
        state.notify_outbox()
