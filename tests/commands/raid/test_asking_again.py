"""When a request to substitute ends, and that everybody may be asked again for the same role."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from tests.commands.raid.panel_helpers import code_of, panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid

ASKED = "as a substitute"
FULL = "**1/1**"
Road = Callable[[SandboxGuild, Message, Person], Awaitable[object]]


async def by_reaction(_guild: SandboxGuild, board: Message, carol: Person) -> None:
    await carol.react(board, "✅")


async def by_button(_guild: SandboxGuild, board: Message, carol: Person) -> None:
    await carol.use(board, {"type": 2, "custom_id": "board:join:museum"})


async def by_a_leader(guild: SandboxGuild, board: Message, carol: Person) -> None:
    await guild.owner.slash(board.channel_id, "raidsignup assign", raid=code_of(board), member=carol, role="Museum")


async def by_undoing(guild: SandboxGuild, board: Message, _carol: Person) -> None:
    await (await panel_of(guild, board)).click("Undo: removed")


ROADS = {"reaction": by_reaction, "button": by_button, "a leader": by_a_leader, "undo": by_undoing}


async def ask(guild: SandboxGuild, board: Message, *people: Person) -> PersonResponse:
    panel = await panel_of(guild, board)
    await panel.click("Find substitute")
    return await panel.select("Or ask others", list(people))


async def with_a_free_seat(guild: SandboxGuild, carol: Person) -> Message:
    """Return the board of a raid with one seat, which was just taken from Carol."""
    board = await post_raid(guild, seats=1)
    await carol.react(board, "✅")
    await guild.until(lambda: FULL in board_text(board))
    await guild.owner.slash(board.channel_id, "raidsignup remove", raid=code_of(board), member=carol)
    await guild.until(lambda: FULL not in board_text(board) and carol.id not in board.reactors("✅"))
    return board


async def free(guild: SandboxGuild, board: Message, carol: Person) -> None:
    await guild.owner.slash(board.channel_id, "raidsignup remove", raid=code_of(board), member=carol)
    await guild.until(lambda: FULL not in board_text(board))


@pytest.mark.parametrize("road", ROADS)
async def test_a_seat_filled_by_any_road_ends_the_requests_for_it(guild: SandboxGuild, start: Start, road: str) -> None:
    alice, carol = guild.add_member("alice"), guild.add_member("carol")
    async with start() as bot:
        board = await with_a_free_seat(guild, carol)
        await ask(guild, board, alice)
        await guild.until(lambda: ASKED in dm_text(alice))

        await ROADS[road](guild, board, carol)

        await guild.until(lambda: "The seat you were asked to take is taken" in dm_text(alice))
        assert (await stored_raid(bot)).asks == ()
        request = next(message for message in alice.dms if message.components)
        assert "no longer asked to come" in (await alice.click(request, "I come")).text()
        await free(guild, board, carol)
        assert "I ask Alice to come" in (await ask(guild, board, alice)).text()
        await guild.until(lambda: ASKED in alice.dms[-1].content)
        await alice.click(alice.dms[-1], "I come")
        assert [seat.member for seat in (await stored_raid(bot)).seats] == [alice.id]


async def test_who_declined_may_be_asked_again(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, seats=1)
        await ask(guild, board, alice)
        await guild.until(lambda: ASKED in dm_text(alice))
        await alice.click(alice.dms[-1], "I cannot come")

        assert "I ask Alice to come" in (await ask(guild, board, alice)).text()
        await guild.until(lambda: ASKED in alice.dms[-1].content)


async def test_who_does_not_answer_may_be_asked_again_after_a_while(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await ask(guild, board, alice)
        await guild.until(lambda: ASKED in dm_text(alice))
        assert "was asked already" in (await ask(guild, board, alice)).text()
        sandbox.advance(timedelta(minutes=16))

        assert "I ask Alice and Bob to come" in (await ask(guild, board, alice, bob)).text()
        await guild.until(lambda: dm_text(alice).count(ASKED) == 2)
        assert len((await stored_raid(bot)).asks) == 2
        first = next(message for message in alice.dms if message.components)
        await alice.click(first, "I come")
        assert [seat.member for seat in (await stored_raid(bot)).seats] == [alice.id]


@pytest.mark.parametrize("known", [False, True], ids=["found out now", "known before"])
async def test_who_takes_no_direct_messages_was_not_asked_and_who_asked_hears_it(
    guild: SandboxGuild, start: Start, known: bool
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        alice.close_dms()
        if known:
            await ask(guild, board, alice)
            await guild.until(lambda: "couldn’t ask them" in dm_text(guild.owner))
        before = dm_text(guild.owner).count("couldn’t ask them")

        await ask(guild, board, alice)

        await guild.until(lambda: dm_text(guild.owner).count("couldn’t ask them") == before + 1)
        assert (await stored_raid(bot)).asks == ()
        panel = await panel_of(guild, board)
        assert "could not be asked to substitute" in panel.text()
        alice.open_dms()
        await alice.slash(board.channel_id, "ping")
        await ask(guild, board, alice)
        await guild.until(lambda: ASKED in dm_text(alice))


async def test_a_request_that_expired_before_the_raid_was_moved_may_be_repeated(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        down = sandbox.faults.answer(503, route="POST /users/@me/channels")
        await ask(guild, board, alice)
        await guild.until(lambda: down.met)
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: "the raid has" in board_text(board))
        down.lift()
        panel = await panel_of(guild, board)
        await (await panel.click("Change time")).submit(when="in 2 days")

        assert "I ask Alice to come" in (await ask(guild, board, alice)).text()
        sandbox.advance(timedelta(minutes=10))
        await guild.until(lambda: ASKED in dm_text(alice))
        assert [one.member for one in (await stored_raid(bot)).asks] == [alice.id]
