"""Change messages and reactions and dispatch the events. No rules are checked here; the caller has done that."""

from dataclasses import dataclass, field
from datetime import datetime

from discord_sandbox import serializers
from discord_sandbox.store import Attachment, Channel, Json, Message, MessageFlag, Reaction, Sent, User
from discord_sandbox.world import Dispatch, Intent, World, is_direct


@dataclass(slots=True, kw_only=True)
class Draft:
    """The content of a message that is not sent yet."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    tts: bool = False
    flags: int = 0
    nonce: str | int | None = None
    reply_to: tuple[int, int] | None = None
    type: int = 0
    application_id: int | None = None
    webhook_id: int | None = None
    interaction: Json | None = None
    visible_to: int | None = None


def create(world: World, channel: Channel, author: User, draft: Draft, *, enforce_nonce: bool = False) -> Message:
    """Add a message to a channel."""
    message = Message(
        id=world.store.next_id(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=author,
        timestamp=world.clock.now(),
        **{name: getattr(draft, name) for name in Draft.__dataclass_fields__},
    )
    channel.messages[message.id] = message
    channel.last_message_id = message.id
    if channel.thread is not None:
        channel.thread.messages_sent += 1
    if enforce_nonce and message.nonce is not None:
        sent = Sent(message_id=message.id, at=message.timestamp)
        world.store.nonces[channel.id, author.id, str(message.nonce)] = sent
    _publish(world, "MESSAGE_CREATE", channel, message)
    return message


def edited(world: World, channel: Channel, message: Message, *, at: datetime | None = None) -> None:
    """Dispatch that a message changed; with `at`, also mark it as edited at that time."""
    if at is not None:
        message.edited_at = at
    _publish(world, "MESSAGE_UPDATE", channel, message)


def delete(world: World, channel: Channel, message: Message) -> None:
    """Delete a message."""
    channel.messages.pop(message.id, None)
    world.store.message_changed(message)
    payload = {"id": str(message.id), "channel_id": str(channel.id)}
    _tell(world, "MESSAGE_DELETE", channel, payload, _message_intent(channel), hidden_to_bot=_is_private(message))


def delete_many(world: World, channel: Channel, gone: list[Message]) -> None:
    for message in gone:
        channel.messages.pop(message.id, None)
        world.store.message_changed(message)
    payload = {"ids": [str(message.id) for message in gone], "channel_id": str(channel.id)}
    _tell(world, "MESSAGE_DELETE_BULK", channel, payload, _message_intent(channel))


def pin(world: World, channel: Channel, message: Message, at: datetime | None) -> None:
    """Pin a message at a time, or unpin it with None."""
    message.pinned_at = at
    if at is not None:
        channel.last_pin_at = at
    _publish(world, "MESSAGE_UPDATE", channel, message)
    payload = {"channel_id": str(channel.id), "last_pin_timestamp": serializers.maybe_time(channel.last_pin_at)}
    _tell(world, "CHANNEL_PINS_UPDATE", channel, payload, Intent.GUILDS)


def react(
    world: World, channel: Channel, message: Message, key: str, emoji: Reaction, user: User, *, burst: bool = False
) -> None:
    """Add a user's normal or super reaction; does nothing if it exists."""
    reaction = message.reactions.setdefault(key, emoji)
    users = reaction.of_type(burst=burst)
    if user.id in users:
        return
    users[user.id] = world.clock.now()
    world.store.message_changed(message)
    payload = _reaction_json(channel, message, reaction) | {
        "user_id": str(user.id),
        "message_author_id": str(message.author.id),
        "type": int(burst),
        "burst": burst,
    }
    if burst:
        payload["burst_colors"] = serializers.BURST_COLORS
    member = world.store.member(channel.guild_id, user.id)
    if member is not None:
        payload["member"] = serializers.member(member)
    _tell(world, "MESSAGE_REACTION_ADD", channel, payload, _reaction_intent(channel), user_id=user.id)


