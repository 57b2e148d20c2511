"""Permissions of the person who asks, and of the bot in a channel."""

from collections.abc import Iterable

import discord

from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.channel_permissions import TO_SEND, missing_permissions
from raidbot.raids.model import GuildId, MemberId, Raid, Source
from raidbot.raids.permissions import Asker, Grants, NotAllowed, Permission, allowed
from raidbot.state import Cause, State, UnknownRaid
from raidbot.utils.errors import Refusal

# https://discord.com/developers/docs/topics/permissions, named as Discord's settings page names them
TO_POST = TO_SEND | {"read_message_history": "Read Message History", "manage_messages": "Manage Messages"}
TO_REACT = {"add_reactions": "Add Reactions"}
TO_DISCUSS = {
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
TO_REPORT = TO_SEND


class ServersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__("This works in a server only.")


class NotKnownYet(Refusal):
    def __init__(self) -> None:
        super().__init__("Discord has not told me about this server yet. Try again in a minute.")


class UnknownRole(Refusal):
    def __init__(self) -> None:
        super().__init__("One of these roles is gone, or Discord has not told me about it yet. Choose again.")


class NotEveryone(Refusal):
    def __init__(self) -> None:
        super().__init__("Choose roles that not everybody has: @everyone cannot be chosen here.")


class MissingPermissions(Refusal):
    """Names exactly the permissions that the bot lacks in the channel."""

    def __init__(self, channel: discord.TextChannel, missing: list[str]) -> None:
        listed = ", ".join(f"**{name}**" for name in missing)
        self.channel, self.missing = channel, tuple(missing)
        super().__init__(f"I cannot work in {channel.mention}: I lack {listed} there. Give me this and try again.")


def guild_of(interaction: Interaction) -> discord.Guild:
    """Return the interaction's guild. Raises ServersOnly in a DM, and NotKnownYet during an outage."""
    if interaction.guild is None:
        raise ServersOnly
    if interaction.guild.unavailable or not interaction.guild.channels:
        raise NotKnownYet
    return interaction.guild


def guild_id(interaction: Interaction) -> GuildId:
    """Return the id of the interaction's guild. Raises ServersOnly or NotKnownYet."""
    return GuildId(guild_of(interaction).id)


def member_id(interaction: Interaction) -> MemberId:
    return MemberId(interaction.user.id)


def cause_of(interaction: Interaction) -> Cause:
    """Return the cause to record in the audit for a change made by a command or on a panel."""
    return Cause(Source.COMMAND, member_id(interaction))


def asker_of(interaction: Interaction) -> Asker:
    """Return the person with their roles at the time of this interaction. Raises ServersOnly or NotKnownYet."""
    guild, granted = guild_of(interaction), interaction.permissions
    roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else ()
    return Asker(
        member=member_id(interaction),
        roles=frozenset(role.id for role in roles),
        manages=granted.manage_guild or granted.administrator or guild.owner_id == interaction.user.id,
    )


def as_asker(member: discord.Member) -> Asker:
    """Return the member with the roles they have now, as if they asked."""
    granted = member.guild_permissions
    return Asker(
        member=MemberId(member.id),
        roles=frozenset(role.id for role in member.roles),
        manages=granted.manage_guild or granted.administrator or member.guild.owner_id == member.id,
    )


async def check(interaction: Interaction, permission: Permission, raid: Raid | None = None) -> None:
    """Raise NotAllowed unless the person has the permission, and UnknownRaid for another guild's raid.

    Call it for every command, click, choice and form. Raises ServersOnly and NotKnownYet, too.
    """
    await check_any(interaction, (permission,), raid)


async def check_any(interaction: Interaction, permissions: tuple[Permission, ...], raid: Raid | None = None) -> None:
    """Like `check`, but any one of several permissions is enough, for example to open a panel."""
    guild = guild_of(interaction)
    if raid is not None and raid.guild != guild.id:
        raise UnknownRaid(raid.code)
    grants = await grants_of(interaction)
    person = asker_of(interaction)
    if not any(allowed(person, permission, grants, raid) for permission in permissions):
        roles = frozenset[int]().union(*(grants.holders(permission) for permission in permissions))
        is_of_raid = raid is not None and any(permission.is_about_a_raid for permission in permissions)
        raise NotAllowed(permissions, role_names(guild, roles), is_of_raid=is_of_raid)


async def held_of(interaction: Interaction, raid: Raid) -> frozenset[Permission]:
    """Return what the person may do to this raid, for a panel that shows nothing else."""
    grants, person = await grants_of(interaction), asker_of(interaction)
    return frozenset(one for one in Permission if allowed(person, one, grants, raid))


async def grants_of(interaction: Interaction) -> Grants:
    state: State = interaction.client.state
    return (await state.settings(guild_id(interaction))).grants


def chosen_roles(interaction: Interaction, values: Iterable[str]) -> frozenset[int]:
    """Return the ids of the guild's roles picked in a role menu. Raises UnknownRole if one is missing."""
    guild = guild_of(interaction)
    roles = [guild.get_role(int(value)) if value.isdecimal() else None for value in values]
    if None in roles:
        raise UnknownRole
    return frozenset(role.id for role in roles if role is not None)


def role_names(guild: discord.Guild, roles: frozenset[int]) -> list[str]:
    """Return the names of those roles that still exist."""
    found = (guild.get_role(role) for role in sorted(roles))
    return [role.name for role in found if role is not None]


def check_bot_permissions(channel: discord.TextChannel, needed: dict[str, str]) -> None:
    """Raise MissingPermissions if the bot lacks any of `needed` in the channel."""
    missing = missing_permissions(channel, needed)
    if missing:
        raise MissingPermissions(channel, missing)
