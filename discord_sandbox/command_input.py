"""Turn a person's options, selections and fields into interaction `data`, with the checks of Discord's client."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

from discord_sandbox import attachments, permissions, serializers
from discord_sandbox.permissions import Permission
from discord_sandbox.store import Attachment, Channel, Command, Guild, Json, Member, Message, User
from discord_sandbox.validation.components import (
    CHANNEL_SELECT,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    STRING_SELECT,
    USER_SELECT,
)
from discord_sandbox.world import World, is_direct


class NotPossible(PermissionError):  # noqa: N818 - reads as a person would say it
    """Discord's client would not let a person do this."""


class OptionType(IntEnum):
    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


USER_MENU, MESSAGE_MENU = 2, 3  # command types
_ENTITIES = (OptionType.USER, OptionType.CHANNEL, OptionType.ROLE, OptionType.MENTIONABLE)
_SELECTED = {
    USER_SELECT: OptionType.USER,
    ROLE_SELECT: OptionType.ROLE,
    MENTIONABLE_SELECT: OptionType.MENTIONABLE,
    CHANNEL_SELECT: OptionType.CHANNEL,
}


class Upload(NamedTuple):
    """A file for an attachment option."""

    filename: str
    content: bytes
    content_type: str = "application/json"


def id_of(thing: Any) -> int:
    """Return the id of a member, role or channel, or of an id itself. Raises ValueError if it is no number."""
    return int(getattr(thing, "id", thing))


@dataclass(slots=True)
class Resolved:
    """The interaction's `resolved` data: the picked members, roles, channels and files by id."""

    world: World
    channel: Channel
    data: dict[str, Json] = field(default_factory=dict)

    def add(self, kind: OptionType, thing: Any) -> str:
        """Add an entity given by object, id or name and return its id. Raises NotPossible if there is none."""
        picked = self._picked(kind, thing)
        guild = self.world.guild_of(self.channel)
        role = guild.roles.get(picked) if guild is not None else None
        if kind is OptionType.CHANNEL:
            self._add_channel(picked)
        elif kind is OptionType.ROLE or (kind is OptionType.MENTIONABLE and role is not None):
            if role is None:
                raise NotPossible(f"there is no role {thing!r} here")
            self._put("roles", picked, serializers.role(role))
        else:
            self._add_user(picked)
        return str(picked)

    def add_message(self, message: Message) -> str:
        """Add a message and return its id."""
        self._put("messages", message.id, self.world.message_json(message))
        return str(message.id)

    def upload(self, file: Upload) -> str:
        """Add a file and return its id."""
        kept = Attachment(id=self.world.store.next_id(), **file._asdict())
        self.world.store.uploads[kept.id] = kept
        self._put("attachments", kept.id, attachments.attachment(kept, self.channel.id, self.world.base_url))
        return str(kept.id)

    def _picked(self, kind: OptionType, thing: Any) -> int:
        """Return the id of an entity given by object, id or name. Raises NotPossible for an unknown name."""
        with contextlib.suppress(ValueError):
            return id_of(thing)
        guild = self.world.guild_of(self.channel)
        names: dict[str, int] = {}
        if guild is not None and kind is OptionType.CHANNEL:
            names = {channel.name: channel.id for channel in guild.channels.values()}
        elif guild is not None and kind is not OptionType.USER:
            names = {role.name: role.id for role in guild.roles.values()}
        if kind in (OptionType.USER, OptionType.MENTIONABLE):
            names |= {user.username: user.id for user in self.world.store.users.values()}
        if str(thing) not in names:
            raise NotPossible(f"there is no {kind.name.lower()} {thing!r} here")
        return names[str(thing)]

    def _add_user(self, picked: int) -> None:
        user = self.world.store.users.get(picked)
        if user is None:
            raise NotPossible(f"there is no user {picked}")
        self._put("users", picked, serializers.user(user))
        member = self.world.store.member(self.channel.guild_id, picked)
        if member is not None:
            may = self.world.may(picked, self.channel)
            self._put("members", picked, serializers.partial_member(member) | {"permissions": str(int(may))})

    def _add_channel(self, picked: int) -> None:
        channel = self.world.store.channels.get(picked)
        if channel is None or channel.guild_id != self.channel.guild_id:
            raise NotPossible(f"there is no channel {picked} here")
        body = serializers.channel(channel, self.world.store)
        body["permissions"] = str(int(self.world.may(self.world.bot.id, channel)))
        self._put("channels", picked, body)

    def _put(self, group: str, picked: int, body: Json) -> None:
        self.data.setdefault(group, {})[str(picked)] = body


def find_command(world: World, user: User, channel: Channel, name: str, kind: int = 1) -> Command:
    """Return the command that the person sees by this name in this channel. Raises NotPossible if there is none."""
    for command in sorted(world.store.commands.values(), key=lambda one: one.guild_id is None):
        if (command.name, command.type) == (name, kind) and _sees(world, user, channel, command):
            return command
    raise NotPossible(f"{user.username} sees no command {name!r} in #{channel.name}")


