"""Change channels, threads and DM channels and dispatch the events. No rules are checked here."""

from discord_sandbox import serializers
from discord_sandbox.store import Channel, ChannelType, Guild, Json, Message, MessageFlag, ThreadState, User
from discord_sandbox.world import Dispatch, Intent, World


def create(world: World, guild: Guild, channel: Channel) -> Channel:
    guild.channels[channel.id] = channel
    world.store.channels[channel.id] = channel
    _tell(world, "CHANNEL_CREATE", guild, serializers.channel(channel, world.store))
    return channel


def changed(world: World, guild: Guild, channel: Channel) -> None:
    """Dispatch that a channel or thread changed."""
    name = "CHANNEL_UPDATE" if channel.thread is None else "THREAD_UPDATE"
    if channel.thread is None or world.bot_sees(channel):
        _tell(world, name, guild, _json(world, channel))
    else:
        world.store.structure_changed()


def delete(world: World, guild: Guild, channel: Channel) -> None:
    """Delete a channel with its threads, or a single thread."""
    if channel.thread is not None:
        _delete_thread(world, guild, channel)
        return
    for thread in [thread for thread in guild.threads.values() if thread.parent_id == channel.id]:
        guild.threads.pop(thread.id)
        world.store.channels.pop(thread.id)
    for child in guild.channels.values():
        if child.parent_id == channel.id:
            child.parent_id = None
    payload = serializers.channel(channel, world.store)
    del guild.channels[channel.id]
    del world.store.channels[channel.id]
    _tell(world, "CHANNEL_DELETE", guild, payload)


def _delete_thread(world: World, guild: Guild, thread: Channel) -> None:
    visible = world.bot_sees(thread)
    del guild.threads[thread.id]
    del world.store.channels[thread.id]
    if visible:
        payload = {
            "id": str(thread.id),
            "guild_id": str(guild.id),
            "parent_id": str(thread.parent_id),
            "type": int(thread.type),
        }
        _tell(world, "THREAD_DELETE", guild, payload)
    else:
        world.store.structure_changed()


def start_thread(
    world: World,
    guild: Guild,
    parent: Channel,
    owner: User,
    name: str,
    *,
    kind: ChannelType = ChannelType.PUBLIC_THREAD,
    on: Message | None = None,
    auto_archive_minutes: int = 1440,
    invitable: bool = True,
    slowmode: int = 0,
) -> Channel:
    """Start a thread in `parent`, with the id of the message `on` if one is given."""
    now = world.clock.now()
    thread = Channel(
        id=on.id if on is not None else world.store.next_id(),
        type=kind,
        guild_id=guild.id,
        name=name,
        parent_id=parent.id,
        slowmode=slowmode,
        thread=ThreadState(
            owner_id=owner.id,
            created_at=now,
            archive_changed_at=now,
            members={owner.id: now},
            auto_archive_minutes=auto_archive_minutes,
            invitable=invitable,
        ),
    )
    if on is not None:
        on.flags |= MessageFlag.HAS_THREAD
        world.store.message_changed(on)
    guild.threads[thread.id] = thread
    world.store.channels[thread.id] = thread
    if world.bot_sees(thread):
        _tell(world, "THREAD_CREATE", guild, _json(world, thread) | {"newly_created": True})
    else:
        world.store.structure_changed()
    return thread


def archive(world: World, guild: Guild, thread: Channel, *, archived: bool) -> None:
    thread.state.archived = archived
    thread.state.archive_changed_at = world.clock.now()
    changed(world, guild, thread)


def join_thread(world: World, guild: Guild, thread: Channel, user_id: int) -> None:
    if user_id in thread.state.members:
        return
    thread.state.members[user_id] = world.clock.now()
    if user_id == world.bot.id:
        _tell(world, "THREAD_CREATE", guild, _json(world, thread))
    added = serializers.thread_member(thread, user_id)
    added["member"] = serializers.member(guild.members[user_id])
    added["presence"] = None
    _members_changed(world, guild, thread, {"added_members": [added]})


def leave_thread(world: World, guild: Guild, thread: Channel, user_id: int) -> None:
    if thread.state.members.pop(user_id, None) is not None:
        _members_changed(world, guild, thread, {"removed_member_ids": [str(user_id)]}, about=user_id)


def _members_changed(world: World, guild: Guild, thread: Channel, change: Json, *, about: int | None = None) -> None:
    if not world.bot_sees(thread) and about != world.bot.id:
        world.store.structure_changed()
        return
    payload = {"id": str(thread.id), "guild_id": str(guild.id), "member_count": len(thread.state.members)} | change
    _tell(world, "THREAD_MEMBERS_UPDATE", guild, payload)


def open_direct(world: World, one: User, other: User) -> Channel:
    """Return the DM channel between two users, creating it the first time."""
    existing = world.store.dm_between(one.id, other.id)
    if existing is not None:
        return existing
    channel = Channel(id=world.store.next_id(), type=ChannelType.DM, recipients=[one.id, other.id])
    world.store.channels[channel.id] = channel
    world.store.dms[frozenset((one.id, other.id))] = channel
    world.store.structure_changed()
    return channel


def _json(world: World, channel: Channel) -> Json:
    if channel.thread is not None:
        return serializers.thread(channel, viewer=world.bot.id)
    return serializers.channel(channel, world.store)


def _tell(world: World, name: str, guild: Guild, payload: Json) -> None:
    world.publish(Dispatch(name=name, payload=payload, intent=Intent.GUILDS, guild_id=guild.id))