def unreact(world: World, channel: Channel, message: Message, key: str, user_id: int, *, burst: bool = False) -> None:
    """Remove a user's normal or super reaction; does nothing if there is none."""
    reaction = message.reactions.get(key)
    if reaction is None or reaction.of_type(burst=burst).pop(user_id, None) is None:
        return
    if not reaction.count:
        del message.reactions[key]
    world.store.message_changed(message)
    payload = _reaction_json(channel, message, reaction)
    payload |= {"user_id": str(user_id), "type": int(burst), "burst": burst}
    _tell(world, "MESSAGE_REACTION_REMOVE", channel, payload, _reaction_intent(channel), user_id=user_id)


def clear_reactions(world: World, channel: Channel, message: Message) -> None:
    message.reactions.clear()
    world.store.message_changed(message)
    payload = {"channel_id": str(channel.id), "message_id": str(message.id)}
    _tell(world, "MESSAGE_REACTION_REMOVE_ALL", channel, payload, _reaction_intent(channel))


def clear_emoji(world: World, channel: Channel, message: Message, key: str) -> None:
    """Remove all reactions with one emoji; does nothing if there are none."""
    reaction = message.reactions.pop(key, None)
    if reaction is not None:
        world.store.message_changed(message)
        payload = _reaction_json(channel, message, reaction)
        _tell(world, "MESSAGE_REACTION_REMOVE_EMOJI", channel, payload, _reaction_intent(channel))


def typing(world: World, channel: Channel, user: User) -> None:
    payload: Json = {
        "channel_id": str(channel.id),
        "user_id": str(user.id),
        "timestamp": int(world.clock.now().timestamp()),
    }
    member = world.store.member(channel.guild_id, user.id)
    if member is not None:
        payload["member"] = serializers.member(member)
    intent = Intent.DIRECT_MESSAGE_TYPING if is_direct(channel) else Intent.GUILD_MESSAGE_TYPING
    _tell(world, "TYPING_START", channel, payload, intent, user_id=user.id)


def _reaction_json(channel: Channel, message: Message, reaction: Reaction) -> Json:
    return {
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "emoji": serializers.reaction_emoji(reaction),
    }


def _message_intent(channel: Channel) -> Intent:
    return Intent.DIRECT_MESSAGES if is_direct(channel) else Intent.GUILD_MESSAGES


def _reaction_intent(channel: Channel) -> Intent:
    return Intent.DIRECT_MESSAGE_REACTIONS if is_direct(channel) else Intent.GUILD_MESSAGE_REACTIONS


def _is_private(message: Message) -> bool:
    return bool(message.flags & MessageFlag.EPHEMERAL)


def _publish(world: World, name: str, channel: Channel, message: Message) -> None:
    """Dispatch a message event. Ephemeral messages are sent like direct ones, without a guild, as Discord documents."""
    world.store.message_changed(message)
    payload = world.message_json(message)
    member = world.store.member(channel.guild_id, message.author.id)
    if channel.guild_id is None or _is_private(message):
        if channel.guild_id is None:
            payload["channel_type"] = 1
        world.publish(Dispatch(name=name, payload=payload, intent=Intent.DIRECT_MESSAGES, user_id=message.author.id))
        return
    if member is not None and message.webhook_id is None:
        payload["member"] = serializers.partial_member(member)
    payload["channel_type"] = int(channel.type)
    _tell(
        world,
        name,
        channel,
        payload,
        Intent.GUILD_MESSAGES,
        user_id=message.author.id,
        redacted=_redacted(world, message, payload),
    )


def _redacted(world: World, message: Message, payload: Json) -> Json | None:
    """Return the payload for sessions without the content intent; None for messages by the bot or mentioning it."""
    if message.author.id == world.bot.id or world.bot.id in message.mentions:
        return None
    return payload | {"content": "", "embeds": [], "attachments": [], "components": []}


def _tell(
    world: World,
    name: str,
    channel: Channel,
    payload: Json,
    intent: Intent,
    *,
    user_id: int | None = None,
    redacted: Json | None = None,
    hidden_to_bot: bool = False,
) -> None:
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
        if redacted is not None:
            redacted["guild_id"] = str(channel.guild_id)
    if hidden_to_bot or not world.bot_sees(channel):
        world.store.changed()
        return
    world.publish(
        Dispatch(
            name=name,
            payload=payload,
            intent=intent,
            guild_id=channel.guild_id,
            user_id=user_id,
            redacted=redacted,
        )
    )
