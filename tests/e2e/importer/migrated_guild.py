"""A guild where the Node.js bot ran, with its boards and its database."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.cli import main
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.model import Raid
from tests.e2e import database_facts
from tests.ops.importer.legacy.boards import add_reaction, post_old_board
from tests.ops.importer.legacy.model import OldBot, OldRaid, OldRole
from tests.raid_boards import dm_text

MESSAGE = "/channels/{channel_id}/messages/{message_id}"


@dataclass
class MigratedGuild:
    """A guild, the file of the old bot's database, and the path of the new one."""

    sandbox: Sandbox
    guild: SandboxGuild
    old: Path
    new: Path
    bot: OldBot
    people: dict[str, Person]
    boards: dict[str, Message] = field(default_factory=dict)

    def id(self, name: str) -> int:
        return self.people[name].id

    def ids(self, *names: str) -> list[int]:
        return [self.id(name) for name in names]

    def at(self, after: timedelta) -> int:
        return int((self.sandbox.clock.now() + after).timestamp())

    def raid(self, code: str, kind: str, roles: list[OldRole], *, starts_in: timedelta = timedelta(days=2)) -> OldRaid:
        raid = OldRaid(
            message=0,
            code=code,
            guild=self.guild.id,
            channel=0,
            creator=self.guild.owner.id,
            kind=kind,
            roles=roles,
            starts_at=self.at(starts_in),
            created_at=self.at(timedelta(days=-3)),
        )
        self.bot.raids.append(raid)
        return raid

    def put_up(self, raid: OldRaid, *reacting: tuple[str, str]) -> Message:
        """Post the raid's message as the old bot left it, with these (member, emoji) reactions."""
        names = {person.id: name.capitalize() for name, person in self.people.items()}
        board = post_old_board(self.guild, self.guild.channel("raid-signups"), raid, names)
        for name, emoji in reacting:
            add_reaction(self.guild, board, emoji, self.people[name])
        self.boards[raid.code] = board
        return board

    async def run_import(self, capsys: pytest.CaptureFixture[str]) -> str:
        """Run `raidbot import`, assert that it succeeds and return its output."""
        self.bot.write(self.old)
        code = await asyncio.to_thread(main, ["import", str(self.old)])
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, "")
        return printed.out

    def now(self, code: str) -> Raid:
        return next(raid for raid in database_facts.read(self.new).raids if raid.code == code)

    def calls_about(self, board: Message) -> Counter[str]:
        """Count the calls about a board, except its edits."""
        return Counter(
            f"{call.method} {call.route}"
            for call in self.sandbox.calls
            if call.ids.get("message_id") == str(board.id) and (call.method, call.route) != ("PATCH", MESSAGE)
        )

    def redrawn(self, board: Message) -> int:
        return sum(
            (call.method, call.route, call.ids.get("message_id")) == ("PATCH", MESSAGE, str(board.id))
            for call in self.sandbox.calls
        )

    async def settled(self, bot: RaidBot) -> None:
        """Wait until every board was compared and redrawn, and no work is left."""
        await self.guild.until(lambda: all(map(self.redrawn, self.boards.values())), timeout=30)
        await self.guild.until(lambda: all(map(self.calls_about, self.boards.values())))
        await bot.delivery.boards.idle()
        await bot.delivery.reaction_remover.idle()

    async def read_in_full(self, bot: RaidBot) -> None:
        """Compare every board in full now; the bot would do so by itself after a while."""
        for raid in list(bot.state.boards.values()):
            await bot.delivery.reconcile.compare(raid_key(raid), in_full=True)
        await self.settled(bot)

    def all_dms(self) -> str:
        return "".join(dm_text(person) for person in (*self.people.values(), self.guild.owner))


def roster(raid: Raid) -> list[tuple[list[int], list[int]]]:
    """Return the seated and the waiting members' ids for each role."""
    return [
        ([seat.member for seat in raid.seated(role.key)], [wait.member for wait in raid.waitlist(role.key)])
        for role in raid.roles
    ]


def old_roster(raid: OldRaid) -> list[tuple[list[int], list[int]]]:
    return [(role.users, role.waiting) for role in raid.roles]
