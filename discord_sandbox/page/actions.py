"""Actions of the page: a person acts, reads history, or advances the sandbox's clock."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from itertools import islice

from discord_sandbox import serializers
from discord_sandbox.command_input import NotPossible
from discord_sandbox.page import messages
from discord_sandbox.page.files import Files
from discord_sandbox.page.operator import Operator
from discord_sandbox.page.perspective import Perspective
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.sandbox import Sandbox
from discord_sandbox.store import Channel, Json, Message

Act = Callable[[Perspective, Person, Json], Awaitable[Json]]
MAX_MESSAGES = 100


class PageActions:
    """Carries out the page's requests.

    Raises NotPossible for an action that is not allowed, KeyError and ValueError for a malformed request.
    """

    def __init__(self, sandbox: Sandbox, operator: Operator | None, files: Files) -> None:
        self._sandbox = sandbox
        self._world = sandbox.world
        self._operator = operator
        self._files = files
        self._forms: dict[int, PersonResponse] = {}
        self._random = random.Random()
        self._actions: Mapping[str, Act] = {
            "history": self._history,
            "read": self._read,
            "say": self._say,
            "react": self._react,
            "unreact": self._unreact,
            "delete": self._delete,
            "slash": self._slash,
            "menu": self._menu,
            "autocomplete": self._autocomplete,
            "click": self._click,
            "select": self._select,
            "submit": self._submit,
            "dismiss": self._dismiss,
            "dms": self._dms,
            "everybody": self._everybody,
            "advance": self._advance,
            "operate": self._operate,
        }

    async def carry_out(self, perspective: Perspective, asked: Json) -> Json:
        """Carry out `asked["do"]` and return the fields of its answer besides `ok`."""
        act = self._actions.get(str(asked["do"]))
        if act is None:
            raise NotPossible(f"nobody can {asked['do']!r}; what can be done is {', '.join(self._actions)}")
        return await act(perspective, Person(self._world, perspective.user, patience=0), asked)

    async def _history(self, perspective: Perspective, _person: Person, asked: Json) -> Json:
        channel = self._channel(perspective, asked)
        limit = min(max(int(asked.get("limit") or 50), 1), MAX_MESSAGES)
        before = int(asked["before"]) if asked.get("before") else None
        found = list(islice(perspective.older(channel, before), limit + 1))
        shown = [messages.message(message, perspective) for message in reversed(found[:limit])]
        return {"messages": shown, "more": len(found) > limit}

    async def _read(self, perspective: Perspective, _person: Person, asked: Json) -> Json:
        perspective.memory.read(perspective.user, self._channel(perspective, asked), int(asked["message"]))
        return {}

    async def _say(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        said = await person.say(self._channel(perspective, asked), str(asked["content"]))
        return {"message": str(said.id)}

    async def _react(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        await person.react(self._message(perspective, asked), str(asked["emoji"]))
        return {}

    async def _unreact(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        await person.unreact(self._message(perspective, asked), str(asked["emoji"]))
        return {}

    async def _delete(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        await person.delete(self._message(perspective, asked))
        return {}

    async def _slash(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        channel, given = self._channel(perspective, asked), _options(asked)
        options = {name: self._files.take(value) if isinstance(value, dict) else value for name, value in given.items()}
        return self._outcome(await person.slash(channel, str(asked["command"]), **options))

    async def _menu(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        return self._outcome(await person.context(self._message(perspective, asked), str(asked["command"])))

    async def _autocomplete(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        channel, options = self._channel(perspective, asked), _options(asked)
        choices = await person.autocomplete(channel, str(asked["command"]), options, focused=str(asked["focused"]))
        return {"choices": [choice._asdict() for choice in choices]}

    async def _click(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        return self._outcome(await person.click(self._message(perspective, asked), str(asked["custom_id"])))

    async def _select(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        message = self._message(perspective, asked)
        return self._outcome(await person.select(message, str(asked["custom_id"]), asked["values"]))

    async def _submit(self, _perspective: Perspective, person: Person, asked: Json) -> Json:
        opened = self._forms.get(int(asked["interaction"]))
        if opened is None or opened.person != person:
            raise NotPossible("no form is open")
        answer = await opened.submit(**asked["values"])
        if not answer.failed:
            del self._forms[opened.interaction.id]
        return self._outcome(answer)

    async def _dismiss(self, perspective: Perspective, _person: Person, asked: Json) -> Json:
        message = self._message(perspective, asked)
        if message.visible_to is None:
            raise NotPossible("only a message that nobody else sees can be dismissed")
        perspective.memory.dismiss(message)
        self._world.store.message_changed(message)
        self._world.store.changed()
        return {}

    async def _dms(self, _perspective: Perspective, person: Person, asked: Json) -> Json:
        if asked["open"]:
            person.open_dms()
        else:
            person.close_dms()
        return {}

    async def _everybody(self, perspective: Perspective, person: Person, asked: Json) -> Json:
        """Let all other people who see the message and have not reacted add one of the bot's reactions at random."""
        message = self._message(perspective, asked)
        offered = [key for key, entry in message.reactions.items() if self._world.bot.id in entry.users]
        if not offered:
            raise NotPossible("the bot put no reactions under this message")
        reacted = {user_id for entry in message.reactions.values() for user_id in entry.everybody}
        crowd = [one for one in self._crowd(message) if one.id not in reacted and one != person]
        self._random.shuffle(crowd)
        for one in crowd:
            entry = message.reactions.get(self._random.choice(offered))
            if entry is not None:
                await one.react(message, entry.name if entry.emoji_id is None else f"{entry.name}:{entry.emoji_id}")
            await asyncio.sleep(0)
        return {"reacted": len(crowd)}

    def _crowd(self, message: Message) -> list[Person]:
        guild = self._world.store.guilds.get(message.guild_id or 0)
        channel = self._world.store.channels[message.channel_id]
        members = guild.members.values() if guild is not None else ()
        people = (member.user for member in members if not member.user.bot)
        return [Person(self._world, user) for user in people if self._world.may(user.id, channel)]

    async def _advance(self, _perspective: Perspective, _person: Person, asked: Json) -> Json:
        step = self._world.clock.step(float(asked["seconds"]))
        if self._operator is not None:
            await self._operator.advance(step.total_seconds())
        else:
            self._sandbox.advance(step)
        return {"now": serializers.time(self._world.clock.now())}

    async def _operate(self, _perspective: Perspective, _person: Person, asked: Json) -> Json:
        action = self._operator.actions.get(str(asked["action"])) if self._operator is not None else None
        if action is None:
            raise NotPossible(f"there is no action {asked['action']!r}")
        return {"said": await action.carry_out()}

    def _outcome(self, answer: PersonResponse) -> Json:
        if answer.failed:
            outcome = "failed"
        elif answer.modal is not None:
            outcome = "modal"
            self._forms[answer.interaction.id] = answer
        else:
            outcome = "thinking" if answer.thinking else "answered"
        return {"interaction": str(answer.interaction.id), "outcome": outcome, "modal": answer.modal}

    def _channel(self, perspective: Perspective, asked: Json) -> Channel:
        channel = self._world.store.channels.get(int(asked["channel"]))
        if channel is None or not perspective.sees(channel):
            raise NotPossible("the channel is not there")
        return channel

    def _message(self, perspective: Perspective, asked: Json) -> Message:
        message = self._channel(perspective, asked).messages.get(int(asked["message"]))
        if message is None or not perspective.shows(message):
            raise NotPossible("the message is not there")
        return message


def _options(asked: Json) -> Json:
    options = asked.get("options") or {}
    if not isinstance(options, dict):
        raise ValueError("`options` is an object")
    return options
