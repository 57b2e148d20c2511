"""Build and change a guild without permission checks, for test setup and moderator actions."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from discord_sandbox import channels, guilds
from discord_sandbox.people import Person
from discord_sandbox.permissions import named
from discord_sandbox.store import Channel, ChannelType, Emoji, Guild, Member, Message, Overwrite, Role, Store, User
from discord_sandbox.world import World

T = TypeVar("T")
AnyUser = Person | Member | User


class Host(Protocol):
    """The sandbox a guild is in, as far as its builders need it."""

    @property
    def world(self) -> World: ...

    @property
    def store(self) -> Store: ...

    @property
    def bot(self) -> User: ...

    def add_user(self, name: str) -> Person:
        """A person who is in no guild yet."""

    async def until(self, fact: Callable[[], T], *, timeout: float = 10.0) -> T:
        """Wait until `fact()` is true and return it."""


class SandboxGuild:
    """One guild; `facts` is its state on the server."""

    def __init__(self, sandbox: Host, facts: Guild) -> None:
        self.sandbox = sandbox
        self.facts = facts

    @property
    def id(self) -> int:
        return self.facts.id

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def owner(self) -> Person:
        return Person(self.sandbox.world, self.facts.members[self.facts.owner_id].user)

    @property
    def bot(self) -> Member:
        return self.facts.members[self.sandbox.bot.id]

    @property
    def bot_role(self) -> Role:
        return next(role for role in self.facts.roles.values() if role.bot_id == self.sandbox.bot.id)

    def member(self, who: AnyUser) -> Member:
        """Return the membership of `who` in this guild. Raises KeyError for a non-member."""
        return self.facts.members[who.id]

    def channel(self, name: str) -> Channel:
        """Return the channel or thread with this name. Raises StopIteration if there is none."""
        everywhere = [*self.facts.channels.values(), *self.facts.threads.values()]
        return next(channel for channel in everywhere if channel.name == name)

    def add_channel(
        self,
        name: str,
        *,
        type: ChannelType = ChannelType.TEXT,  # noqa: A002 - Discord's word
        topic: str | None = None,
        parent: Channel | None = None,
    ) -> Channel:
        channel = Channel(
            id=self.sandbox.store.seed_id(),
            type=type,
            guild_id=self.id,
            name=name,
            topic=topic,
            position=len(self.facts.channels),
            parent_id=parent.id if parent is not None else None,
        )
        return channels.create(self.sandbox.world, self.facts, channel)

    def add_role(self, name: str, *, permissions: Iterable[str] = (), mentionable: bool = False) -> Role:
        role = Role(
            id=self.sandbox.store.seed_id(),
            name=name,
            permissions=named(*permissions),
            position=1,
            mentionable=mentionable,
        )
        self.bot_role.position = max(self.bot_role.position, 2)
        guilds.create_role(self.sandbox.world, self.facts, role)
        return role

    def add_emoji(self, name: str, *, animated: bool = False) -> Emoji:
        emoji = Emoji(id=self.sandbox.store.seed_id(), name=name, animated=animated)
        guilds.add_emoji(self.sandbox.world, self.facts, emoji)
        return emoji

    def add_member(
        self,
        who: str | Person | User,
        *,
        nick: str | None = None,
        roles: Iterable[Role] = (),
        permissions: Iterable[str] = (),
    ) -> Person:
        """Add a new person by name, or a known one; `permissions` are granted through a role of their own."""
        person = self.sandbox.add_user(who) if isinstance(who, str) else who
        user = person.user if isinstance(person, Person) else person
        given = [role.id for role in roles]
        if wanted := tuple(permissions):
            given.append(self.add_role(f"{user.username}'s rights", permissions=wanted).id)
        member = Member(user=user, guild_id=self.id, joined_at=self.sandbox.world.clock.now(), nick=nick, roles=given)
        guilds.join(self.sandbox.world, self.facts, member)
        return Person(self.sandbox.world, user)

    def messages(self, channel: Channel) -> list[Message]:
        """Return the messages in a channel that are not ephemeral, oldest first."""
        return [message for message in channel.messages.values() if message.visible_to is None]

    def deny(self, channel: Channel, *permissions: str, to: Role | AnyUser | None = None) -> None:
        """Deny permissions in a channel to a role or member, by default to the bot."""
        overwrite = self._overwrite(channel, to)
        overwrite.deny |= named(*permissions)
        overwrite.allow &= ~overwrite.deny
        channels.changed(self.sandbox.world, self.facts, channel)

    def allow(self, channel: Channel, *permissions: str, to: Role | AnyUser | None = None) -> None:
        """Allow permissions in a channel to a role or member, by default to the bot."""
        overwrite = self._overwrite(channel, to)
        overwrite.allow |= named(*permissions)
        overwrite.deny &= ~overwrite.allow
        channels.changed(self.sandbox.world, self.facts, channel)

    def allow_command(self, name: str, *to: Role | AnyUser, allow: bool = True) -> None:
        """Allow or deny a command to roles or members, as on the server's Integrations page; by default to @everyone.

        `name` is the command's, without subcommands. Owner and administrators see every command.
        """
        chosen = self.facts.command_overrides.setdefault(name, {})
        chosen.update((one.id, allow) for one in to or (self.facts.roles[self.id],))
        self.sandbox.store.structure_changed()

    def _overwrite(self, channel: Channel, to: Role | AnyUser | None) -> Overwrite:
        target = to if to is not None else self.bot
        kind = 0 if isinstance(target, Role) else 1
        return channel.overwrites.setdefault(target.id, Overwrite(id=target.id, kind=kind))

    def limit_threads(self, most: int) -> None:
        """Allow so many active threads; Discord allows 1000."""
        self.facts.max_active_threads = most
        self.sandbox.store.changed()

    async def archive(self, thread: Channel, *, archived: bool = True) -> None:
        """Archive or unarchive a thread as a moderator does."""
        channels.archive(self.sandbox.world, self.facts, thread, archived=archived)

    async def rename(self, name: str) -> None:
        self.facts.name = name
        guilds.changed(self.sandbox.world, self.facts)

    async def rename_member(self, who: AnyUser, nick: str | None) -> None:
        self.member(who).nick = nick
        guilds.member_changed(self.sandbox.world, self.facts, self.member(who))

    async def give_role(self, who: AnyUser, role: Role) -> None:
        member = self.member(who)
        if role.id not in member.roles:
            member.roles.append(role.id)
            guilds.member_changed(self.sandbox.world, self.facts, member)

    async def take_role(self, who: AnyUser, role: Role) -> None:
        member = self.member(who)
        if role.id in member.roles:
            member.roles.remove(role.id)
            guilds.member_changed(self.sandbox.world, self.facts, member)

    async def delete_role(self, role: Role) -> None:
        guilds.delete_role(self.sandbox.world, self.facts, role)

    async def delete_emoji(self, emoji: Emoji) -> None:
        guilds.delete_emoji(self.sandbox.world, self.facts, emoji)

    async def until(self, fact: Callable[[], T], *, timeout: float = 10.0) -> T:
        return await self.sandbox.until(fact, timeout=timeout)
