"""Probe the database during a write outage until writes succeed again."""

import contextlib
from datetime import datetime
from functools import partial

from raidbot.db import guilds
from raidbot.db.database import Unwritable
from raidbot.state import State


async def probe_database(state: State, now: datetime) -> None:
    """Write an unimportant fact if the database is in an outage; otherwise do nothing."""
    if state.db.outage is not None:
        with contextlib.suppress(Unwritable):
            await state.db.write(partial(guilds.note_fact, name="tried_writing", value=now.isoformat()))
