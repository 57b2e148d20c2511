"""/raid: the panel from opening it to its actions, each through a restart, and what forged presses get."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from raidbot.db import history
from raidbot.raids.model import GuildId, Kind, Raid, RaidId, Source, Status
from raidbot.sandbox import Sandbox, SandboxGuild
from raidbot.sandbox.people import Answer, Person
from raidbot.sandbox.store import Message
from raidbot.state import Cause
from tests.conftest import Start
from tests.scene import board_text, put_up, told

TANK = "🛡️"


def code_of(board: Message) -> str:
    return str(board.embeds[0]["footer"]["text"]).removeprefix("Raid ")


async def panel_of(guild: SandboxGuild, board: Message, by: Person | None = None) -> Answer:
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "raid", code=code_of(board))


async def the_raid(bot: object, number: int = 1) -> Raid:
    raid: Raid = await bot.state.raid(RaidId(number))  # type: ignore[attr-defined]
    return raid


async def test_the_code_is_offered_with_title_and_time(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        board = await put_up(guild)
        typed = code_of(board)[:3].lower()

        (offered,) = await guild.owner.autocomplete(channel, "raid", {"code": typed}, focused="code")
        by_title = await guild.owner.autocomplete(channel, "raid", {"code": " museum "}, focused="code")

        assert offered.value == code_of(board)
        assert offered.name.startswith(f"{code_of(board)} — Museum Signup — ")
        assert [choice.value for choice in by_title] == [offered.value]


async def test_a_code_is_trimmed_and_taken_in_lower_case(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await put_up(guild)

        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=f"  {code_of(board).lower()} ")

        assert "Museum Signup" in panel.text()
        assert "Signups: 🟢 open" in panel.text()
        assert panel.ephemeral


async def test_unknown_codes_and_those_of_other_servers_are_refused(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    channel = elsewhere.add_channel("raid-signups")
    async with start():
        board = await put_up(guild)

        unknown = await guild.owner.slash(guild.channel("raid-signups"), "raid", code="ZZZZZZ")
        foreign = await guild.owner.slash(channel, "raid", code=code_of(board))
        offered = await guild.owner.autocomplete(channel, "raid", {"code": ""}, focused="code")

        assert "no raid with the code “ZZZZZZ”" in unknown.text()
        assert f"no raid with the code “{code_of(board)}”" in foreign.text()
        assert offered == []


async def test_a_forged_press_reaches_no_raid_of_another_server(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await put_up(guild)
        panel = await panel_of(elsewhere, await put_up(elsewhere))
        assert panel.message is not None
        panel.message.components[0]["components"][0]["custom_id"] = f"raid:{(await the_raid(bot)).code}:close"

        refused = await panel.click("Close signups")

        assert "no raid with the code" in refused.text()
        assert (await the_raid(bot)).is_open


async def test_closing_reopening_and_closing_work_through_restarts(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await put_up(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        await guild.until(lambda: "Signups are closed" in board_text(board))
        assert "Signups: 🔒 closed" in panel.text()
    async with start() as bot:
        await panel.click("Reopen signups")
        await guild.until(lambda: board.reactions and "Signups are closed" not in board_text(board))
        raid = await the_raid(bot)

    assert raid.hold
    assert "Alice" in board_text(board)
    assert "closed: open → manual" in panel.text()
    assert "reopened: closed → open" in panel.text()


async def test_the_panel_says_what_happened_meanwhile_instead_of_doing_it_twice(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await put_up(guild)
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        await one.click("Close signups")

        await other.click("Close signups")

        assert "closed already" in other.text()
        assert "Signups: 🔒 closed" in other.text()
        happened = await bot.state.db.read(lambda connection: history.latest(connection, RaidId(1), limit=50))
        assert [one.entry.action for one in happened].count("closed") == 1


async def test_cancelling_asks_first_and_tells_everybody(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await put_up(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)

        await panel.click("Cancel raid")
        assert "Cancel “Museum Signup”" in panel.text()
        assert "2 people are told" in panel.text()
        assert (await the_raid(bot)).is_open
        await panel.click("Keep it")
        assert (await the_raid(bot)).is_open

        await panel.click("Cancel raid")
        await panel.click("Yes, cancel the raid")

        await guild.until(lambda: "is cancelled" in told(alice))
        await guild.until(lambda: "Cancelled" in board_text(board))
        assert "Signups: ❌ cancelled" in panel.text()
        assert (await the_raid(bot)).status is Status.CANCELLED


async def test_a_new_time_is_shown_before_it_is_saved_and_told_to_everybody(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await put_up(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        before = (await the_raid(bot)).starts_at
        panel = await panel_of(guild, board)

        page = await (await panel.click("Change time")).submit(when="in 5 hours")
        assert "“in 5 hours” is" in page.text()
        assert "Everybody on the roster and in line is told (1)" in page.text()
        assert (await the_raid(bot)).starts_at == before
        await (await page.click("Change")).submit(when="in 6 hours")
    async with start() as bot:
        await page.click("Save")

        await guild.until(lambda: "has a new time" in told(alice))
        assert (await the_raid(bot)).starts_at - before >= timedelta(hours=2, minutes=59)
        assert "The raid now begins" in page.text()
    async with start() as bot:
        assert (await the_raid(bot)).starts_at - before >= timedelta(hours=2, minutes=59)


@pytest.mark.parametrize(("typed", "said"), [("banana", "did not understand"), ("in 4 years", "two years")])
async def test_a_time_not_understood_changes_nothing(guild: SandboxGuild, start: Start, typed: str, said: str) -> None:
    async with start() as bot:
        board = await put_up(guild)
        before = await the_raid(bot)
        panel = await panel_of(guild, board)

        await (await panel.click("Change time")).submit(when=typed)

        assert said in panel.text()
        assert (await the_raid(bot)).starts_at == before.starts_at


async def test_of_two_new_times_the_later_save_is_told_of_the_earlier(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        await (await one.click("Change time")).submit(when="in 5 hours")
        await (await other.click("Change time")).submit(when="in 7 hours")
        await one.click("Save")
        saved = (await the_raid(bot)).starts_at

        await other.click("Save")

        assert "Somebody else changed the time meanwhile" in other.text()
        assert (await the_raid(bot)).starts_at == saved


async def test_a_form_opened_for_one_raid_and_left_changes_only_the_next(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        first, second = await put_up(guild), await put_up(guild, when="in 4 hours")
        left = await (await panel_of(guild, first)).click("Change time")
        assert left.modal is not None
        before = (await the_raid(bot)).starts_at

        page = await (await (await panel_of(guild, second)).click("Change time")).submit(when="in 9 hours")
        await page.click("Save")

        assert (await the_raid(bot)).starts_at == before
        assert (await the_raid(bot, 2)).starts_at > before + timedelta(hours=5)


async def test_members_may_not_and_the_leader_may(guild: SandboxGuild, start: Start) -> None:
    alice, boss = guild.add_member("alice"), guild.add_member("boss", permissions=["manage_guild"])
    async with start():
        board = await put_up(guild, by=boss)

        refused = await panel_of(guild, board, by=alice)

        assert "Manage Server" in refused.text()
        assert "the raid’s leader or creator" in refused.text()


async def test_rights_are_asked_at_every_press(guild: SandboxGuild, start: Start) -> None:
    lead = guild.add_role("lead", permissions=["manage_guild"])
    boss = guild.add_member("boss", roles=[lead])
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board, by=boss)
        await guild.take_role(boss, lead)

        refused = await panel.click("Close signups")

        assert "You may not close a raid’s signups here" in refused.text()
        assert (await the_raid(bot)).is_open


async def test_a_raid_long_gone_still_has_a_panel(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        sandbox.advance(timedelta(days=30))
        bot.heartbeat.wake()
        await guild.until(lambda: "Signups are closed" in board_text(board))
    async with start():
        panel = await panel_of(guild, board)

        assert "Signups: 🔒 closed" in panel.text()


async def test_the_roster_page_gives_moves_forces_and_takes_seats(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await put_up(guild, activity="key", teams=2, team_size=2)
        panel = await panel_of(guild, board)

        await panel.click("Roster")
        await panel.select("Or choose somebody else", [alice])
        assert "Alice: not signed up" in panel.text()
        await panel.select("Give them the seat", ["1. Team 1 (0/2)"])
        assert "Alice has the seat Team 1" in panel.text()
        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.select("Give them the seat", ["2. Team 2 (0/2)"])
        assert "Alice has the seat Team 2 instead of Team 1" in panel.text()
    async with start() as bot:
        await panel.select("Or choose somebody else", [bob])
        await panel.select("Give them the seat", ["2. Team 2 (1/2)"])
        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.click("Take off the raid")

        assert "Alice is off" in panel.text()
        assert [(seat.member, seat.role) for seat in (await the_raid(bot)).seats] == [(bob.id, "team-2")]
        await guild.until(lambda: "Bob" in board_text(board))
        await guild.until(lambda: "took you off" in told(alice))


async def test_a_full_role_can_be_forced_or_waited_for_on_the_roster_page(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await put_up(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Roster")

        for member, choice in ((bob, "Force it"), (carol, "Put in line")):
            await panel.select("Or choose somebody else", [member])
            await panel.select("Give them the seat", [panel_option(panel, "1. Museum")])
            assert "has all its 1 seats taken" in panel.text()
            await panel.click(choice)

        raid = await the_raid(bot)
        assert [(seat.member, seat.forced) for seat in raid.seats] == [(alice.id, False), (bob.id, True)]
        assert [wait.member for wait in raid.waits] == [carol.id]
        await guild.until(lambda: "(2/1) ⚠️ OVER" in board_text(board))


def panel_option(panel: Answer, begins: str) -> str:
    """The label of the only option of the panel that begins so."""
    labels = {
        str(option["label"])
        for row in panel.components
        for one in row["components"]
        for option in one.get("options", ())
        if option["label"].startswith(begins)
    }
    (label,) = labels
    return label


async def test_sides_are_given_out_on_the_roster_page(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await put_up(guild, activity="lemuria", hours=1.5)
        panel = await panel_of(guild, board)
        await panel.click("Roster")
        await panel.select("Or choose somebody else", [alice])
        await panel.select("Give them the seat", [panel_option(panel, "4. Jade")])

        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.select("Which side?", ["Right side (Bomb)"])

        assert (await the_raid(bot)).seats[0].side == "Right side (Bomb)"


async def test_a_long_roster_is_shown_on_pages(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild, seats=50)
        crowd = [guild.add_member(f"member{number:02}") for number in range(30)]
        for member in crowd:
            await member.react(board, "✅")
        await guild.until(lambda: "30/50" in board_text(board))
        panel = await panel_of(guild, board)

        await panel.click("Roster")
        await panel.click("Next page")
        await panel.select("Whom do you want to move or take off?", [panel_option(panel, "Member29")])
        await panel.click("Take off the raid")

        assert len((await the_raid(bot)).seats) == 29


async def test_other_words_stand_on_the_board(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await put_up(guild, activity="key", teams=1, name="Old Keep")
        panel = await panel_of(guild, board)

        form = await panel.click("Change text")
        assert "[Old Keep]" in form.text()
        await form.submit(title="Silver Key", subject="New Keep", description="Bring **bread**")

        await guild.until(lambda: "Silver Key — New Keep" in board_text(board))
        assert r"Bring \*\*bread\*\*" in board_text(board)
        assert "title changed: Gold Key Boss → Silver Key" in panel.text()


async def test_who_leads_is_starred_told_and_may_use_the_panel(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board)
        await (await panel.click("Leader")).select("Who leads this raid?", [alice])
        await guild.until(lambda: "Led by Alice" in board_text(board))
        await guild.until(lambda: "You lead" in told(alice))

        hers = await panel_of(guild, board, by=alice)
        await hers.click("Close signups")
        assert (await the_raid(bot)).status is Status.CLOSED

        await panel.click("Leader")
        await panel.click("Nobody")
        refused = await hers.click("Reopen signups")
        assert "You may not reopen" in refused.text()
        assert (await the_raid(bot)).leader is None


async def test_a_bot_leads_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board)

        await (await panel.click("Leader")).select("Who leads this raid?", [guild.bot.user])

        assert "Bots do not play" in panel.text()
        assert (await the_raid(bot)).leader is None


async def test_another_length_is_chosen_from_those_of_the_template(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild, activity="lemuria", hours=1.5)
        museum = await put_up(guild)
        panel = await panel_of(guild, board)

        await (await panel.click("Change length")).select("How long does it take?", ["3 hours"])

        assert (await the_raid(bot)).length_minutes == 180
        assert "length changed: 1.5 hours → 3 hours" in panel.text()
        await guild.until(lambda: "3 hours" in board_text(board))
        assert "(Change length)" in (await panel_of(guild, museum)).text()


async def close_with(guild: SandboxGuild, *members: Person) -> Answer:
    """The panel of a museum that was closed with these members seated."""
    board = await put_up(guild, seats=50)
    for member in members:
        await member.react(board, "✅")
    await guild.until(lambda: f"{len(members)}/50" in board_text(board))
    panel = await panel_of(guild, board)
    await panel.click("Close signups")
    return panel


async def attended(bot: object) -> dict[int, str]:
    return {row.member: str(row.presence) for row in (await the_raid(bot)).attendance}


async def test_no_shows_are_unlocked_at_closing_marked_and_unmarked(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await put_up(guild, activity="key", teams=1)
        assert "(No-shows)" in (await panel_of(guild, board)).text()
        await alice.react(board, "1️⃣")
        await bob.react(board, "1️⃣")
        await guild.until(lambda: "2/4" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        await panel.click("No-shows")
        await panel.select("Who did not come?", ["Alice", "Bob"])
        assert "Alice (no-show), Bob (no-show)" in panel.text()
    async with start() as bot:
        await panel.select("Who did not come?", ["Bob"])
        await panel.select("Who was excused?", ["Alice"])

        assert await attended(bot) == {alice.id: "excused", bob.id: "no-show"}
        await panel.select("Who did not come?", [])
        await panel.select("Who was excused?", [])
        assert await attended(bot) == {alice.id: "signed", bob.id: "signed"}
        assert "Nobody is marked" in panel.text()


async def test_marks_made_meanwhile_are_not_wiped_out(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        one = await close_with(guild, alice, bob)
        other = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=(await the_raid(bot)).code)
        await one.click("No-shows")
        await other.click("No-shows")
        await one.select("Who did not come?", ["Alice"])

        await other.select("Who did not come?", ["Bob"])

        assert "changed meanwhile" in other.text()
        assert await attended(bot) == {alice.id: "no-show", bob.id: "signed"}


async def test_no_shows_of_a_long_roster_are_marked_page_by_page(guild: SandboxGuild, start: Start) -> None:
    crowd = [guild.add_member(f"member{number:02}") for number in range(30)]
    async with start() as bot:
        panel = await close_with(guild, *crowd)
        await panel.click("No-shows")
        await panel.select("Who did not come?", [crowd[0].name.capitalize()])
        await panel.click("Next page")
        await panel.select("Who did not come?", [crowd[29].name.capitalize()])

        marks = await attended(bot)
        assert [member for member, mark in marks.items() if mark == "no-show"] == [crowd[0].id, crowd[29].id]


async def copied(guild: SandboxGuild, panel: Answer, button: str) -> Message:
    """The board that stands after this button of the page was pressed."""
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


async def test_a_raid_is_put_up_again_with_its_roster_and_who_cannot_come_drops_out(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await put_up(guild, activity="key", teams=1, name="Old Keep")
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
        await guild.until(lambda: "takes place again" in told(alice) and "takes place again" in told(bob))
        assert "Gold Key Boss — Old Keep" in board_text(again)
        assert "Alice" in board_text(again)
        assert code_of(again) != code_of(board)
    async with start() as bot:
        answer = await alice.click(alice.dms[-1], "I cannot come")

        assert "You are off" in answer.text()
        assert [seat.member for seat in (await the_raid(bot, 2)).seats] == [bob.id]
        assert [seat.member for seat in (await the_raid(bot)).seats] == [alice.id, bob.id]
        await guild.until(lambda: "Alice" not in board_text(again))
        happened = await bot.state.db.read(lambda connection: history.latest(connection, RaidId(1), limit=50))
        assert [one.entry.action for one in happened].count("duplicated") == 1


async def test_dropping_out_twice_or_of_a_cancelled_raid_is_explained(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        panel = await close_with(guild, alice)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        again = await copied(guild, page, "With its roster (1)")
        await guild.until(lambda: "takes place again" in told(alice))
        dm = alice.dms[-1]
        buttons = [dict(row) for row in dm.components]
        await alice.click(dm, "I cannot come")
        dm.components = buttons

        twice = await alice.click(dm, "I cannot come")
        assert "no place in" in twice.text()

        panel = await panel_of(guild, again)
        await panel.click("Cancel raid")
        await panel.click("Yes, cancel the raid")
        over = await alice.click(dm, "I cannot come")
        assert "was cancelled" in over.text()


async def test_a_copy_without_anybody_is_empty_and_made_once(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await close_with(guild, alice)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        assert page.message is not None
        buttons = [dict(row) for row in page.message.components]
        await copied(guild, page, "Without anybody")
        await guild.until(lambda: "is posted in" in page.text())
        page.message.components = buttons

        await page.click("Without anybody")

        assert "created already" in page.text()
        assert (await the_raid(bot, 2)).seats == ()
        with pytest.raises(KeyError):
            await the_raid(bot, 3)
        assert "takes place again" not in told(alice)


async def test_who_left_the_server_is_not_copied(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        panel = await close_with(guild, alice, bob)
        sandbox.advance(timedelta(hours=4))
        await sandbox.remove_member(guild, alice)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")

        await copied(guild, page, "With its roster (2)")

        assert [seat.member for seat in (await the_raid(bot, 2)).seats] == [bob.id]


async def test_a_copy_is_refused_where_it_could_not_be_posted(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        guild.deny(guild.channel("raid-signups"), "add_reactions")

        await page.click("Without anybody")

        assert "Add Reactions" in page.text()
        with pytest.raises(KeyError):
            await the_raid(bot, 2)


def seated_on(board: Message, member: Person) -> bool:
    return str(member.user.global_name) in board_text(board)


async def needing_a_tank(guild: SandboxGuild, *regulars: Person) -> Answer:
    """The panel of a closed raid without a tank; the regulars were tanks before, the first of them twice."""
    for member in (*regulars, regulars[0]):
        before = await put_up(guild, activity="dungeon-5")
        await member.react(before, TANK)
        await guild.until(partial(seated_on, before, member))
    board = await put_up(guild, activity="dungeon-5", when="in 5 hours")
    panel = await panel_of(guild, board)
    await panel.click("Close signups")
    await panel.click("Find substitute")
    await panel.select("Which role?", [panel_option(panel, "1. Tank")])
    return panel


async def test_the_first_substitute_to_accept_gets_the_seat_and_the_others_are_told(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        panel = await needing_a_tank(guild, alice, bob)
        first, second = options_of(panel, "Whom shall I ask?")
        assert (first["label"], second["label"]) == ("Alice", "Bob")
        assert first["description"] == "2× in this role, 2 raids, recently active"
        await panel.select("Whom shall I ask?", ["Alice", "Bob"])
        assert "I ask Alice and Bob" in panel.text()
        await guild.until(lambda: "as a substitute" in told(alice) and "as a substitute" in told(bob))
        asked = (await the_raid(bot, 4)).asks
        assert {one.member for one in asked} == {alice.id, bob.id}
    async with start() as bot:
        answer = await bob.click(bob.dms[-1], "I come")

        assert "You have the seat Tank" in answer.text()
        assert "[I come]" not in answer.text()
        raid = await the_raid(bot, 4)
        assert [(seat.member, seat.role) for seat in raid.seats] == [(bob.id, "tank")]
        assert [row.member for row in raid.attendance] == [bob.id]
        assert raid.status is Status.CLOSED
        await guild.until(lambda: "The seat you were asked to take is taken" in told(alice))
        await guild.until(lambda: "comes as a substitute" in told(guild.owner))
        request = next(message for message in alice.dms if message.components)
        late = await alice.click(request, "I come")
        assert "not asked to come" in late.text()
        assert "[I come]" not in late.text()
        assert carol.dms == []


async def test_who_declines_is_not_asked_again_by_accident_and_the_asker_is_told(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await needing_a_tank(guild, alice)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in told(alice))
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "1. Tank")])
        assert "Asked already, without an answer yet: Alice" in panel.text()

        answer = await alice.click(alice.dms[-1], "I cannot come")

        assert "you do not come" in answer.text()
        assert (await the_raid(bot, 3)).asks == ()
        await guild.until(lambda: "cannot come as a substitute" in told(guild.owner))


async def test_a_request_answers_to_nobody_but_the_member_asked(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        panel = await needing_a_tank(guild, alice, bob)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in told(alice))
        board = guild.messages(guild.channel("raid-signups"))[0]
        forged = {"type": 2, "custom_id": alice.dms[-1].components[0]["components"][0]["custom_id"]}

        refused = await bob.use(board, forged)

        assert "not asked to come" in refused.text()
        assert (await the_raid(bot, 4)).seats == ()


async def test_who_left_or_may_not_sign_up_is_not_offered(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    raider = guild.add_role("raider")
    alice, bob, carol = (guild.add_member(name, roles=[raider]) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        panel = await needing_a_tank(guild, alice, bob, carol)
        gate = {Kind.RAID: frozenset({raider.id})}
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles=gate), Cause(Source.COMMAND)
        )
        await sandbox.remove_member(guild, alice)
        await guild.take_role(bob, raider)

        await panel.click("Back")
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "1. Tank")])

        assert [option["label"] for option in options_of(panel, "Whom shall I ask?")] == ["Carol"]


async def test_those_in_line_are_offered_first_and_others_can_be_asked(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await put_up(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/1" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "1 waiting" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Find substitute")
        assert "Every role has all its seats taken" in panel.text()
        await panel.click("Close signups")
        await panel.click("Roster")
        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.click("Take off the raid")
        await panel.click("Back")

        await panel.click("Find substitute")

        (first,) = options_of(panel, "Whom shall I ask?")
        assert (first["label"], first["description"]) == ("Bob", "waits for it, number 1")
        await panel.select("Or ask others", [carol])
        await guild.until(lambda: "as a substitute" in told(carol))
        await carol.click(carol.dms[-1], "I come")
        assert [seat.member for seat in (await the_raid(bot)).seats] == [carol.id]
        assert [wait.member for wait in (await the_raid(bot)).waits] == [bob.id]


def options_of(panel: Answer, select: str) -> list[dict[str, Any]]:
    """The options of a select of the panel."""
    (found,) = (
        one["options"] for row in panel.components for one in row["components"] if one.get("placeholder") == select
    )
    return list(found)


async def test_the_last_thing_done_is_undone_from_the_panel_after_a_restart(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await put_up(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/1" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "1 waiting" in board_text(board))
        panel = await panel_of(guild, board)
        assert "(Undo)" in panel.text()
        await guild.owner.slash(guild.channel("raid-signups"), "raidsignup remove", raid=code_of(board), member=alice)
        await panel.click("Refresh")
    async with start() as bot:
        await panel.click("Undo: removed")

        assert "Undone: removed" in panel.text()
        raid = await the_raid(bot)
        assert [seat.member for seat in raid.seats] == [alice.id]
        assert [wait.member for wait in raid.waits] == [bob.id]
        await guild.until(lambda: "took their last change" in told(alice) and "you wait for" in told(bob))
        assert "(Undo)" in panel.text()
        happened = await bot.state.db.read(lambda connection: history.latest(connection, RaidId(1), limit=50))
        assert [one.entry.action for one in happened].count("undone") == 1
    async with start() as bot:
        assert await the_raid(bot) == raid


async def test_a_cancelled_raid_is_brought_back_with_its_board(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await put_up(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Cancel raid")
        await panel.click("Yes, cancel the raid")
        await guild.until(lambda: "Cancelled" in board_text(board) and not board.reactions)

        await panel.click("Undo: cancelled")

        assert "Signups: 🟢 open" in panel.text()
        await guild.until(lambda: "Cancelled" not in board_text(board) and board.reactions)
        await guild.until(lambda: "takes place after all" in told(alice))
        await bob.react(board, "✅")
        await guild.until(lambda: "2/12" in board_text(board))
        assert (await the_raid(bot)).is_open


async def test_an_old_undo_button_undoes_nothing_newer(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        panel, other = await panel_of(guild, board), await panel_of(guild, board)
        await panel.click("Close signups")
        await (await other.click("Leader")).select("Who leads this raid?", [guild.owner])

        await panel.click("Undo: closed")

        assert "nothing to undo" in panel.text()
        assert "Undo: leader changed" in panel.text()
        assert (await the_raid(bot)).status is Status.CLOSED


async def test_undo_ends_after_a_quarter_of_an_hour(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        sandbox.advance(timedelta(minutes=14))
        later = await panel_of(guild, board)
        assert "[Undo: closed]" in later.text()
        sandbox.advance(timedelta(minutes=2))

        await later.click("Undo: closed")

        assert "nothing was done in the last 15 minutes" in later.text()
        assert "(Undo)" in later.text()
        assert (await the_raid(bot)).status is Status.CLOSED


async def test_what_stands_in_the_way_of_undoing_is_said(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await put_up(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/1" in board_text(board))
        panel = await panel_of(guild, board)
        await guild.owner.slash(guild.channel("raid-signups"), "raidsignup remove", raid=code_of(board), member=alice)
        await panel.click("Refresh")
        await bob.react(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board))

        await panel.click("Undo: removed")

        assert "a seat as Museum was taken since" in panel.text()
        assert [seat.member for seat in (await the_raid(bot)).seats] == [bob.id]
