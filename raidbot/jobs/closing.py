"""Close raids at their start, and full raids earlier if the server's settings say so; note the start of closed ones."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from raidbot.db import raid_queries, reminders
from raidbot.delivery.members.departures import ASKED_AHEAD
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.jobs.reminders import wishes_of
from raidbot.raids import lifecycle
from raidbot.raids.deadlines.deadline import closing_time
from raidbot.raids.events import Change
from raidbot.raids.model import GuildId, Raid, RaidId, Source
from raidbot.raids.reminders.due import note_missed
from raidbot.raids.settings.panel import FULL_CLOSE_CHOICES_MINUTES
from raidbot.state import Cause, State

_MAX_LEAD = timedelta(minutes=max(FULL_CLOSE_CHOICES_MINUTES))


def _everything(_guild: GuildId) -> bool:
    return True


async def close_due(
    state: State,
    now: datetime,
    *,
    failing: FailingRaids | None = None,
    knows: Callable[[GuildId], bool] = _everything,
) -> None:
    """Close all raids that are due. A failing raid is set aside and the others proceed.

    `knows` returns True if it is known who left the guild; closings before the start wait for it. Raises Unwritable
    while the database cannot be written.
    """
    aside = FailingRaids() if failing is None else failing
    due = await state.db.read(partial(raid_queries.closing_candidates, now=now, until=now + _MAX_LEAD))
    await aside.work(state, due, partial(_close_if_due, state, now=now, knows=knows), doing="closing", now=now)


async def _close_if_due(state: State, raid_id: RaidId, *, now: datetime, knows: Callable[[GuildId], bool]) -> None:
    raid = await state.raid(raid_id)
    lead = (await state.settings(raid.guild)).full_lead

    def rule(raid: Raid) -> Change:
        reason = lifecycle.due_closing(raid, full_lead=lead, now=now)
        if reason is None:
            return lifecycle.begin(raid, now=now, full_lead=lead)
        return lifecycle.close(raid, reason=reason, by=None, now=now)

    closes_soon = raid.is_open and closing_time(raid) <= now + ASKED_AHEAD
    if not rule(raid).events:
        if closes_soon:
            knows(raid.guild)
        return
    if raid.is_open and not raid.is_frozen(now) and not knows(raid.guild):
        return
    wishes = await wishes_of(state, raid.guild)
    named = await state.db.read(partial(reminders.named, raid=raid.id, revision=raid.time_revision))
    await state.change(raid_id, lambda raid: note_missed(raid, rule(raid), wishes, named), Cause(Source.CLOCK))
