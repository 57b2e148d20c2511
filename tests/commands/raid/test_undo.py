"""Undoing the last action on the panel of /raid."""

from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.db import raid_history
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import RaidId, Status
from tests.commands.raid.panel_helpers import code_of, panel_of, stored_raid
from tests.conftest import Start
from tests.e2e import database_facts
from tests.raid_boards import board_text, dm_text, post_raid


async def test_the_last_thing_done_is_undone_from_the_panel_after_a_restart(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/1" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "1 waiting" in board_text(board))
        panel = await panel_of(guild, board)
        assert "Undo" not in panel.text()
        await guild.owner.slash(guild.channel("raid-signups"), "raidsignup remove", raid=code_of(board), member=alice)
        await panel.click("Refresh")
    async with start() as bot:
        await panel.click("Undo: removed")

        assert "Undone: removed" in panel.text()
        raid = await stored_raid(bot)
        assert [seat.member for seat in raid.seats] == [alice.id]
        assert [wait.member for wait in raid.waits] == [bob.id]
        await guild.until(lambda: "undid the last change" in dm_text(alice) and "you wait for" in dm_text(bob))
        assert "[Undo" not in panel.text()
        happened = await bot.state.db.read(lambda connection: raid_history.latest(connection, RaidId(1), limit=50))
        assert [one.entry.action for one in happened].count(AuditAction.UNDONE) == 1
    async with start() as bot:
        assert await stored_raid(bot) == raid


async def test_a_cancelled_raid_is_brought_back_with_its_board(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await (await panel.click("Cancel raid")).submit()
        await guild.until(lambda: "Cancelled" in board_text(board) and not board.reactions)

        await panel.click("Undo: cancelled")

        assert "Signups: 🟢 open" in panel.text()
        await guild.until(lambda: "Cancelled" not in board_text(board) and board.reactions)
        await guild.until(lambda: "takes place after all" in dm_text(alice))
        await bob.react(board, "✅")
        await guild.until(lambda: "2/12" in board_text(board))
        assert (await stored_raid(bot)).is_open


async def test_an_old_undo_button_undoes_nothing_newer(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        panel, other = await panel_of(guild, board), await panel_of(guild, board)
        await panel.click("Close signups")
        await (await other.click("Leader")).select("Who leads this raid?", [guild.owner])

        await panel.click("Undo: closed")

        assert "Something else was done since: “leader changed”. Only that can be undone now." in panel.text()
        await panel.click("Undo: leader changed")
        await other.click("Undo: leader changed")
        assert "was undone already" in other.text()
        assert (await stored_raid(bot)).status is Status.CLOSED


async def test_undo_ends_after_a_quarter_of_an_hour(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        sandbox.advance(timedelta(minutes=14))
        later = await panel_of(guild, board)
        assert "[Undo: closed]" in later.text()
        sandbox.advance(timedelta(minutes=2))

        await later.click("Undo: closed")

        assert "over 15 minutes ago" in later.text()
        assert "Undo" not in later.text()
        assert (await stored_raid(bot)).status is Status.CLOSED


async def test_what_stands_in_the_way_of_undoing_is_said(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/1" in board_text(board))
        panel = await panel_of(guild, board)
        await guild.owner.slash(guild.channel("raid-signups"), "raidsignup remove", raid=code_of(board), member=alice)
        await panel.click("Refresh")
        await bob.react(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board))

        await panel.click("Undo: removed")

        assert "a seat as Museum was taken since" in panel.text()
        assert [seat.member for seat in (await stored_raid(bot)).seats] == [bob.id]


async def test_a_change_that_a_newer_bot_wrote_leaves_the_panel_working(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await guild.owner.slash(board.channel_id, "raidsignup remove", raid=code_of(board), member=alice)
    with database_facts.open_writable(database) as connection:
        assert connection.execute("UPDATE undo SET before = json_set(before, '$.mood', 'sunny')").rowcount == 1

    async with start():
        panel = await panel_of(guild, board)
        assert "Signups: 🟢 open" in panel.text()
        await panel.click("Close signups")

        await guild.until(lambda: "Signups closed" in board_text(board))


async def test_whoever_leaves_while_the_raid_is_cancelled_has_left_once_that_is_undone(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild)
        for member in (alice, bob):
            await member.react(board, "✅")
        await guild.until(lambda: "2/12" in board_text(board))
        guild.deny(guild.channel("raid-signups"), "manage_messages")
        panel = await panel_of(guild, board)
        await (await panel.click("Cancel raid")).submit()
        await guild.until(lambda: "Cancelled" in board_text(board))

        await alice.unreact(board, "✅")
        await panel.click("Undo: cancelled")

        await guild.until(lambda: "1/12" in board_text(board) and "Alice" not in board_text(board))


async def test_what_the_clock_closed_because_of_a_typo_is_open_once_the_typo_is_undone(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start():
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        await (await panel.click("Change time")).submit(when="in 5 minutes")
        sandbox.advance(timedelta(minutes=6))
        await guild.until(lambda: "Signups closed" in board_text(board))

        panel = await panel_of(guild, board)
        await panel.click("Undo: time changed")

        assert "Signups: 🟢 open" in panel.text()
        await guild.until(lambda: "Signups closed" not in board_text(board))
