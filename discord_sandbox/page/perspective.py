"""One person's view: the guilds, channels and messages they may see."""

from collections.abc import Iterator

from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, Guild, Member, Message, User
from discord_sandbox.world import World, is_direct

MAX_UNREAD = 99


class Memory:
    """State of the people's clients: messages they read and ephemeral messages they dismissed."""

    def __init__(self, world: World) -> None:
        self._begins = world.store.next_id()
        self._read: dict[tuple[int, int], int] = {}
        self._dismissed: set[int] = set()

    def read(self, user: User, channel: Channel, message_id: int) -> None:
        self._read[user.id, channel.id] = max(message_id, self.last_read(user, channel))

    def last_read(self, user: User, channel: Channel) -> int:
        """Return the id of the last message read.

        Messages in guild channels from before the page was opened count as read, direct messages do not.
        """
        return self._read.get((user.id, channel.id), 0 if is_direct(channel) else self._begins)

    def dismiss(self, message: Message) -> None:
        self._dismissed.add(message.id)

    def is_dismissed(self, message: Message) -> bool:
        return message.id in self._dismissed


class Perspective:
    """One person's view of the world."""

    def __init__(self, world: World, user: User, memory: Memory) -> None:
        self.world = world
        self.user = user
        self.memory = memory

    @property
    def id(self) -> int:
        return self.user.id

    def guilds(self) -> Iterator[Guild]:
        return self.world.store.guilds_of(self.id)

    def channels(self) -> Iterator[Channel]:
        """Return the channels and threads that the person sees, and DM channels with messages."""
        for guild in self.guilds():
            yield from filter(self.sees, (*guild.channels.values(), *guild.threads.values()))
        for people, channel in self.world.store.dms.items():
            if self.id in people and channel.last_message_id is not None:
                yield channel

    def may(self, channel: Channel) -> Permission:
        return self.world.may(self.id, channel)

    def sees(self, channel: Channel) -> bool:
        return bool(self.may(channel) & Permission.VIEW_CHANNEL)

    def reads_history(self, channel: Channel) -> bool:
        """Return True if the person may read older messages of the channel."""
        needed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
        return self.may(channel) & needed == needed

    def shows(self, message: Message) -> bool:
        """Return True if the message, in a channel the person sees, is shown to them."""
        return message.visible_to in (None, self.id) and not self.memory.is_dismissed(message)

    def older(self, channel: Channel, before: int | None) -> Iterator[Message]:
        """Return the messages that the person can read in a channel, newest first."""
        if self.reads_history(channel):
            for message in reversed(channel.messages.values()):
                if (before is None or message.id < before) and self.shows(message):
                    yield message

    def unread(self, channel: Channel) -> int:
        """Count messages by others after the last one read, up to 99."""
        last_read = self.memory.last_read(self.user, channel)
        count = 0
        for message in self.older(channel, None):
            if message.id <= last_read or count == MAX_UNREAD:
                break
            count += message.author.id != self.id
        return count


def name_in(guild: Guild | None, user: User) -> str:
    """Return a user's display name in a guild."""
    member = guild.members.get(user.id) if guild is not None else None
    return member.display_name if member is not None else user.global_name or user.username


def colour_in(guild: Guild, member: Member) -> int:
    """Return the colour of a member's name: that of their highest coloured role, else 0."""
    coloured = [guild.roles[role_id] for role_id in member.roles if guild.roles[role_id].color]
    return max(coloured, key=lambda role: role.position).color if coloured else 0
