"""The one way for members to put up a raid."""

import sqlite3

from raidbot.db import activity_defaults, drafts
from raidbot.db.activity_defaults import ActivityDefaults
from raidbot.db.drafts import DraftId
from raidbot.raids.model import Raid, RaidId
from raidbot.raids.permissions import Asker, check_may_post
from raidbot.state import Cause, State


async def post(
    state: State, plan: Raid, cause: Cause, *, asker: Asker, draft: DraftId, remember: ActivityDefaults | None = None
) -> Raid:
    """Create the raid, whose board follows, and use up the draft it was confirmed with.

    What is to be remembered is offered for the next raid of the same template or kind.

    Raises DraftUsed, and Lacking without the permission to create raids, by whatever road the raid was planned.
    """
    check_may_post(asker, (await state.settings(plan.guild)).grants)

    def within(tx: sqlite3.Connection, raid: RaidId) -> None:
        drafts.use(tx, draft, raid)
        if remember is not None:
            activity_defaults.note(tx, plan.guild, plan.template, remember, plan.created_at)

    return await state.create(plan, cause, within=within)