def _sees(world: World, user: User, channel: Channel, command: Command) -> bool:
    if is_direct(channel):
        return offered_in_dms(command)
    guild = world.guild_of(channel)
    if guild is None or world.bot.id not in guild.members:
        return False
    if not world.may(user.id, channel) & Permission.USE_APPLICATION_COMMANDS:
        return False
    return offered_in_guild(command, guild, user)


def offered_in_dms(command: Command) -> bool:
    contexts = command.payload.get("contexts")
    in_dms = command.guild_id is None and command.payload.get("dm_permission", True)
    return in_dms and (contexts is None or 1 in contexts)


def offered_in_guild(command: Command, guild: Guild, user: User) -> bool:
    """Return True if the person is offered the command in channels of the guild where they may use commands."""
    contexts = command.payload.get("contexts")
    if user.id not in guild.members or (contexts is not None and 0 not in contexts):
        return False
    if command.guild_id not in (None, guild.id):
        return False
    needed = command.payload.get("default_member_permissions")
    granted = permissions.in_guild(guild, guild.members[user.id])
    if granted & Permission.ADMINISTRATOR:
        return True
    chosen = _override(guild, command, guild.members[user.id])
    if chosen is not None:
        return chosen
    return needed is None or (int(needed) != 0 and granted & int(needed) == int(needed))


def _override(guild: Guild, command: Command, member: Member) -> bool | None:
    """Return what the guild's Integrations page says for the member, or None if it says nothing.

    What it says for the member counts before their roles, of which one that is allowed is enough, and @everyone last:
    https://discord.com/developers/docs/interactions/application-commands#permissions.
    """
    chosen = guild.command_overrides.get(command.name, {})
    for ids in ([member.id], member.roles, [guild.id]):
        said = [chosen[one] for one in ids if one in chosen]
        if said:
            return any(said)
    return None


def command_data(
    world: World,
    channel: Channel,
    command: Command,
    path: Sequence[str],
    given: Mapping[str, Any],
    *,
    focused: str = "",
) -> Json:
    """Return the `data` of a slash command with subcommand `path`; `focused` names the option being typed, if only "".

    Raises NotPossible for options that Discord's client would not accept.
    """
    resolved = Resolved(world, channel)
    leaf, outer = _descend(command, path)
    names = [option["name"] for option in leaf]
    if focused:
        if not any(option["name"] == focused and option.get("autocomplete") for option in leaf):
            raise NotPossible(f"/{command.name} suggests nothing for {focused!r}")
        given = {focused: "", **given}
    options = [
        _option(option, given[option["name"]], resolved, is_focused=option["name"] == focused)
        for option in leaf
        if option["name"] in given
    ]
    for name in given:
        if name not in names:
            raise NotPossible(f"/{command.name} has no option {name!r}, only {', '.join(names) or 'none'}")
    for option in leaf:
        if not focused and option.get("required") and option["name"] not in given:
            raise NotPossible(f"/{command.name} needs the option {option['name']!r}")
    for step in reversed(outer):
        options = [{"type": step["type"], "name": step["name"], "options": options}]
    body: Json = {"id": str(command.id), "name": command.name, "type": command.type, "options": options}
    if command.guild_id is not None:
        body["guild_id"] = str(command.guild_id)
    if resolved.data and not focused:
        body["resolved"] = resolved.data
    return body


def _descend(command: Command, path: Sequence[str]) -> tuple[list[Json], list[Json]]:
    """Return the options below a subcommand path, and the subcommands that lead there. Raises NotPossible."""
    options, steps = command.payload.get("options") or [], []
    for name in path:
        step = next((one for one in options if one["name"] == name and one["type"] in (1, 2)), None)
        if step is None:
            raise NotPossible(f"/{command.name} has no subcommand {name!r}")
        steps.append(step)
        options = step.get("options") or []
    if any(one["type"] in (1, 2) for one in options):
        raise NotPossible(f"/{command.name} needs a subcommand: {', '.join(one['name'] for one in options)}")
    return options, steps


def _option(option: Json, value: Any, resolved: Resolved, *, is_focused: bool) -> Json:
    kind = OptionType(option["type"])
    body: Json = {"type": int(kind), "name": option["name"]}
    if is_focused:
        return body | {"value": str(value), "focused": True}
    if kind in _ENTITIES:
        return body | {"value": _entity(option, value, resolved)}
    if kind is OptionType.ATTACHMENT and isinstance(value, Upload):
        return body | {"value": resolved.upload(value)}
    if option.get("choices"):
        return body | {"value": _choice(option, value)}
    return body | {"value": _typed(option, kind, value)}


def _entity(option: Json, value: Any, resolved: Resolved) -> str:
    picked = resolved.add(OptionType(option["type"]), value)
    allowed = option.get("channel_types")
    if allowed and resolved.data["channels"][picked]["type"] not in allowed:
        raise NotPossible(f"the option {option['name']!r} takes no channel of that type")
    return picked


