"""Serialize guilds, channels, people and commands for the page."""

from collections.abc import Iterator

from discord_sandbox import command_input, permissions
from discord_sandbox.command_input import OptionType
from discord_sandbox.page.perspective import Perspective, colour_in, name_in
from discord_sandbox.permissions import Permission
from discord_sandbox.serializers import maybe_id
from discord_sandbox.store import Channel, ChannelType, Command, Guild, Json, Member, Role, User
from discord_sandbox.world import World, is_direct

_KINDS = {
    ChannelType.TEXT: "text",
    ChannelType.DM: "dm",
    ChannelType.VOICE: "voice",
    ChannelType.CATEGORY: "category",
    ChannelType.ANNOUNCEMENT: "announcement",
    ChannelType.ANNOUNCEMENT_THREAD: "thread",
    ChannelType.PUBLIC_THREAD: "thread",
    ChannelType.PRIVATE_THREAD: "private-thread",
    ChannelType.STAGE: "stage",
    ChannelType.FORUM: "forum",
}
_LIMITS = ("min_value", "max_value", "min_length", "max_length", "channel_types")
_STEPS = (OptionType.SUBCOMMAND, OptionType.GROUP)
_SLASH = 1  # the type of a slash command


def people(world: World) -> Iterator[User]:
    """Return the people the page can switch to: all members of guilds, owners first."""
    seen: dict[int, User] = {}
    for guild in world.store.guilds.values():
        seen.setdefault(guild.owner_id, world.store.users[guild.owner_id])
    for guild in world.store.guilds.values():
        seen |= {member.id: member.user for member in guild.members.values() if member.id not in seen}
    return (user for user in seen.values() if not user.bot)


def person(world: World, user: User) -> Json:
    guilds = list(world.store.guilds_of(user.id))
    notes = ["owner"] if any(guild.owner_id == user.id for guild in guilds) else []
    for guild in guilds:
        member = guild.members[user.id]
        notes += [guild.roles[role_id].name for role_id in member.roles]
        if guild.owner_id != user.id and permissions.in_guild(guild, member) & Permission.MANAGE_GUILD:
            notes.append("manager")
    if not user.accepts_dms:
        notes.append("DMs closed")
    return {
        "id": str(user.id),
        "name": name_in(guilds[0] if guilds else None, user),
        "username": user.username,
        "notes": list(dict.fromkeys(notes)),
        "dms": user.accepts_dms,
    }


def guild(of: Guild) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "owner": str(of.owner_id),
        "roles": [_role(role) for role in of.roles.values()],
        "members": [_member(of, member) for member in of.members.values()],
        "emojis": [
            {"id": str(emoji.id), "name": emoji.name, "animated": emoji.animated} for emoji in of.emojis.values()
        ],
    }


def _role(of: Role) -> Json:
    return {
        "id": str(of.id),
        "name": of.name,
        "color": of.color,
        "position": of.position,
        "mentionable": of.mentionable,
        "managed": of.managed,
    }


def _member(where: Guild, of: Member) -> Json:
    return {
        "id": str(of.id),
        "name": of.display_name,
        "username": of.user.username,
        "bot": of.user.bot,
        "color": colour_in(where, of),
        "roles": [str(role_id) for role_id in of.roles],
    }


def channel(of: Channel, perspective: Perspective) -> Json:
    """Return a channel without its unread count, which changes with every message."""
    may = perspective.may(of)
    saying = Permission.SEND_MESSAGES if of.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    return {
        "id": str(of.id),
        "kind": _KINDS[of.type],
        "guild": maybe_id(of.guild_id),
        "name": of.name,
        "topic": of.topic,
        "position": of.position,
        "parent": maybe_id(of.parent_id),
        "with": _other(of, perspective) if is_direct(of) else None,
        "archived": of.thread is not None and of.thread.archived,
        "locked": of.thread is not None and of.thread.locked,
        "may": {
            "say": bool(may & saying) and of.holds_messages,
            "react": bool(may & Permission.ADD_REACTIONS),
            "commands": bool(may & Permission.USE_APPLICATION_COMMANDS) or is_direct(of),
            "manage": bool(may & Permission.MANAGE_MESSAGES),
            "read": perspective.reads_history(of),
        },
    }


def _other(of: Channel, perspective: Perspective) -> Json:
    users = perspective.world.store.users
    other = next(users[user_id] for user_id in of.recipients if user_id != perspective.id)
    return {"id": str(other.id), "name": name_in(None, other), "bot": other.bot}


def commands(perspective: Perspective) -> list[Json]:
    """Return the commands a person is offered, by name: one entry per subcommand, and those on messages."""
    found: list[Json] = []
    bots_guilds = [guild for guild in perspective.guilds() if perspective.world.bot.id in guild.members]
    for command in perspective.world.store.commands.values():
        if command.type not in (_SLASH, command_input.MESSAGE_MENU):
            continue
        guilds = [str(one.id) for one in bots_guilds if command_input.offered_in_guild(command, one, perspective.user)]
        in_dms = command_input.offered_in_dms(command)
        if guilds or in_dms:
            found += [entry | {"guilds": guilds, "dms": in_dms} for entry in _paths(command)]
    return sorted(found, key=lambda entry: str(entry["path"]))


def _paths(command: Command) -> Iterator[Json]:
    if command.type == command_input.MESSAGE_MENU:
        return iter([{"path": command.name, "kind": "message", "description": "", "options": []}])
    return _leaves(command.name, command.payload)


def _leaves(path: str, given: Json) -> Iterator[Json]:
    options = given.get("options") or []
    steps = [option for option in options if option["type"] in _STEPS]
    for step in steps:
        yield from _leaves(f"{path} {step['name']}", step)
    if not steps:
        listed = [_option(option) for option in options]
        yield {"path": path, "kind": "slash", "description": given["description"], "options": listed}


def _option(given: Json) -> Json:
    return {
        "name": given["name"],
        "description": given["description"],
        "type": OptionType(given["type"]).name.lower(),
        "required": bool(given.get("required")),
        "autocomplete": bool(given.get("autocomplete")),
        "choices": [{"name": choice["name"], "value": choice["value"]} for choice in given.get("choices") or []],
    } | {name: given.get(name) for name in _LIMITS}
