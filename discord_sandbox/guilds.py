"""Change guilds, roles, members and emoji and dispatch the events. No rules are checked here."""

from collections.abc import Iterable

from discord_sandbox import permissions, serializers
from discord_sandbox.store import Emoji, Guild, Json, Member, Role, User
from discord_sandbox.world import ALWAYS, Dispatch, Intent, World


def create(world: World, name: str, owner: User, *, bot_permissions: int = permissions.BOT) -> Guild:
    """Create a guild with @everyone, its owner, and the bot with a role of its own."""
    store = world.store
    guild = Guild(id=store.seed_id(), name=name, owner_id=owner.id, bot_joined_at=world.clock.now())
    guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=permissions.EVERYONE)
    guild.members[owner.id] = Member(user=owner, guild_id=guild.id, joined_at=world.clock.now())
    store.guilds[guild.id] = guild
    invite(world, guild, bot_permissions=bot_permissions)
    return guild


def invite(world: World, guild: Guild, *, bot_permissions: int = permissions.BOT, roles: Iterable[Role] = ()) -> None:
    """Bring the bot into the guild, with a new role of its own and these roles."""
    own = Role(
        id=world.store.seed_id(),
        name=world.bot.username,
        permissions=bot_permissions,
        position=1,
        managed=True,
        bot_id=world.bot.id,
    )
    guild.roles[own.id] = own
    guild.bot_joined_at = world.clock.now()
    held = [own.id, *(role.id for role in roles)]
    guild.members[world.bot.id] = Member(user=world.bot, guild_id=guild.id, joined_at=guild.bot_joined_at, roles=held)
    announce(world, guild, joined=True)


def announce(world: World, guild: Guild, *, joined: bool = False) -> None:
    """Dispatch GUILD_CREATE: the bot joined, or the guild is available (again).

    Only the second has `unavailable`, by which discord.py tells them apart.
    """
    world.silenced.discard(guild.id)
    payload = serializers.guild_create(guild, world.store, viewer=world.bot.id)
    if joined:
        del payload["unavailable"]
    world.publish(Dispatch(name="GUILD_CREATE", payload=payload, intent=Intent.GUILDS, guild_id=guild.id))


def set_unavailable(world: World, guild: Guild, *, unavailable: bool = True) -> None:
    """Start or end an outage of the guild."""
    if guild.unavailable == unavailable:
        return
    guild.unavailable = unavailable
    if unavailable:
        payload: Json = {"id": str(guild.id), "unavailable": True}
        world.publish(Dispatch(name="GUILD_DELETE", payload=payload, intent=Intent.GUILDS, guild_id=guild.id))
    else:
        announce(world, guild)


def changed(world: World, guild: Guild) -> None:
    """Dispatch that a guild's own properties changed."""
    world.publish(
        Dispatch(name="GUILD_UPDATE", payload=serializers.guild(guild), intent=Intent.GUILDS, guild_id=guild.id)
    )


def remove(world: World, guild: Guild) -> None:
    """Remove the bot from the guild, with its own role and its commands there; all else in the guild stays."""
    store = world.store
    del guild.members[world.bot.id]
    for role in [role for role in guild.roles.values() if role.bot_id == world.bot.id]:
        del guild.roles[role.id]
    for command in [command for command in store.commands.values() if command.guild_id == guild.id]:
        del store.commands[command.id]
    announce_removal(world, guild)


def announce_removal(world: World, guild: Guild) -> None:
    """Dispatch GUILD_DELETE without `unavailable`, which says that the bot was removed, whether it was or not."""
    payload = {"id": str(guild.id)}
    world.publish(Dispatch(name="GUILD_DELETE", payload=payload, intent=Intent.GUILDS, guild_id=guild.id))


def join(world: World, guild: Guild, member: Member) -> None:
    guild.members[member.id] = member
    _member_event(world, "GUILD_MEMBER_ADD", guild, serializers.member(member), member.id)


def member_changed(world: World, guild: Guild, member: Member) -> None:
    """Dispatch that a member's nickname, roles or time-out changed."""
    _member_event(world, "GUILD_MEMBER_UPDATE", guild, serializers.member(member), member.id)


def leave(world: World, guild: Guild, member: Member) -> None:
    """Remove a member who leaves or is kicked."""
    if member.id == world.bot.id:
        remove(world, guild)
        return
    guild.members.pop(member.id, None)
    _member_event(world, "GUILD_MEMBER_REMOVE", guild, {"user": serializers.user(member.user)}, member.id)


def _member_event(world: World, name: str, guild: Guild, payload: Json, user_id: int) -> None:
    intent = ALWAYS if user_id == world.bot.id else Intent.GUILD_MEMBERS
    payload["guild_id"] = str(guild.id)
    world.publish(Dispatch(name=name, payload=payload, intent=intent, guild_id=guild.id, user_id=user_id))


def create_role(world: World, guild: Guild, role: Role) -> None:
    guild.roles[role.id] = role
    _role_event(world, "GUILD_ROLE_CREATE", guild, {"role": serializers.role(role)})


def role_changed(world: World, guild: Guild, role: Role) -> None:
    _role_event(world, "GUILD_ROLE_UPDATE", guild, {"role": serializers.role(role)})


def delete_role(world: World, guild: Guild, role: Role) -> None:
    """Delete a role, then take it from its members, each with an event of their own."""
    del guild.roles[role.id]
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    _role_event(world, "GUILD_ROLE_DELETE", guild, {"role_id": str(role.id)})
    for member in guild.members.values():
        if role.id in member.roles:
            member.roles.remove(role.id)
            member_changed(world, guild, member)


def _role_event(world: World, name: str, guild: Guild, payload: Json) -> None:
    payload["guild_id"] = str(guild.id)
    world.publish(Dispatch(name=name, payload=payload, intent=Intent.GUILDS, guild_id=guild.id))


def add_emoji(world: World, guild: Guild, emoji: Emoji) -> None:
    guild.emojis[emoji.id] = emoji
    _emoji_event(world, guild)


def delete_emoji(world: World, guild: Guild, emoji: Emoji) -> None:
    """Delete an emoji. Existing reactions with it stay; the rest is assumed (`DeadEmoji`)."""
    del guild.emojis[emoji.id]
    _emoji_event(world, guild)


def _emoji_event(world: World, guild: Guild) -> None:
    payload = {"guild_id": str(guild.id), "emojis": [serializers.emoji(entry) for entry in guild.emojis.values()]}
    world.publish(
        Dispatch(name="GUILD_EMOJIS_UPDATE", payload=payload, intent=Intent.GUILD_EXPRESSIONS, guild_id=guild.id)
    )
