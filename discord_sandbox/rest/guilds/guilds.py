"""Routes of guilds, their channels and emoji."""

from discord_sandbox import channels, permissions, serializers
from discord_sandbox.api_errors import refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.channels.channels import UNMODELLED_SETTINGS
from discord_sandbox.rest.channels.overwrites import overwrites_shape, read_overwrites
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Channel, ChannelType, Guild
from discord_sandbox.validation.form import Form, boolean, integer, one_of, shape, snowflake, text

routes = Routes()
_NOT_CREATED = (
    ChannelType.DM,
    ChannelType.ANNOUNCEMENT_THREAD,
    ChannelType.PUBLIC_THREAD,
    ChannelType.PRIVATE_THREAD,
)
_new_channel = shape(
    "a channel",
    {
        "name": text(least=1, most=100, required=True),
        "type": one_of(*(int(kind) for kind in ChannelType if kind not in _NOT_CREATED)),
        "topic": text(most=1024),
        "position": integer(least=0),
        "parent_id": snowflake,
        "nsfw": boolean,
        "rate_limit_per_user": integer(least=0, most=21600),
        "permission_overwrites": overwrites_shape,
    },
    required=["name"],
    unmodelled=UNMODELLED_SETTINGS,
)


def need(call: Call, guild: Guild, permission: Permission) -> None:
    """Raise ApiError 50013 unless the bot has a permission in the guild as a whole."""
    if not permissions.in_guild(guild, guild.members[call.actor.id]) & permission:
        raise refused(50013)


@routes.add("GET", "/guilds/{guild_id}", query=("with_counts",))
def get_guild(call: Call) -> Answer:
    guild = call.world.store.guilds.get(call.id("guild_id"))
    if guild is None or call.actor.id not in guild.members:
        raise refused(10004)  # alike for both since 2023 (discord-api-docs issue 5840)
    body = serializers.guild(guild)
    if call.flag("with_counts"):
        body |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return 200, body


@routes.add("GET", "/guilds/{guild_id}/channels")
def list_channels(call: Call) -> Answer:
    return 200, [serializers.channel(channel, call.world.store) for channel in call.guild().channels.values()]


@routes.add("POST", "/guilds/{guild_id}/channels")
def create_channel(call: Call) -> Answer:
    guild = call.guild()
    need(call, guild, Permission.MANAGE_CHANNELS)
    form = Form()
    _new_channel(form, call.form)
    form.settle()
    body = call.form
    channel = Channel(
        id=call.world.store.next_id(),
        type=ChannelType(int(body.get("type") or 0)),
        guild_id=guild.id,
        name=body["name"],
        topic=body.get("topic"),
        position=int(body.get("position") or len(guild.channels)),
        parent_id=int(body["parent_id"]) if body.get("parent_id") else None,
        nsfw=bool(body.get("nsfw")),
        slowmode=int(body.get("rate_limit_per_user") or 0),
        overwrites=read_overwrites(body.get("permission_overwrites") or []),
    )
    channels.create(call.world, guild, channel)
    return 201, serializers.channel(channel, call.world.store)


@routes.add("GET", "/guilds/{guild_id}/threads/active")
def list_active_threads(call: Call) -> Answer:
    world = call.world
    threads = [thread for thread in call.guild().active_threads if world.bot_sees(thread)]
    joined = [thread for thread in threads if thread.thread is not None and world.bot.id in thread.thread.members]
    return 200, {
        "threads": [serializers.thread(thread, viewer=world.bot.id) for thread in reversed(threads)],
        "members": [serializers.thread_member(thread, world.bot.id) for thread in joined],
        "has_more": False,
    }


@routes.add("GET", "/guilds/{guild_id}/emojis")
def list_emojis(call: Call) -> Answer:
    return 200, [serializers.emoji(emoji) for emoji in call.guild().emojis.values()]


@routes.add("GET", "/guilds/{guild_id}/emojis/{emoji_id}")
def get_emoji(call: Call) -> Answer:
    emoji = call.guild().emojis.get(call.id("emoji_id"))
    if emoji is None:
        error = refused(10014)
        error.status = 404
        raise error
    return 200, serializers.emoji(emoji)
