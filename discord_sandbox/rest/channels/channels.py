"""Routes of channels: get, edit, delete, overwrites and typing."""

from collections.abc import Callable
from typing import Any

from discord_sandbox import channels, message_rules, messages, serializers
from discord_sandbox.api_errors import refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.channels.overwrites import overwrite_shape, overwrites_shape, read_overwrite, read_overwrites
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Channel, Guild
from discord_sandbox.validation.form import Form, boolean, integer, shape, snowflake, text
from discord_sandbox.validation.messages import check_thread_edit

routes = Routes()
UNMODELLED_SETTINGS = (
    "bitrate",
    "user_limit",
    "rtc_region",
    "video_quality_mode",
    "default_auto_archive_duration",
    "default_reaction_emoji",
    "default_thread_rate_limit_per_user",
    "default_sort_order",
    "default_forum_layout",
    "default_tag_setting",
    "available_tags",
)
"""Settings of channels of voice and forums, and defaults of threads."""
_edit = shape(
    "a channel edit",
    {
        "name": text(least=1, most=100, required=True),
        "topic": text(most=1024),
        "position": integer(least=0),
        "parent_id": snowflake,
        "nsfw": boolean,
        "rate_limit_per_user": integer(least=0, most=21600),
        "permission_overwrites": overwrites_shape,
    },
    unmodelled=["type", "flags", *UNMODELLED_SETTINGS],
)


def guild_of(call: Call, channel: Channel) -> Guild:
    """Return the guild of a channel. Raises ApiError 50003 for a DM channel."""
    guild = call.world.guild_of(channel)
    if guild is None:
        raise refused(50003)
    return guild


@routes.add("GET", "/channels/{channel_id}")
def get_channel(call: Call) -> Answer:
    channel = call.channel()
    if channel.thread is not None:
        return 200, serializers.thread(channel, viewer=call.actor.id)
    return 200, serializers.channel(channel, call.world.store)


@routes.add("PATCH", "/channels/{channel_id}")
def edit_channel(call: Call) -> Answer:
    channel = call.channel()
    guild = guild_of(call, channel)
    if channel.thread is not None:
        return _edit_thread(call, guild, channel)
    call.need(channel, Permission.MANAGE_CHANNELS)
    form = Form()
    _edit(form, call.form)
    form.settle()
    body = call.form
    if body.get("permission_overwrites") is not None:
        call.need(channel, Permission.MANAGE_ROLES)
        channel.overwrites = read_overwrites(body["permission_overwrites"])
    _assign(
        channel,
        body,
        {
            "name": ("name", str),
            "topic": ("topic", lambda value: value or None),
            "position": ("position", lambda value: int(value or 0)),
            "parent_id": ("parent_id", lambda value: int(value) if value else None),
            "nsfw": ("nsfw", bool),
            "rate_limit_per_user": ("slowmode", lambda value: int(value or 0)),
        },
    )
    channels.changed(call.world, guild, channel)
    return 200, serializers.channel(channel, call.world.store)


def _edit_thread(call: Call, guild: Guild, thread: Channel) -> Answer:
    state = thread.state
    check_thread_edit(call.form)
    body = call.form
    granted = call.world.may(call.actor.id, thread)
    manages = bool(granted & Permission.MANAGE_THREADS)
    reopening = set(body) <= {"archived", "auto_archive_duration"} and body.get("archived") is False
    if not manages and ((state.owner_id != call.actor.id and not reopening) or "locked" in body or state.locked):
        raise refused(50013)
    if state.archived and body.get("archived") is not False:
        raise refused(50083)
    if state.archived and body.get("archived") is False:
        message_rules.require_thread_room(guild)
    if "archived" in body and bool(body["archived"]) != state.archived:
        state.archived = bool(body["archived"])
        state.archive_changed_at = call.world.clock.now()
    _assign(thread, body, {"name": ("name", str), "rate_limit_per_user": ("slowmode", lambda value: int(value or 0))})
    _assign(
        state,
        body,
        {
            "locked": ("locked", bool),
            "invitable": ("invitable", bool),
            "auto_archive_duration": ("auto_archive_minutes", int),
        },
    )
    channels.changed(call.world, guild, thread)
    return 200, serializers.thread(thread, viewer=call.actor.id)


def _assign(target: object, body: dict[str, Any], fields: dict[str, tuple[str, Callable[[Any], Any]]]) -> None:
    for name, (attribute, read) in fields.items():
        if name in body:
            setattr(target, attribute, read(body[name]))


@routes.add("DELETE", "/channels/{channel_id}")
def delete_channel(call: Call) -> Answer:
    channel = call.channel()
    guild = guild_of(call, channel)
    threads = channel.thread is not None
    call.need(channel, Permission.MANAGE_THREADS if threads else Permission.MANAGE_CHANNELS)
    body = serializers.channel(channel, call.world.store)
    channels.delete(call.world, guild, channel)
    return 200, body


@routes.add("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
def set_overwrite(call: Call) -> Answer:
    channel = call.channel(Permission.MANAGE_ROLES)
    guild = guild_of(call, channel)
    form = Form()
    overwrite_shape(form, call.form)
    form.settle()
    target = call.id("overwrite_id")
    channel.overwrites[target] = read_overwrite(target, call.form)
    channels.changed(call.world, guild, channel)
    return 204, None


@routes.add("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def delete_overwrite(call: Call) -> Answer:
    channel = call.channel(Permission.MANAGE_ROLES)
    if channel.overwrites.pop(call.id("overwrite_id"), None) is None:
        raise refused(10009)
    channels.changed(call.world, guild_of(call, channel), channel)
    return 204, None


@routes.add("POST", "/channels/{channel_id}/typing")
def type_in_channel(call: Call) -> Answer:
    channel = call.channel()
    sending = Permission.SEND_MESSAGES if channel.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    call.need(channel, sending)
    messages.typing(call.world, channel, call.actor)
    return 204, None
