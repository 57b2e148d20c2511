"""Helpers for tests of reminders: leads of a server, and the reminders that people got."""

import re
from functools import partial

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Source
from raidbot.raids.reminders.leads import parse_leads
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.raid_boards import board_text

_STARTS = re.compile(r"\*\* \(`(\w+)`\) starts <t:")


async def remind_at(bot: RaidBot, guild: SandboxGuild, leads: str, *, leader: str = "off", **more: object) -> None:
    """Set the leads of participants, and of creator and leader."""
    chosen = {"member_leads": parse_leads(leads, limit=5), "leader_leads": parse_leads(leader, limit=5), **more}
    rule = partial(GuildSettings.with_fields, fields=chosen)
    await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))


async def join(guild: SandboxGuild, board: Message, *people: Person, emoji: str = "✅") -> None:
    """Let the people sign up, and wait until the board shows them."""
    for person in people:
        await person.react(board, emoji)
    await guild.until(lambda: all(person.name.title() in board_text(board) for person in people))


def reminders(person: Person) -> list[Message]:
    return [message for message in person.dms if _STARTS.search(message.content)]


def codes(message: Message) -> list[str]:
    """Return the codes of the raids that a reminder names, in its order."""
    return _STARTS.findall(message.content)


async def until_reminded(guild: SandboxGuild, *people: Person, times: int = 1) -> None:
    """Wait until each of the people has exactly this many reminders."""
    await guild.until(lambda: all(len(reminders(person)) >= times for person in people))
    assert [len(reminders(person)) for person in people] == [times] * len(people)


async def asked_by_the_clock(bot: RaidBot) -> None:
    """Run the jobs once more, so that what is not sent now was not due."""
    await bot.heartbeat.tick(bot.state.clock())


def labels(message: Message) -> list[str]:
    """Return the labels of the buttons under a message."""
    return [str(button["label"]) for row in message.components for button in row["components"]]
