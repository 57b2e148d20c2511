"""The state of the sandbox's Discord, without rules or wire formats."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from discord_sandbox.clock import SandboxClock

Json = dict[str, Any]
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Discord's epoch: a snowflake counts milliseconds from here."""


class ChannelType(IntEnum):
    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15


class MessageFlag(IntEnum):
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


@dataclass(slots=True, kw_only=True)
class User:
    """A user or bot; `accepts_dms` is their privacy setting."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    discriminator: str = "0"
    locale: str = "en-US"
    accepts_dms: bool = True


@dataclass(slots=True, kw_only=True)
class Role:
    id: int
    name: str
    permissions: int = 0
    position: int = 0
    color: int = 0
    hoist: bool = False
    managed: bool = False
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Member:
    """A user's membership in a guild; `id` is the user's id."""

    user: User
    guild_id: int
    joined_at: datetime
    nick: str | None = None
    roles: list[int] = field(default_factory=list)
    timed_out: bool = False

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def display_name(self) -> str:
        return self.nick or self.user.global_name or self.user.username


@dataclass(slots=True, kw_only=True)
class Overwrite:
    """A permission overwrite of a channel for a role (`kind` 0) or a member (`kind` 1)."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, kw_only=True)
class ThreadState:
    """The properties that only threads have."""

    owner_id: int
    created_at: datetime
    archive_changed_at: datetime
    members: dict[int, datetime] = field(default_factory=dict)
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_minutes: int = 1440
    messages_sent: int = 0


@dataclass(slots=True, kw_only=True)
class Channel:
    """A guild channel, thread or DM channel; `messages` by id, oldest first. `slowmode` is in seconds."""

    id: int
    type: ChannelType
    guild_id: int | None = None
    name: str = ""
    position: int = 0
    topic: str | None = None
    parent_id: int | None = None
    nsfw: bool = False
    slowmode: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    thread: ThreadState | None = None
    recipients: list[int] = field(default_factory=list)
    messages: dict[int, "Message"] = field(default_factory=dict)
    last_message_id: int | None = None
    last_pin_at: datetime | None = None

    @property
    def state(self) -> ThreadState:
        """The thread's state. Raises TypeError if the channel is no thread."""
        if self.thread is None:
            raise TypeError(f"channel {self.id} is not a thread")
        return self.thread

    @property
    def is_private_thread(self) -> bool:
        return self.type is ChannelType.PRIVATE_THREAD

    @property
    def holds_messages(self) -> bool:
        return self.type not in (ChannelType.CATEGORY, ChannelType.FORUM)

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"


@dataclass(slots=True, kw_only=True)
class Emoji:
    """A guild's own emoji."""

    id: int
    name: str
    animated: bool = False


@dataclass(slots=True, kw_only=True)
class Reaction:
    """One emoji on a message, with its users and when they reacted. `emoji_id` is set for custom emoji only.

    A user may stand in `users` and, with a super reaction, in `super_users`.
    """

    name: str
    emoji_id: int | None = None
    animated: bool = False
    users: dict[int, datetime] = field(default_factory=dict)
    super_users: dict[int, datetime] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of normal and super reactions."""
        return len(self.users) + len(self.super_users)

    @property
    def everybody(self) -> list[int]:
        """The ids of all users with a reaction of either type, in order of arrival."""
        both = [*self.users.items(), *self.super_users.items()]
        return list(dict.fromkeys(user_id for user_id, _ in sorted(both, key=lambda entry: entry[1])))

    def of_type(self, *, burst: bool) -> dict[int, datetime]:
        return self.super_users if burst else self.users

    def types(self, user_id: int) -> list[bool]:
        """Return True for a super reaction of this user, False for a normal one."""
        return [burst for burst in (False, True) if user_id in self.of_type(burst=burst)]


@dataclass(slots=True, kw_only=True)
class Attachment:
    id: int
    filename: str
    content_type: str | None
    content: bytes
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Message:
    """The current state of a message. An ephemeral one has `visible_to`, the only user who sees it."""

    id: int
    channel_id: int
    author: User
    timestamp: datetime
    guild_id: int | None = None
    type: int = 0
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    tts: bool = False
    flags: int = 0
    edited_at: datetime | None = None
    pinned_at: datetime | None = None
    nonce: str | int | None = None
    reply_to: tuple[int, int] | None = None  # (channel id, message id)
    webhook_id: int | None = None
    application_id: int | None = None
    interaction: Json | None = None  # Discord's `interaction_metadata`
    visible_to: int | None = None

    def reactors(self, emoji: str) -> list[int]:
        """Return the ids of the users who reacted with a Unicode emoji or `name:id`, in order of arrival."""
        reaction = self.reactions.get(reaction_key(emoji))
        return reaction.everybody if reaction is not None else []


@dataclass(slots=True, kw_only=True)
class Command:
    """A registered application command; `payload` holds Discord's fields except the ids."""

    id: int
    version: int
    payload: Json
    guild_id: int | None = None

    @property
    def name(self) -> str:
        return str(self.payload["name"])

    @property
    def type(self) -> int:
        return int(self.payload.get("type", 1))


