"""What nobody needs any more goes."""

from datetime import datetime, timedelta
from functools import partial

from raidbot.db import drafts
from raidbot.state import State

DRAFTS_KEPT = timedelta(days=1)


async def prune_drafts(state: State, now: datetime) -> None:
    """Forget drafts of raids that nobody finished within a day."""
    await state.db.write(partial(drafts.prune, before=now - DRAFTS_KEPT))
