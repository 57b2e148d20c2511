"""Change guilds, roles, members and emoji and dispatch the events. No rules are checked here."""

from discord_sandbox import permissions, serializers
from discord_sandbox.store import Emoji, Guild, Json, Member, Role, User
from discord_sandbox.world import ALWAYS, Dispatch, Intent, World


def create(world: World, name: str, owner: User, *, bot_permissions: int = permissions.BOT) -> Guild:
    """Create a guild with @everyone, its owner, and the bot with a role of its own."""
    store = world.store
    guild = Guild(id=store.seed_id(), name=name, owner_id=owner.id, bot_joined_at=world.clock.now())
    guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=permissions.EVERYONE)
    own = Role(
        id=store.seed_id(),
        name=world.bot.username,
        permissions=bot_permissions,
        position=1,
        managed=True,
        bot_id=world.bot.id,
    )
    guild.roles[own.id] = own
    for user, roles in ((owner, []), (world.bot, [own.id])):
        guild.members[user.id] = Member(user=user, guild_id=guild.id, joined_at=world.clock.now(), roles=roles)
    store.guilds[guild.id] = guild
    announce(world, guild)
    return guild


def announce(world: World, guild: Guild) -> None:
    """Dispatch GUILD_CREATE: the bot joined, or the guild is available again."""
    payload = serializers.guild_create(guild, world.store, viewer=world.bot.id)
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
    """Remove the bot from the guild; the sandbox deletes the guild with everything in it."""
    store = world.store
    for channel in [*guild.threads.values(), *guild.channels.values()]:
        store.channels.pop(channel.id, None)
        store.channels_left.add(channel.id)
    del store.guilds[guild.id]
    for command in [command for command in store.commands.values() if command.guild_id == guild.id]:
        del store.commands[command.id]
    say_removed(world, guild)


def say_removed(world: World, guild: Guild) -> None:
    """Dispatch GUILD_DELETE as for a removed bot; on its own it is the false alarm that Discord has sent before."""
    payload = {"id": str(guild.id)}
    world.publish(Dispatch(name="GUILD_DELETE", payload=payload, intent=Intent.GUILDS, guild_id=guild.id))


def take_back(world: World, guild: Guild) -> None:
    """Let the bot join a guild again that removed it; messages and reactions are as they were."""
    for channel in [*guild.channels.values(), *guild.threads.values()]:
        world.store.channels[channel.id] = channel
        world.store.channels_left.discard(channel.id)
    world.store.guilds[guild.id] = guild
    announce(world, guild)


def join(world: World, guild: Guild, member: Member) -> None:
    guild.members[member.id] = member
    _member_event(world, "GUILD_MEMBER_ADD", guild, serializers.member(member), member.id)


def member_changed(world: World, guild: Guild, member: Member) -> None:
    """Dispatch that a member's nickname, roles or time-out changed."""
    _member_event(world, "GUILD_MEMBER_UPDATE", guild, serializers.member(member), member.id)


def leave(world: World, guild: Guild, member: Member) -> None:
    """Remove a member who leaves or is kicked; for the bot, remove the guild."""
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
    """Delete an emoji. Existing reactions with it stay; new ones are refused."""
    del guild.emojis[emoji.id]
    _emoji_event(world, guild)


def _emoji_event(world: World, guild: Guild) -> None:
    payload = {"guild_id": str(guild.id), "emojis": [serializers.emoji(entry) for entry in guild.emojis.values()]}
    world.publish(
        Dispatch(name="GUILD_EMOJIS_UPDATE", payload=payload, intent=Intent.GUILD_EXPRESSIONS, guild_id=guild.id)
    )
