"""A guild with its members, and helpers to act and see as they do."""

import re
from dataclasses import dataclass, field

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Channel, Message, Role
from tests.raid_boards import board_text, dm_text

_LIVE_TITLE = re.compile(r"^\S+ \*\*(.+?)\*\* <t:", re.MULTILINE)


@dataclass
class GuildPeople:
    """A guild, its members, and the boards its organiser posts."""

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
        """The newest board."""
        return self.boards[-1]

    @property
    def code(self) -> str:
        return str(self.board.embeds[0]["footer"]["text"]).split()[-1]

    @property
    def thread(self) -> Channel:
        return self.guild.facts.threads[self.board.id]

    @property
    def board_text(self) -> str:
        """The newest board's text without bold markup."""
        return board_text(self.board).replace("**", "")

    def has_logged(self, channel: str, actions: list[str]) -> bool:
        """Return True if the log channel shows exactly these actions in this order."""
        messages = self.guild.messages(self.guild.channel(channel))
        titles = [embed["title"] for message in messages for embed in message.embeds]
        titles += [title for message in messages for title in _LIVE_TITLE.findall(message.content)]
        return [title[:1].lower() + title[1:] for title in titles] == actions

    async def ask(self, person: Person, command: str, **options: object) -> PersonResponse:
        """Use a slash command as `person` in #tavern."""
        return await person.slash(self.guild.channel("tavern"), command, **options)

    async def panel(self) -> PersonResponse:
        """Open the raid's panel as Lena and return it."""
        return await self.ask(self.lena, "raid", code=self.code)

    async def until_board_has(self, *lines: str) -> None:
        """Wait until the board has all these texts."""
        await self.guild.until(lambda: all(line in self.board_text for line in lines))

    async def until_received(self, person: Person, *texts: str) -> None:
        """Wait until the person has received all these texts in DMs."""
        await self.guild.until(lambda: all(text in dm_text(person) for text in texts))

    async def new_board(self) -> None:
        """Wait for a new board with its three reactions and append it to `boards`."""
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
