"""Finding a substitute on the panel of /raid, and the replies of those asked."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from raidbot.db import closed_dms
from raidbot.raids.model import GuildId, Kind, MemberId, Source, Status
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import code_of, options_of, panel_of, panel_option, press_old, stored_raid
from tests.conftest import EITHER_INTENT, Start
from tests.delivery.harness import until
from tests.raid_boards import board_text, dm_text, post_raid

TANK = "🛡️"


def seated_on(board: Message, member: Person) -> bool:
    return str(member.user.global_name) in board_text(board)


async def needing_a_tank(guild: SandboxGuild, *regulars: Person) -> PersonResponse:
    """Return the panel of a closed raid without a tank. The regulars were tanks before, the first of them twice."""
    for member in (*regulars, regulars[0]):
        before = await post_raid(guild, activity="dungeon-5")
        await member.react(before, TANK)
        await guild.until(partial(seated_on, before, member))
    guild.sandbox.world.clock.advance(timedelta(hours=8))
    board = await post_raid(guild, activity="dungeon-5", when="in 5 hours")
    panel = await panel_of(guild, board)
    await panel.click("Close signups")
    await panel.click("Find substitute")
    await panel.select("Which role?", [panel_option(panel, "1. Tank")])
    return panel


@EITHER_INTENT
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
        await guild.until(lambda: "as a substitute" in dm_text(alice) and "as a substitute" in dm_text(bob))
        asked = (await stored_raid(bot, 4)).asks
        assert {one.member for one in asked} == {alice.id, bob.id}
    async with start() as bot:
        answer = await bob.click(bob.dms[-1], "I come")

        assert "You have the seat Tank" in answer.text()
        assert "[I come]" not in answer.text()
        raid = await stored_raid(bot, 4)
        assert [(seat.member, seat.role) for seat in raid.seats] == [(bob.id, "tank")]
        assert [row.member for row in raid.attendance] == [bob.id]
        assert raid.status is Status.CLOSED
        await guild.until(lambda: "The seat you were asked to take is taken" in dm_text(alice))
        await guild.until(lambda: "is in as a substitute" in dm_text(guild.owner))
        request = next(message for message in alice.dms if message.components)
        late = await alice.click(request, "I come")
        assert "no longer asked to come" in late.text()
        assert "[I come]" not in late.text()
        assert carol.dms == []


async def test_who_declines_is_not_asked_again_by_accident_and_the_asker_is_told(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await needing_a_tank(guild, alice)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in dm_text(alice))
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "1. Tank")])
        assert "Asked already, without an answer yet: Alice" in panel.text()

        answer = await alice.click(alice.dms[-1], "I cannot come")

        assert "you’re not coming" in answer.text()
        assert (await stored_raid(bot, 3)).asks == ()
        await guild.until(lambda: "can’t make it as a substitute" in dm_text(guild.owner))


async def test_declining_one_of_two_roles_is_not_declining_the_raid(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        panel = await needing_a_tank(guild, alice)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in dm_text(alice))
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "2. Healer")])
        await panel.select("Or ask others", [alice])
        await guild.until(lambda: len(alice.dms) > 1 and "Healer" in alice.dms[-1].content)

        answer = await alice.click(alice.dms[-1], "I cannot come")

        assert "you’re not coming as Healer. You are asked for another role, too." in answer.text()


async def test_a_request_that_ended_does_not_deny_the_one_for_another_role(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        panel = await needing_a_tank(guild, alice)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in dm_text(alice))
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "2. Healer")])
        await panel.select("Or ask others", [alice])
        await guild.until(lambda: len(alice.dms) > 1 and "Healer" in alice.dms[-1].content)
        button = alice.dms[-1].components[0]["components"][1]
        await alice.use(alice.dms[-1], button)

        again = await alice.use(alice.dms[-1], button)

        assert "You are no longer asked to come as Healer to" in again.text()


@pytest.mark.parametrize("unnoticed", [False, True])
async def test_who_was_asked_and_leaves_the_server_gets_no_seat(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, unnoticed: bool
) -> None:
    alice = guild.add_member("alice")
    async with start():
        panel = await needing_a_tank(guild, alice)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in dm_text(alice))
        if not unnoticed:
            await sandbox.remove_member(guild, alice)
            await guild.until(lambda: "can’t make it as a substitute" in dm_text(guild.owner))
    if unnoticed:
        await sandbox.remove_member(guild, alice)
    async with start() as bot:
        await guild.until(lambda: "can’t make it as a substitute" in dm_text(guild.owner))

        answer = await alice.click(alice.dms[-1], "I come")

        assert "no longer asked to come" in answer.text()
        assert (await stored_raid(bot, 3)).seats == ()


async def test_declining_says_what_one_keeps(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="dungeon-5")
        panel = await panel_of(guild, board)
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "3. Damage")])
        await panel.select("Or ask others", [alice, bob])
        await guild.until(lambda: "as a substitute" in dm_text(alice) and "as a substitute" in dm_text(bob))
        await alice.react(board, "⚔️")
        await bob.react(board, "💚")
        await guild.until(lambda: seated_on(board, alice) and seated_on(board, bob))

        hers = await alice.click(alice.dms[-1], "I cannot come")
        his = await bob.click(bob.dms[-1], "I cannot come")

        assert "You have the seat Damage in" in hers.text()
        assert "you’re not coming as Damage. You have the seat Healer in" in his.text()
        assert "[I come]" not in hers.text() + his.text()


async def test_a_request_answers_to_nobody_but_the_member_asked(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        panel = await needing_a_tank(guild, alice, bob)
        await panel.select("Whom shall I ask?", ["Alice"])
        await guild.until(lambda: "as a substitute" in dm_text(alice))
        board = guild.messages(guild.channel("raid-signups"))[0]
        forged = {"type": 2, "custom_id": alice.dms[-1].components[0]["components"][0]["custom_id"]}

        refused = await bob.use(board, forged)

        assert "no longer asked to come" in refused.text()
        assert (await stored_raid(bot, 4)).seats == ()


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


async def test_who_takes_no_direct_messages_is_shown_to_the_leader(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    alice.close_dms()
    async with start() as bot:
        board = await post_raid(guild)
        await guild.owner.slash(board.channel_id, "raidsignup assign", raid=code_of(board), member=alice, role="Museum")
        await until(lambda: bot.state.db.read(partial(closed_dms.without_dms, members=[MemberId(alice.id)])))
        panel = await panel_of(guild, board)

        assert "Can’t be reached by DM: Alice" in panel.text()


async def test_bots_alone_are_not_asked(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, await post_raid(guild))
        await panel.click("Find substitute")

        await panel.select("Or ask others", [guild.bot.user])

        assert "only bots are. Nobody was asked." in panel.text()
        assert "Who shall be asked to come as Museum?" in panel.text()
        assert "[Refresh]" not in panel.text()
        assert (await stored_raid(bot)).asks == ()


async def test_who_is_asked_already_is_said_on_the_page_of_the_role(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, activity="dungeon-5")
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        for panel in (one, other):
            await panel.click("Find substitute")
            await panel.select("Which role?", [panel_option(panel, "1. Tank")])
        await one.select("Or ask others", [alice])

        await other.select("Or ask others", [alice])
        assert "was asked already, so nobody was asked" in other.text()
        assert "Who shall be asked to come as Tank?" in other.text()
        await other.select("Or ask others", [bob])

        assert {one.member for one in (await stored_raid(bot)).asks} == {alice.id, bob.id}


async def test_a_role_filled_meanwhile_leads_back_to_those_with_room(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="dungeon-5")
        panel = await panel_of(guild, board)
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "1. Tank")])
        await alice.react(board, TANK)
        await guild.until(lambda: "Alice" in board_text(board))

        await panel.select("Or ask others", [bob])

        assert "has no free seat" in panel.text()
        assert "Which role needs a substitute?" in panel.text()


async def test_nobody_is_asked_to_come_to_what_has_begun(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await panel_of(guild, await post_raid(guild))
        sandbox.advance(timedelta(hours=4))

        await panel.click("Find substitute")

        assert "has begun already" in panel.text()
        assert "[Duplicate]" in panel.text()


async def test_those_in_line_are_offered_first_and_others_can_be_asked(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/1" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "1 waiting" in board_text(board))
        panel = await panel_of(guild, board)
        assert "Find substitute" not in panel.text()
        await press_old(panel, "sub")
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
        await guild.until(lambda: "as a substitute" in dm_text(carol))
        await carol.click(carol.dms[-1], "I come")
        assert [seat.member for seat in (await stored_raid(bot)).seats] == [carol.id]
        assert [wait.member for wait in (await stored_raid(bot)).waits] == [bob.id]
