"""Fill a server with raids and signups through the bot."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.command_input import NotPossible
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.permissions import Permission
from discord_sandbox.store import Channel, ChannelType, Message
from raidbot.demo import cast
from raidbot.demo.harness import BotProcess

BACKDATE = timedelta(hours=2)
"""The time before the opening at which the seed starts, so that one raid can take place before the page opens."""
_BEFORE_START, _AFTER_START = timedelta(minutes=55), timedelta(minutes=35)
"""Steps of the clock to the reminders of a raid that starts in an hour, and to half an hour after its start."""
_TIMEOUT_SECONDS = 30.0
_DUNGEON = ("🛡️", "💚", "⚔️", "⚔️")
_TONIGHT = ("🛡️", "💚", "⚔️")
_SMALL_TALK = (
    "There’s a dungeon tonight at eight, with two seats left. Tomorrow we raid, and on Saturday there’s a museum.",
    "I can tank 🛡️",
    "Is there a seat for a healer left? I may be **ten minutes** late.",
    "If not, you wait in line, and the bot tells you when a seat is yours.",
)


class Seed:
    """Fills the first guild of a sandbox whose clock is `BACKDATE` before the opening, and advances it to then.

    Raises NotPossible if the scenario does not allow it.
    """

    def __init__(self, sandbox: Sandbox, bot: BotProcess, *, zone: str) -> None:
        self._sandbox = sandbox
        self._bot = bot
        facts = next(iter(sandbox.store.guilds.values()), None)
        if facts is None:
            raise NotPossible("there is no server")
        self._guild = SandboxGuild(sandbox, facts)
        self._zone = zone
        self._owner = self._guild.owner
        self._leader = Person(sandbox.world, facts.members[cast.leader(facts)].user)
        self._players = [
            Person(sandbox.world, member.user)
            for member in facts.members.values()
            if not member.user.bot and member.id != facts.owner_id
        ]

    async def play(self) -> None:
        """Play everything that happens before the page is opened."""
        signups, museum = self._channel("raid-signups"), self._channel("museum")
        await self._sandbox.until(lambda: self._sandbox.store.commands, timeout=_TIMEOUT_SECONDS)
        for what, channel in (("raid", signups), ("museum", museum)):
            await self._slash(signups, "setchannel set", what=what, channel=channel)
        await self._slash(signups, "settings", time_zone=self._zone)
        await self._post_small_talk(signups)
        await self._run_raid(await self._post(signups, 3, activity="dungeon-5", when="in 60 minutes"))
        exhibition = await self._post(museum, 1, activity="museum", when="saturday 3pm", seats=6)
        await self._sign_up(exhibition, self._players[2:6])
        coming = await self._post(signups, 4, activity="wow-10", when="tomorrow 8pm", length="3")
        await self._sign_up(coming, self._players)
        await self._join_waitlist(coming)
        await self._dismiss_answers()
        await self._prepare_tonight(signups)
        self._bot.advance(BACKDATE - _BEFORE_START - _AFTER_START)

    async def _prepare_tonight(self, signups: Channel) -> None:
        """Post the leader's raid of tonight, the last board in its channel, with seats left and one member in line."""
        others = [one for one in self._players[:-1] if one != self._leader]
        board = await self._post(signups, 3, by=self._leader, activity="dungeon-5", when="today 8pm")
        for person, sign in zip(others, (*_TONIGHT, _TONIGHT[0]), strict=False):
            await person.react(board, sign)
        await self._wait_until_shown(board, others[: len(_TONIGHT) + 1])
        await self._dismiss_answers()

    async def _post_small_talk(self, signups: Channel) -> None:
        place = self._channel("general")
        if place is not signups:
            for person, text in zip((self._owner, *self._players), _SMALL_TALK, strict=False):
                await person.say(place, text)

    async def _run_raid(self, board: Message) -> None:
        """Let people sign up and get reminders, then let the raid start."""
        comers = self._players[: len(_DUNGEON)]
        for person, sign in zip(comers, _DUNGEON, strict=False):
            await person.react(board, sign)
        await self._wait_until_shown(board, comers)
        self._bot.advance(_BEFORE_START)
        told = [one for one in comers if one.user.accepts_dms]
        await self._sandbox.until(lambda: all(one.dms for one in told), timeout=_TIMEOUT_SECONDS)
        self._bot.advance(_AFTER_START)
        await self._sandbox.until(lambda: not board.reactions, timeout=_TIMEOUT_SECONDS)

    async def _post(
        self, channel: Channel, choices: int, *, by: Person | None = None, **options: str | float
    ) -> Message:
        """Post a board with `choices` reactions."""
        before = set(channel.messages)
        preview = await self._slash(channel, "create", by=by, **options)
        await preview.click("Confirm")
        boards = await self._sandbox.until(lambda: self._boards(channel, before, choices), timeout=_TIMEOUT_SECONDS)
        return boards[0]

    def _boards(self, channel: Channel, before: set[int], choices: int) -> list[Message]:
        new = (message for message in self._guild.messages(channel) if message.id not in before)
        return [message for message in new if len(message.reactions) == choices]

    async def _sign_up(self, board: Message, people: Sequence[Person]) -> None:
        """Let each person take a role, going down the board and starting over at its end."""
        for person, entry in zip(people, cycle(list(board.reactions.values())), strict=False):
            await person.react(board, entry.name)
        await self._wait_until_shown(board, people)

    async def _wait_until_shown(self, board: Message, people: Sequence[Person]) -> None:
        names = [self._guild.member(one).display_name for one in people]
        await self._sandbox.until(lambda: all(name in str(board.embeds) for name in names), timeout=_TIMEOUT_SECONDS)

    async def _join_waitlist(self, board: Message) -> None:
        """Let the last two people also wait for the first role of the board."""
        wanted = next(iter(board.reactions.values())).name
        for person in self._players[-2:]:
            await person.react(board, wanted)

    async def _dismiss_answers(self) -> None:
        """Delete the ephemeral messages that people got."""
        for channel in self._guild.facts.channels.values():
            for message in [one for one in channel.messages.values() if one.visible_to is not None]:
                await self._sandbox.delete_message(message)

    async def _slash(
        self, channel: Channel, command: str, /, *, by: Person | None = None, **options: object
    ) -> PersonResponse:
        answer = await (by or self._owner).slash(channel, command, **options)
        if answer.failed:
            raise NotPossible(f"the bot did not answer to /{command}")
        return answer

    def _channel(self, name: str) -> Channel:
        """Return a text channel that all members can write in, if possible with this name. Raises NotPossible."""
        world = self._sandbox.world
        everybody = [member.id for member in self._guild.facts.members.values()]
        usable = [
            one
            for one in self._guild.facts.channels.values()
            if one.type is ChannelType.TEXT
            and all(world.may(member, one) & Permission.SEND_MESSAGES for member in everybody)
        ]
        for channel in sorted(usable, key=lambda one: one.name != name):
            return channel
        raise NotPossible("there is no channel that everybody can write in")
