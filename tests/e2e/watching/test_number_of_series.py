"""However many servers, members and raids there are, metrics have no more series, and none is about one of them."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.utils.metrics.registry import declared
from tests.chaos import rounds
from tests.conftest import Start
from tests.raid_boards import post_raid
from tests.web.serving import Series, pages_of

SERVERS, MEMBERS_EACH, RAIDS_EACH = rounds(5, 50), rounds(6, 10), rounds(2, 4)
NOBODY_CHOSE = {"raidbot_build_info"}
LONG_NUMBER = re.compile(r"\d{6}")
TIME = re.compile(r"\d\d:\d\d|\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Home:
    """A server and its members."""

    guild: SandboxGuild
    members: list[Person]

    async def evening(self, *, raids: int) -> None:
        """Let everybody do what people do."""
        channel = self.guild.channel("raid-signups")
        for board in [await post_raid(self.guild, seats=2) for _ in range(raids)]:
            await self._sign_up(board)
        await self.guild.owner.slash(channel, "ping")
        await self.members[0].slash(channel, "mysignups")
        await self.guild.owner.slash(channel, "create", activity="museum", when="yesterday")

    async def _sign_up(self, board: Message) -> None:
        for member in self.members:
            await member.react(board, "✅")
        await self.members[0].unreact(board, "✅")
        shown = self.members[2].name.capitalize()
        await self.guild.sandbox.until(lambda: shown in str(board.embeds), timeout=60)

    async def until_over(self) -> None:
        """Wait until the clock has closed every raid."""
        boards = self.guild.messages(self.guild.channel("raid-signups"))
        await self.guild.sandbox.until(lambda: not any(board.reactions for board in boards), timeout=90)


def home(guild: SandboxGuild) -> Home:
    return Home(guild, [guild.add_member(f"somebody{number}") for number in range(MEMBERS_EACH)])


@pytest.mark.chaos
async def test_a_large_evening_has_the_series_of_a_small_one(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    small, large = home(guild), [home(sandbox.add_guild(f"Guild of number {number}")) for number in range(SERVERS)]
    for one in large:
        one.guild.add_channel("raid-signups")
    async with start(reaction_limit=1000) as bot, pages_of(bot) as pages:
        await small.evening(raids=2)
        sandbox.advance(timedelta(hours=4))
        await small.until_over()
        before = await pages.metrics()

        await asyncio.gather(*(one.evening(raids=RAIDS_EACH) for one in large))
        sandbox.advance(timedelta(hours=4))
        await asyncio.gather(*(one.until_over() for one in large))

        after = await pages.metrics()
    assert accepted(after) == accepted(before)
    names = {person.name for one in large for person in (one.guild.owner, *one.members)}
    assert about_somebody(after, {*names, *(one.guild.name for one in large), "raid-signups"}) == []


def accepted(found: Iterable[Series]) -> set[Series]:
    """Return the series without those of requests that Discord refused, which happen or not."""
    return {one for one in found if dict(one[1]).get("status", "2").startswith("2")}


def about_somebody(found: Iterable[Series], names: Iterable[str]) -> list[str]:
    """Return the labels whose value is not declared, or is an id, a time, or holds one of the names."""
    wrong = []
    for sample, labels in found:
        known = declared[max((name for name in declared if sample.startswith(name)), key=len)] if labels else {}
        for label, value in labels:
            is_declared = label == "le" or value in known.get(label, ()) or sample in NOBODY_CHOSE
            is_told = sample not in NOBODY_CHOSE and (LONG_NUMBER.search(value) or TIME.search(value))
            if not is_declared or is_told or any(name in value for name in names):
                wrong.append(f"{sample} {label}={value}")
    return wrong
