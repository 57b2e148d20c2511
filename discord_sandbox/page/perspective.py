"""Through one person's eyes: what they may see and do, and nothing else."""

from collections.abc import Iterator

from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, Guild, Member, Message, User
from discord_sandbox.world import World, is_direct

MAX_UNREAD = 99


class Memory:
    """What the people's own clients remember: what they read and which ephemeral messages they dismissed."""

    def __init__(self, world: World) -> None:
        self._begins = world.store.next_id()
        self._read: dict[tuple[int, int], int] = {}
        self._dismissed: set[int] = set()

    def read(self, user: User, channel: Channel, message_id: int) -> None:
        self._read[user.id, channel.id] = max(message_id, self.last_read(user, channel))

    def last_read(self, user: User, channel: Channel) -> int:
        """What lies in a server's channels when the page opens counts as read, direct messages do not."""
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
        """Channels and threads they see, and direct conversations in which something was said."""
        for guild in self.guilds():
            yield from filter(self.sees, (*guild.channels.values(), *guild.threads.values()))
        for people, channel in self.world.store.dms.items():
            if self.id in people and channel.last_message_id is not None:
                yield channel

    def may(self, channel: Channel) -> Permission:
        return self.world.may(self.id, channel)

    def sees(self, channel: Channel) -> bool:
        return bool(self.may(channel) & Permission.VIEW_CHANNEL)

    def reads(self, channel: Channel) -> bool:
        """Whether they see what was written before."""
        needed = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
        return self.may(channel) & needed == needed

    def is_meant(self, message: Message) -> bool:
        """Whether a message of a channel they see is on their screen."""
        return message.visible_to in (None, self.id) and not self.memory.is_dismissed(message)

    def older(self, channel: Channel, before: int | None) -> Iterator[Message]:
        """What they can read in a channel, newest first."""
        if self.reads(channel):
            for message in reversed(channel.messages.values()):
                if (before is None or message.id < before) and self.is_meant(message):
                    yield message

    def unread(self, channel: Channel) -> int:
        """How many messages of others came after the last one read, at most 99."""
        last_read = self.memory.last_read(self.user, channel)
        count = 0
        for message in self.older(channel, None):
            if message.id <= last_read or count == MAX_UNREAD:
                break
            count += message.author.id != self.id
        return count


def name_in(guild: Guild | None, user: User) -> str:
    """What somebody is called there."""
    member = guild.members.get(user.id) if guild is not None else None
    return member.display_name if member is not None else user.global_name or user.username


def colour_in(guild: Guild, member: Member) -> int:
    """The colour of their name: that of their highest role with one."""
    coloured = [guild.roles[role_id] for role_id in member.roles if guild.roles[role_id].color]
    return max(coloured, key=lambda role: role.position).color if coloured else 0
