"""The store together with the listeners to its events, such as the gateway."""

from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntFlag, StrEnum

from discord_sandbox import permissions, serializers
from discord_sandbox.assumptions import Assumptions
from discord_sandbox.clock import SandboxClock
from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, ChannelType, Guild, Json, Message, Store, User


class Intent(IntFlag):
    """Gateway intents, the groups of events a session subscribes to.

    All that https://discord.com/developers/docs/events/gateway#list-of-intents lists, also those without events here.
    """

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


KNOWN_INTENTS = sum(Intent)
PRIVILEGED_INTENTS = {
    Intent.GUILD_PRESENCES: 1 << 12 | 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 14 | 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 18 | 1 << 19,
}
"""Those that are switched on in Discord's developer portal, with the application's flags that say so."""


MAX_UPLOAD_BYTES = 10 * 1024 * 1024
"""The limit of each file in a server without boosts: https://discord.com/developers/docs/reference#uploading-files."""
MAX_SESSIONS, SESSION_WINDOW = 1000, timedelta(days=1)
"""https://discord.com/developers/docs/events/gateway#session-start-limit-object"""
ALWAYS = Intent(0)
"""The intent of events that every session gets."""
_ABOUT_SHAPE = ("GUILD_", "CHANNEL_", "THREAD_")


class Quarantine(StrEnum):
    """The people a bot that Discord's anti-spam system flagged can no longer message."""

    OFF = "off"
    STRANGERS = "strangers"
    """Those whom it has not messaged before, as Discord's error says."""
    EVERYBODY = "everybody"
    """Not known of Discord; the worst case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One gateway event: its guild (for the shard), its intent, and the user who caused it.

    `redacted` replaces `payload` for sessions without the message content intent.
    """

    name: str
    payload: Json
    intent: Intent = ALWAYS
    guild_id: int | None = None
    user_id: int | None = None
    redacted: Json | None = None


class World:
    """The state, its one bot, and the listeners to events."""

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self.store = Store(clock)
        self.base_url = "http://127.0.0.1"
        self.gateway_url = "ws://127.0.0.1/gateway"
        self.shards = 1
        self.limited = True
        self.assumptions = Assumptions()
        self.max_upload_bytes = MAX_UPLOAD_BYTES
        self.quarantine = Quarantine.OFF
        self.silenced: set[int] = set()
        self.old_edits: dict[int, deque[datetime]] = {}
        self.sessions_left = MAX_SESSIONS
        self._sessions_until: datetime | None = None
        self.application_flags = 1 << 15 | 1 << 19  # GUILD_MEMBERS and MESSAGE_CONTENT, as for a bot in few guilds
        self.refused_intents = Intent(0)
        self.listeners: list[Callable[[Dispatch], None]] = []
        self.bot = User(id=self.store.seed_id(), username="RaidBot", bot=True, discriminator="0001")
        self.store.users[self.bot.id] = self.bot
        self.owner = User(id=self.store.seed_id(), username="operator", global_name="Operator")
        self.store.users[self.owner.id] = self.owner

    @property
    def application_id(self) -> int:
        return self.bot.id

    @property
    def token(self) -> str:
        """The bot's token, which begins with its id in Base64 as on Discord."""
        bot = urlsafe_b64encode(str(self.bot.id).encode()).decode().rstrip("=")
        return f"{bot}.sandbox.only-good-on-loopback"

    def start_session(self) -> None:
        """Count a session against the limit of a day, which begins with its first."""
        if self.session_reset() is None:
            self._sessions_until = self.clock.now() + SESSION_WINDOW
        self.sessions_left -= 1

    def session_reset(self) -> datetime | None:
        """Return when the limit of sessions starts anew, or None before the first session."""
        if self._sessions_until is not None and self.clock.now() >= self._sessions_until:
            self._sessions_until, self.sessions_left = None, MAX_SESSIONS
        return self._sessions_until

    def switch_off(self, intent: Intent) -> None:
        """Switch off a privileged intent of the application. Sessions that have it keep it."""
        self.application_flags &= ~PRIVILEGED_INTENTS[intent]
        self.refused_intents |= intent

    def publish(self, event: Dispatch) -> None:
        """Dispatch an event to all listeners; call it after the store was changed."""
        if not self._is_hidden(event):
            for listener in self.listeners:
                listener(event)
        if event.name.startswith(_ABOUT_SHAPE):
            self.store.structure_changed()
        else:
            self.store.changed()

    def _is_hidden(self, event: Dispatch) -> bool:
        """Return True for an event in a guild that is unavailable, silent, or without the bot."""
        guild = self.store.guilds.get(event.guild_id or 0)
        if guild is None or event.name == "GUILD_DELETE":
            return False
        if self.bot.id not in guild.members or guild.id in self.silenced:
            return True
        return guild.unavailable and event.name != "INTERACTION_CREATE"

    def guild_of(self, channel: Channel) -> Guild | None:
        return self.store.guilds.get(channel.guild_id or 0)

    def may(self, user_id: int, channel: Channel) -> Permission:
        """Return a user's permissions in a channel; none for non-members."""
        guild = self.guild_of(channel)
        if guild is None:
            return permissions.DIRECT if user_id in channel.recipients else Permission(0)
        member = guild.members.get(user_id)
        return permissions.in_channel(guild, member, channel) if member is not None else Permission(0)

    def bot_sees(self, channel: Channel) -> bool:
        return bool(self.may(self.bot.id, channel) & Permission.VIEW_CHANNEL)

    def message_json(self, message: Message) -> Json:
        """Return a message as the bot gets it over REST."""
        return serializers.message(message, self.store, viewer=self.bot.id, base_url=self.base_url)

    def has_emoji(self, emoji_id: int) -> bool:
        """Return True if a guild of the bot has this custom emoji."""
        return any(emoji_id in guild.emojis for guild in self.store.guilds_of(self.bot.id))


def is_direct(channel: Channel) -> bool:
    return channel.type is ChannelType.DM
