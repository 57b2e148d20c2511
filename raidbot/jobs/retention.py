"""Delete expired drafts, audit rows and cached boards."""

from datetime import datetime
from functools import partial

from raidbot.db import audit, drafts
from raidbot.raids.drafts import DRAFT_LIFETIME
from raidbot.raids.settings import DEFAULT_AUDIT_DAYS
from raidbot.state import State


async def prune_drafts(state: State, now: datetime) -> None:
    """Delete drafts older than `DRAFT_LIFETIME`."""
    await state.db.write(partial(drafts.prune, before=now - DRAFT_LIFETIME))


async def forget_boards(state: State, _now: datetime) -> None:
    """Drop the boards of long finished raids from memory."""
    await state.forget_boards()


async def prune_audit(state: State, now: datetime) -> None:
    """Delete a batch of audit rows older than their server's retention period (`DEFAULT_AUDIT_DAYS` by default)."""
    await state.db.write(partial(audit.prune, now=now, days=DEFAULT_AUDIT_DAYS))
