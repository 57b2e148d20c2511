"""/raidsignup: every subcommand and its refusals, which change nothing."""

from typing import Any

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from tests.commands.raid.panel_helpers import code_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count


async def edit(
    guild: SandboxGuild, board: Message, what: str, who: Any, by: Person | None = None, **more: Any
) -> PersonResponse:
    channel = guild.channel("raid-signups")
    return await (by or guild.owner).slash(channel, f"raidsignup {what}", raid=code_of(board), member=who, **more)


async def seats(bot: Any) -> list[tuple[int, str]]:
    return [(seat.member, seat.role) for seat in (await stored_raid(bot)).seats]


async def waits(bot: Any) -> list[tuple[int, str]]:
    return [(wait.member, wait.role) for wait in (await stored_raid(bot)).waits]


async def test_a_seat_is_given_by_name_shown_and_told(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, activity="dungeon-5")

        answer = await edit(guild, board, "assign", alice, role="healer")

        assert "Alice has the seat Healer" in answer.text()
        assert answer.ephemeral
        await guild.until(lambda: "Alice" in board_text(board))
        await guild.until(lambda: "gave you the seat" in dm_text(alice))
        assert [member for member, _ in await seats(bot)] == [alice.id]


async def test_roles_are_offered_with_their_numbers_once_the_raid_is_chosen(guild: SandboxGuild, start: Start) -> None:
    channel, alice = guild.channel("raid-signups"), guild.add_member("alice")
    async with start():
        board = await post_raid(guild, activity="dungeon-5")
        await edit(guild, board, "assign", alice, role="tank")
        begun = {"raid": code_of(board), "role": "tan"}

        (offered,) = await guild.owner.autocomplete(channel, "raidsignup assign", begun, focused="role")
        without = await guild.owner.autocomplete(channel, "raidsignup assign", {"role": ""}, focused="role")

        assert "Tank (1/" in offered.name
        assert without == []


async def test_a_full_role_is_refused_and_can_be_forced_with_a_mark(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await edit(guild, board, "assign", alice, role="museum")

        refused = await edit(guild, board, "assign", bob, role="museum")
        assert "has its only seat taken" in refused.text()
        assert [member for member, _ in await seats(bot)] == [alice.id]

        forced = await edit(guild, board, "assign", bob, role="museum", force=True)
        assert "over capacity" in forced.text()
        await guild.until(lambda: "Museum ⚠️" in board_text(board))


async def test_the_same_seat_again_is_said_and_changes_nothing(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        refused = await edit(guild, board, "assign", alice, role="museum")

        assert "already has a seat" in refused.text()
        assert [member for member, _ in await seats(bot)] == [alice.id]
        assert reaction_count(board, "✅") == 2


async def test_who_was_given_a_seat_and_reacts_to_it_keeps_it(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await edit(guild, board, "assign", alice, role="museum")

        await alice.react(board, "✅")
        await guild.until(lambda: reaction_count(board, "✅") == 2)

        assert [member for member, _ in await seats(bot)] == [alice.id]


async def test_taking_off_needs_no_role_and_covers_lines(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        for member in (alice, bob, carol):
            await member.react(board, "✅")
            await guild.until(lambda: reaction_count(board, "✅") >= 2)
        await guild.until(lambda: "2 waiting" in board_text(board))

        await edit(guild, board, "remove", carol)
        assert await waits(bot) == [(bob.id, "museum")]
        answer = await edit(guild, board, "remove", alice)

        assert "Alice is off" in answer.text()
        assert "Bob was first in line and is now Museum" in answer.text()
        assert await seats(bot) == [(bob.id, "museum")]
        await guild.until(lambda: "took you off" in dm_text(alice) and "took you off" in dm_text(carol))
        await guild.until(lambda: reaction_count(board, "✅") == 2)


async def test_taking_off_somebody_who_is_not_in_is_refused(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)

        refused = await edit(guild, board, "remove", alice)

        assert "neither a seat nor a place in line" in refused.text()


async def test_put_on_the_waitlist_of_a_full_role_they_stay_there(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        room = await edit(guild, board, "waitlist", alice, role="museum")
        assert "would have a free seat then" in room.text()
        assert await seats(bot) == [(alice.id, "museum")]
        await bob.react(board, "✅")
        await guild.until(lambda: "1 waiting" in board_text(board))

        answer = await edit(guild, board, "waitlist", alice, role="museum")

        assert "Alice waits for Museum" in answer.text()
        assert await seats(bot) == [(bob.id, "museum")]
        assert await waits(bot) == [(alice.id, "museum")]
        await guild.until(lambda: "put you in line" in dm_text(alice))


async def test_sides_are_offered_given_and_taken_back(guild: SandboxGuild, start: Start) -> None:
    channel, alice = guild.channel("raid-signups"), guild.add_member("alice")
    async with start():
        board = await post_raid(guild, activity="lemuria", length="1.5")
        begun = {"raid": code_of(board), "side": ""}
        offered = await guild.owner.autocomplete(channel, "raidsignup side", begun, focused="side")
        assert [choice.value for choice in offered] == [
            "Left side (Bomb)",
            "Left side (Polymorph)",
            "Right side (Automaton)",
            "Right side (Bomb)",
            "none",
        ]

        await edit(guild, board, "assign", alice, role="jade", side="Left side (Bomb)")
        await guild.until(lambda: "Left side" in board_text(board))
        answer = await edit(guild, board, "side", alice, side="none")

        assert "no particular side" in answer.text()
        await guild.until(lambda: "Left side" not in board_text(board))


async def test_a_wrong_side_gives_no_seat(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)

        refused = await edit(guild, board, "assign", alice, role="museum", side="Left")

        assert "has no sides" in refused.text()
        assert await seats(bot) == []


@pytest.mark.parametrize("role", ["team 9", "9", "dancer"])
async def test_a_wrong_team_leaves_everything_as_it_was(guild: SandboxGuild, start: Start, role: str) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=2)
        await edit(guild, board, "assign", alice, role="team 1")
        before = await stored_raid(bot)

        refused = await edit(guild, board, "waitlist", alice, role=role)

        assert "has no role" in refused.text()
        assert await stored_raid(bot) == before


async def test_bots_and_strangers_get_no_seat(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    stranger = sandbox.add_user("stranger")
    async with start() as bot:
        board = await post_raid(guild)

        robot = await edit(guild, board, "assign", guild.bot.user, role="museum")
        nobody = await edit(guild, board, "assign", stranger, role="museum")

        assert "Bots do not play" in robot.text()
        assert "not a member" in nobody.text()
        assert await seats(bot) == []


async def test_a_closed_raid_is_explained_to_managers_and_still_lets_people_off(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild)
        await edit(guild, board, "assign", alice, role="museum")
        await (await guild.owner.slash(guild.channel("raid-signups"), "raid", code=code_of(board))).click(
            "Close signups"
        )

        refused = await edit(guild, board, "assign", bob, role="museum")
        await edit(guild, board, "remove", alice)

        assert "Reopen them with /raid" in refused.text().replace("`", "")
        assert await seats(bot) == []


async def test_members_may_not_edit_rosters(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        for what, more in (
            ("assign", {"role": "museum"}),
            ("remove", {}),
            ("waitlist", {"role": "museum"}),
            ("side", {"side": "none"}),
        ):
            refused = await edit(guild, board, what, alice, by=alice, **more)
            assert "You need the Manage Server permission" in refused.text()
        assert await seats(bot) == []
