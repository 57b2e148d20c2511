"""Routes of guild members."""

from discord_sandbox import guilds, permissions, serializers
from discord_sandbox.api_errors import refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.guilds.guilds import need
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Guild, Member, Role
from discord_sandbox.validation.form import Form, listing, shape, snowflake, text
from discord_sandbox.world import PRIVILEGED_INTENTS, Intent

routes = Routes()
_member = shape(
    "a member",
    {"nick": text(most=32), "roles": listing(snowflake, most=250)},
    unmodelled=["mute", "deaf", "channel_id", "communication_disabled_until", "flags"],
)
_own_member = shape("the bot's membership", {"nick": text(most=32)}, unmodelled=["avatar", "banner", "bio"])


def _found(call: Call, guild: Guild) -> Member:
    user_id = call.id("user_id")
    if user_id not in call.world.store.users:
        raise refused(10013)
    member = guild.members.get(user_id)
    if member is None:
        raise refused(10007)
    return member


def _may_give(call: Call, guild: Guild, role: Role) -> None:
    """Raise ApiError 50013 for a role at or above the bot's highest role, or for a managed role."""
    own = guild.members[call.actor.id]
    highest = max((guild.roles[role_id].position for role_id in own.roles), default=0)
    if role.managed or (role.position >= highest and guild.owner_id != own.id):
        raise refused(50013)


@routes.add("GET", "/guilds/{guild_id}/members", query=("limit", "after"))
def list_members(call: Call) -> Answer:
    if not call.world.application_flags & PRIVILEGED_INTENTS[Intent.GUILD_MEMBERS]:
        raise refused(50001)
    after = call.cursor("after") or 0
    found = sorted((member for member in call.guild().members.values() if member.id > after), key=lambda one: one.id)
    return 200, [serializers.member(member) for member in found[: call.limit(1, 1000)]]


@routes.add("GET", "/guilds/{guild_id}/members/search", query=("query", "limit"))
def search_members(call: Call) -> Answer:
    wanted = call.query.get("query", "").casefold()
    found = [
        member
        for member in call.guild().members.values()
        if member.user.username.casefold().startswith(wanted) or member.display_name.casefold().startswith(wanted)
    ]
    return 200, [serializers.member(member) for member in found[: call.limit(1, 1000)]]


@routes.add("GET", "/guilds/{guild_id}/members/{user_id}")
def get_member(call: Call) -> Answer:
    return 200, serializers.member(_found(call, call.guild()))


@routes.add("PATCH", "/guilds/{guild_id}/members/@me")
def edit_own_member(call: Call) -> Answer:
    guild = call.guild()
    form = Form()
    _own_member(form, call.form)
    form.settle()
    member = guild.members[call.actor.id]
    if "nick" in call.form:
        need(call, guild, Permission.CHANGE_NICKNAME)
        member.nick = call.form["nick"] or None
        guilds.member_changed(call.world, guild, member)
    return 200, serializers.member(member)


@routes.add("PATCH", "/guilds/{guild_id}/members/@me/nick")
def edit_own_nick(call: Call) -> Answer:
    """Change the bot's nickname by the route that Discord deprecates and some libraries still use."""
    edit_own_member(call)
    return 200, {"nick": call.form.get("nick") or None}


@routes.add("PATCH", "/guilds/{guild_id}/members/{user_id}")
def edit_member(call: Call) -> Answer:
    guild = call.guild()
    member = _found(call, guild)
    form = Form()
    _member(form, call.form)
    form.settle()
    if "nick" in call.form:
        need(call, guild, Permission.MANAGE_NICKNAMES)
        if member.id == guild.owner_id:
            raise refused(50013)
        member.nick = call.form["nick"] or None
    if call.form.get("roles") is not None:
        need(call, guild, Permission.MANAGE_ROLES)
        wanted = [int(role_id) for role_id in call.form["roles"]]
        for role_id in set(wanted) ^ set(member.roles):
            if role_id not in guild.roles:
                raise refused(10011)
            _may_give(call, guild, guild.roles[role_id])
        member.roles = wanted
    guilds.member_changed(call.world, guild, member)
    return 200, serializers.member(member)


@routes.add("DELETE", "/guilds/{guild_id}/members/{user_id}")
def kick_member(call: Call) -> Answer:
    guild = call.guild()
    need(call, guild, Permission.KICK_MEMBERS)
    member = _found(call, guild)
    if permissions.in_guild(guild, member) == permissions.ALL:
        raise refused(50013)
    guilds.leave(call.world, guild, member)
    return 204, None


@routes.add("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def give_role(call: Call) -> Answer:
    guild, member, role = _membership(call)
    if role.id not in member.roles:
        member.roles.append(role.id)
        guilds.member_changed(call.world, guild, member)
    return 204, None


@routes.add("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def take_role(call: Call) -> Answer:
    guild, member, role = _membership(call)
    if role.id in member.roles:
        member.roles.remove(role.id)
        guilds.member_changed(call.world, guild, member)
    return 204, None


def _membership(call: Call) -> tuple[Guild, Member, Role]:
    guild = call.guild()
    need(call, guild, Permission.MANAGE_ROLES)
    member = _found(call, guild)
    role = guild.roles.get(call.id("role_id"))
    if role is None:
        raise refused(10011)
    _may_give(call, guild, role)
    return guild, member, role
