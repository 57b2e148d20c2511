"""Silence towards members whose direct messages are closed."""

from datetime import timedelta
from functools import partial

from raidbot.db.closed_dms import dms_closed_since
from raidbot.state import State

DMS_CLOSED_PERIOD = timedelta(days=7)
"""Time without attempts to DM a member whose DMs are closed."""

TAKES_NO_DMS_CODES = {10013, 50007, 50278}
"""Discord's error codes for an unknown user, closed DMs, and no server in common."""


async def is_silent(state: State, member: int) -> bool:
    """Return True if the member's DMs were found closed less than `DMS_CLOSED_PERIOD` ago."""
    since = await state.db.read(partial(dms_closed_since, member=member))
    return since is not None and state.now() - since < DMS_CLOSED_PERIOD
