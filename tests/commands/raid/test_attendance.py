"""Marking no-shows on the panel of /raid."""

from datetime import timedelta

from discord_sandbox import SandboxGuild
from tests.commands.raid.panel_helpers import close_museum_with, panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


async def attendance_marks(bot: object) -> dict[int, str]:
    return {row.member: str(row.presence) for row in (await stored_raid(bot)).attendance}


async def test_no_shows_are_unlocked_at_closing_marked_and_unmarked(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="key", teams=1)
        assert "(No-shows)" in (await panel_of(guild, board)).text()
        await alice.react(board, "1️⃣")
        await bob.react(board, "1️⃣")
        await guild.until(lambda: "2/4" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        assert "(No-shows)" in panel.text()
        guild.sandbox.world.clock.advance(timedelta(hours=3))
        panel = await panel_of(guild, board)
        await panel.click("No-shows")
        await panel.select("Who did not come?", ["Alice", "Bob"])
        assert "Alice (no-show), Bob (no-show)" in panel.text()
    async with start() as bot:
        await panel.select("Who did not come?", ["Bob"])
        await panel.select("Who was excused?", ["Alice"])

        assert await attendance_marks(bot) == {alice.id: "excused", bob.id: "no-show"}
        await panel.select("Who did not come?", [])
        await panel.select("Who was excused?", [])
        assert await attendance_marks(bot) == {alice.id: "present", bob.id: "present"}
        assert "Nobody is marked" in panel.text()


async def test_marks_made_meanwhile_are_not_wiped_out(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        one = await close_museum_with(guild, alice, bob)
        other = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=(await stored_raid(bot)).code)
        await one.click("No-shows")
        await other.click("No-shows")
        await one.select("Who did not come?", ["Alice"])

        await other.select("Who did not come?", ["Bob"])

        assert "changed meanwhile" in other.text()
        assert "Marked: Alice (no-show)" in other.text()
        assert await attendance_marks(bot) == {alice.id: "no-show", bob.id: "present"}


async def test_fifty_no_shows_with_long_names_are_said_as_far_as_a_message_holds(
    guild: SandboxGuild, start: Start
) -> None:
    crowd = [guild.add_member(f"member{number:02}" + "_" * 24) for number in range(50)]
    async with start() as bot:
        panel = await close_museum_with(guild, *crowd)
        await panel.click("No-shows")
        await panel.select("Who did not come?", [str(member.id) for member in crowd[:25]])
        await panel.click("Next page")
        await panel.select("Who did not come?", [str(member.id) for member in crowd[25:]])

        assert set((await attendance_marks(bot)).values()) == {"no-show"}
        assert "25 marked differently." in panel.text()


async def test_no_shows_of_a_long_roster_are_marked_page_by_page(guild: SandboxGuild, start: Start) -> None:
    crowd = [guild.add_member(f"member{number:02}") for number in range(30)]
    async with start() as bot:
        panel = await close_museum_with(guild, *crowd)
        await panel.click("No-shows")
        await panel.select("Who did not come?", [crowd[0].name.capitalize()])
        await panel.click("Next page")
        await panel.select("Who did not come?", [crowd[29].name.capitalize()])
        assert "(Next page)" in panel.text()
        await panel.select("Who was excused?", [crowd[28].name.capitalize()])

        marks = await attendance_marks(bot)
        assert [member for member, mark in marks.items() if mark == "no-show"] == [crowd[0].id, crowd[29].id]
        assert marks[crowd[28].id] == "excused"


async def test_no_shows_of_a_raid_that_is_open_again_are_left(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        one = await close_museum_with(guild, alice)
        other = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=(await stored_raid(bot)).code)
        await one.click("No-shows")
        await other.click("Reopen signups")

        await one.select("Who did not come?", ["Alice"])

        assert "[Refresh]" in one.text()
        assert "🟢 open" in one.text()
