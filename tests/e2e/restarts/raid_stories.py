"""Every action on the panel of /raid, one step at a time. See `panel_stories`."""

from dataclasses import replace
from datetime import timedelta

from discord_sandbox.store import Message
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import CloseReason, Raid, Source, Status
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import code_of, panel_option, press_old
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext
from tests.raid_boards import board_text, dm_text


async def raid_life(on: StoryContext) -> Steps:
    board = await on.put_up()
    panel = await on.panel(board)
    yield
    await panel.click("Close signups")
    yield
    await panel.click("Reopen signups")
    assert (await on.raid(board)).is_open
    yield
    before = (await on.raid(board)).starts_at
    form = await panel.click("Change time")
    yield
    await form.submit(when="in 5 hours")
    assert (await on.raid(board)).starts_at > before
    yield
    before = (await on.raid(board)).starts_at
    assumed = await panel.click("Change time")
    yield
    await assumed.submit(when="tomorrow 8")
    yield
    await panel.click("Save")
    assert (await on.raid(board)).starts_at > before
    yield
    form = await panel.click("Cancel raid")
    yield
    await form.submit(note="Servers are down")
    cancelled = await on.raid(board)
    assert (cancelled.status, cancelled.cancel_note) == (Status.CANCELLED, "Servers are down")
    yield
    await panel.click("Undo: cancelled")
    assert (await on.raid(board)).is_open


async def raid_words(on: StoryContext) -> Steps:
    board, alice = await on.put_up(activity="lemuria", hours=1.5), on.guild.add_member("alice")
    panel = await on.panel(board)
    yield
    form = await panel.click("Change text")
    yield
    await form.submit(title="Ghastly Evening")
    assert (await on.raid(board)).title == "Ghastly Evening"
    yield
    form = await panel.click("Change length")
    yield
    await form.submit(length="3 hours")
    assert (await on.raid(board)).length_minutes == 180
    yield
    await panel.click("Leader")
    yield
    await panel.select("Who leads this raid?", [alice])
    assert (await on.raid(board)).leader == alice.id
    yield
    await panel.click("Leader")
    yield
    await panel.click("Nobody")
    assert (await on.raid(board)).leader is None
    yield
    await panel.click("Refresh")
    assert "Ghastly Evening" in panel.text()


async def raid_words_refused(on: StoryContext) -> Steps:
    board = await on.put_up(activity="lemuria", hours=1.5)
    panel = await on.panel(board)
    yield
    for button, typed, better, seen in (
        ("Change text", {"title": "\u3164", "description": "Bring bread."}, {"title": "Again"}, "Board updated."),
        ("Change time", {"when": "someday"}, {"when": "in 9 hours"}, "The raid now begins"),
        ("Duplicate", {"when": "someday"}, {"when": "in 9 hours"}, "“in 9 hours” is"),
    ):
        form = await panel.click(button)
        yield
        await form.submit(**typed)
        assert "Nothing was saved" in panel.text()
        yield
        form = await panel.click("Try again")
        yield
        await form.submit(**better)
        assert seen in panel.text()
        panel = await on.panel(board)
    raid = await on.raid(board)
    assert (raid.title, raid.description) == ("Again", "Bring bread.")
    yield
    await (await panel.click("Change text")).submit(title="\u3164")
    yield
    await panel.click("Give up")
    assert "[Change text]" in panel.text()


async def raid_roster(on: StoryContext) -> Steps:
    alice, bob, carol = (on.guild.add_member(name) for name in ("alice", "bob", "carol"))
    board = await on.put_up(activity="lemuria", hours=1.5)
    panel = await on.panel(board)
    yield
    await panel.click("Roster")
    yield
    await panel.select("Or choose somebody else", [alice])
    yield
    await panel.select("Give them the seat", [panel_option(panel, "4. Jade")])
    yield
    await panel.select("Whom do you want to move or take off?", ["Alice"])
    yield
    await panel.select("Which side?", ["Right side (Bomb)"])
    assert (await on.raid(board)).seats[0].side == "Right side (Bomb)"
    yield
    await panel.select("Or choose somebody else", [carol])
    yield
    await panel.click("Put in line")
    yield
    await panel.select("Put them in line for", [panel_option(panel, "4. Jade")])
    for choice in ("Put in line", "Force it"):
        yield
        await panel.select("Or choose somebody else", [bob])
        yield
        await panel.select("Give them the seat", [panel_option(panel, "4. Jade")])
        yield
        await panel.click(choice)
    assert [one.member for one in (await on.raid(board)).waits] == [carol.id]
    assert {(one.member, one.forced) for one in (await on.raid(board)).seats} == {(alice.id, False), (bob.id, True)}
    yield
    await panel.select("Whom do you want to move or take off?", ["Bob"])
    yield
    await panel.click("Take off the raid")
    assert [one.member for one in (await on.raid(board)).seats] == [alice.id]


