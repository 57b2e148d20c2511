"""Save a whole world as JSON and load it again.

Ephemeral messages, and interactions with their tokens, are not saved.
"""

import types
from base64 import b64decode, b64encode
from collections.abc import Hashable
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from discord_sandbox.clock import machine_now
from discord_sandbox.store import Channel, ChannelType, Command, Guild, Json, Store, User
from discord_sandbox.world import World

FORMAT_VERSION = 2
"""The version of the file format. Version 1 had fewer fields; those get their defaults."""
_READABLE = (1, FORMAT_VERSION)
_UNIONS = (Union, types.UnionType)


class WrongWorld(ValueError):  # noqa: N818 - says what is wrong
    """The saved world cannot be loaded; the message gives the reason."""


def save(world: World) -> Json:
    """Return the current state, ready for `json.dumps`."""
    store = world.store
    return {
        "form": FORMAT_VERSION,
        "now": world.clock.now().isoformat(),
        "bot": world.bot.id,
        "owner": world.owner.id,
        "last_id": store.last_id,
        "last_seed": store.last_seed,
        "users": [_record(user) for user in store.users.values()],
        "channels": [_channel(channel) for channel in store.channels.values()],
        "guilds": [_record(guild) for guild in store.guilds.values()],
        "commands": [_record(command) for command in store.commands.values()],
    }


def load(world: World, kept: Json) -> None:
    """Load a saved world into an empty one. The clock continues at the saved time or later.

    Raises WrongWorld.
    """
    if kept.get("form") not in _READABLE:
        raise WrongWorld(f"this is a world of form {kept.get('form')!r}; only forms 1 to {FORMAT_VERSION} can be read")
    try:
        _load(world, kept)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise WrongWorld(f"this world is damaged: {error!r}") from error


def _load(world: World, kept: Json) -> None:
    store = world.store
    store.users = {entry["id"]: _made(User, entry, store) for entry in kept["users"]}
    world.bot, world.owner = store.users[kept["bot"]], store.users[kept["owner"]]
    store.channels = {entry["id"]: _made(Channel, entry, store) for entry in kept["channels"]}
    store.dms = {frozenset(one.recipients): one for one in store.channels.values() if one.recipients}
    store.guilds = {entry["id"]: _made(Guild, entry, store) for entry in kept["guilds"]}
    store.commands = {entry["id"]: _made(Command, entry, store) for entry in kept["commands"]}
    store.last_id, store.last_seed = kept["last_id"], kept["last_seed"]
    world.clock.offset = max(datetime.fromisoformat(kept["now"]) - machine_now(), world.clock.offset)
    store.structure_changed()


def _channel(channel: Channel) -> Json:
    body = _record(channel)
    body["messages"] = [[key, message] for key, message in body["messages"] if message["visible_to"] is None]
    return body


def _record(value: Any) -> Json:
    """Return the fields of a dataclass; users and channels inside it as ids."""
    return {name: _written(hint, getattr(value, name)) for name, hint in _hints(cast(Hashable, type(value))).items()}


def _made(kind: Any, record: Json, store: Store) -> Any:
    """Build a dataclass from the result of `_record`."""
    return kind(**{name: _read(hint, record[name], store) for name, hint in _hints(kind).items() if name in record})


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)


def _written(hint: Any, value: Any) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if value is None or Any in inside:  # already plain JSON
        return value
    if origin in _UNIONS:
        return _written(inside[0], value)
    if origin is dict:
        return [[_written(inside[0], key), _written(inside[1], entry)] for key, entry in value.items()]
    if origin is list:
        return [_written(inside[0], entry) for entry in value]
    if hint in (User, Channel):
        return value.id
    if is_dataclass(hint):
        return _record(value)
    if hint is datetime:
        return value.isoformat()
    return b64encode(value).decode() if hint is bytes else value


def _read(hint: Any, value: Any, store: Store) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if value is None or Any in inside:
        return value
    if origin in _UNIONS:
        return _read(inside[0], value, store)
    if origin is dict:
        return {_read(inside[0], key, store): _read(inside[1], entry, store) for key, entry in value}
    if origin is list:
        return [_read(inside[0], entry, store) for entry in value]
    if origin is tuple:
        return tuple(value)
    if hint in (User, Channel):
        return (store.users if hint is User else store.channels)[value]
    if is_dataclass(hint):
        return _made(hint, value, store)
    if hint is datetime:
        return datetime.fromisoformat(value)
    return b64decode(value) if hint is bytes else hint(value) if hint is ChannelType else value
