"""Queue due reminders in the outbox, which sends them."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import raid_queries
from raidbot.db.database import Unwritable
from raidbot.db.raids import UnreadableRaid
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.raids.events import Change
from raidbot.raids.model import Raid, RaidId, Source
from raidbot.raids.reminders import due_reminders, remind
from raidbot.raids.settings import LEAD_CHOICES_MINUTES, GuildSettings
from raidbot.state import Cause, State

log = structlog.get_logger(__name__)

_MAX_LEAD = timedelta(minutes=max(LEAD_CHOICES_MINUTES))


async def remind_due(state: State, now: datetime, *, failing: FailingRaids | None = None) -> None:
    """Queue all reminders that are due. A failing raid is set aside and the others proceed.

    Raises Unwritable while the database cannot be written.
    """
    aside = FailingRaids() if failing is None else failing
    candidates = partial(raid_queries.reminder_candidates, after=now, until=now + _MAX_LEAD)
    for raid_id in await state.db.read(candidates):
        if not aside.is_due(raid_id, now):
            continue
        try:
            await _remind_if_due(state, raid_id, now)
        except UnreadableRaid:
            continue  # reported when it was read
        except Unwritable:
            raise
        except Exception:  # a failing raid must not block the others
            if aside.failed(raid_id, now):
                log.exception("raid set aside", raid=raid_id)
        else:
            aside.worked(raid_id)


async def _remind_if_due(state: State, raid_id: RaidId, now: datetime) -> None:
    raid = await state.raid(raid_id)
    settings = await state.settings(raid.guild)
    if due_reminders(raid, settings, now=now):
        await state.change(raid_id, partial(_remind, settings=settings, now=now), Cause(Source.CLOCK))


def _remind(raid: Raid, *, settings: GuildSettings, now: datetime) -> Change:
    # checked again under the raid's lock: the start may have changed meanwhile
    return remind(raid, *due_reminders(raid, settings, now=now))
