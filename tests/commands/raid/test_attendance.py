"""Marking who came on the panel of /raid."""

import sqlite3
from datetime import timedelta
from functools import partial

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from tests.commands.raid.panel_helpers import begin, close_museum_with, panel_of, press_old, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


async def attendance_marks(bot: object) -> dict[int, str]:
    return {row.member: str(row.presence) for row in (await stored_raid(bot)).attendance}


async def test_no_shows_are_marked_from_the_start_on_and_unmarked(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="key", teams=1)
        early = await panel_of(guild, board)
        assert "Attendance" not in early.text()
        await press_old(early, "attendance")
        assert "hasn’t started yet" in early.text()
        await alice.react(board, "1️⃣")
        await bob.react(board, "1️⃣")
        await guild.until(lambda: "2/4" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        guild.sandbox.world.clock.advance(timedelta(hours=3))
        panel = await panel_of(guild, board)
        await panel.click("Attendance")
        await panel.select("Who did not come?", ["Alice", "Bob"])
        assert "No-show: 2 · Alice, Bob" in panel.text()
    async with start() as bot:
        await panel.select("Who did not come?", ["Bob"])
        await panel.select("Who was excused?", ["Alice"])

        assert await attendance_marks(bot) == {alice.id: "excused", bob.id: "no-show"}
        await panel.select("Who did not come?", [])
        await panel.select("Who was excused?", [])
        assert await attendance_marks(bot) == {alice.id: "present", bob.id: "present"}
        assert "Present: 2 · Alice, Bob" in panel.text()


async def test_marks_made_meanwhile_are_not_wiped_out(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        one = await close_museum_with(guild, alice, bob)
        other = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=(await stored_raid(bot)).code)
        await one.click("Attendance")
        await other.click("Attendance")
        await one.select("Who did not come?", ["Alice"])

        await other.select("Who did not come?", ["Bob"])

        assert "changed meanwhile" in other.text()
        assert "No-show: 1 · Alice" in other.text()
        assert await attendance_marks(bot) == {alice.id: "no-show", bob.id: "present"}


async def test_everybody_came_but_those_not_chosen_and_who_waited_was_needed(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol, dave = (guild.add_member(name) for name in ("alice", "bob", "carol", "dave"))
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=1, team_size=2)
        for member in (alice, bob, carol, dave):
            await member.react(board, "1️⃣")
            await guild.until(partial(is_on, board, member))
        await begin(guild, board)
        panel = await panel_of(guild, board)
        await panel.click("Attendance")
        await panel.select("Who came? The others here did not.", ["Bob"])
        assert await attendance_marks(bot) == {
            alice.id: "no-show",
            bob.id: "present",
            carol.id: "benched",
            dave.id: "benched",
        }
        await panel.click("Those who waited")
        await panel.select("Who was needed, and came?", ["Carol"])
        await panel.select("Who was needed, and came late?", ["Dave"])
        await panel.select("Who was needed, and came late?", [])
        assert "Present: 2 · Bob, Carol" in panel.text()
        await panel.click("Those with a seat")
        await panel.click("Everybody came")
        assert "Present: 3 · Alice, Bob, Carol" in panel.text()
        assert "Benched: 1 · Dave" in panel.text()

        await panel.click("Back")
        await panel.click("Undo: attendance marked")

        assert (await attendance_marks(bot))[alice.id] == "no-show"
        assert "undone: attendance marked" in panel.text()


async def test_a_raid_long_past_is_corrected_without_a_word_to_anybody(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        await close_museum_with(guild, alice, bob)
        code = (await stored_raid(bot)).code
        await bot.state.db.write(partial(forget, member=bob.id, counts=False))
    guild.sandbox.world.clock.advance(timedelta(days=400))
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=code)
        await panel.click("Attendance")
        assert "does not count" in panel.text()
        assert "Present: 2 · Alice, former member" in panel.text()
        owed = await owed_messages(bot)
        await panel.select("Who did not come?", ["Alice", "former member"])
        assert set((await attendance_marks(bot)).values()) == {"no-show"}
        assert await owed_messages(bot) == owed


def is_on(board: Message, member: Person) -> bool:
    return member.name.capitalize() in board_text(board)


def forget(tx: sqlite3.Connection, *, member: int, counts: bool) -> None:
    tx.execute("UPDATE seats SET member = 5 WHERE member = ?", (member,))
    tx.execute("UPDATE attendance SET member = 5 WHERE member = ?", (member,))
    tx.execute("UPDATE raids SET counts = ?", (int(counts),))


async def owed_messages(bot: RaidBot) -> list[tuple[object, ...]]:
    return await bot.state.db.read(lambda db: db.execute("SELECT id, kind, dedupe FROM outbox ORDER BY id").fetchall())


async def test_a_long_roster_is_marked_page_by_page_and_named_as_far_as_there_is_room(
    guild: SandboxGuild, start: Start
) -> None:
    crowd = [guild.add_member(f"member{number:02}" + "_" * 24) for number in range(30)]
    async with start() as bot:
        panel = await close_museum_with(guild, *crowd)
        await panel.click("Attendance")
        await panel.select("Who did not come?", [str(member.id) for member in crowd[:25]])
        assert "25 marks changed." in panel.text()
        await panel.click("Next page")
        await panel.select("Who did not come?", [str(crowd[29].id)])
        assert "(Next page)" in panel.text()
        await panel.select("Who was excused?", [str(crowd[28].id)])

        marks = await attendance_marks(bot)
        assert [member for member, mark in marks.items() if mark == "no-show"] == [
            *(member.id for member in crowd[:25]),
            crowd[29].id,
        ]
        assert marks[crowd[28].id] == "excused"


async def test_no_shows_of_a_raid_that_is_open_again_are_left(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        one = await close_museum_with(guild, alice)
        other = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=(await stored_raid(bot)).code)
        await one.click("Attendance")
        assert "Attendance" in await _roster(guild, bot)
        await other.click("Reopen signups")
        assert "Attendance" not in await _roster(guild, bot)

        await one.select("Who did not come?", ["Alice"])

        assert "[Refresh]" in one.text()
        assert "🟢 open" in one.text()


async def _roster(guild: SandboxGuild, bot: object) -> str:
    """Return the titles of the roster's table."""
    code = (await stored_raid(bot)).code
    shown = await guild.owner.slash(guild.channel("raid-signups"), "raidinfo export", what="roster", code=code)
    assert shown.message is not None
    (file,) = shown.message.attachments
    return file.content.decode("utf-8-sig").splitlines()[0]
