"""Runs stories side by side, each in its own guild, and restarts the bot between any two of their steps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from discord_sandbox import Sandbox, SandboxGuild, message_rules
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Channel, Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MessageId, Raid
from tests.commands.raid.panel_helpers import code_of
from tests.commands.raidinfo.test_raidinfo import store
from tests.conftest import Start
from tests.raid_boards import post_raid
from tests.web.feed_readers import ON


@dataclass(slots=True)
class StoryContext:
    """A guild, and the bot that runs at this step."""

    sandbox: Sandbox
    guild: SandboxGuild
    bot: RaidBot | None = None

    @property
    def channel(self) -> Channel:
        return self.guild.channel("raid-signups")

    @property
    def running(self) -> RaidBot:
        assert self.bot is not None
        return self.bot

    async def ask(self, command: str, /, by: Person | None = None, **options: Any) -> PersonResponse:
        return await (by or self.guild.owner).slash(self.channel, command, **options)

    async def put_up(self, **options: Any) -> Message:
        return await post_raid(self.guild, **options)

    async def panel(self, board: Message) -> PersonResponse:
        return await self.ask("raid", code=code_of(board))

    async def raid(self, board: Message) -> Raid:
        """Return the current state of the board's raid."""
        return await self.running.state.find(GuildId(self.guild.id), code_of(board))

    async def store(self, *, hours: float, **values: Any) -> Raid:
        """Store a raid with a plain message as its board. It starts `hours` from now."""
        world = self.guild.sandbox.world
        message = message_rules.send(world, world.bot, self.channel, {"content": "A board"}, {})
        number = len(self.channel.messages) + 1000 * list(world.store.guilds).index(self.guild.id)
        chosen = {"message": MessageId(message.id)} | values
        return await store(self.running, self.guild, number, hours=hours, **chosen)

    async def seat(self, board: Message, member: Person, emoji: str) -> None:
        """Add the member's reaction and wait until the board shows them."""
        await member.react(board, emoji)
        name = str(member.user.global_name)
        await self.guild.until(lambda: any(name in field["value"] for field in board.embeds[0].get("fields", ())))


Steps = AsyncIterator[None]
Story = Callable[[StoryContext], Steps]
"""Yields at every point where the bot is to be restarted."""


async def run_with_restarts(sandbox: Sandbox, start: Start, stories: Mapping[str, Story]) -> None:
    """Run all stories to their end; a failure stops only its own. Raises an `ExceptionGroup` of the failures."""
    stages = {name: StoryContext(sandbox, _server(sandbox, name)) for name in stories}
    told = {name: story(stages[name]) for name, story in stories.items()}
    failed: list[Exception] = []
    while told:
        async with start(**ON) as bot:
            for name, story in list(told.items()):
                stages[name].bot = bot
                try:
                    await anext(story)
                except StopAsyncIteration:
                    del told[name]
                except Exception as error:  # noqa: BLE001 - every story's failure is reported
                    error.add_note(f"in the story {name!r}")
                    failed.append(error)
                    del told[name]
    if failed:
        raise ExceptionGroup("stories that did not go as they should", failed)


async def run_without_restarts(sandbox: Sandbox, start: Start, stories: Mapping[str, Story]) -> None:
    """Run all stories side by side on one bot without restarts."""
    servers = {name: _server(sandbox, name) for name in stories}
    async with start(**ON) as bot:
        told = [_tell_whole(story, StoryContext(sandbox, servers[name], bot)) for name, story in stories.items()]
        await asyncio.gather(*told)


async def _tell_whole(story: Story, stage: StoryContext) -> None:
    async for _ in story(stage):
        pass


def _server(sandbox: Sandbox, name: str) -> SandboxGuild:
    guild = sandbox.add_guild(name)
    guild.add_channel("raid-signups")
    return guild
