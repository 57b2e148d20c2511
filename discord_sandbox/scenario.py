"""Read scenario files: initial guilds, roles, channels, emoji and members as TOML or JSON.

A guild's table `bot` gives the bot a nickname, roles, and the permissions of its own role in place of the usual ones;
a channel's `allow` and `deny` are overwrites for the bot.
"""

import json
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from discord_sandbox.builders import SandboxGuild
from discord_sandbox.permissions import Permission, named
from discord_sandbox.sandbox import Sandbox
from discord_sandbox.store import ChannelType, Json, Role

DEFAULT = Path(__file__).with_name("default.toml")
_TYPES = {
    "text": ChannelType.TEXT,
    "voice": ChannelType.VOICE,
    "category": ChannelType.CATEGORY,
    "announcement": ChannelType.ANNOUNCEMENT,
}


class WrongScenario(ValueError):  # noqa: N818 - says what is wrong
    """The file is not a valid scenario; the message names the place."""


def read(file: Path) -> Json:
    """Return the content of a scenario file. Raises WrongScenario if it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
        content = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise WrongScenario(f"{file}: {error}") from error
    if not isinstance(content, dict):
        raise WrongScenario(f"{file}: not a table")
    return content


def build(sandbox: Sandbox, scenario: Json) -> list[SandboxGuild]:
    """Add the guilds of a scenario; a name in several guilds is the same person. Raises WrongScenario."""
    people: dict[str, Any] = {}
    return [_guild(sandbox, entry, people) for entry in _entries(scenario, "guilds", {"guilds"}, "the scenario")]


def _guild(sandbox: Sandbox, given: Json, people: dict[str, Any]) -> SandboxGuild:
    name = _name(given, "a guild")
    where = f"guild {name!r}"
    known = {"name", "owner", "bot", "roles", "channels", "members", "emojis"}
    owner = str(given.get("owner", "owner"))
    bot = _table(given, "bot", where)
    _only(bot, {"nick", "roles", "permissions"}, f"the bot of {where}")
    granted = named(*_permissions(bot, f"the bot of {where}")) if "permissions" in bot else None
    guild = sandbox.add_guild(name, owner=people.get(owner, owner), bot_permissions=granted)
    people[owner] = guild.owner
    guild.bot.nick = bot.get("nick")
    for role in _entries(given, "roles", known, where):
        _only(role, {"name", "permissions", "mentionable"}, f"a role of {where}")
        guild.add_role(
            _name(role, f"a role of {where}"),
            permissions=_permissions(role, where),
            mentionable=bool(role.get("mentionable")),
        )
    guild.bot.roles += [role.id for role in _roles(guild, bot, f"the bot of {where}")]
    for channel in _entries(given, "channels", known, where):
        _channel(guild, channel, where)
    for emoji in _entries(given, "emojis", known, where):
        _only(emoji, {"name", "animated"}, f"an emoji of {where}")
        guild.add_emoji(_name(emoji, f"an emoji of {where}"), animated=bool(emoji.get("animated")))
    for member in _entries(given, "members", known, where):
        _member(guild, member, people, where)
    return guild


def _channel(guild: SandboxGuild, given: Json, where: str) -> None:
    name = _name(given, f"a channel of {where}")
    here = f"channel {name!r} of {where}"
    _only(given, {"name", "type", "topic", "parent", "hidden", "deny", "allow"}, here)
    kind = given.get("type", "text")
    if kind not in _TYPES:
        raise WrongScenario(f"{here}: type {kind!r} is none of {', '.join(_TYPES)}")
    parent = guild.channel(str(given["parent"])) if "parent" in given else None
    channel = guild.add_channel(name, type=_TYPES[kind], topic=given.get("topic"), parent=parent)
    if given.get("hidden"):
        guild.deny(channel, "view_channel", to=guild.facts.roles[guild.id])
    if given.get("deny"):
        guild.deny(channel, *_permissions(given, here, "deny"))
    if given.get("allow"):
        guild.allow(channel, *_permissions(given, here, "allow"))


def _member(guild: SandboxGuild, given: Json, people: dict[str, Any], where: str) -> None:
    name = _name(given, f"a member of {where}")
    here = f"member {name!r} of {where}"
    _only(given, {"name", "nick", "roles", "permissions", "dms"}, here)
    people[name] = guild.add_member(
        people.get(name, name),
        nick=given.get("nick"),
        roles=_roles(guild, given, here),
        permissions=_permissions(given, here),
    )
    if given.get("dms") is False:
        people[name].close_dms()


def _roles(guild: SandboxGuild, given: Json, where: str) -> list[Role]:
    roles = {role.name: role for role in guild.facts.roles.values()}
    names = [str(name) for name in given.get("roles", ())]
    for name in names:
        if name not in roles:
            raise WrongScenario(f"{where}: there is no role {name!r}")
    return [roles[name] for name in names]


def _permissions(given: Json, where: str, key: str = "permissions") -> list[str]:
    names = [str(name) for name in given.get(key, ())]
    for name in names:
        if name.upper() not in Permission.__members__:
            raise WrongScenario(f"{where}: there is no permission {name!r}")
    return names


def _table(given: Json, key: str, where: str) -> Json:
    table = given.get(key, {})
    if not isinstance(table, dict):
        raise WrongScenario(f"{where}: {key} is not a table")
    return table


def _entries(given: Json, key: str, known: Collection[str], where: str) -> list[Json]:
    _only(given, known, where)
    entries = given.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise WrongScenario(f"{where}: {key} is not a list of tables")
    return entries


def _name(given: Json, where: str) -> str:
    if not isinstance(given.get("name"), str) or not given["name"]:
        raise WrongScenario(f"{where} has no name")
    return str(given["name"])


def _only(given: Json, known: Collection[str], where: str) -> None:
    for key in given:
        if key not in known:
            raise WrongScenario(f"{where}: {key!r} is not known")
