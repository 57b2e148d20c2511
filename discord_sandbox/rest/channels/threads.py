"""Routes of threads and their members."""

from collections.abc import Callable

from discord_sandbox import channels, message_rules, messages, serializers
from discord_sandbox.api_errors import Unsupported, refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.channels.channels import guild_of
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Channel, ChannelType, Guild, Json, Message
from discord_sandbox.validation.messages import check_thread

routes = Routes()


@routes.add("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def start_on_message(call: Call) -> Answer:
    channel = call.channel(Permission.CREATE_PUBLIC_THREADS, Permission.READ_MESSAGE_HISTORY)
    message = call.message(channel)
    if message.id in call.world.store.channels:
        raise refused(160004)
    return _start(call, channel, ChannelType.PUBLIC_THREAD, message)


@routes.add("POST", "/channels/{channel_id}/threads", forms=True)
def start(call: Call) -> Answer:
    check_thread(call.form)
    kind = ChannelType(int(call.form.get("type") or ChannelType.PRIVATE_THREAD))
    private = kind is ChannelType.PRIVATE_THREAD
    channel = call.channel(Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    return _start(call, channel, kind, None)


def _start(call: Call, channel: Channel, kind: ChannelType, message: Message | None) -> Answer:
    guild = guild_of(call, channel)
    if channel.type is ChannelType.FORUM:
        raise Unsupported("a post in a forum")
    check_thread(call.form)
    if channel.type is not ChannelType.TEXT:
        raise refused(50024)
    message_rules.require_thread_room(guild)
    body = call.form
    thread = channels.start_thread(
        call.world,
        guild,
        channel,
        call.actor,
        body["name"],
        kind=kind,
        on=message,
        auto_archive_minutes=int(body.get("auto_archive_duration") or 4320),
        invitable=bool(body.get("invitable", True)),
        slowmode=int(body.get("rate_limit_per_user") or 0),
    )
    if message is not None:
        messages.edited(call.world, channel, message)
        notice = messages.Draft(type=21, reply_to=(channel.id, message.id))
        messages.create(call.world, thread, call.actor, notice)
    elif kind is ChannelType.PUBLIC_THREAD:
        messages.create(call.world, channel, call.actor, messages.Draft(content=thread.name, type=18))
    return 201, serializers.thread(thread, viewer=call.actor.id)


def _thread(call: Call, *, open_only: bool = True) -> tuple[Guild, Channel]:
    thread = call.channel()
    guild = guild_of(call, thread)
    if thread.thread is None:
        raise refused(50024)
    if open_only and thread.thread.archived:
        raise refused(50083)
    return guild, thread


@routes.add("GET", "/channels/{channel_id}/thread-members", query=("with_member", "after", "limit"))
def list_members(call: Call) -> Answer:
    guild, thread = _thread(call, open_only=False)
    after = call.cursor("after") or 0
    found = sorted(user_id for user_id in thread.state.members if user_id > after)
    return 200, [_member(call, guild, thread, user_id) for user_id in found[: call.limit(100, 100)]]


@routes.add("GET", "/channels/{channel_id}/thread-members/{user_id}", query=("with_member",))
def get_member(call: Call) -> Answer:
    guild, thread = _thread(call, open_only=False)
    if call.id("user_id") not in thread.state.members:
        raise refused(10007)
    return 200, _member(call, guild, thread, call.id("user_id"))


def _member(call: Call, guild: Guild, thread: Channel, user_id: int) -> Json:
    body = serializers.thread_member(thread, user_id)
    if call.flag("with_member") and user_id in guild.members:
        body["member"] = serializers.member(guild.members[user_id])
    return body


@routes.add("PUT", "/channels/{channel_id}/thread-members/@me")
def join(call: Call) -> Answer:
    guild, thread = _thread(call)
    channels.join_thread(call.world, guild, thread, call.actor.id)
    return 204, None


@routes.add("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add_member(call: Call) -> Answer:
    guild, thread = _thread(call)
    call.need(thread, Permission.SEND_MESSAGES_IN_THREADS)
    user_id = call.id("user_id")
    if user_id not in guild.members:
        raise refused(10007)
    channels.join_thread(call.world, guild, thread, user_id)
    return 204, None


@routes.add("DELETE", "/channels/{channel_id}/thread-members/@me")
def leave(call: Call) -> Answer:
    guild, thread = _thread(call)
    channels.leave_thread(call.world, guild, thread, call.actor.id)
    return 204, None


@routes.add("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def remove_member(call: Call) -> Answer:
    guild, thread = _thread(call)
    if not (thread.is_private_thread and thread.state.owner_id == call.actor.id):
        call.need(thread, Permission.MANAGE_THREADS)
    channels.leave_thread(call.world, guild, thread, call.id("user_id"))
    return 204, None


@routes.add("GET", "/channels/{channel_id}/threads/archived/public", query=("before", "limit"))
def list_archived(call: Call) -> Answer:
    return _archived(call, call.channel(Permission.READ_MESSAGE_HISTORY), lambda thread: not thread.is_private_thread)


@routes.add("GET", "/channels/{channel_id}/threads/archived/private", query=("before", "limit"))
def list_archived_private(call: Call) -> Answer:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY, Permission.MANAGE_THREADS)
    return _archived(call, channel, lambda thread: thread.is_private_thread)


def _archived(call: Call, channel: Channel, wanted: Callable[[Channel], bool]) -> Answer:
    limit, before = call.limit(50, 100, least=2), call.moment("before")
    found = [
        thread
        for thread in guild_of(call, channel).threads.values()
        if thread.parent_id == channel.id and thread.state.archived and wanted(thread)
    ]
    found = [thread for thread in found if before is None or thread.state.archive_changed_at < before]
    found.sort(key=lambda thread: thread.state.archive_changed_at)
    found.reverse()
    page = found[:limit]
    joined = [thread for thread in page if call.actor.id in thread.state.members]
    return 200, {
        "threads": [serializers.thread(thread, viewer=call.actor.id) for thread in page],
        "members": [serializers.thread_member(thread, call.actor.id) for thread in joined],
        "has_more": len(found) > limit,
    }
