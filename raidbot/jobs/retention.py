"""What nobody needs any more goes."""

from datetime import datetime, timedelta
from functools import partial

from raidbot.db import audit, drafts
from raidbot.raids.settings import AUDIT_DAYS
from raidbot.state import State

DRAFT_LIFETIME = timedelta(days=1)


async def prune_drafts(state: State, now: datetime) -> None:
    """Forget drafts of raids that nobody finished within a day."""
    await state.db.write(partial(drafts.prune, before=now - DRAFT_LIFETIME))


async def forget_boards(state: State, _now: datetime) -> None:
    """Boards of raids long over are not kept in mind."""
    await state.forget_boards()


async def prune_audit(state: State, now: datetime) -> None:
    """Forget what is older than its server keeps it, some at a time."""
    await state.db.write(partial(audit.prune, now=now, days=AUDIT_DAYS))
