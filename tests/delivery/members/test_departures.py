"""Members who left, and guilds that removed the bot, while it was offline."""

from datetime import timedelta
from functools import partial

import pytest

from discord_sandbox.people import Person
from raidbot.db import undo as steps
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, Source
from raidbot.raids.rosters import manager_edits, undo
from raidbot.state import Cause, Rule
from tests.delivery.harness import BotHarness, DeliveryWorld, seated, until
from tests.raids.builders import MANAGER

MEMBER = "GET /guilds/{}/members/{}"
ONE = "1️⃣"
HOUR = timedelta(hours=1)
BY_MANAGER = Cause(Source.COMMAND, MANAGER, can_be_undone=True)


async def line_up(harness: BotHarness, world: DeliveryWorld, raid: Raid, *members: Person) -> None:
    """Add the members' reactions one after another; wait until the bot has recorded each."""
    for member in members:
        await member.react(world.require_board(raid), ONE)

        async def heard(member: Person = member) -> bool:
            return any(mark.member == member.id for mark in (await harness.state.raid(raid.id)).marks)

        await until(heard)
    await harness.boards.idle()


async def test_who_left_frees_the_seat_and_the_place_in_line(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    sat, waited, stays = (world.member(name) for name in ("sat", "waited", "stays"))
    raid = await world.raid(harness, tank=1)
    await line_up(harness, world, raid, sat, waited, stays)
    await world.crash(harness)
    await sat.leave(world.guild)
    await waited.leave(world.guild)

    harness = await world.start_bot()
    await harness.reconcile.all()

    async def promoted() -> bool:
        return await seated(harness, raid, "tank") == [stays.id]

    await until(promoted)
    await world.sandbox.until(lambda: set(world.require_board(raid).reactors(ONE)) == {world.sandbox.bot.id, stays.id})
    assert (await harness.state.raid(raid.id)).waits == ()
    assert world.count(MEMBER) == 2


async def test_who_reacted_and_left_in_the_meantime_gets_no_seat_for_long(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    came, stays = world.member("came"), world.member("stays")
    raid = await world.raid(harness, tank=1)
    await world.crash(harness)
    await came.react(world.require_board(raid), ONE)
    await stays.react(world.require_board(raid), ONE)
    await came.leave(world.guild)

    harness = await world.start_bot()
    await harness.reconcile.all()

    async def promoted() -> bool:
        return await seated(harness, raid, "tank") == [stays.id]

    await until(promoted)


async def test_without_discord_s_word_nobody_is_taken_off(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    gone, stays = world.member("gone"), world.member("stays")
    raid = await world.raid(harness, tank=2)
    await line_up(harness, world, raid, gone, stays)
    await world.crash(harness)
    await gone.leave(world.guild)
    fault = world.sandbox.faults.answer(503, route=MEMBER)

    harness = await world.start_bot()
    await harness.reconcile.all()
    await world.sandbox.until(lambda: fault.met >= 2)
    assert await seated(harness, raid, "tank") == [gone.id, stays.id]
    fault.lift()

    async def left() -> bool:
        return await seated(harness, raid, "tank") == [stays.id]

    await until(left)


async def test_names_that_changed_meanwhile_are_on_the_board(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness, tank=1)
    await line_up(harness, world, raid, alice)
    await world.crash(harness)
    await world.guild.rename_member(alice, "Alyssa")

    harness = await world.start_bot()
    await harness.reconcile.all()

    await world.sandbox.until(lambda: "Alyssa" in world.text(raid))


async def test_a_server_that_removed_the_bot_is_found_out(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await world.crash(harness)
    await world.sandbox.remove_member(world.guild, world.sandbox.bot)
    await world.sandbox.until(lambda: world.client.get_guild(world.guild.id) is None)

    harness = await world.start_bot()
    await harness.reconcile.all()

    async def noted() -> bool:
        query = "SELECT count(*) FROM absences WHERE guild = ?"
        return bool(await harness.db.read(lambda tx: tx.execute(query, (raid.guild,)).fetchone()[0]))

    await until(noted)
    assert (await harness.state.raid(raid.id)).is_open


@pytest.mark.parametrize("brings_back", ["undo", "postpone", "revive", "reopen for latecomers"])
async def test_whatever_brings_places_back_asks_who_is_still_there(world: DeliveryWorld, brings_back: str) -> None:
    harness = await world.start_bot()
    gone, stays = world.member("gone"), world.member("stays")
    raid = await world.raid(harness, tank=1)
    await line_up(harness, world, raid, gone, stays)
    start, now, by = raid.starts_at, harness.state.now(), MANAGER
    deeds: dict[str, tuple[Rule, Rule | None]] = {
        "undo": (partial(manager_edits.remove, member=MemberId(gone.id), now=now), None),
        "postpone": (
            partial(lifecycle.close, reason=CloseReason.AT_START, by=None, now=start),
            partial(lifecycle.change_time, starts_at=start + HOUR, zone="UTC", now=start),
        ),
        "revive": (partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=by, now=now), None),
        "reopen for latecomers": (
            partial(lifecycle.close, reason=CloseReason.AT_START, by=None, now=start),
            partial(lifecycle.reopen, by=by, now=start),
        ),
    }
    before, back = deeds[brings_back]
    await harness.state.change(raid.id, before, BY_MANAGER)
    await gone.leave(world.guild)  # the harness does not hear of it

    if back is None:
        raid_now = await harness.state.raid(raid.id)
        step = await harness.state.db.read(partial(steps.last, raid=raid_now, now=harness.state.now()))
        assert step is not None
        back = partial(undo.undo, step=step, now=now)
    await harness.state.change(raid.id, back, BY_MANAGER)

    async def taken_off() -> bool:
        return await seated(harness, raid, "tank") == [stays.id]

    await until(taken_off)
