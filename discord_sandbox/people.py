"""People: the actions and views of a guild member, limited by their permissions."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from discord_sandbox import guilds, interactions, message_rules, reaction_rules, text_view
from discord_sandbox.api_errors import ApiError
from discord_sandbox.command_input import (
    MESSAGE_MENU,
    USER_MENU,
    NotPossible,
    command_data,
    find_command,
    id_of,
    menu_data,
    modal_data,
    select_data,
)
from discord_sandbox.interactions import Callback, Kind
from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, Guild, Interaction, Json, Member, Message, MessageFlag, User
from discord_sandbox.validation.components import BUTTON, LINK, SELECTS, walk
from discord_sandbox.world import World

ANSWER_TIMEOUT_SECONDS = 15.0  # how long a person waits for the message after a deferral


class Choice(NamedTuple):
    """One autocomplete choice."""

    name: str
    value: str | int | float


class PersonResponse:
    """The response a person gets to a command, click, selection or modal.

    The properties return the current state, so a later edit changes them.
    """

    def __init__(self, person: "Person", interaction: Interaction) -> None:
        self.person = person
        self.interaction = interaction

    @property
    def failed(self) -> bool:
        """True if the application did not respond in time."""
        return self.interaction.acknowledged_at is None

    @property
    def message(self) -> Message | None:
        """The response's message, or the message of the used component; None for a modal or if it was deleted."""
        return self._message(self.interaction.response_id)

    @property
    def followups(self) -> list[Message]:
        found = (self._message(followup) for followup in self.interaction.followups)
        return [message for message in found if message is not None]

    @property
    def modal(self) -> Json | None:
        """The modal that opened: `title`, `custom_id`, `components`."""
        return self.interaction.modal

    @property
    def thinking(self) -> bool:
        return self.message is not None and bool(self.message.flags & MessageFlag.LOADING)

    @property
    def is_deferred(self) -> bool:
        """True if the interaction was deferred without a message and nothing has followed yet."""
        one = self.interaction
        seen = one.response_edited or one.followups or self.message is None
        return one.callback_type == Callback.DEFERRED_UPDATE and not seen

    @property
    def ephemeral(self) -> bool:
        return self.message is not None and self.message.visible_to == self.person.id

    @property
    def content(self) -> str:
        return self.message.content if self.message is not None else ""

    @property
    def embeds(self) -> list[Json]:
        return self.message.embeds if self.message is not None else []

    @property
    def components(self) -> list[Json]:
        """The components of the response's message, or of the modal."""
        if self.modal is not None:
            return list(self.modal["components"])
        return self.message.components if self.message is not None else []

    def text(self) -> str:
        """Return all text the person reads: the response with its follow-ups, or the modal; times in UTC."""
        if self.failed:
            return text_view.DID_NOT_RESPOND
        if self.modal is not None:
            return "\n".join([self.modal["title"], *text_view.form(self.modal["components"])])
        return "\n".join(line for message in self._messages() for line in text_view.body(message, self.person.world))

    async def click(self, button: str) -> "PersonResponse":
        """Press a button of the response or of a follow-up, found by label, custom id or emoji."""
        return await self.person.use(*_find(self._messages(), (BUTTON,), button))

    async def select(self, select: str | None, picked: Iterable[Any]) -> "PersonResponse":
        """Pick in a select, found by placeholder or custom id (None: the only one)."""
        return await self.person.use(*_find(self._messages(), SELECTS, select), picked)

    async def submit(self, /, **values: Any) -> "PersonResponse":
        """Submit the modal with fields by custom id or label; other fields keep their default values."""
        if self.modal is None:
            raise NotPossible("no form is open")
        return await self.person.submit(self.interaction, self.modal, values)

    def _message(self, message_id: int | None) -> Message | None:
        return self.person.world.store.message(self.interaction.channel_id, message_id or 0)

    def _messages(self) -> list[Message]:
        return [message for message in (self.message, *self.followups) if message is not None]


