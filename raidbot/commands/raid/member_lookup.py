"""Filter members by whether they are still in the guild."""

from collections.abc import Sequence

from raidbot.commands.raid.context import RaidContext
from raidbot.commands.ui import permissions
from raidbot.delivery.members.names import store_members
from raidbot.raids.model import MemberId
from raidbot.utils.clean_text import clean_name

_BATCH_SIZE = 100  # https://discord.com/developers/docs/events/gateway-events#request-guild-members


async def current_members(
    context: RaidContext, members: Sequence[MemberId], *, needing: frozenset[int] = frozenset()
) -> dict[MemberId, str]:
    """Return those of `members` who are in the guild and no bots, in their order, as id → name.

    If `needing` is not empty, only members with at least one of its roles are returned.
    """
    guild = permissions.guild_of(context.interaction)
    names: dict[MemberId, str] = {}
    for start in range(0, len(members), _BATCH_SIZE):
        asked = list[int](members[start : start + _BATCH_SIZE])
        found = await guild.query_members(user_ids=asked, limit=_BATCH_SIZE, cache=False)
        await store_members(context.state, context.guild, found)
        names |= {
            MemberId(member.id): clean_name(member.display_name)
            for member in found
            if not member.bot and (not needing or any(member.get_role(role) for role in needing))
        }
    return {member: names[member] for member in members if member in names}
