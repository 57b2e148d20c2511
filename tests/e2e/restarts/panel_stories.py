"""Every action on panels and boards, one step at a time; the bot restarts at every `yield`."""

from dataclasses import replace
from functools import partial

from raidbot.raids.model import CloseReason, GuildId, MemberId, RoleKey, Source, Status
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.raids.templates.catalogue import put
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import choose_zone, panel_option
from tests.commands.raidinfo.test_raidinfo import seat
from tests.commands.signups.test_board_buttons import many, post
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext
from tests.raid_boards import board_text
from tests.raids.templates.test_catalogue import FISHING


async def create_teams(on: StoryContext) -> Steps:
    panel = await on.ask("create")
    yield
    time = await panel.select("What is it?", [panel_option(panel, "Gold Key Boss")])
    yield
    await time.submit(when="in 2 hours")
    yield
    await panel.click("Change")
    yield
    await panel.select("How many teams?", ["2 teams"])
    yield
    await panel.select("How large is a team?", ["3 seats in a team"])
    yield
    name = await panel.click("Name")
    yield
    await name.submit(name="Loremaster")
    yield
    await panel.click("Change")
    yield
    await panel.click("Counts")
    yield
    await panel.click("Preview")
    yield
    await panel.click("Confirm")
    await on.guild.until(lambda: "Posted in" in panel.text())
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
    await panel.click("Change")
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
    await panel.click("Change")
    yield
    await panel.select("How long?", ["3 hours"])
    yield
    await panel.select("Which strategy?", ["2 myth 1 storm"])
    yield
    await panel.click("Preview")
    assert "Myth 1" in panel.text()


async def create_in_one_line(on: StoryContext) -> Steps:
    raiders, events = on.guild.add_role("Raiders", mentionable=True), on.guild.add_channel("events")
    panel = await on.ask("create", activity="museum", when="friday 8pm")
    yield
    await panel.click("Another zone")
    await choose_zone(panel, "America/Chicago")
    words = await panel.click("Title & text")
    yield
    await words.submit(title="Gallery", description="Look around.")
    await panel.click("Channel")
    yield
    await panel.select("Choose a channel", [events])
    await panel.click("Ping a role")
    yield
    await panel.select("Choose a role", [raiders])
    assert "Pings @Raiders" in panel.text()
    await panel.click("Ping a role")
    yield
    await panel.click("Ping nobody")
    length = await panel.click("Length")
    yield
    await length.submit(length="1h30")
    yield
    await panel.click("Confirm")
    await on.guild.until(lambda: "Posted in #events" in panel.text())
    yield
    await panel.click("Manage")
    assert "1.5 hours" in panel.text()


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
    assert "No upcoming" in listed.text()
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


async def inactive(on: StoryContext) -> Steps:
    for number in range(16):
        on.guild.add_member(f"absent{number}")
    listed = await on.ask("stats inactive", weeks=0)
    yield
    await listed.click("Next page")
    assert "Page 2 of 2" in listed.text()
    yield
    await listed.click("Refresh the member list")
    assert "Never came (" in listed.text()


async def my_signups(on: StoryContext) -> Steps:
    alice, bob = on.guild.add_member("alice"), on.guild.add_member("bob")
    board = await on.put_up(activity="key", teams=3, team_size=2, when="in 1 hour")
    await on.seat(board, bob, "1️⃣")
    await on.seat(board, on.guild.add_member("carol"), "1️⃣")
    await on.seat(board, alice, "2️⃣")
    await alice.react(board, "1️⃣")
    await on.guild.until(lambda: "⏳ Alice" in board_text(board))
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
    assert "You left" in (await alice.click(board, "Leave")).text()
    assert (await on.raid(board)).seats == ()


async def board_menus(on: StoryContext) -> Steps:
    alice = on.guild.add_member("alice")
    board = await post(on.running, on.guild, many(30))
    yield
    await alice.select(board, "Choose a role (2 of 2)", ["role-27"])
    assert [one.role for one in (await on.raid(board)).seats] == [RoleKey("role-27")]


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        create_teams,
        create_museum,
        create_in_one_line,
        create_raid,
        raid_lists,
        history,
        inactive,
        my_signups,
        board_buttons,
        board_menus,
    )
}