async def raid_seats(on: StoryContext) -> Steps:
    alice, bob = on.guild.add_member("alice"), on.guild.add_member("bob")
    board = await on.put_up(seats=2)
    await on.seat(board, alice, "✅")
    await on.seat(board, bob, "✅")
    await on.put_up(activity="key", teams=1)
    panel = await on.ask("raid")
    yield
    assert panel.message is not None
    await on.guild.owner.use(panel.message, {"type": 2, "custom_id": "raids:page:0"})
    yield
    await panel.select("Which raid?", ["Museum Signup"])
    yield
    await panel.click("Roster")
    yield
    form = await panel.click("Seats")
    yield
    await form.submit(seats="1")
    yield
    await press_old(panel, "seats-page:1:1:0", code=code_of(board))
    yield
    await panel.select("Who goes to the waitlist?", ["Alice"])
    assert [one.member for one in (await on.raid(board)).seats] == [bob.id]
    await (await panel.click("Seats")).submit(seats="2")
    assert len((await on.raid(board)).seats) == 2
    await (await panel.click("Seats")).submit(seats="1")
    yield
    await panel.click("The last to sign up")
    assert [one.member for one in (await on.raid(board)).seats] == [bob.id]


async def raid_attendance(on: StoryContext) -> Steps:
    alice, board = on.guild.add_member("alice"), await on.put_up()
    await on.seat(board, alice, "✅")
    await on.running.state.change((await on.raid(board)).id, _begun, Cause(Source.CLOCK))
    panel = await on.panel(board)
    yield
    await panel.click("Attendance")
    yield
    await panel.select("Who did not come?", ["Alice"])
    assert "No-show: 1 · Alice" in panel.text()
    yield
    await panel.select("Who was excused?", ["Alice"])
    assert "Excused: 1 · Alice" in panel.text()
    yield
    await panel.click("Back")
    assert "attendance marked" in panel.text()


def _begun(raid: Raid) -> Change:
    """Let this raid alone begin: the clock is everybody's."""
    past = replace(raid, starts_at=raid.created_at)
    return lifecycle.close(past, reason=CloseReason.AT_START, by=None, now=raid.created_at)


async def raid_not_held(on: StoryContext) -> Steps:
    board = await on.put_up()
    await on.running.state.change((await on.raid(board)).id, _over, Cause(Source.CLOCK))
    panel = await on.panel(board)
    yield
    await panel.click("Did not take place")
    assert (await on.raid(board)).not_held


def _over(raid: Raid) -> Change:
    """Let this raid alone end: the clock is everybody's."""
    past = replace(raid, starts_at=raid.created_at - timedelta(hours=3))
    return lifecycle.close(past, reason=CloseReason.AT_START, by=None, now=past.starts_at)


async def raid_filled(on: StoryContext) -> Steps:
    alice, bob = on.guild.add_member("alice"), on.guild.add_member("bob")
    board = await on.put_up(seats=1)
    await on.seat(board, alice, "✅")
    await bob.react(board, "✅")
    await on.guild.until(lambda: "1 waiting" in board_text(board))
    panel = await on.panel(board)
    await panel.click("Close signups")
    await alice.unreact(board, "✅")
    await on.guild.until(lambda: "0/1" in board_text(board))
    yield
    await panel.click("Refresh")
    yield
    await panel.click("Fill free seats")
    assert [seat.member for seat in (await on.raid(board)).seats] == [bob.id]


async def raid_copy(on: StoryContext) -> Steps:
    alice, board = on.guild.add_member("alice"), await on.put_up()
    await on.seat(board, alice, "✅")
    panel = await on.panel(board)
    yield
    form = await panel.click("Duplicate")
    yield
    await form.submit(when="in 20 hours")
    yield
    form = await panel.click("Change")
    yield
    await form.submit(when="in 30 hours")
    yield
    await panel.click("With its roster (1)")
    await on.guild.until(lambda: "I cannot come" in _buttons(alice.dms))
    copy = on.guild.messages(on.channel)[-1]
    assert [one.member for one in (await on.raid(copy)).seats] == [alice.id]
    yield
    dropped = await alice.click(alice.dms[-1], "I cannot come")
    assert "You left" in dropped.text()
    assert (await on.raid(copy)).seats == ()
    assert len((await on.raid(board)).seats) == 1


async def raid_substitute(on: StoryContext) -> Steps:
    alice, bob = on.guild.add_member("alice"), on.guild.add_member("bob")
    board = await on.put_up(activity="key", teams=2, team_size=2)
    panel = await on.panel(board)
    yield
    await panel.click("Find substitute")
    yield
    await panel.select("Which role?", [panel_option(panel, "2. Team 2")])
    yield
    await panel.select("Or ask others", [alice, bob])
    await on.guild.until(lambda: "I come" in _buttons(alice.dms) and "I come" in _buttons(bob.dms))
    yield
    await alice.click(alice.dms[-1], "I cannot come")
    yield
    await bob.click(bob.dms[-1], "I come")
    assert [(one.member, one.role) for one in (await on.raid(board)).seats] == [(bob.id, "team-2")]
    await on.guild.until(lambda: "is in as a substitute" in dm_text(on.guild.owner))


def _buttons(messages: list[Message]) -> set[str]:
    """Return the labels of the components under these messages."""
    return {one["label"] for message in messages for row in message.components for one in row["components"]}


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        raid_life,
        raid_words,
        raid_words_refused,
        raid_roster,
        raid_filled,
        raid_seats,
        raid_attendance,
        raid_not_held,
        raid_copy,
        raid_substitute,
    )
}
