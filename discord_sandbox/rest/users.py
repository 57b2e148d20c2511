"""Routes of users, the bot's own user, and DM channels."""

from discord_sandbox import channels, guilds, message_rules, serializers
from discord_sandbox.api_errors import refused
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.validation.form import Form, shape, snowflake, text
from discord_sandbox.world import Dispatch

routes = Routes()
_own_user = shape("the bot's user", {"username": text(least=2, most=32)}, unmodelled=["avatar", "banner"])
_conversation = shape(
    "a conversation",
    {"recipient_id": snowflake},
    required=["recipient_id"],
    unmodelled=["access_tokens", "nicks"],
)


@routes.add("GET", "/users/@me")
def get_own_user(call: Call) -> Answer:
    return 200, serializers.own_user(call.world.bot)


@routes.add("PATCH", "/users/@me")
def edit_own_user(call: Call) -> Answer:
    form = Form()
    _own_user(form, call.form)
    form.settle()
    world = call.world
    world.bot.username = call.form.get("username") or world.bot.username
    world.publish(Dispatch(name="USER_UPDATE", payload=serializers.own_user(world.bot)))
    return 200, serializers.own_user(world.bot)


@routes.add("GET", "/users/{user_id}")
def get_user(call: Call) -> Answer:
    user = call.world.store.users.get(call.id("user_id"))
    if user is None:
        raise refused(10013)
    return 200, serializers.user(user)


@routes.add("POST", "/users/@me/channels")
def open_conversation(call: Call) -> Answer:
    form = Form()
    _conversation(form, call.form)
    form.settle()
    world = call.world
    user = world.store.users.get(int(call.form["recipient_id"]))
    if user is None:
        raise refused(10013)
    if user.bot:
        raise refused(50007)
    message_rules.check_quarantine(world, user)
    channel = channels.open_direct(world, world.bot, user)
    return 200, serializers.channel(channel, world.store)


@routes.add("GET", "/users/@me/guilds", query=("limit", "before", "after", "with_counts"))
def list_own_guilds(call: Call) -> Answer:
    world = call.world
    before, after = call.cursor("before"), call.cursor("after")
    found = sorted(world.store.guilds_of(world.bot.id), key=lambda guild: guild.id)
    found = [guild for guild in found if (after or 0) < guild.id and (before is None or guild.id < before)]
    limit = call.limit(200, 200)
    page = found[-limit:] if before is not None else found[:limit]
    return 200, [serializers.own_guild(guild, world.bot.id, counts=call.flag("with_counts")) for guild in page]


@routes.add("DELETE", "/users/@me/guilds/{guild_id}")
def leave_guild(call: Call) -> Answer:
    guild = call.guild()
    guilds.leave(call.world, guild, guild.members[call.world.bot.id])
    return 204, None
