"""Track changes for one person's client: the whole view first, then only differences."""

from dataclasses import dataclass, field

from discord_sandbox import serializers
from discord_sandbox.page import messages, view
from discord_sandbox.page.perspective import Memory, Perspective
from discord_sandbox.store import Channel, Json, Message, User
from discord_sandbox.world import MAX_UPLOAD_BYTES, World


@dataclass(slots=True)
class Shape:
    """The guilds, channels, people and commands as last sent."""

    channels: dict[int, Json] = field(default_factory=dict)
    guilds: dict[int, Json] = field(default_factory=dict)
    people: list[Json] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)


class Watch:
    """Collects changed messages and turns them into pushes for one person on request."""

    def __init__(self, world: World, memory: Memory) -> None:
        self.perspective: Perspective | None = None
        self._world = world
        self._memory = memory
        self._touched: dict[int, Message] = {}
        self._sent = Shape()
        self._shape = -1
        world.store.watchers.append(self._touch)

    def end(self) -> None:
        self._world.store.watchers.remove(self._touch)

    def be(self, user: User) -> Json:
        """Switch to a user and return everything they see except messages."""
        self.perspective = Perspective(self._world, user, self._memory)
        self._touched.clear()
        self._sent, self._shape = self._seen(self.perspective), self._world.store.structure_version
        return {
            "me": str(user.id),
            "bot": str(self._world.bot.id),
            "now": serializers.time(self._world.clock.now()),
            "people": self._sent.people,
            "guilds": list(self._sent.guilds.values()),
            "channels": [self._with_unread(self.perspective, channel_id) for channel_id in self._sent.channels],
            "commands": self._sent.commands,
            "upload_limit": MAX_UPLOAD_BYTES,
        }

    def changes(self) -> list[Json]:
        """Return the pushes for all changes since the last call."""
        if self.perspective is None:
            return []
        touched, self._touched = self._touched, {}
        seen = [message for message in touched.values() if self._concerns(self.perspective, message)]
        opened = any(message.channel_id not in self._sent.channels for message in seen)
        pushes = (
            self._differences(self.perspective) if opened or self._shape != self._world.store.structure_version else []
        )
        if seen:
            pushes.append(self._messages(self.perspective, seen))
        return pushes

    def _touch(self, message: Message) -> None:
        if self.perspective is not None:
            self._touched[message.id] = message

    def _concerns(self, perspective: Perspective, message: Message) -> bool:
        channel = self._world.store.channels.get(message.channel_id)
        return channel is not None and message.visible_to in (None, perspective.id) and perspective.sees(channel)

    def _messages(self, perspective: Perspective, seen: list[Message]) -> Json:
        stored = self._world.store.message
        there = {
            message.id
            for message in seen
            if stored(message.channel_id, message.id) is message and perspective.shows(message)
        }
        return {
            "push": "messages",
            "messages": [messages.message(message, perspective) for message in seen if message.id in there],
            "gone": [
                {"channel": str(message.channel_id), "id": str(message.id)}
                for message in seen
                if message.id not in there
            ],
        }

    def _seen(self, perspective: Perspective) -> Shape:
        return Shape(
            channels={channel.id: view.channel(channel, perspective) for channel in perspective.channels()},
            guilds={guild.id: view.guild(guild) for guild in perspective.guilds()},
            people=[view.person(self._world, user) for user in view.people(self._world)],
            commands=view.commands(perspective),
        )

    def _differences(self, perspective: Perspective) -> list[Json]:
        before, self._sent = self._sent, self._seen(perspective)
        self._shape = self._world.store.structure_version
        now = self._sent
        pushes: list[Json] = []
        if before.people != now.people:
            pushes.append({"push": "people", "people": now.people})
        if changed := _changed(before.guilds, now.guilds):
            pushes.append({"push": "guilds", "guilds": [now.guilds[one] for one in changed[0]], "gone": changed[1]})
        if changed := _changed(before.channels, now.channels):
            channels = [self._with_unread(perspective, one) for one in changed[0]]
            pushes.append({"push": "channels", "channels": channels, "gone": changed[1]})
        if before.commands != now.commands:
            pushes.append({"push": "commands", "commands": now.commands})
        return pushes

    def _with_unread(self, perspective: Perspective, channel_id: int) -> Json:
        """Return a channel with its newest message and its current unread count."""
        channel: Channel = self._world.store.channels[channel_id]
        newest = next(perspective.older(channel, None), None)
        return self._sent.channels[channel_id] | {
            "last": str(newest.id) if newest is not None else None,
            "unread": perspective.unread(channel),
        }


def _changed(before: dict[int, Json], now: dict[int, Json]) -> tuple[list[int], list[str]] | None:
    """Return the ids of new or changed entries and of removed ones; None if there are none."""
    different = [one for one, body in now.items() if before.get(one) != body]
    gone = [str(one) for one in before if one not in now]
    return (different, gone) if different or gone else None
