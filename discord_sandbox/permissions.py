"""Compute permissions as Discord documents them."""

from enum import IntFlag

from discord_sandbox.store import Channel, Guild, Member


class Permission(IntFlag):
    """Discord's permission bits under the names discord.py uses."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    CREATE_EVENTS = 1 << 44
    SEND_POLLS = 1 << 49
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


ALL = Permission((1 << 53) - 1)
_TALKING = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
)
EVERYONE = (
    _TALKING
    | Permission.CONNECT
    | Permission.SPEAK
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.SEND_POLLS
)
BOT = (
    EVERYONE
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_THREADS
    | Permission.MANAGE_EVENTS
    | Permission.CREATE_EVENTS
    | Permission.PIN_MESSAGES
    | Permission.MENTION_EVERYONE
)
DIRECT = _TALKING | Permission.PIN_MESSAGES


def named(*names: str) -> Permission:
    """Return the bits of permissions by name, e.g. `named("send_messages")`. Raises ValueError for an unknown name."""
    bits = Permission(0)
    for name in names:
        try:
            bits |= Permission[name.upper()]
        except KeyError:
            raise ValueError(f"unknown permission {name!r}") from None
    return bits


def in_guild(guild: Guild, member: Member) -> Permission:
    """Return a member's permissions in a guild, without channel overwrites."""
    if guild.owner_id == member.id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.roles:
        bits |= guild.roles[role_id].permissions
    return ALL if bits & Permission.ADMINISTRATOR else Permission(bits)


def in_channel(guild: Guild, member: Member, channel: Channel) -> Permission:
    """Return a member's permissions in a channel; a thread inherits those of its parent."""
    base = in_guild(guild, member)
    if base & Permission.ADMINISTRATOR:
        return ALL
    parent = guild.channels.get(channel.parent_id or 0) if channel.thread is not None else channel
    bits = _overwritten(base, parent, guild, member) if parent is not None else base
    if not bits & Permission.VIEW_CHANNEL:
        return Permission(0)
    if channel.thread is not None and not _sees_thread(channel, member, bits):
        return Permission(0)
    if member.timed_out:
        return bits & (Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
    return bits


def _overwritten(base: Permission, channel: Channel, guild: Guild, member: Member) -> Permission:
    bits = int(base)
    if (everyone := channel.overwrites.get(guild.id)) is not None:
        bits = bits & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in member.roles:
        if (overwrite := channel.overwrites.get(role_id)) is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = bits & ~deny | allow
    if (own := channel.overwrites.get(member.id)) is not None:
        bits = bits & ~own.deny | own.allow
    return Permission(bits)


def _sees_thread(thread: Channel, member: Member, bits: Permission) -> bool:
    if not thread.is_private_thread:
        return True
    return member.id in thread.state.members or bool(bits & Permission.MANAGE_THREADS)
