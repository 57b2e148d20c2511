"""Everything that can be pressed, chosen and typed, one step at a time; the bot is started anew at every `yield`."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from discord_sandbox.store import Message
from raidbot.raids.model import CloseReason, GuildId, MemberId, RoleKey, Source, Status
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.raids.templates.catalogue import put
from raidbot.state import Cause
from tests.commands.raid.panels import panel_option
from tests.commands.raidinfo.test_raidinfo import seat
from tests.commands.signups.test_board_buttons import many, post
from tests.e2e.restarts.restarts import Story, StoryContext
from tests.raid_boards import board_text, told
from tests.raids.templates.test_catalogue import FISHING

Steps = AsyncIterator[None]


async def create_teams(on: StoryContext) -> Steps:
    panel = await on.ask("create")
    yield
    await panel.select("What is it?", [panel_option(panel, "Gold Key Boss")])
    yield
    await panel.select("How many teams?", ["2 teams"])
    yield
    await panel.select("How large is a team?", ["3 seats in a team"])
    yield
    name = await panel.click("Name")
    yield
    await name.submit(name="Loremaster")
    yield
    await panel.click("Counts")
    yield
    time = await panel.click("Time")
    yield
    await time.submit(when="in 2 hours")
    yield
    await panel.click("Preview")
    yield
    await panel.click("Confirm")
    await on.guild.until(lambda: "is posted in" in panel.text())
    assert "Gold Key Boss — Loremaster" in board_text(on.guild.messages(on.channel)[-1])
    assert "0/6" in board_text(on.guild.messages(on.channel)[-1])


async def create_museum(on: StoryContext) -> Steps:
    panel = await on.ask("create", activity="museum", when="in 3 hours")
    yield
    await panel.click("Change")
    yield
    seats = await panel.click("Seats")
    yield
    await seats.submit(seats="x")
    assert "Nothing was saved" in panel.text()
    yield
    seats = await panel.click("Try again")
    yield
    await seats.submit(seats="7")
    yield
    await (await panel.click("Time")).submit(when="someday")
    yield
    await panel.click("Give up")
    assert "Seats: 7" in panel.text()
    yield
    await panel.click("Preview")
    assert "0/7" in panel.text()
    yield
    await panel.click("Discard")
    assert "Nothing was posted" in panel.text()


async def create_raid(on: StoryContext) -> Steps:
    many = [replace(FISHING, key=f"custom-{number}", name=f"Trip {number}") for number in range(30)]
    by_owner = Cause(Source.COMMAND, MemberId(on.guild.owner.id))
    await on.running.state.change_templates(GuildId(on.guild.id), partial(put, templates=many), by_owner)
    panel = await on.ask("create", when="in 3 hours")
    yield
    await panel.click("Next page")
    assert "page 2 of 2" in panel.text()
    yield
    await panel.click("Previous page")
    yield
    await panel.select("What is it? (page 1 of 2)", [panel_option(panel, "Dragonspyre (Voracious Void)")])
    yield
    await panel.select("How long?", ["3 hours"])
    yield
    await panel.select("Which strategy?", ["2 myth 1 storm"])
    yield
    await panel.click("Preview")
    assert "Myth 1" in panel.text()


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
    yield
    await panel.click("Save")
    assert (await on.raid(board)).starts_at > before
    yield
    await panel.click("Cancel raid")
    yield
    await panel.click("Keep it")
    yield
    await panel.click("Cancel raid")
    yield
    await panel.click("Yes, cancel the raid")
    assert (await on.raid(board)).status is Status.CANCELLED
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
    await panel.click("Change length")
    yield
    await panel.select("How long does it take?", ["3 hours"])
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
        ("Change text", {"title": "\u3164", "description": "Bring bread."}, {"title": "Again"}, "The board says so"),
        ("Change time", {"when": "someday"}, {"when": "in 9 hours"}, "“in 9 hours” is"),
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


async def raid_attendance(on: StoryContext) -> Steps:
    alice, board = on.guild.add_member("alice"), await on.put_up()
    await on.seat(board, alice, "✅")
    panel = await on.panel(board)
    await panel.click("Close signups")
    yield
    await panel.click("No-shows")
    yield
    await panel.select("Who did not come?", ["Alice"])
    assert "Alice (no-show)" in panel.text()
    yield
    await panel.select("Who was excused?", ["Alice"])
    assert "Alice (excused)" in panel.text()
    yield
    await panel.click("Back")
    assert "attendance marked" in panel.text()


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
    assert "You are off" in dropped.text()
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
    await on.guild.until(lambda: "comes as a substitute" in told(on.guild.owner))


async def settings(on: StoryContext) -> Steps:
    leaders = on.guild.add_role("leaders")
    panel = await on.ask("settings")
    for name, choice in (
        ("Reminder to the creator", "1 hour before"),
        ("Reminder to participants", "off"),
        ("Full raids close", "at their start"),
    ):
        yield
        await panel.select(name, [f"{name}: {choice}"])
    yield
    form = await panel.click("Time zone")
    yield
    await form.submit(zone="Europe/Berlin")
    yield
    await panel.click("More settings")
    for name, choice in (
        ("Discussion threads", "archived after 3 days"),
        ("The audit is kept", "for 365 days"),
        ("Signing up", "by reactions and buttons"),
    ):
        yield
        await panel.select(name, [f"{name}: {choice}"])
    yield
    await panel.select("Leader role", [leaders])
    assert await _leader_role(on) == leaders.id
    yield
    await panel.click("No leader role")
    assert await _leader_role(on) is None
    yield
    await panel.click("Members in threads")
    yield
    await panel.click("Refusals in threads")
    yield
    await panel.click("Back")
    now = await on.running.state.settings(GuildId(on.guild.id))
    assert (now.zone, now.creator_reminder_minutes, now.participant_reminders) == ("Europe/Berlin", 60, False)
    assert (now.full_close_minutes, now.threads, now.thread_archive_minutes) == (0, True, 4320)
    assert (now.audit_days, now.signup_style, now.refusal_notices_in_thread) == (365, SignupStyle.BOTH, True)
    assert now.thread_members


async def _leader_role(on: StoryContext) -> int | None:
    return (await on.running.state.settings(GuildId(on.guild.id))).leader_role


async def setup(on: StoryContext) -> Steps:
    museum, log = on.guild.add_channel("quiet-hall"), on.guild.add_channel("bot-log")
    panel = await on.ask("setup")
    yield
    await panel.select("Museum signups: choose a channel", [museum])
    yield
    form = await panel.click("Time zone")
    yield
    await form.submit(zone="Europe/London")
    yield
    await panel.click("Log channels")
    yield
    await panel.select("Audit log: choose a channel", [log])
    yield
    await panel.click("Check again")
    assert "#bot-log" in panel.text()
    yield
    await panel.click("Your games")
    yield
    await panel.select("Which games do you play?", ["Destiny 2"])
    assert "Dragonspyre" not in panel.text()
    now = await on.running.state.settings(GuildId(on.guild.id))
    assert (now.zone, now.audit_channel, list(now.channels.values())) == ("Europe/London", log.id, [museum.id])


async def set_channel(on: StoryContext) -> Steps:
    hall = on.guild.add_channel("quiet-hall")
    await on.ask("setchannel set", what="key", channel=hall)
    yield
    assert "Key boss signups: #quiet-hall" in (await on.ask("setchannel show")).text()
    yield
    assert "The choice is taken back" in (await on.ask("setchannel clear", what="key")).text()


async def permissions(on: StoryContext) -> Steps:
    helpers = on.guild.add_role("helpers")
    panel = await on.ask("permissions")
    yield
    await panel.select("What is it about?", ["/raid"])
    yield
    await panel.select("All of it, or one action?", ["Close a raid’s signups"])
    yield
    await panel.select("Which roles?", [helpers])
    assert "@helpers" in panel.text()
    grants = (await on.running.state.settings(GuildId(on.guild.id))).grants
    assert grants.of("raid.close") == {helpers.id}


async def raid_lists(on: StoryContext) -> Steps:
    alice = on.guild.add_member("alice")
    for number in range(12):
        await on.store(hours=number + 1, seats=(seat(alice, on.running),))
    listed = await on.ask("raidinfo list", by=alice)
    yield
    await listed.click("Next page")
    assert "Page 2 of 2" in listed.text()
    yield
    await listed.click("Previous page")
    yield
    await listed.select("Which kind?", ["Museum"])
    assert "There are none" in listed.text()
    yield
    await listed.select("Which kind?", ["Every kind"])
    yield
    await listed.click("Only mine")
    assert "with you (12)" in listed.text()


async def history(on: StoryContext) -> Steps:
    alice, now = on.guild.add_member("alice"), on.running.state.now()
    closed = {"status": Status.CLOSED, "closed_at": now, "closed_reason": CloseReason.AT_START}
    for number in range(12):
        await on.store(hours=-number - 1, seats=(seat(alice, on.running),), **closed)
    listed = await on.ask("raidinfo history", member=alice)
    yield
    await listed.click("Next page")
    assert "Page 2 of 2" in listed.text()


async def my_signups(on: StoryContext) -> Steps:
    alice, bob = on.guild.add_member("alice"), on.guild.add_member("bob")
    board = await on.put_up(activity="key", teams=3, team_size=2, when="in 1 hour")
    await on.seat(board, bob, "1️⃣")
    await on.seat(board, on.guild.add_member("carol"), "1️⃣")
    await on.seat(board, alice, "2️⃣")
    await alice.react(board, "1️⃣")
    await on.guild.until(lambda: "Waiting: 1. Alice" in board_text(board))
    for number in range(9):
        await on.store(hours=number + 5, seats=(seat(alice, on.running),))
    panel = await on.ask("mysignups", by=alice)
    yield
    await panel.click("Next page")
    yield
    await panel.click("Previous page")
    yield
    await panel.select("Leave or change which one?", [panel_option(panel, "Gold Key Boss")])
    yield
    await panel.select("Stop waiting for …", [panel_option(panel, "1. Team 1")])
    yield
    await panel.select("Take another role", [panel_option(panel, "3. Team 3")])
    raid = await on.raid(board)
    assert [(one.role, list(raid.waits)) for one in raid.seats if one.member == alice.id] == [("team-3", [])]
    yield
    await panel.click("Leave this raid")
    assert {one.member for one in (await on.raid(board)).seats}.isdisjoint({alice.id})
    yield
    await panel.click("All my signups")
    assert "Your signups here (9)" in panel.text()


def _styled(style: SignupStyle, settings: GuildSettings) -> GuildSettings:
    return replace(settings, signup_style=style)


async def board_buttons(on: StoryContext) -> Steps:
    alice = on.guild.add_member("alice")
    state = on.running.state
    await state.change_settings(GuildId(on.guild.id), partial(_styled, SignupStyle.BUTTONS), Cause(Source.COMMAND))
    board = await post(on.running, on.guild, many(4))
    yield
    assert "You have" in (await alice.use(board, {"type": 2, "custom_id": "board:join:role-2"})).text()
    yield
    assert "You have" in (await alice.click(board, "My place")).text()
    yield
    assert "You gave up" in (await alice.click(board, "Leave")).text()
    assert (await on.raid(board)).seats == ()


async def board_menus(on: StoryContext) -> Steps:
    alice = on.guild.add_member("alice")
    board = await post(on.running, on.guild, many(30))
    yield
    await alice.select(board, "Choose a role (2 of 2)", ["role-27"])
    assert [one.role for one in (await on.raid(board)).seats] == [RoleKey("role-27")]


def _buttons(messages: list[Message]) -> set[str]:
    """What can be pressed under these messages."""
    return {one["label"] for message in messages for row in message.components for one in row["components"]}


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        create_teams,
        create_museum,
        create_raid,
        raid_life,
        raid_words,
        raid_words_refused,
        raid_roster,
        raid_attendance,
        raid_copy,
        raid_substitute,
        settings,
        setup,
        set_channel,
        permissions,
        raid_lists,
        history,
        my_signups,
        board_buttons,
        board_menus,
    )
}
