"""/privacy forget, from the press to the last byte."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.events import Cause
from raidbot.raids.model import ChannelId, GuildId, Source
from tests.commands.raid.panel_helpers import close_museum_with, panel_of
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, reaction_count


def bytes_beside(database: Path) -> dict[str, bytes]:
    """Return the content of the database and of all files that the bot keeps beside it, but for backups."""
    return {file.name: file.read_bytes() for file in database.parent.iterdir() if file.is_file()}


def holders(database: Path, member: int, name: str) -> list[str]:
    """Return the files with the member's id, as digits or as SQLite stores it, or with the name."""
    needles = (str(member).encode(), member.to_bytes(8, "big"), name.encode())
    return [file for file, content in bytes_beside(database).items() if any(one in content for one in needles)]


async def test_forgetting_takes_somebody_off_what_comes_and_out_of_all_that_was(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice-unmistakable"), guild.add_member("bob")
    async with start():
        past = await post_raid(guild)
        await alice.react(past, "✅")
        await guild.until(lambda: "Alice-unmistakable" in board_text(past))
        sandbox.advance(timedelta(hours=6))
        await guild.until(lambda: "Signups closed" in board_text(past))
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: "Alice-unmistakable" in board_text(board) and "Bob" in board_text(board))
        assert "raidbot.db" in holders(database, alice.id, "Alice-unmistakable") or "raidbot.db-wal" in holders(
            database, alice.id, "Alice-unmistakable"
        )

        asked = await alice.slash(guild.channel("raid-signups"), "privacy forget")
        assert "former member" in asked.text()
        assert "No automatic backups are made" in asked.text()
        answer = await asked.click("Forget me on this server")

        await guild.until(lambda: "I have forgotten you" in answer.text())
        await guild.until(lambda: "Alice" not in board_text(board) and "Alice" not in board_text(past))
        assert "former member" in board_text(past)
        assert "Bob" in board_text(board)
        assert reaction_count(board, "✅") == 2  # the bot and Bob
        await guild.until(lambda: holders(database, alice.id, "Alice-unmistakable") == [])

        await alice.react(board, "✅")
        await guild.until(lambda: "Alice-unmistakable" in board_text(board))


async def test_a_former_member_is_managed_like_others_and_never_mentioned(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    log = guild.add_channel("log")
    async with start() as bot:
        choose = partial(replace, audit_channel=ChannelId(log.id), threads=True)
        await bot.state.change_settings(GuildId(guild.id), choose, Cause(Source.COMMAND))
        panel = await close_museum_with(guild, alice, bob)
        (board,) = [one for one in guild.messages(guild.channel("raid-signups")) if one.embeds]
        await guild.until(lambda: "Alice" in board_text(board))
        said = await alice.slash(guild.channel("raid-signups"), "privacy forget")
        assert "My messages on older boards, in threads, in log channels" in said.text()
        assert "A manager of the server can delete them" in said.text()
        await said.click("Forget me on this server")
        await guild.until(lambda: "former member" in board_text(board) and "Alice" not in board_text(board))

        panel = await panel_of(guild, board)
        await panel.click("Attendance")
        await panel.select("Who did not come?", ["former member"])
        await guild.until(lambda: "No-show: 1 · former member" in panel.text())
        roster = await panel_of(guild, board)
        await roster.click("Roster")
        await roster.select("Whom do you want to move or take off?", ["former member"])
        await roster.click("Take off the raid")

        await guild.until(lambda: "former member" not in board_text(board))
        sandbox.advance(timedelta(minutes=5))
        await guild.until(lambda: "former member" in str([one.embeds for one in guild.messages(log)]))
        assert not any("<@-" in f"{call.request}{call.response}" for call in sandbox.calls)
        assert all(told.content.count("former") == 0 for told in alice.dms)