@dataclass(slots=True, kw_only=True)
class Interaction:
    """An interaction that the application has to respond to; `payload` is Discord's `data`.

    `deadline` is in seconds of `time.monotonic()`; `opened_by` is the interaction that opened a submitted modal.
    """

    id: int
    token: str
    type: int
    user_id: int
    channel_id: int
    created_at: datetime
    deadline: float
    payload: Json
    opened_by: int | None = None
    guild_id: int | None = None
    message_id: int | None = None
    acknowledged_at: datetime | None = None
    callback_type: int | None = None
    response_id: int | None = None
    response_edited: bool = False
    followups: list[int] = field(default_factory=list)
    choices: list[Json] | None = None
    modal: Json | None = None


@dataclass(slots=True, kw_only=True)
class Guild:
    """A guild; `channels` and `threads` are separate, and `roles[guild.id]` is @everyone.

    `command_overrides` says by a command's name for which roles and members its Integrations page allows or denies it.
    """

    id: int
    name: str
    owner_id: int
    bot_joined_at: datetime
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    emojis: dict[int, Emoji] = field(default_factory=dict)
    locale: str = "en-US"
    unavailable: bool = False
    max_active_threads: int = 1000
    command_overrides: dict[str, dict[int, bool]] = field(default_factory=dict)

    @property
    def active_threads(self) -> list[Channel]:
        """The threads that are not archived."""
        return [thread for thread in self.threads.values() if not thread.state.archived]


@dataclass(slots=True, kw_only=True)
class Sent:
    """The first message with a nonce, remembered for as long as Discord does."""

    message_id: int
    at: datetime


def read_id(given: str) -> int | None:
    """Return the id that a text holds, or None."""
    return int(given) if re.fullmatch(r"[0-9]{1,20}", given) else None


def reaction_key(emoji: str) -> str:
    """Return an emoji's key in `Message.reactions`: a custom emoji's id, else Unicode without variation selector."""
    custom = re.fullmatch(r"(?:<?a?:)?\w*:([0-9]+)>?", emoji)
    return custom[1] if custom else emoji.replace("\ufe0f", "")


class Store:
    """All state of one sandbox, with id generation and change notification."""

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[frozenset[int], Channel] = {}
        self.commands: dict[int, Command] = {}
        self.uploads: dict[int, Attachment] = {}
        self.interactions: dict[int, Interaction] = {}
        self.interactions_by_token: dict[str, Interaction] = {}
        self.nonces: dict[tuple[int, int, str], Sent] = {}
        self.version = 0
        self.structure_version = 0
        self.watchers: list[Callable[[Message], None]] = []
        self.last_id = 0
        self.last_seed = self._at(clock.now() - timedelta(days=365))
        self._waiting: set[asyncio.Future[None]] = set()

    @staticmethod
    def _at(moment: datetime) -> int:
        return (moment - EPOCH) // timedelta(milliseconds=1) << 22

    def next_id(self) -> int:
        """Return an id for an object created now; ids increase."""
        self.last_id = max(self._at(self.clock.now()), self.last_id + 1)
        return self.last_id

    def seed_id(self) -> int:
        """Return an id from before the sandbox started; ids are 1 ms apart, so that guilds spread over shards."""
        self.last_seed += 1 << 22
        return self.last_seed

    def changed(self) -> None:
        """Notify that the state changed; wakes all callers of `wait_for_change`."""
        self.version += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def structure_changed(self) -> None:
        """Notify that something other than messages changed: a guild, channel, member, command or privacy setting."""
        self.structure_version += 1
        self.changed()

    def message_changed(self, message: Message) -> None:
        """Notify that a message was created, changed or deleted, even if only one person may see it."""
        for watch in self.watchers:
            watch(message)

    async def wait_for_change(self, timeout: float) -> None:
        """Wait for the next change, at most `timeout` seconds."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        await asyncio.wait((future,), timeout=timeout)
        self._waiting.discard(future)

    def member(self, guild_id: int | None, user_id: int) -> Member | None:
        guild = self.guilds.get(guild_id or 0)
        return guild.members.get(user_id) if guild is not None else None

    def guilds_of(self, user_id: int) -> Iterator[Guild]:
        return (guild for guild in self.guilds.values() if user_id in guild.members)

    def dm_between(self, one: int, other: int) -> Channel | None:
        return self.dms.get(frozenset((one, other)))

    def message(self, channel_id: int, message_id: int) -> Message | None:
        channel = self.channels.get(channel_id)
        return channel.messages.get(message_id) if channel is not None else None
