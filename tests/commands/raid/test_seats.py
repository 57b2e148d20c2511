"""The seats of a posted raid on its roster: one form, and a question if somebody has to wait."""

from functools import partial

from discord_sandbox import SandboxGuild
from discord_sandbox.store import Message
from tests.commands.raid.panel_helpers import panel_of, panel_option, press_old, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid


def _shows(board: Message, text: str) -> bool:
    return text in board_text(board)


async def test_seats_are_given_and_taken_and_nobody_goes_unasked(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start():
        board = await post_raid(guild, seats=1)
        for member, seen in ((alice, "1/1"), (bob, "1 waiting"), (carol, "2 waiting")):
            await member.react(board, "✅")
            await guild.until(partial(_shows, board, seen))
        panel = await panel_of(guild, board)
        await panel.click("Roster")
        await (await panel.click("Seats")).submit(seats="x")
        assert "Write a whole number of seats from 1 to 50." in panel.text()
        await (await panel.click("Try again")).submit(seats="3")
        assert "Seats as Museum: 1 → 3." in panel.text()
        await guild.until(lambda: "3/3" in board_text(board))
        await guild.until(lambda: "A seat opened" in dm_text(carol))
    async with start() as bot:
        await (await panel.click("Seats")).submit(seats="1")
        assert "Choose 2 members of Museum who go to the waitlist." in panel.text()
        assert (await stored_raid(bot)).capacity == 3
        await panel.select("Who goes to the waitlist?", ["Alice", "Carol"])
        await guild.until(lambda: "as number 2" in dm_text(carol) and "as number 1" in dm_text(alice))
        raid = await stored_raid(bot)
        assert [seat.member for seat in raid.seats] == [bob.id]
        assert [wait.member for wait in raid.waits] == [alice.id, carol.id]
        await panel.click("Back")
        await panel.click("Undo: seats changed")
        raid = await stored_raid(bot)
        assert (raid.capacity, len(raid.seats), len(raid.waits)) == (3, 3, 0)

        await panel.click("Roster")
        await (await panel.click("Seats")).submit(seats="2")
        await panel.click("The last to sign up")
        assert [wait.member for wait in (await stored_raid(bot)).waits] == [carol.id]


async def test_the_role_is_chosen_among_several(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, await post_raid(guild, activity="key", teams=2))
        await panel.click("Roster")
        await panel.click("Seats")

        await (await panel.select("Which role?", ["2. Team 2 (0/4)"])).submit(seats="6")

        assert [role.seats for role in (await stored_raid(bot)).roles] == [4, 6]


async def test_a_form_sent_as_it_was_opened_takes_back_nothing_that_another_manager_changed(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await post_raid(guild, activity="lemuria", length="1.5")
        mine, other = await panel_of(guild, board), await panel_of(guild, board)
        length = await mine.click("Change length")
        await (await other.click("Change length")).submit(length="2 hours")
        await length.submit()
        assert "Nothing was different." in mine.text()
        for panel in (mine, other):
            await panel.click("Roster")
            await panel.click("Seats")
        seats = await mine.select("Which role?", [panel_option(mine, "1. ")])
        await (await other.select("Which role?", [panel_option(other, "1. ")])).submit(seats="7")
        await seats.submit()

        assert "nothing has changed" in mine.text()
        raid = await stored_raid(bot)
        assert (raid.length_minutes, raid.roles[0].seats) == (120, 7)


async def test_panels_of_the_version_before_go_on_working(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, await post_raid(guild, activity="lemuria", length="1.5"))

        await press_old(panel, "length", "180")
        assert (await stored_raid(bot)).length_minutes == 180
        await press_old(panel, "cancel")

        raid = await stored_raid(bot)
        assert (raid.status, raid.cancelled_by, raid.cancel_note) == ("cancelled", guild.owner.id, "")
