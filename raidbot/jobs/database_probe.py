"""While nothing can be written, somebody has to notice when that is over."""

import contextlib
from datetime import datetime
from functools import partial

from raidbot.db import guilds
from raidbot.db.database import Unwritable
from raidbot.state import State


async def probe_database(state: State, now: datetime) -> None:
    """Write something of no importance, unless the database works anyway."""
    if state.db.outage is not None:
        with contextlib.suppress(Unwritable):
            await state.db.write(partial(guilds.note_fact, name="tried_writing", value=now.isoformat()))