class Person:
    """A person on Discord, who waits up to `patience` seconds for the message after a deferral.

    Actions that their client would not allow raise NotPossible.
    """

    def __init__(self, world: World, user: User, *, patience: float = ANSWER_TIMEOUT_SECONDS) -> None:
        self.world = world
        self.user = user
        self.patience = patience

    def __repr__(self) -> str:
        return f"<Person {self.name}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and other.user is self.user

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.username

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def dms(self) -> list[Message]:
        """The bot's direct messages to this person, oldest first."""
        channel = self.world.store.dm_between(self.id, self.world.bot.id)
        found = channel.messages.values() if channel is not None else ()
        return [message for message in found if message.author.id == self.world.bot.id]

    def close_dms(self) -> None:
        """Refuse direct messages from now on."""
        self.user.accepts_dms = False
        self.world.store.structure_changed()

    def open_dms(self) -> None:
        self.user.accepts_dms = True
        self.world.store.structure_changed()

    def sees(self, channel: Any) -> list[Message]:
        """Return the messages that the person sees in a channel, oldest first."""
        return [
            message for message in self._channel(channel).messages.values() if message.visible_to in (None, self.id)
        ]

    async def say(self, channel: Any, content: str) -> Message:
        """Send a message."""
        where = self._channel(channel)
        with _as_on_screen():
            return message_rules.send(self.world, self.user, where, {"content": content}, {})

    async def react(self, message: Message, emoji: str, *, burst: bool = False) -> None:
        """Add a reaction to a message, with `burst` a super reaction; does nothing if it exists."""
        where = self._where(message)
        with _as_on_screen():
            reaction_rules.react(self.world, self.user, where, message, emoji, burst=burst)

    async def unreact(self, message: Message, emoji: str, *, burst: bool | None = None) -> None:
        """Remove the person's own reaction: the super reaction, the normal one, or both (None)."""
        where = self._where(message)
        with _as_on_screen():
            reaction_rules.unreact(self.world, self.user, where, message, emoji, self.id, burst=burst)

    async def delete(self, message: Message) -> None:
        """Delete an own message, or as a moderator another person's."""
        where = self._where(message)
        with _as_on_screen():
            message_rules.delete(self.world, self.user, where, message)

    async def leave(self, guild: Any) -> None:
        """Leave a guild."""
        where, member = self._membership(guild)
        guilds.leave(self.world, where, member)

    async def slash(self, channel: Any, command: str, /, **options: Any) -> PersonResponse:
        """Use a slash command, with subcommands after a space, and wait for the response."""
        where, data = self._command(channel, command, options)
        return await self._ask(Kind.COMMAND, where, data)

    async def menu(self, channel: Any, command: str, target: "Person | User | Message") -> PersonResponse:
        """Use a command of the context menu of a person or message, and wait for the response."""
        where = self._channel(channel)
        if isinstance(target, Message):
            self._where(target)
        kind = MESSAGE_MENU if isinstance(target, Message) else USER_MENU
        found = find_command(self.world, self.user, where, command, kind)
        return await self._ask(Kind.COMMAND, where, menu_data(self.world, where, found, target))

    async def context(self, message: Message, command: str) -> PersonResponse:
        """Use a command of the context menu of a message (“Apps”), and wait for the response."""
        return await self.menu(message.channel_id, command, message)

    async def autocomplete(
        self, channel: Any, command: str, options: Mapping[str, Any], /, *, focused: str
    ) -> list[Choice]:
        """Return the choices for the option `focused` as it is typed. Raises NotPossible without a response."""
        where, data = self._command(channel, command, options, focused=focused)
        answer = await self._ask(Kind.AUTOCOMPLETE, where, data)
        if answer.interaction.choices is None:
            raise NotPossible("Loading options failed")
        return [Choice(one["name"], one["value"]) for one in answer.interaction.choices]

    async def click(self, message: Message, button: str) -> PersonResponse:
        """Press a button of a message, found by label, custom id or emoji."""
        return await self.use(*_find([message], (BUTTON,), button))

    async def select(self, message: Message, select: str | None, picked: Iterable[Any]) -> PersonResponse:
        """Pick in a select of a message, found by placeholder or custom id (None: the only one)."""
        return await self.use(*_find([message], SELECTS, select), picked)

    async def use(self, message: Message, component: Json, picked: Iterable[Any] = ()) -> PersonResponse:
        """Press a button, or pick in a select, and wait for the response."""
        channel = self._where(message)
        if component.get("disabled"):
            raise NotPossible(f"{_title(component)!r} is disabled")
        if component.get("style") == LINK:
            raise NotPossible(f"{_title(component)!r} opens {component['url']}")
        if component["type"] == BUTTON:
            data: Json = {"custom_id": component["custom_id"], "component_type": BUTTON}
        else:
            data = select_data(self.world, channel, component, picked)
        if "id" in component:
            data["id"] = component["id"]
        return await self._ask(Kind.COMPONENT, channel, data, message=message)

    async def submit(self, opened_by: Interaction, modal: Json, values: Mapping[str, Any]) -> PersonResponse:
        """Submit a modal that an interaction opened, and wait for the response."""
        channel = self._channel(opened_by.channel_id)
        data = modal_data(self.world, channel, modal, values)
        message = self.world.store.message(opened_by.channel_id, opened_by.message_id or 0)
        return await self._ask(Kind.MODAL_SUBMIT, channel, data, message=message, opened_by=opened_by)

    async def _ask(
        self,
        kind: Kind,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> PersonResponse:
        interaction = interactions.begin(
            self.world, kind, self.user, channel, data, message=message, opened_by=opened_by
        )
        answer = PersonResponse(self, interaction)
        while answer.failed and (left := interaction.deadline - time.monotonic()) > 0:
            await self.world.store.wait_for_change(left)
        until = time.monotonic() + self.patience
        while (answer.thinking or answer.is_deferred) and (left := until - time.monotonic()) > 0:
            await self.world.store.wait_for_change(left)
        return answer

    def _command(
        self, channel: Any, command: str, options: Mapping[str, Any], *, focused: str = ""
    ) -> tuple[Channel, Json]:
        where = self._channel(channel)
        name, *path = command.removeprefix("/").split()
        found = find_command(self.world, self.user, where, name)
        return where, command_data(self.world, where, found, path, options, focused=focused)

    def _channel(self, channel: Any) -> Channel:
        found = self.world.store.channels.get(id_of(channel))
        if found is None:
            raise NotPossible(f"there is no channel {channel!r}")
        if not self.world.may(self.id, found) & Permission.VIEW_CHANNEL:
            raise NotPossible(f"{self.name} does not see #{found.name}")
        return found

    def _where(self, message: Message) -> Channel:
        """Return the channel of a message that this person sees. Raises NotPossible."""
        channel = self._channel(message.channel_id)
        if channel.messages.get(message.id) is not message or message.visible_to not in (None, self.id):
            raise NotPossible("the message is not there")
        return channel

    def _membership(self, guild: Any) -> tuple[Guild, Member]:
        found = self.world.store.guilds.get(id_of(guild))
        if found is None or self.id not in found.members:
            raise NotPossible(f"{self.name} is in no server {guild!r}")
        return found, found.members[self.id]


@contextmanager
def _as_on_screen() -> Iterator[None]:
    """Raise NotPossible for an ApiError, because a person's client would not offer the action."""
    try:
        yield
    except ApiError as error:
        raise NotPossible(error.message) from error


def _title(component: Json) -> str:
    return str(component.get("label") or component.get("placeholder") or component.get("custom_id"))


def _find(among: Iterable[Message], kinds: tuple[int, ...], name: str | None) -> tuple[Message, Json]:
    """Return the only component of these kinds with this custom id, label, placeholder or emoji. Raises NotPossible."""
    found = [(message, one) for message in among for _, one in walk(message.components) if one["type"] in kinds]
    exact = [(message, one) for message, one in found if name in (None, one.get("custom_id"))]
    named = exact or [(message, one) for message, one in found if name in _names(one)]
    if len(named) != 1:
        there = ", ".join(_title(one) for _, one in found) or "nothing"
        raise NotPossible(f"{name!r} fits {len(named)} of: {there}")
    return named[0]


def _names(component: Json) -> tuple[str | None, ...]:
    emoji = (component.get("emoji") or {}).get("name")
    return component.get("label"), component.get("placeholder"), emoji, f"{emoji} {component.get('label')}"
