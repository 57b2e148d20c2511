"""The one way for members to put up a raid."""

from raidbot.db import drafts
from raidbot.db.drafts import DraftId
from raidbot.raids.model import Raid
from raidbot.raids.permissions import Asker, check_may_post
from raidbot.state import Cause, State


async def post(state: State, plan: Raid, cause: Cause, *, asker: Asker, draft: DraftId) -> Raid:
    """Create the raid, whose board follows, and use up the draft it was confirmed with.

    Raises DraftUsed, and Lacking without the permission to create raids, by whatever road the raid was planned.
    """
    check_may_post(asker, (await state.settings(plan.guild)).grants)
    return await state.create(plan, cause, within=lambda tx, raid: drafts.use(tx, draft, raid))
