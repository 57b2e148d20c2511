"""The people and places of the demo's story, found in whatever server it plays."""

from discord_sandbox.store import Channel, ChannelType, Guild, Role

LEADERS = "Raid Leader"
SIGNUPS = "raid-signups"


def leaders(guild: Guild) -> Role | None:
    """Return the role of those who lead raids."""
    return next((role for role in guild.roles.values() if role.name == LEADERS), None)


def leader(guild: Guild) -> int:
    """Return who leads tonight's raid: the first member with the leaders' role, else the owner."""
    role = leaders(guild)
    return next((one.id for one in guild.members.values() if role is not None and role.id in one.roles), guild.owner_id)


def newcomer(guild: Guild) -> int:
    """Return who has no seat in tonight's raid: the last member."""
    return next((one.id for one in reversed(guild.members.values()) if not one.user.bot), guild.owner_id)


def signups(guild: Guild) -> Channel | None:
    """Return the channel of tonight's raid: `#raid-signups`, else the first text channel."""
    texts = [one for one in guild.channels.values() if one.type is ChannelType.TEXT]
    return min(texts, key=lambda one: one.name != SIGNUPS, default=None)
