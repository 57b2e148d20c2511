"""Work out the users and roles that a message pings, from its text and `allowed_mentions`."""

import re
from dataclasses import dataclass, field

from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, Json, Message, User
from discord_sandbox.world import World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass(slots=True, kw_only=True)
class Pings:
    users: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    everyone: bool = False


def pings(
    world: World, channel: Channel, author: User, content: str, allowed: Json | None, answered: Message | None
) -> Pings:
    """Return the users, roles and @everyone that `content` pings, by Discord's documentation of `allowed_mentions`."""
    guild = world.guild_of(channel)
    rule: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True} if allowed is None else allowed
    parse = rule.get("parse") or []
    users = [user_id for user_id in _ids(_USER, content) if user_id in world.store.users]
    if "users" not in parse:
        users = [user_id for user_id in users if str(user_id) in map(str, rule.get("users") or [])]
    if answered is not None and rule.get("replied_user") and answered.author.id not in users:
        users.append(answered.author.id)
    if guild is None:
        return Pings(users=users)
    pings_all = bool(world.may(author.id, channel) & Permission.MENTION_EVERYONE)
    roles = [
        role_id
        for role_id in _ids(_ROLE, content)
        if role_id in guild.roles and (guild.roles[role_id].mentionable or pings_all)
    ]
    if "roles" not in parse:
        roles = [role_id for role_id in roles if str(role_id) in map(str, rule.get("roles") or [])]
    everyone = pings_all and "everyone" in parse and _EVERYONE.search(content) is not None
    return Pings(users=users, roles=roles, everyone=everyone)


def _ids(pattern: re.Pattern[str], content: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in pattern.findall(content)))
