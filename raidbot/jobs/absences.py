"""Guilds that removed the bot: what was owed to them ends after an hour, and their data is deleted after 30 days."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import absences
from raidbot.db.forgetting import jobs
from raidbot.db.guilds import note_fact
from raidbot.raids.model import GuildId
from raidbot.state import State

log = structlog.get_logger(__name__)

GRACE_PERIOD = timedelta(hours=1)
"""Time in which a guild that takes the bot back finds everything as it was, unsent messages included."""
KEPT = timedelta(days=30)
"""Time for which the data of a guild that removed the bot is kept."""
_RAIDS_PER_RUN = 20
_AUDIT_ROWS_PER_RUN = 1000


async def end_absences(state: State, now: datetime) -> None:
    """Drop the unsent messages of guilds away for `GRACE_PERIOD`, and delete some data of those away for `KEPT`."""
    for guild in await state.db.read(partial(absences.before, at=now - GRACE_PERIOD)):
        if dropped := await state.db.write(partial(absences.drop_messages, guild=guild, now=now)):
            log.info("messages of a guild that removed the bot dropped", guild=guild, messages=dropped)
    for guild in await state.db.read(partial(absences.before, at=now - KEPT)):
        await _delete_some(state, guild)


async def note_request(state: State, guild: GuildId) -> None:
    """Note that all data of a guild goes as soon as the bot is not there any more."""
    long_ago = state.now() - KEPT - timedelta(seconds=1)
    await state.db.write(partial(absences.note_long_gone, guild=guild, since=long_ago))


async def delete_at_once(state: State, guild: GuildId) -> None:
    """Delete all data of a guild that the bot leaves. If the process ends meanwhile, the heartbeat goes on with it."""
    await note_request(state, guild)
    while not await _delete_some(state, guild):
        pass


async def _delete_some(state: State, guild: GuildId) -> bool:
    """Delete a batch of the guild's data, so that the only writer is not held for long; return True after the last."""
    raids = await state.db.read(partial(absences.raids, guild=guild, limit=_RAIDS_PER_RUN))
    for raid in raids:
        await state.delete_raid(raid)
    if raids:
        return False
    if await state.db.write(partial(absences.delete_audit, guild=guild, limit=_AUDIT_ROWS_PER_RUN)):
        return False
    await state.delete_guild(guild)
    await state.db.write(partial(note_fact, name=jobs.UNCLEAN, value="1"))
    log.info("data of a guild that removed the bot deleted", guild=guild)
    return True
