"""Members picked in a command or menu: only members of this guild, and no bots."""

from dataclasses import dataclass

import discord

from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.members.names import store_members
from raidbot.raids.labels import bold
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.permissions import Asker
from raidbot.state import State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal


class NotAMember(Refusal):
    def __init__(self) -> None:
        super().__init__("This person is not a member of this server.")


class NoBots(Refusal):
    def __init__(self) -> None:
        super().__init__("Bots do not play. Choose a member.")


@dataclass(frozen=True, slots=True)
class PickedMember:
    """A member who can be signed up, with `name` as boards show it. `asker` tells what they may do themselves."""

    id: MemberId
    name: str
    asker: Asker

    @property
    def shown(self) -> str:
        return str(bold(self.name))


async def picked_member(state: State, user: discord.User | discord.Member) -> PickedMember:
    """Return the user as a picked member and learn their name and roles. Raises NotAMember or NoBots."""
    if user.bot:
        raise NoBots
    if not isinstance(user, discord.Member):
        raise NotAMember
    await store_members(state, GuildId(user.guild.id), (user,))
    return PickedMember(MemberId(user.id), clean_name(user.display_name), permissions.as_asker(user))


def maybe_gone(user: discord.User | discord.Member) -> PickedMember:
    """Return the user as a picked member, though they may have left the guild; nothing is known of their rights."""
    member = MemberId(user.id)
    return PickedMember(member, clean_name(user.display_name), Asker(member=member))


async def look_up(interaction: Interaction, member: MemberId) -> PickedMember:
    """Fetch the member of this guild with this id from Discord. Raises NotAMember or NoBots."""
    try:
        found = await permissions.guild_of(interaction).fetch_member(member)
    except discord.NotFound:
        raise NotAMember from None
    return await picked_member(interaction.client.state, found)
