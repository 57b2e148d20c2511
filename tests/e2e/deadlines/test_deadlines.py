"""Signup deadlines: joining ends before the start by every road, leaving does not, and the line still moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import RaidBot
from raidbot.raids.model import CloseReason, GuildId, MemberId, Raid, Source
from raidbot.raids.settings import SignupStyle
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import code_of, panel_of, stored_raid
from tests.conftest import Start
from tests.delivery.harness import until
from tests.raid_boards import board_text, dm_text, post_raid, run_create


async def by_both(bot: RaidBot, guild: SandboxGuild) -> None:
    settings = GuildId(guild.id), lambda before: replace(before, signup_style=SignupStyle.BOTH)
    await bot.state.change_settings(*settings, Cause(Source.COMMAND))


async def until_raid(bot: RaidBot, fact: Callable[[Raid], bool]) -> None:
    """Wait for a fact of the stored raid: boards are edited a few times a minute only."""

    async def true() -> bool:
        return fact(await stored_raid(bot))

    await until(true)


def closed_by_deadline(raid: Raid) -> bool:
    return raid.closed_reason is CloseReason.DEADLINE


async def test_a_deadline_ends_joining_by_every_road_and_leaving_by_none(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob, cem, dora = (guild.add_member(name) for name in ("alice", "bob", "cem", "dora"))
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await by_both(bot, guild)
        preview = await run_create(guild, seats=1)
        preview = await (await preview.click("Signup deadline")).submit(closes="2 hours")
        assert "2 hours before the start" in preview.text()
        await preview.click("Confirm")
        (board,) = await guild.until(
            lambda: [one for one in guild.messages(channel) if one.embeds and "⏰ Signups close <t:" in board_text(one)]
        )
        await guild.until(lambda: board.reactions)
        for member in (alice, bob):
            assert not (await member.click(board, "Museum")).failed
    sandbox.advance(timedelta(hours=1, seconds=5))
    async with start() as bot:
        await guild.until(lambda: "the signup deadline has passed" in board_text(board))

        assert "⏰" not in board_text(board)
        await cem.react(board, "✅")
        await guild.until(lambda: "they were open until <t:" in dm_text(cem))
        assigned = await guild.owner.slash(
            channel, "raidsignup assign", raid=code_of(board), member=dora, role="Museum", force=True
        )
        assert not assigned.failed
        await guild.owner.slash(channel, "raidsignup remove", raid=code_of(board), member=dora)
        await alice.click(board, "Leave")

        await guild.until(lambda: "A seat opened" in dm_text(bob))
        raid = await stored_raid(bot)
        assert [seat.member for seat in raid.seats] == [bob.id]
        assert "the signup deadline has passed" in board_text(board)


async def test_a_deadline_moves_with_the_raid_and_a_leader_may_lift_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, closes="2 hours")
        panel = await panel_of(guild, board)
        assert "Signup deadline: " in panel.text()
        sandbox.advance(timedelta(hours=1, minutes=1))
        await until_raid(bot, closed_by_deadline)

        await (await panel.click("Change time")).submit(when="in 5 hours")

        assert "Signups are open again" in panel.text()
        assert "Signup deadline: " in panel.text()
        await panel.click("Undo: time changed")
        await until_raid(bot, closed_by_deadline)

        await panel.click("Reopen signups")
        assert "open until the start" in panel.text()
        await alice.react(board, "✅")
        await until_raid(bot, lambda raid: raid.seat_of(MemberId(alice.id)) is not None)
        sandbox.advance(timedelta(minutes=30))
        await bot.heartbeat.tick(bot.state.now())
        assert (await stored_raid(bot)).is_open
        sandbox.advance(timedelta(hours=1, minutes=30))
        await until_raid(bot, lambda raid: raid.closed_reason is CloseReason.AT_START)


async def test_a_deadline_is_changed_and_removed_on_the_panel(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        for typed, answer in (
            ("soon", "I did not understand"),
            ("4 hours", "has passed already"),
            ("tuesday 10:00", "is no time before the start"),
        ):
            page = await (await panel.click("Signup deadline")).submit(closes=typed)
            assert answer in page.text(), page.text()
            await page.click("Give up")
        assert (await stored_raid(bot)).signup_lead is None

        await (await panel.click("Signup deadline")).submit(closes="90 min")
        assert "1.5 hours before the start" in panel.text()
        page = await (await panel.click("Change time")).submit(when="in 1 hour")
        assert "Signups close at once, as their deadline is 1.5 hours before the start." in page.text()
        await page.click("Back")
        sandbox.advance(timedelta(hours=1, minutes=31))
        await until_raid(bot, closed_by_deadline)
        await panel.click("Refresh")
        await (await panel.click("Signup deadline")).submit(closes="")

        assert "Signups are open again" in panel.text()
        await until_raid(bot, lambda raid: raid.is_open)
        await panel.click("Undo: signup deadline changed")
        await until_raid(bot, closed_by_deadline)
