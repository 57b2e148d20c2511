"""Register and find routes; parameters are named as in Discord's API description."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from discord_sandbox import message_rules
from discord_sandbox.api_errors import invalid, refused
from discord_sandbox.permissions import Permission
from discord_sandbox.store import Attachment, Channel, Guild, Message, User, read_id
from discord_sandbox.validation.form import in_utc
from discord_sandbox.world import World

Answer = tuple[int, Any]
"""Status and body; a body of None means an empty response."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to a known route: ids from the path, query, body and uploaded files.

    `cuts` are the faults that leave users out of a list of reactors.
    """

    world: World
    method: str
    template: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: dict[int, Attachment] = field(default_factory=dict)
    cuts: Collection[Callable[[list[int]], list[int]]] = ()

    @property
    def actor(self) -> User:
        return self.world.bot

    @property
    def form(self) -> dict[str, Any]:
        """The body as an object, empty if there is none. Raises ApiError 50035 if it is not an object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return self.body

    def id(self, name: str) -> int:
        """Return a snowflake from the path. Raises ApiError 50035 if it is none."""
        return _snowflake(name, self.ids[name])

    def limit(self, default: int, most: int, *, least: int = 1) -> int:
        """Return the requested page size. Raises ApiError 50035 outside `least` to `most`."""
        raw = self.query.get("limit")
        if raw is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,20}", raw):
            raise invalid("limit", "NUMBER_TYPE_COERCE", f'Value "{raw}" is not int.')
        if int(raw) > most:
            raise invalid("limit", "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        if int(raw) < least:
            raise invalid("limit", "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        return int(raw)

    def cursor(self, name: str) -> int | None:
        """Return a snowflake from the query, or None. Raises ApiError 50035 if it is none."""
        raw = self.query.get(name)
        return None if raw is None else _snowflake(name, raw)

    def moment(self, name: str) -> datetime | None:
        """Return a time from the query (UTC if it has no zone), or None. Raises ApiError 50035 if it is none."""
        raw = self.query.get(name)
        if raw is None:
            return None
        try:
            return in_utc(raw)
        except ValueError:
            wrong = f"Could not parse {raw}. Should be ISO8601."
            raise invalid(name, "DATE_TIME_TYPE_PARSE", wrong) from None

    def cut(self, user_ids: list[int]) -> list[int]:
        """Leave out the users that a fault hides."""
        for cut in self.cuts:
            user_ids = cut(user_ids)
        return user_ids

    def flag(self, name: str) -> bool:
        return self.query.get(name, "false").lower() in ("true", "1")

    def guild(self, name: str = "guild_id") -> Guild:
        """Return the guild in the path. Raises ApiError 10004 if there is none, 50001 if the bot is not in it."""
        guild = self.world.store.guilds.get(self.id(name))
        if guild is None:
            raise refused(10004)
        if self.world.bot.id not in guild.members:
            raise refused(50001)
        return guild

    def channel(self, *needed: Permission) -> Channel:
        """Return the channel in the path.

        Raises ApiError 10003 for an unknown channel, 50001 if the bot does not see it, 50013 for missing permissions.
        """
        channel = self.world.store.channels.get(self.id("channel_id"))
        if channel is None:
            raise refused(10003)
        self.need(channel, *needed)
        return channel

    def need(self, channel: Channel, *needed: Permission) -> None:
        message_rules.need(self.world, self.actor, channel, *needed)

    def message(self, channel: Channel) -> Message:
        """Return the message in the path. Raises ApiError 10008 if it does not exist or is ephemeral."""
        message = channel.messages.get(self.id("message_id"))
        if message is None or message.visible_to is not None:
            raise refused(10008)
        return message


def _snowflake(name: str, raw: str) -> int:
    found = read_id(raw)
    if found is None:
        raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{raw}" is not snowflake.')
    return found


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `public` ones need no bot token: their path holds a token of its own, or they hold no secret.

    `forms`: it accepts forms (urlencoded or multipart), and with them files, beside JSON.
    """

    method: str
    template: str
    handle: Handler
    query: frozenset[str]
    public: bool = False
    forms: bool = False


class Routes:
    """A table of routes; literal path segments take precedence over parameters."""

    def __init__(self) -> None:
        self._by_shape: dict[tuple[str, int], list[Route]] = {}

    def __iter__(self) -> Iterator[Route]:
        return (route for routes in self._by_shape.values() for route in routes)

    def add(
        self,
        method: str,
        template: str,
        *,
        query: Collection[str] = (),
        public: bool = False,
        forms: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler; `query` lists the query parameters it supports."""

        def register(handle: Handler) -> Handler:
            self._insert(Route(method, template, handle, frozenset(query), public, forms))
            return handle

        return register

    def _insert(self, route: Route) -> None:
        routes = self._by_shape.setdefault((route.method, route.template.count("/")), [])
        routes.append(route)
        routes.sort(key=lambda entry: [part.startswith("{") for part in entry.template.split("/")])

    def extend(self, other: "Routes") -> None:
        for route in other:
            self._insert(route)

    def find(self, method: str, parts: list[str]) -> tuple[Route, dict[str, str]] | None:
        """Return the route for the decoded path segments with its parameters, or None."""
        for route in self._by_shape.get((method, len(parts)), ()):
            ids = _matched(route.template, parts)
            if ids is not None:
                return route, ids
        return None


def _matched(template: str, parts: list[str]) -> dict[str, str] | None:
    ids: dict[str, str] = {}
    for wanted, part in zip(template[1:].split("/"), parts, strict=True):
        if wanted.startswith("{"):
            ids[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return ids
