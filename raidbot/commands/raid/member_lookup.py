"""Filter members by whether they are still in the guild."""

from collections.abc import Sequence

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.ui import permissions
from raidbot.delivery.members.names import store_members
from raidbot.delivery.members.questions import BATCH_SIZE
from raidbot.raids.model import MemberId
from raidbot.utils.clean_text import clean_name


async def current_members(
    context: RaidContext, members: Sequence[MemberId], *, needing: frozenset[int] = frozenset()
) -> dict[MemberId, str]:
    """Return those of `members` who are in the guild and no bots, in their order, as id → name.

    If `needing` is not empty, only members with at least one of its roles are returned.
    """
    guild = permissions.guild_of(context.interaction)
    names: dict[MemberId, str] = {}
    for start in range(0, len(members), BATCH_SIZE):
        found = await context.interaction.client.questions.found(guild, members[start : start + BATCH_SIZE])
        await store_members(context.state, context.guild, found)
        names |= {
            MemberId(member.id): clean_name(member.display_name)
            for member in found
            if not member.bot and (not needing or any(member.get_role(role) for role in needing))
        }
    return {member: names[member] for member in members if member in names}
