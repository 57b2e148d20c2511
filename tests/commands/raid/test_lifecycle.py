"""Closing, reopening, cancelling and rescheduling on the panel of /raid."""

from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.db import raid_history
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import RaidId, Status
from tests.commands.raid.panel_helpers import form_values, panel_of, panel_option, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, run_create


async def test_closing_reopening_and_closing_work_through_restarts(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        await guild.until(lambda: "Signups closed" in board_text(board))
        assert "Signups: 🔒 closed" in panel.text()
    async with start() as bot:
        await panel.click("Reopen signups")
        await guild.until(lambda: "Signups closed" not in board_text(board))
        raid = await stored_raid(bot)

    assert raid.hold
    assert "Signups: 🟢 open until the start" in panel.text()
    assert "Alice" in board_text(board)
    assert "closed" in panel.text()
    assert "reopened: closed → open" in panel.text()


async def test_the_panel_says_what_happened_meanwhile_instead_of_doing_it_twice(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        await one.click("Close signups")

        await other.click("Close signups")

        assert "closed already" in other.text()
        assert "Signups: 🔒 closed" in other.text()
        happened = await bot.state.db.read(lambda connection: raid_history.latest(connection, RaidId(1), limit=50))
        assert [one.entry.action for one in happened].count(AuditAction.CLOSED) == 1


async def test_cancelling_asks_first_and_tells_everybody(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)

        form = await panel.click("Cancel raid")
        assert "Cancel “Museum Signup”?" in form.text()
        assert "Why? 1 person will be notified." in form.text()
        assert (await stored_raid(bot)).is_open
        await form.submit(note="Servers are *down*")

        await guild.until(lambda: r"“Servers are \*down\*”" in dm_text(alice))
        await guild.until(lambda: r"Cancelled** by Owner: Servers are \*down\*" in board_text(board))
        assert "Signups: ❌ cancelled by Owner: Servers are *down*" in panel.text()
        assert "Cancelled. Board updated. 1 person is notified." in panel.text()
        assert "cancelled: “Servers are *down*”" in panel.text()
        assert (await stored_raid(bot)).status is Status.CANCELLED


async def test_cancelling_what_is_not_posted_yet_speaks_of_no_board(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        outage = sandbox.faults.answer(503, route="POST /channels/{}/messages", calls=1000)
        await (await run_create(guild)).click("Confirm")
        panel = await guild.owner.slash(channel, "raid", code=(await stored_raid(bot)).code)
        await (await panel.click("Cancel raid")).submit()

        assert "Cancelled. It was not posted. Nobody else is notified." in panel.text()
        outage.lift()
        await bot.delivery.boards.idle()
        assert guild.messages(channel) == []
        assert dm_text(guild.owner) == ""


async def test_what_stood_open_when_the_raid_was_cancelled_says_so_at_once(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild, activity="lemuria", length="1.5")
        late = await panel_of(guild, board)
        form = await late.click("Change time")
        await late.click("Find substitute")
        panel = await panel_of(guild, board)
        await (await panel.click("Cancel raid")).submit()

        await late.select("Which role?", [panel_option(late, "1. Storm 1")])
        assert "was cancelled" in late.text()
        assert "Signups: ❌ cancelled" in late.text()
        await form.submit(when="in 5 hours")
        assert "was cancelled" in late.text()
        assert (await stored_raid(bot)).status is Status.CANCELLED


async def test_a_time_that_leaves_nothing_open_is_saved_at_once_and_undone_there(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        before = (await stored_raid(bot)).starts_at
        panel = await panel_of(guild, board)

        await (await panel.click("Change time")).submit(when="in 5 hours")
        assert (await stored_raid(bot)).starts_at > before
        assert "The raid now begins" in panel.text()
        assert "Before: " in panel.text()
        await panel.click("Undo: time changed")
        assert (await stored_raid(bot)).starts_at == before


async def test_a_time_with_an_assumption_is_shown_before_it_is_saved_and_told_to_everybody(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        before = (await stored_raid(bot)).starts_at
        panel = await panel_of(guild, board)

        page = await (await panel.click("Change time")).submit(when="tomorrow 8")
        assert "“tomorrow 8” is" in page.text()
        assert "1 person will be notified" in page.text()
        assert (await stored_raid(bot)).starts_at == before
        await (await page.click("Change")).submit(when="tomorrow 9")
    async with start() as bot:
        await page.click("Save")

        await guild.until(lambda: "has a new time" in dm_text(alice))
        assert (await stored_raid(bot)).starts_at - before >= timedelta(hours=2, minutes=59)
        assert "The raid now begins" in page.text()
    async with start() as bot:
        assert (await stored_raid(bot)).starts_at - before >= timedelta(hours=2, minutes=59)


@pytest.mark.parametrize(("typed", "said"), [("banana", "did not understand"), ("in 4 years", "two years")])
@pytest.mark.parametrize("button", ["Change time", "Duplicate"])
async def test_a_time_not_understood_changes_nothing_and_is_kept(
    guild: SandboxGuild, start: Start, button: str, typed: str, said: str
) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        before = await stored_raid(bot)
        panel = await panel_of(guild, board)

        await (await panel.click(button)).submit(when=typed)

        assert said in panel.text()
        assert (await stored_raid(bot)).starts_at == before.starts_at
        form = await panel.click("Try again")
        assert form_values(form) == {"when": typed}
        await form.submit(when="in 5 hours")
        assert ("The raid now begins" if button == "Change time" else "“in 5 hours” is") in panel.text()


async def test_of_two_new_times_the_later_save_is_told_of_the_earlier(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        form, page = await one.click("Change time"), await (await other.click("Change time")).submit(when="tomorrow 8")
        await form.submit(when="in 5 hours")
        saved = (await stored_raid(bot)).starts_at

        await page.click("Save")

        assert "Somebody else changed the time meanwhile" in other.text()
        assert (await stored_raid(bot)).starts_at == saved


async def test_a_form_opened_for_one_raid_and_left_changes_only_the_next(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        first, second = await post_raid(guild), await post_raid(guild, when="in 4 hours")
        left = await (await panel_of(guild, first)).click("Change time")
        assert left.modal is not None
        before = (await stored_raid(bot)).starts_at

        await (await (await panel_of(guild, second)).click("Change time")).submit(when="in 9 hours")

        assert (await stored_raid(bot)).starts_at == before
        assert (await stored_raid(bot, 2)).starts_at > before + timedelta(hours=5)


async def test_what_took_place_is_not_moved_cancelled_or_reopened_but_noted_as_not_held(
    guild: SandboxGuild, sandbox: Sandbox, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: "Signups closed" in board_text(board))
        during = await panel_of(guild, board)
        assert "[Cancel raid]" in during.text()
        form = await during.click("Change time")
        sandbox.advance(timedelta(hours=2))

        await during.click("Reopen signups")
        assert "is over" in during.text()
        panel = await panel_of(guild, board)
        assert not any(label in panel.text() for label in ("Reopen signups", "Change time", "Announcements"))
        assert "Cancel raid" not in panel.text()
        told = len(alice.dms)
        await panel.click("Did not take place")
        await guild.until(lambda: "Did not take place" in board_text(board))
        assert (await stored_raid(bot)).attendance

        await panel.click("Undo: did not take place")
        await guild.until(lambda: "Did not take place" not in board_text(board))
        assert (await stored_raid(bot)).status is Status.CLOSED
        assert len(alice.dms) == told
        page = await form.submit(when="in 5 hours")
        assert "is over" in page.text()
