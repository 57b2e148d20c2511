"""Close raids at their start, and full raids earlier if the server's settings say so; note the start of closed ones."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import raid_queries
from raidbot.db.database import Unwritable
from raidbot.db.raids import UnreadableRaid
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import Raid, RaidId, Source
from raidbot.raids.reminders import note_missed
from raidbot.raids.settings import FULL_CLOSE_CHOICES_MINUTES
from raidbot.state import Cause, State

log = structlog.get_logger(__name__)

_MAX_LEAD = timedelta(minutes=max(FULL_CLOSE_CHOICES_MINUTES))


async def close_due(state: State, now: datetime, *, failing: FailingRaids | None = None) -> None:
    """Close all raids that are due. A failing raid is set aside and the others proceed.

    Raises Unwritable while the database cannot be written.
    """
    aside = FailingRaids() if failing is None else failing
    for raid_id in await state.db.read(partial(raid_queries.closing_candidates, now=now, until=now + _MAX_LEAD)):
        if not aside.is_due(raid_id, now):
            continue
        try:
            await _close_if_due(state, raid_id, now)
        except UnreadableRaid:
            continue  # reported when it was read
        except Unwritable:
            raise
        except Exception:  # a failing raid must not block the others
            if aside.failed(raid_id, now):
                log.exception("raid set aside", raid=raid_id)
        else:
            aside.worked(raid_id)


async def _close_if_due(state: State, raid_id: RaidId, now: datetime) -> None:
    raid = await state.raid(raid_id)
    settings = await state.settings(raid.guild)
    lead = settings.full_lead

    def rule(raid: Raid) -> Change:
        reason = lifecycle.due_closing(raid, full_lead=lead, now=now)
        if reason is None:
            change = lifecycle.begin(raid, now=now, full_lead=lead)
        else:
            change = lifecycle.close(raid, reason=reason, by=None, now=now)
        return note_missed(raid, change, settings)

    if not rule(raid).events:
        return
    await state.change(raid_id, rule, Cause(Source.CLOCK))
