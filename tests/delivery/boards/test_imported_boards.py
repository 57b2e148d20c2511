"""Boards that another bot put up: nobody is moved by what stands on them, and everything counts from then on."""

from collections.abc import Awaitable
from dataclasses import replace
from functools import partial

from discord_sandbox.people import Person
from discord_sandbox.store import User
from raidbot.commands.signups.gate import Gate
from raidbot.db import imported
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause
from tests.delivery.harness import EDIT, PUT_REACTION, REACTORS, READ, Life, Stage, seated, until

ONE, TWO = "1️⃣", "2️⃣"
TANK, HEALER = RoleKey("tank"), RoleKey("healer")


async def taken_over(stage: Stage, life: Life, raid: Raid, **members: Person) -> None:
    """The bot knows nothing but who sits where, as after moving in; a mark stands for every place."""
    for key, member in members.items():
        join = partial(
            signups.react, member=MemberId(member.id), key=RoleKey(key), now=life.state.now(), source=Source.REACTION
        )
        await life.change(raid.id, join)
    await life.boards.idle()
    await life.db.write(partial(imported.note, raid=raid.id, compared=False))
    await life.db.write(lambda tx: tx.execute("UPDATE raids SET board_hash = ''"))
    await life.db.write(lambda tx: tx.execute("DELETE FROM audit"))
    await life.db.write(lambda tx: tx.execute("DELETE FROM members"))
    await stage.crash(life)


async def compared(life: Life, raid: Raid) -> bool:
    return raid.id not in await life.db.read(imported.uncompared)


async def named(life: Life, raid: Raid, member: Person) -> bool:
    return member.id in await life.state.names(await life.state.raid(raid.id))


async def test_reactions_of_those_in_the_raid_move_nobody(stage: Stage) -> None:
    life = await stage.life()
    alice, bob, fay = stage.member("alice"), stage.member("bob"), stage.member("fay")
    raid = await stage.raid(life, tank=1, healer=3)
    await taken_over(stage, life, raid, tank=alice, healer=bob)
    board = stage.sees(raid)
    await alice.react(board, ONE)
    await alice.react(board, TWO)  # was refused once, and left there; Bob got his seat by hand
    await fay.react(board, TWO)

    life = await stage.life()
    await life.reconcile.all()
    await until(partial(compared, life, raid))

    assert await seated(life, raid, "tank") == [alice.id]
    assert await seated(life, raid, "healer") == [bob.id, fay.id]
    marks = {(mark.member, mark.role, mark.unwanted) for mark in (await life.state.raid(raid.id)).marks}
    assert marks == {(alice.id, TANK, False), (alice.id, HEALER, False), (fay.id, HEALER, False)}


async def test_what_was_adopted_counts_from_then_on(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=1, healer=1)
    await taken_over(stage, life, raid, tank=alice, healer=bob)
    board = stage.sees(raid)
    await alice.react(board, ONE)
    await alice.react(board, TWO)
    await bob.react(board, TWO)
    life = await stage.life()
    await life.reconcile.all()
    await until(partial(compared, life, raid))

    await alice.unreact(board, TWO)
    await bob.unreact(board, TWO)
    await until(lambda: _is(seated(life, raid, "healer"), []))

    assert await seated(life, raid, "tank") == [alice.id]
    await alice.react(board, TWO)
    await until(lambda: _is(seated(life, raid, "healer"), [alice.id]))


async def test_a_reaction_that_goes_at_once_counts_at_once(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life, tank=1, healer=1)
    await taken_over(stage, life, raid, tank=alice)
    board = stage.sees(raid)
    await alice.react(board, ONE)
    life = await stage.life()

    await alice.unreact(board, ONE)

    await until(lambda: _is(seated(life, raid, "tank"), []))


async def test_it_costs_one_call_and_one_drawing(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=1, healer=1)
    await taken_over(stage, life, raid, tank=alice, healer=bob)
    await alice.react(stage.sees(raid), ONE)
    await bob.react(stage.sees(raid), TWO)
    routes = (READ, REACTORS, PUT_REACTION, EDIT)
    before = [stage.count(route) for route in routes]

    life = await stage.life(sweep_gap=3600)
    await life.reconcile.all()
    await stage.sandbox.until(lambda: "Alice" in stage.text(raid) and "Bob" in stage.text(raid))
    await life.boards.idle()

    assert [stage.count(route) - was for route, was in zip(routes, before, strict=True)] == [1, 0, 0, 1]
    assert not await compared(life, raid)


async def test_names_that_are_learned_by_the_way_draw_nothing_before_it_was_compared(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life, tank=1, healer=1)
    await taken_over(stage, life, raid, tank=alice)
    await alice.react(stage.sees(raid), ONE)
    routes = (PUT_REACTION, EDIT)
    before = [stage.count(route) for route in routes]

    life = await stage.life(sweep_gap=3600)
    life.absent.look(raid.guild)
    await until(partial(named, life, raid, alice))
    await life.boards.idle()
    assert [stage.count(route) for route in routes] == before
    await life.reconcile.all()
    await stage.sandbox.until(lambda: "Alice" in stage.text(raid))
    await life.boards.idle()

    assert [stage.count(route) - was for route, was in zip(routes, before, strict=True)] == [0, 1]


async def test_a_board_that_cannot_be_read_is_drawn_all_the_same(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life, tank=1, healer=1)
    await taken_over(stage, life, raid, tank=stage.member("alice"))
    stage.sandbox.faults.answer(403, route=READ)
    before = stage.count(EDIT)

    life = await stage.life(sweep_gap=3600)
    await life.reconcile.all()

    await stage.sandbox.until(lambda: stage.count(EDIT) > before)


async def test_reactions_that_somebody_swept_come_back(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life, tank=1, healer=1)
    await taken_over(stage, life, raid, tank=alice)
    await stage.sandbox.clear_reactions(stage.sees(raid))

    life = await stage.life()
    await life.reconcile.all()

    bot = stage.sandbox.bot.id
    await stage.sandbox.until(lambda: all(bot in stage.sees(raid).reactors(emoji) for emoji in (ONE, TWO)))
    assert await seated(life, raid, "tank") == [alice.id]


async def test_the_board_of_another_bot_is_not_tried_again_and_people_are_told(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    board = stage.sees(raid)
    board.author = User(id=board.author.id + 1, username="wizbot", bot=True)
    member = MemberId(stage.member("alice").id)
    before = stage.count(EDIT)

    for key in (TANK, HEALER):
        await life.state.change(
            raid.id, partial(signups.react, member=member, key=key, now=life.state.now()), Cause(Source.BUTTON)
        )
        await life.boards.idle()

    assert stage.count(EDIT) - before == 2  # one for each change, and no more
    told = await life.db.read(
        lambda connection: connection.execute("SELECT after FROM audit WHERE action LIKE 'board is%'").fetchall()
    )
    assert [text for (text,) in told] == [
        "Only the bot that sent the message can change it. Run me with that bot’s token, or put the raid up again."
    ]


async def test_a_gate_of_the_role_everybody_has_is_open(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    gate = Gate(stage.client, life.state, life.line)
    everybody = {Kind.RAID: frozenset({int(raid.guild)})}
    settings = replace(await life.state.settings(raid.guild), signup_roles=everybody)
    await life.state.change_settings(raid.guild, lambda _: settings, Cause(Source.COMMAND))

    assert await gate.may_sign_up(raid.guild, MemberId(stage.member("alice").id), raid)
    gate.check(raid, settings, frozenset())


async def _is(found: Awaitable[list[int]], expected: list[int]) -> bool:
    return await found == expected
