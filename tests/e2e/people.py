"""A server with its people, and what they see there."""

import re
from dataclasses import dataclass, field

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Answer, Person
from discord_sandbox.store import Channel, Message, Role
from tests.raid_boards import board_text, told

_LIVE_TITLE = re.compile(r"^\S+ \*\*(.+?)\*\* <t:", re.MULTILINE)


@dataclass
class GuildPeople:
    """A server, the people in it, and the board that its organiser puts up."""

    sandbox: Sandbox
    guild: SandboxGuild
    raider: Role
    organiser: Role
    veteran: Role
    people: dict[str, Person]
    boards: list[Message] = field(default_factory=list)

    def __getattr__(self, name: str) -> Person:
        return self.people[name]

    @property
    def board(self) -> Message:
        """The board put up last."""
        return self.boards[-1]

    @property
    def code(self) -> str:
        return str(self.board.embeds[0]["footer"]["text"]).removeprefix("Raid ")

    @property
    def thread(self) -> Channel:
        return self.guild.facts.threads[self.board.id]

    @property
    def says(self) -> str:
        """What the board says, without its bold letters."""
        return board_text(self.board).replace("**", "")

    def has_logged(self, channel: str, actions: list[str]) -> bool:
        """Whether a log channel has told of these actions and nothing else."""
        messages = self.guild.messages(self.guild.channel(channel))
        titles = [embed["title"] for message in messages for embed in message.embeds]
        titles += [title for message in messages for title in _LIVE_TITLE.findall(message.content)]
        return [title[:1].lower() + title[1:] for title in titles] == actions

    async def ask(self, person: Person, command: str, **options: object) -> Answer:
        """Somebody uses a slash command in #tavern."""
        return await person.slash(self.guild.channel("tavern"), command, **options)

    async def panel(self) -> Answer:
        """What Lena sees of the raid."""
        return await self.ask(self.lena, "raid", code=self.code)

    async def stands(self, *lines: str) -> None:
        """Wait until the board says all of this."""
        await self.guild.until(lambda: all(line in self.says for line in lines))

    async def hears(self, person: Person, *texts: str) -> None:
        """Wait until somebody was told all of this directly."""
        await self.guild.until(lambda: all(text in told(person) for text in texts))

    async def new_board(self) -> None:
        """Wait for a board that was not there before, with its reactions on."""
        known = {board.id for board in self.boards}
        channel = self.guild.channel("war-table")
        found = await self.guild.until(
            lambda: [
                message
                for message in self.guild.messages(channel)
                if message.id not in known and message.embeds and len(message.reactions) == 3
            ]
        )
        self.boards.append(found[0])
