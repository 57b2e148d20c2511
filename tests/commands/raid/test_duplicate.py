"""Duplicating a raid from its panel."""

from dataclasses import replace
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from discord_sandbox.store import Message
from raidbot.db import raid_history
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import GuildId, Kind, RaidId, Source
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import close_museum_with, code_of, panel_of, stored_raid
from tests.conftest import EITHER_INTENT, Start
from tests.raid_boards import board_text, dm_text, post_raid


async def copied(guild: SandboxGuild, panel: PersonResponse, button: str) -> Message:
    """Press the button and return the new raid's board."""
    before = {message.id for message in guild.messages(guild.channel("raid-signups"))}
    await panel.click(button)
    found = await guild.until(
        lambda: [
            message
            for message in guild.messages(guild.channel("raid-signups"))
            if message.id not in before and message.embeds and message.reactions
        ]
    )
    return found[0]


@EITHER_INTENT
async def test_a_raid_is_put_up_again_with_its_roster_and_who_cannot_come_drops_out(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="key", teams=1, name="Old Keep")
        for member in (alice, bob):
            await member.react(board, "1️⃣")
        await guild.until(lambda: "2/4" in board_text(board))
        panel = await panel_of(guild, board)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        assert "“in 2 days” is" in page.text()
        assert "goes to #raid-signups" in page.text()
    async with start() as bot:
        again = await copied(guild, page, "With its roster (2)")
        await guild.until(lambda: "is posted in" in page.text())
        await guild.until(lambda: "takes place again" in dm_text(alice) and "takes place again" in dm_text(bob))
        assert "Gold Key Boss — Old Keep" in board_text(again)
        assert "Alice" in board_text(again)
        assert code_of(again) != code_of(board)
    async with start() as bot:
        answer = await alice.click(alice.dms[-1], "I cannot come")

        assert "You left" in answer.text()
        assert [seat.member for seat in (await stored_raid(bot, 2)).seats] == [bob.id]
        assert [seat.member for seat in (await stored_raid(bot)).seats] == [alice.id, bob.id]
        await guild.until(lambda: "Alice" not in board_text(again))
        happened = await bot.state.db.read(lambda connection: raid_history.latest(connection, RaidId(1), limit=50))
        assert [one.entry.action for one in happened].count(AuditAction.DUPLICATED) == 1


async def test_dropping_out_twice_or_of_a_cancelled_raid_is_explained(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        panel = await close_museum_with(guild, alice)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        again = await copied(guild, page, "With its roster (1)")
        await guild.until(lambda: "takes place again" in dm_text(alice))
        dm = alice.dms[-1]
        buttons = [dict(row) for row in dm.components]
        await alice.click(dm, "I cannot come")
        dm.components = buttons

        twice = await alice.click(dm, "I cannot come")
        assert "no place in" in twice.text()

        panel = await panel_of(guild, again)
        await (await panel.click("Cancel raid")).submit()
        over = await alice.click(dm, "I cannot come")
        assert "was cancelled" in over.text()


async def test_a_copy_without_anybody_is_empty_and_made_once(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await close_museum_with(guild, alice)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        assert page.message is not None
        buttons = [dict(row) for row in page.message.components]
        await copied(guild, page, "Without anybody")
        await guild.until(lambda: "is posted in" in page.text())
        page.message.components = buttons

        await page.click("Without anybody")

        assert "created already" in page.text()
        assert (await stored_raid(bot, 2)).seats == ()
        with pytest.raises(KeyError):
            await stored_raid(bot, 3)
        assert "takes place again" not in dm_text(alice)


async def test_a_copied_seat_needs_no_signup_role_and_copying_leaves_the_raid_as_it_was(
    guild: SandboxGuild, start: Start
) -> None:
    alice, raider = guild.add_member("alice"), guild.add_role("raider")
    gates = {Kind.RAID: frozenset({raider.id})}
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        cause = Cause(Source.COMMAND)
        await bot.state.change_settings(GuildId(guild.id), lambda now: replace(now, signup_roles=gates), cause)
        before = await stored_raid(bot)

        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        again = await copied(guild, page, "With its roster (1)")

        assert "Alice" in board_text(again)
        assert [seat.member for seat in (await stored_raid(bot, 2)).seats] == [alice.id]
        assert "[Undo: closed]" in panel.text()
        await panel.click("Undo: closed")
        assert (await stored_raid(bot)).seats == before.seats
        assert (await stored_raid(bot)).is_open


async def test_who_left_the_server_is_not_copied(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        panel = await close_museum_with(guild, alice, bob)
        sandbox.advance(timedelta(hours=4))
        await sandbox.remove_member(guild, alice)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")

        await copied(guild, page, "With its roster (1)")

        assert [seat.member for seat in (await stored_raid(bot, 2)).seats] == [bob.id]


async def test_a_copy_is_refused_where_it_could_not_be_posted(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        guild.deny(guild.channel("raid-signups"), "add_reactions")

        await page.click("Without anybody")

        assert "Add Reactions" in page.text()
        with pytest.raises(KeyError):
            await stored_raid(bot, 2)
