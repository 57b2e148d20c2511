"""Members that the gateway sends of its own accord or on request."""

import re
from collections.abc import Callable, Iterator

from discord_sandbox import serializers
from discord_sandbox.sessions import Close, Session, malformed
from discord_sandbox.store import Guild, Json, Member, read_id
from discord_sandbox.world import Intent, World

_CHUNK = 1000
_MAX_NONCE_BYTES = 32  # longer ones are ignored, as Discord documents
_FIELDS = {"guild_id", "query", "limit", "presences", "user_ids", "nonce"}
_UNSEEN = ("invisible", "offline")


def with_members(world: World, session: Session, created: Json) -> Json:
    """Return a GUILD_CREATE with the members and presences that this session gets.

    With the presence intent these are all members, or those with a role or nickname if the guild is large
    (https://discord.com/developers/docs/events/gateway-events#request-guild-members). Only the bot is ever online.
    """
    guild = world.store.guilds[int(created["id"])]
    large = len(guild.members) > session.large_threshold
    if not session.intents & Intent.GUILD_PRESENCES:
        return created | {"large": large}
    shown = [
        serializers.member(member)
        for member in guild.members.values()
        if not large or member.id == world.bot.id or member.roles or member.nick
    ]
    return created | {"large": large, "members": shown, "presences": _presences(world, session, guild)}


def _presences(world: World, session: Session, guild: Guild) -> list[Json]:
    presence = serializers.presence(world.bot.id, guild.id, session.presence, now=world.clock.now())
    return [presence] if presence["status"] not in _UNSEEN else []


def chunks(world: World, session: Session, payload: Json, *, ignored: Callable[[str], object]) -> Iterator[Json]:
    """Return the payloads of GUILD_MEMBERS_CHUNK that answer a request for members (opcode 8).

    Raises Close 4014 for a request for everybody without the intent, 4002 for a malformed one.
    """
    if unknown := payload.keys() - _FIELDS:
        ignored(f"gateway op 8: field {', '.join(sorted(unknown))}")
    ids = _ids(payload.get("guild_id"))
    if not ids:
        raise malformed()
    guild = world.store.guilds.get(ids[0])
    if guild is None or world.bot.id not in guild.members:
        return
    by_ids, told = bool(payload.get("user_ids")), bool(session.intents & Intent.GUILD_MEMBERS)
    if by_ids and not told and not world.assumptions.members_by_id_without_intent:
        return
    members, not_found = _wanted(session, guild, payload)
    parts = [members[start : start + _CHUNK] for start in range(0, len(members), _CHUNK)] or [[]]
    for index, part in enumerate(parts):
        body: Json = {
            "guild_id": str(guild.id),
            "members": [serializers.member(member) for member in part],
            "chunk_index": index,
            "chunk_count": len(parts),
        }
        if 0 < len(str(payload.get("nonce") or "").encode(errors="replace")) <= _MAX_NONCE_BYTES:
            body["nonce"] = payload["nonce"]
        if index == 0 and not_found:
            body["not_found"] = not_found
        if payload.get("presences") and session.intents & Intent.GUILD_PRESENCES:
            here = any(member.id == world.bot.id for member in part)
            body["presences"] = _presences(world, session, guild) if here else []
        yield body


def _wanted(session: Session, guild: Guild, payload: Json) -> tuple[list[Member], list[str]]:
    """Return the members asked for, and the ids of users who are no members."""
    query, limit = payload.get("query") or "", payload.get("limit") or 0
    if not isinstance(query, str) or not isinstance(limit, int) or limit < 0:
        raise malformed()
    if payload.get("user_ids"):
        ids = _ids(payload["user_ids"])[:100]
        absent = [str(user_id) for user_id in ids if user_id not in guild.members]
        return [guild.members[user_id] for user_id in ids if user_id in guild.members], absent
    if not query and not limit and not session.intents & Intent.GUILD_MEMBERS:
        raise Close(4014, "Disallowed intent(s).")
    begins = re.compile(re.escape(query), re.IGNORECASE)
    found = [
        member
        for member in guild.members.values()
        if begins.match(member.user.username) or begins.match(member.display_name)
    ]
    return found[: min(limit, 100)] if limit else found, []


def _ids(given: object) -> list[int]:
    """Return one id or several. Raises Close 4002."""
    found = [read_id(str(one)) for one in (given if isinstance(given, list) else [given])]
    ids = [one for one in found if one is not None]
    if len(ids) < len(found):
        raise malformed()
    return ids