def _choice(option: Json, value: Any) -> Any:
    for choice in option["choices"]:
        if value in (choice["name"], choice["value"]):
            return choice["value"]
    raise NotPossible(f"the option {option['name']!r} offers no choice {value!r}")


_EXPECTED: Mapping[OptionType, tuple[type, ...]] = {
    OptionType.STRING: (str,),
    OptionType.INTEGER: (int,),
    OptionType.BOOLEAN: (bool,),
    OptionType.NUMBER: (int, float),
}


def _typed(option: Json, kind: OptionType, value: Any) -> Any:
    name = option["name"]
    if kind not in _EXPECTED:
        raise NotPossible(f"nobody can fill in the option {name!r} here")
    if type(value) not in _EXPECTED[kind]:
        raise NotPossible(f"the option {name!r} takes no {type(value).__name__}")
    if kind is OptionType.STRING:
        _within(name, len(value), max(option.get("min_length") or 0, 1), option.get("max_length") or 6000)
    elif kind is not OptionType.BOOLEAN:
        _within(name, value, option.get("min_value"), option.get("max_value"))
    return value


def _within(name: str, value: float, least: float | None, most: float | None) -> None:
    if (least is not None and value < least) or (most is not None and value > most):
        raise NotPossible(f"{name!r} must be between {least} and {most}, not {value}")


def menu_data(world: World, channel: Channel, command: Command, target: Any) -> Json:
    """Return the `data` of a context menu command on a message, or on a person by id."""
    resolved = Resolved(world, channel)
    is_message = command.type == MESSAGE_MENU
    picked = resolved.add_message(target) if is_message else resolved.add(OptionType.USER, target)
    body: Json = {"id": str(command.id), "name": command.name, "type": command.type, "target_id": picked}
    if command.guild_id is not None:
        body["guild_id"] = str(command.guild_id)
    return body | {"resolved": resolved.data}


def select_data(world: World, channel: Channel, select: Json, picked: Iterable[Any]) -> Json:
    """Return the `data` of a select. `picked`: labels or values of a string select, else members, roles or channels.

    Raises NotPossible for anything the select does not offer.
    """
    things = list(picked)
    least, most = select.get("min_values"), select.get("max_values")
    _within(select["custom_id"], len(things), 1 if least is None else least, 1 if most is None else most)
    body: Json = {"custom_id": select["custom_id"], "component_type": select["type"]}
    if select["type"] == STRING_SELECT:
        return body | {"values": [_option_value(select, thing) for thing in things]}
    resolved = Resolved(world, channel)
    body["values"] = [resolved.add(_SELECTED[select["type"]], thing) for thing in things]
    return body | {"resolved": resolved.data}


def _option_value(select: Json, wanted: str) -> str:
    options = select["options"]
    for option in options:
        if wanted in (option["label"], option["value"]):
            return str(option["value"])
    raise NotPossible(f"there is no {wanted!r} to pick among {', '.join(option['label'] for option in options)}")


def modal_data(world: World, channel: Channel, modal: Json, given: Mapping[str, Any]) -> Json:
    """Return the `data` of a submitted modal: `given` by custom id or label, other fields with their default values.

    Raises NotPossible for unknown fields and values that do not fit.
    """
    left = dict(given)
    resolved = Resolved(world, channel)
    filled = [_filled(component, left, resolved) for component in modal["components"]]
    if left:
        raise NotPossible(f"the form {modal['title']!r} has no {', '.join(left)}")
    body: Json = {"custom_id": modal["custom_id"], "components": filled}
    return body | {"resolved": resolved.data} if resolved.data else body


def _filled(component: Json, left: dict[str, Any], resolved: Resolved) -> Json:
    body: Json = {"type": component["type"], "id": component["id"]}
    if "component" in component:
        body["component"] = _input(component["component"], component["label"], left, resolved)
    if "components" in component:
        body["components"] = [_input(one, one.get("label") or "", left, resolved) for one in component["components"]]
    return body


def _input(field: Json, label: str, left: dict[str, Any], resolved: Resolved) -> Json:
    names = [name for name in (field["custom_id"], label) if name in left]
    given = left.pop(names[0]) if names else None
    body: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if "style" in field:
        return body | {"value": _text(field, label, given)}
    if given is None and not field.get("required", True):
        return body | {"values": []}
    picked = [given] if isinstance(given, str) or given is None else list(given)
    data = select_data(resolved.world, resolved.channel, field, [one for one in picked if one is not None])
    for group, found in data.get("resolved", {}).items():
        resolved.data.setdefault(group, {}).update(found)
    return body | {"values": data["values"]}


def _text(field: Json, label: str, given: Any) -> str:
    value = str(field.get("value") or "") if given is None else str(given)
    required = field.get("required", True)
    if value or required:
        _within(
            label or field["custom_id"],
            len(value),
            max(field.get("min_length") or 0, 1),
            field.get("max_length") or 4000,
        )
    return value
