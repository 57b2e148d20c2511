"""Members who take no direct messages are named in one message for each cause, if the server wants it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, Message
from raidbot.bot import RaidBot
from raidbot.db import unreached
from raidbot.raids.model import GuildId, RaidId, Source
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.delivery.harness import until
from tests.raid_boards import board_text, dm_text, post_raid


async def choose(bot: RaidBot, guild: SandboxGuild, **fields: object) -> None:
    def rule(before: GuildSettings) -> GuildSettings:
        return replace(before, leader_leads=()).with_fields(fields)

    await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))


def mentions(channel: Channel) -> list[Message]:
    return [message for message in channel.messages.values() if "I can’t send you direct messages" in message.content]


async def seat(guild: SandboxGuild, board: Message, members: list[Person]) -> None:
    for member in members:
        await member.react(board, "✅")
    await guild.until(lambda: f"**{len(members)}/12**" in board_text(board))


async def test_all_who_were_not_reached_are_named_once_for_each_cause(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(9)]
    closed = people[:4]
    for member in closed:
        member.close_dms()
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await choose(bot, guild, unreached_mentions=True)
        board = await post_raid(guild)
        await seat(guild, board, people)
        panel = await panel_of(guild, board)

        await (await panel.click("Change time")).submit(when="in 4 hours")
        await guild.until(lambda: mentions(channel))
    async with start() as bot:
        await guild.until(lambda: all("new time" in dm_text(member) for member in people[4:]))
        sandbox.advance(timedelta(hours=3, minutes=51))
        await guild.until(lambda: len(mentions(channel)) == 2)
        await guild.until(lambda: all("seats taken." in dm_text(member) for member in people[4:]))
        panel = await panel_of(guild, board)
        shown = panel.text()
        await (await panel.click("Cancel raid")).submit()
        await guild.until(lambda: len(mentions(channel)) == 3)
        await bot.state.wait_for_writes()

    for message, news in zip(mentions(channel), ("has a new time", "starts", "is cancelled"), strict=True):
        assert news in message.content
        assert all(f"<@{member.id}>" in message.content for member in closed)
        assert set(message.mentions) == {member.id for member in closed}
    assert "Did not get: the new time: Member0, Member1, Member2 and Member3; a reminder: Member0" in shown
    assert all(member.dms == [] for member in closed)


async def test_they_are_named_once_the_last_message_of_the_batch_was_tried(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann, bob, cem = (guild.add_member(name) for name in ("ann", "bob", "cem"))
    for member in (ann, cem):
        member.close_dms()
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await choose(bot, guild, unreached_mentions=True)
        board = await post_raid(guild)
        await seat(guild, board, [ann, bob, cem])
        held = sandbox.faults.hold(route="POST /channels/{}/messages", about=bob)
        panel = await panel_of(guild, board)
        await (await panel.click("Change time")).submit(when="in 4 hours")
        await until(lambda: both_are_noted(bot))

        assert mentions(channel) == []
        held.lift()

        await guild.until(lambda: mentions(channel))
        await guild.until(lambda: "new time" in dm_text(bob))
    (only,) = mentions(channel)
    assert set(only.mentions) == {ann.id, cem.id}


async def both_are_noted(bot: RaidBot) -> bool:
    return len(await bot.state.db.read(partial(unreached.of_raid, raid=RaidId(1)))) == 2


async def test_a_server_that_wants_no_mentions_gets_none_but_its_leader_sees_names(
    guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    ann.close_dms()
    async with start() as bot:
        await choose(bot, guild)
        board = await post_raid(guild)
        await seat(guild, board, [ann])
        panel = await panel_of(guild, board)
        await (await panel.click("Change time")).submit(when="in 4 hours")

        await until(lambda: bot.state.db.read(partial(unreached.of_raid, raid=RaidId(1))))
        await panel.click("Refresh")

        assert "Did not get: the new time: Ann" in panel.text()
        assert mentions(guild.channel("raid-signups")) == []
