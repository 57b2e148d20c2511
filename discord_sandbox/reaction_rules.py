"""Discord's rules for reactions, the same for the bot and for people."""

from discord_sandbox import messages
from discord_sandbox.api_errors import refused
from discord_sandbox.assumptions import DeadEmoji, SuperDeletion
from discord_sandbox.message_rules import need, require_open
from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, Emoji, Guild, Message, Reaction, User, reaction_key
from discord_sandbox.validation.emoji import check_reaction, custom_id
from discord_sandbox.world import World, is_direct

MAX_REACTIONS = 20


def react(world: World, user: User, channel: Channel, message: Message, emoji: str, *, burst: bool = False) -> None:
    """Add a normal or super reaction.

    An emoji that is not on the message yet needs ADD_REACTIONS; a custom one also has to be of one of the user's
    guilds, and one of another guild than the channel's needs USE_EXTERNAL_EMOJIS.
    """
    need(world, user, channel, Permission.READ_MESSAGE_HISTORY)
    reaction = identify(world, message, emoji)
    key = reaction_key(emoji)
    require_open(channel)
    if key not in message.reactions:
        _require_own(world, user, channel, emoji)
        need(world, user, channel, Permission.ADD_REACTIONS)
        if len(message.reactions) >= MAX_REACTIONS:
            raise refused(30010)
    elif _is_dead(world, emoji) and world.assumptions.dead_emoji is not DeadEmoji.USABLE:
        raise refused(10014)
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

    Raises ApiError 10014 if there is none. People can remove a reaction with a deleted emoji whatever is assumed.
    """
    need(world, user, channel, Permission.READ_MESSAGE_HISTORY)
    if user.bot:
        identify(world, message, emoji)
    if whose != user.id:
        moderate_reactions(world, user, channel)
    require_open(channel)
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
    burst = None if assumed is SuperDeletion.REMOVED else False
    unreact(world, user, channel, message, emoji, whose, burst=burst)


def moderate_reactions(world: World, user: User, channel: Channel) -> None:
    """Raise ApiError unless the user may remove the reactions of others."""
    if is_direct(channel):
        raise refused(50003)
    need(world, user, channel, Permission.MANAGE_MESSAGES)
    require_open(channel)


def identify(world: World, message: Message, emoji: str) -> Reaction:
    """Return the emoji as a reaction without users.

    Raises ApiError 10014 for an unknown emoji, and for a deleted one on the message if that is assumed.
    """
    check_reaction(emoji)
    emoji_id = custom_id(emoji)
    if emoji_id is None:
        return Reaction(name=emoji)
    if (owned := _owned(world, emoji_id)) is not None:
        _, custom = owned
        return Reaction(name=custom.name, emoji_id=custom.id, animated=custom.animated)
    standing = message.reactions.get(reaction_key(emoji))
    if standing is None or world.assumptions.dead_emoji is DeadEmoji.UNKNOWN:
        raise refused(10014)
    return Reaction(name=standing.name, emoji_id=standing.emoji_id, animated=standing.animated)


def _owned(world: World, emoji_id: int) -> tuple[Guild, Emoji] | None:
    """Return a custom emoji with its guild, or None if it does not exist (any more)."""
    for guild in world.store.guilds.values():
        if (custom := guild.emojis.get(emoji_id)) is not None:
            return guild, custom
    return None


def _is_dead(world: World, emoji: str) -> bool:
    emoji_id = custom_id(emoji)
    return emoji_id is not None and _owned(world, emoji_id) is None


def _require_own(world: World, user: User, channel: Channel, emoji: str) -> None:
    """Raise ApiError 10014 unless the user may bring this emoji into the channel."""
    emoji_id = custom_id(emoji)
    if emoji_id is None:
        return
    owned = _owned(world, emoji_id)
    if owned is None or user.id not in owned[0].members:
        raise refused(10014)
    external = owned[0].id != channel.guild_id
    if external and not world.may(user.id, channel) & Permission.USE_EXTERNAL_EMOJIS:
        raise refused(10014)
