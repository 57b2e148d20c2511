"""Discord's rules for messages, the same for the bot and for people."""

from datetime import timedelta

from discord_sandbox import channels, message_parser, messages
from discord_sandbox.api_errors import refused
from discord_sandbox.message_parser import Files
from discord_sandbox.permissions import Permission
from discord_sandbox.ratelimits import limit_old_edits
from discord_sandbox.store import Channel, Guild, Json, Message, User
from discord_sandbox.validation.messages import check_edit, check_message
from discord_sandbox.world import Quarantine, World, is_direct

NONCE_LIFETIME = timedelta(minutes=5)
WRITTEN_BY_PEOPLE = (0, 19, 20, 23)
"""Types of messages that people can write; the others are system messages."""


def need(world: World, user: User, channel: Channel, *needed: Permission) -> None:
    """Raise ApiError 50001 if the user cannot view the channel, 50013 if they lack one of the permissions."""
    granted = world.may(user.id, channel)
    if not granted & Permission.VIEW_CHANNEL:
        raise refused(50001)
    for permission in needed:
        if not granted & permission:
            raise refused(50013)


def send(world: World, user: User, channel: Channel, body: Json, files: Files) -> Message:
    """Send a message; with `enforce_nonce`, return the first message with that nonce instead of sending another.

    Raises ApiError 10008 if that first message was deleted since (discord-api-docs pull request 6647).
    """
    _may_send(world, user, channel)
    check_message(body, files=len(files), has_emoji=world.has_emoji)
    if body.get("embeds"):
        need(world, user, channel, Permission.EMBED_LINKS)
    if files:
        need(world, user, channel, Permission.ATTACH_FILES)
    if body.get("message_reference") is not None:
        need(world, user, channel, Permission.READ_MESSAGE_HISTORY)
    enforced = bool(body.get("enforce_nonce"))
    if enforced and (first := _first_under_nonce(world, user, channel, body.get("nonce"))) is not None:
        return first
    draft = message_parser.parse_message(world, channel, user, body, files)
    _unarchive(world, channel)
    return messages.create(world, channel, user, draft, enforce_nonce=enforced)


def _may_send(world: World, user: User, channel: Channel) -> None:
    if is_direct(channel):
        need(world, user, channel)
        for user_id in channel.recipients:
            if user_id != user.id:
                _may_write_to(world, user, world.store.users[user_id])
        return
    sending = Permission.SEND_MESSAGES if channel.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    need(world, user, channel, sending)
    if not channel.holds_messages:
        raise refused(50008)
    manages = world.may(user.id, channel) & Permission.MANAGE_THREADS
    if channel.thread is not None and channel.thread.locked and not manages:
        raise refused(160005)


def _may_write_to(world: World, sender: User, receiver: User) -> None:
    """Raise ApiError 50278 if they share no guild, 50007 if the receiver accepts no direct messages."""
    if sender.id == world.bot.id:
        check_quarantine(world, receiver)
    if not any(receiver.id in guild.members for guild in world.store.guilds_of(sender.id)):
        raise refused(50278)
    if not receiver.bot and not receiver.accepts_dms:
        raise refused(world.assumptions.closed_dms_code)


def check_quarantine(world: World, receiver: User) -> None:
    """Raise ApiError 20026 if the bot is quarantined and may not message this user."""
    if world.quarantine is Quarantine.OFF:
        return
    channel = world.store.dm_between(world.bot.id, receiver.id)
    written = channel is not None and any(one.author.id == world.bot.id for one in channel.messages.values())
    if world.quarantine is Quarantine.EVERYBODY or not written:
        raise refused(20026)


def _first_under_nonce(world: World, user: User, channel: Channel, nonce: object) -> Message | None:
    sent = world.store.nonces.get((channel.id, user.id, str(nonce))) if nonce is not None else None
    if sent is None or world.clock.now() - sent.at > NONCE_LIFETIME:
        return None
    if sent.message_id not in channel.messages:
        raise refused(10008)
    return channel.messages[sent.message_id]


def _unarchive(world: World, channel: Channel) -> None:
    """Unarchive the thread that a message is sent to."""
    guild = world.guild_of(channel)
    if channel.thread is not None and channel.thread.archived and guild is not None:
        require_thread_room(guild)
        channels.archive(world, guild, channel, archived=False)


def edit(world: World, user: User, channel: Channel, message: Message, body: Json, files: Files) -> None:
    """Edit one's own message; in others' messages only `flags`, and only with MANAGE_MESSAGES."""
    need(world, user, channel)
    check_edit(body, has_emoji=world.has_emoji)
    if message.type not in WRITTEN_BY_PEOPLE:
        raise refused(50021)
    if message.author.id != user.id:
        if set(body) != {"flags"}:
            raise refused(50005)
        need(world, user, channel, Permission.MANAGE_MESSAGES)
    require_open(channel)
    if files:
        need(world, user, channel, Permission.ATTACH_FILES)
    limit_old_edits(world, channel, message)
    message_parser.parse_edit(world, channel, message, body, files)
    messages.edited(world, channel, message, at=None if set(body) == {"flags"} else world.clock.now())


def delete(world: World, user: User, channel: Channel, message: Message) -> None:
    """Delete one's own message, or another's with MANAGE_MESSAGES."""
    need(world, user, channel)
    if message.author.id != user.id:
        if is_direct(channel):
            raise refused(50003)
        need(world, user, channel, Permission.MANAGE_MESSAGES)
    require_open(channel)
    messages.delete(world, channel, message)


def require_thread_room(guild: Guild) -> None:
    """Raise ApiError 160006 if the guild has as many active threads as it may have."""
    if len(guild.active_threads) >= guild.max_active_threads:
        raise refused(160006)


def require_open(channel: Channel) -> None:
    """Raise ApiError 50083 for an archived thread."""
    if channel.thread is not None and channel.thread.archived:
        raise refused(50083)
