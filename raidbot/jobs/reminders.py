"""Reminders become owed when their time comes; the outbox sends them."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import raid_queries
from raidbot.db.database import Unwritable
from raidbot.raids.events import Change, Reminder
from raidbot.raids.model import Raid, RaidId, Source
from raidbot.raids.reminders import due_reminders, remind
from raidbot.raids.settings import LEAD_CHOICES, GuildSettings
from raidbot.state import Cause, State

log = structlog.get_logger(__name__)

_LONGEST_LEAD = timedelta(minutes=max(LEAD_CHOICES))


async def remind_due(state: State, now: datetime) -> None:
    """Owe what is due; a raid that cannot be reminded of holds up no other."""
    candidates = partial(raid_queries.reminder_candidates, after=now, until=now + _LONGEST_LEAD)
    for raid_id in await state.db.read(candidates):
        try:
            await _remind_if_due(state, raid_id, now)
        except Unwritable:
            raise
        except Exception:  # one raid's trouble is its own
            log.exception("reminder not owed", raid=raid_id)


async def _remind_if_due(state: State, raid_id: RaidId, now: datetime) -> None:
    raid = await state.raid(raid_id)
    settings = await state.settings(raid.guild)
    for which in due_reminders(raid, settings, now=now):
        await state.change(raid_id, partial(_remind, which=which, settings=settings, now=now), Cause(Source.CLOCK))


def _remind(raid: Raid, *, which: Reminder, settings: GuildSettings, now: datetime) -> Change:
    # asked again under the lock: the start may have moved meanwhile
    return remind(raid, which) if which in due_reminders(raid, settings, now=now) else Change(raid)
