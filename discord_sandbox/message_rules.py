"""Discord's rules for messages and reactions, the same for the bot and for people."""

from datetime import timedelta

from discord_sandbox import channels, message_parser, messages
from discord_sandbox.api_errors import refused
from discord_sandbox.assumptions import SuperDeletion
from discord_sandbox.message_parser import Files
from discord_sandbox.permissions import Permission
from discord_sandbox.ratelimits import limit_old_edits
from discord_sandbox.store import Channel, Json, Message, Reaction, User, reaction_key
from discord_sandbox.validation.emoji import check_reaction
from discord_sandbox.validation.messages import check_edit, check_message
from discord_sandbox.world import World, is_direct

MAX_REACTIONS = 20
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
    """Send a message; with `enforce_nonce`, return the first message with that nonce instead of sending another."""
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
            if user_id != user.id and not _accepts(world, user, world.store.users[user_id]):
                raise refused(50007)
        return
    sending = Permission.SEND_MESSAGES if channel.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    need(world, user, channel, sending)
    if not channel.holds_messages:
        raise refused(50008)
    manages = world.may(user.id, channel) & Permission.MANAGE_THREADS
    if channel.thread is not None and channel.thread.locked and not manages:
        raise refused(160005)


def _accepts(world: World, sender: User, receiver: User) -> bool:
    """Return True if the receiver accepts direct messages and shares a guild with the sender."""
    if not receiver.bot and not receiver.accepts_dms:
        return False
    return any(receiver.id in guild.members for guild in world.store.guilds_of(sender.id))


def _first_under_nonce(world: World, user: User, channel: Channel, nonce: object) -> Message | None:
    sent = world.store.nonces.get((channel.id, user.id, str(nonce))) if nonce is not None else None
    if sent is None or world.clock.now() - sent.at > NONCE_LIFETIME:
        return None
    return channel.messages.get(sent.message_id)


def _unarchive(world: World, channel: Channel) -> None:
    """Unarchive the thread that a message is sent to."""
    guild = world.guild_of(channel)
    if channel.thread is not None and channel.thread.archived and guild is not None:
        channel.thread.archived = False
        channel.thread.archive_changed_at = world.clock.now()
        channels.changed(world, guild, channel)


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
    _require_open(channel)
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
    _require_open(channel)
    messages.delete(world, channel, message)


def react(world: World, user: User, channel: Channel, message: Message, emoji: str, *, burst: bool = False) -> None:
    """Add a normal or super reaction; an emoji that is not on the message yet needs ADD_REACTIONS."""
    need(world, user, channel, Permission.READ_MESSAGE_HISTORY)
    reaction = identify(world, emoji)
    key = reaction_key(emoji)
    _require_open(channel)
    if key not in message.reactions:
        need(world, user, channel, Permission.ADD_REACTIONS)
        if len(message.reactions) >= MAX_REACTIONS:
            raise refused(30010)
    messages.react(world, channel, message, key, reaction, user, burst=burst)


def unreact(
    world: World,
    user: User,
    channel: Channel,
    message: Message,
    emoji: str,
    whose: int,
    *,
    burst: bool | None = None,
) -> None:
    """Remove one's own reaction, or another's with MANAGE_MESSAGES: the super reaction, the normal one, or both (None).

    Raises ApiError 10014 if there is none.
    """
    need(world, user, channel, Permission.READ_MESSAGE_HISTORY)
    identify(world, emoji)
    if whose != user.id:
        moderate_reactions(world, user, channel)
    _require_open(channel)
    reaction = message.reactions.get(reaction_key(emoji))
    types = [one for one in reaction.types(whose) if burst in (None, one)] if reaction is not None else []
    if not types:
        raise refused(10014)
    for one in types:
        messages.unreact(world, channel, message, reaction_key(emoji), whose, burst=one)


def delete_reaction(world: World, user: User, channel: Channel, message: Message, emoji: str, whose: int) -> None:
    """Remove a reaction over REST, which does not say which type it means."""
    assumed = world.assumptions.super_deletion
    reaction = message.reactions.get(reaction_key(emoji))
    only_super = reaction is not None and reaction.types(whose) == [True]
    if only_super and assumed is SuperDeletion.IGNORED:
        return
    unreact(world, user, channel, message, emoji, whose, burst=None if assumed is SuperDeletion.REMOVED else False)


def moderate_reactions(world: World, user: User, channel: Channel) -> None:
    """Raise ApiError unless the user may remove the reactions of others."""
    if is_direct(channel):
        raise refused(50003)
    need(world, user, channel, Permission.MANAGE_MESSAGES)
    _require_open(channel)


def identify(world: World, emoji: str) -> Reaction:
    """Return the emoji as a reaction without users. Raises ApiError 10014 for an unknown emoji."""
    check_reaction(emoji, world.has_emoji)
    key = reaction_key(emoji)
    if not key.isdecimal() or ":" not in emoji:
        return Reaction(name=emoji)
    for guild in world.store.guilds.values():
        if (custom := guild.emojis.get(int(key))) is not None:
            return Reaction(name=custom.name, emoji_id=custom.id, animated=custom.animated)
    raise refused(10014)


def _require_open(channel: Channel) -> None:
    if channel.thread is not None and channel.thread.archived:
        raise refused(50083)
