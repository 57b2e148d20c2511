"""Queue due reminders in the outbox, which sends them."""

from datetime import datetime, timedelta
from functools import partial

from raidbot.db import raid_queries
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.raids.events import Change
from raidbot.raids.model import Raid, RaidId, Source
from raidbot.raids.reminders import due_reminders, remind
from raidbot.raids.settings import LEAD_CHOICES_MINUTES, GuildSettings
from raidbot.state import Cause, State

_MAX_LEAD = timedelta(minutes=max(LEAD_CHOICES_MINUTES))


async def remind_due(state: State, now: datetime, *, failing: FailingRaids | None = None) -> None:
    """Queue all reminders that are due. A failing raid is set aside and the others proceed.

    Raises Unwritable while the database cannot be written.
    """
    aside = FailingRaids() if failing is None else failing
    candidates = partial(raid_queries.reminder_candidates, after=now, until=now + _MAX_LEAD)
    due = await state.db.read(candidates)
    await aside.work(state, due, partial(_remind_if_due, state, now=now), doing="reminder", now=now)


async def _remind_if_due(state: State, raid_id: RaidId, *, now: datetime) -> None:
    raid = await state.raid(raid_id)
    settings = await state.settings(raid.guild)
    if due_reminders(raid, settings, now=now):
        await state.change(raid_id, partial(_remind, settings=settings, now=now), Cause(Source.CLOCK))


def _remind(raid: Raid, *, settings: GuildSettings, now: datetime) -> Change:
    # checked again under the raid's lock: the start may have changed meanwhile
    return remind(raid, *due_reminders(raid, settings, now=now))
