"""Routes of guild roles."""

from collections import Counter

from discord_sandbox import guilds, serializers
from discord_sandbox.api_errors import refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.channels.overwrites import bits
from discord_sandbox.rest.guilds.guilds import need
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Guild, Role
from discord_sandbox.validation.form import Form, boolean, integer, shape, text

routes = Routes()
_colour = integer(least=0, most=0xFFFFFF)
_role = shape(
    "a role",
    {
        "name": text(least=1, most=100),
        "permissions": bits,
        "color": _colour,
        "colors": shape(
            "a role's colours",
            {"primary_color": _colour},
            unmodelled=["secondary_color", "tertiary_color"],
        ),
        "hoist": boolean,
        "mentionable": boolean,
    },
    unmodelled=["icon", "unicode_emoji"],
)


@routes.add("GET", "/guilds/{guild_id}/roles")
def list_roles(call: Call) -> Answer:
    return 200, [serializers.role(role) for role in call.guild().roles.values()]


@routes.add("GET", "/guilds/{guild_id}/roles/member-counts")
def count_members(call: Call) -> Answer:
    """Return the number of members with each role but @everyone."""
    guild = call.guild()
    held = Counter(role for member in guild.members.values() for role in member.roles)
    return 200, {str(role): held[role] for role in guild.roles if role != guild.id}


@routes.add("GET", "/guilds/{guild_id}/roles/{role_id}")
def get_role(call: Call) -> Answer:
    return 200, serializers.role(_found(call, call.guild()))


@routes.add("POST", "/guilds/{guild_id}/roles")
def create_role(call: Call) -> Answer:
    guild = call.guild()
    need(call, guild, Permission.MANAGE_ROLES)
    role = Role(id=call.world.store.next_id(), name="new role", permissions=guild.roles[guild.id].permissions)
    _write(call, role)
    role.position = 1
    for other in guild.roles.values():
        if other.id != guild.id:
            other.position += 1
    guilds.create_role(call.world, guild, role)
    return 200, serializers.role(role)


@routes.add("PATCH", "/guilds/{guild_id}/roles/{role_id}")
def edit_role(call: Call) -> Answer:
    guild = call.guild()
    need(call, guild, Permission.MANAGE_ROLES)
    role = _found(call, guild)
    _write(call, role)
    guilds.role_changed(call.world, guild, role)
    return 200, serializers.role(role)


@routes.add("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_role(call: Call) -> Answer:
    guild = call.guild()
    need(call, guild, Permission.MANAGE_ROLES)
    role = _found(call, guild)
    if role.managed or role.id == guild.id:
        raise refused(50013)
    guilds.delete_role(call.world, guild, role)
    return 204, None


def _found(call: Call, guild: Guild) -> Role:
    role = guild.roles.get(call.id("role_id"))
    if role is None:
        raise refused(10011)
    return role


def _write(call: Call, role: Role) -> None:
    form = Form()
    _role(form, call.form)
    form.settle()
    body = call.form
    role.name = body.get("name") or role.name
    role.color = int((body.get("colors") or {}).get("primary_color") or body.get("color") or role.color)
    role.permissions = int(body["permissions"]) if body.get("permissions") is not None else role.permissions
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))
