"""After a time of silence the roster is what the reactions say, with nobody displaced."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

from structlog.testing import capture_logs

from discord_sandbox.people import Person
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, ChannelId, CloseReason, GuildId, Kind, MemberId, Raid, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause
from tests.delivery.harness import EDIT, PUT_REACTION, REACTORS, READ, Life, Stage, seated, until

ONE, TWO = "1️⃣", "2️⃣"


async def sit_down(life: Life, stage: Stage, raid: Raid, emoji: str, *members: Person) -> None:
    """They react while the bot listens, one after the other."""
    for member in members:
        await member.react(stage.sees(raid), emoji)

        async def heard(member: Person = member) -> bool:
            return any(mark.member == member.id for mark in (await life.state.raid(raid.id)).marks)

        await until(heard)
    await life.boards.idle()


async def waiting(life: Life, raid: Raid, key: str) -> list[int]:
    return [wait.member for wait in (await life.state.raid(raid.id)).line(RoleKey(key))]


async def assert_marks_match_reactions(life: Life, stage: Stage, raid: Raid) -> None:
    async def match() -> bool:
        current = await life.state.raid(raid.id)
        return all(
            {mark.member for mark in current.marks if mark.role == role.key}
            == set(stage.sees(raid).reactors(role.emoji)) - {stage.sandbox.bot.id}
            for role in raid.roles
        )

    await until(match)


async def again(stage: Stage, life: Life) -> Life:
    """The bot was away; it is back and has compared all boards."""
    life = await stage.life()
    await life.reconcile.all()
    return life


async def test_nothing_changed_costs_one_call_per_board(stage: Stage) -> None:
    life = await stage.life()
    everybody = [stage.guild.owner, stage.member("alice"), stage.member("bob")]
    names = {MemberId(person.id): person.name for person in everybody}
    await life.state.learn_names(GuildId(stage.guild.id), names)
    raids = [await stage.raid(life) for _ in range(5)]
    for raid, member in zip(raids, everybody[1:], strict=False):
        await sit_down(life, stage, raid, ONE, member)
    await stage.crash(life)
    stage.clock.advance(timedelta(hours=1))
    before = len(stage.sandbox.calls)

    life = await stage.life(sweep_gap=3600)
    await life.reconcile.all()
    await life.boards.idle()

    assert [call.method for call in stage.sandbox.calls[before:]] == ["GET"] * 5


async def test_new_reactors_queue_behind_everybody_and_those_gone_leave(stage: Stage) -> None:
    life = await stage.life()
    early, gone, young, old = (stage.member(name) for name in ("early", "gone", "young", "old"))
    raid = await stage.raid(life, tank=1, healer=1)
    await sit_down(life, stage, raid, ONE, young)
    await sit_down(life, stage, raid, TWO, gone)
    await stage.crash(life)
    await early.react(stage.sees(raid), ONE)
    await old.react(stage.sees(raid), ONE)
    await gone.unreact(stage.sees(raid), TWO)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [young.id]
    assert await waiting(life, raid, "tank") == sorted([early.id, old.id])
    assert await seated(life, raid, "healer") == []
    await assert_marks_match_reactions(life, stage, raid)


async def test_a_swap_that_leaves_the_count_equal_is_seen_on_a_board_just_used(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life)
    await sit_down(life, stage, raid, ONE, alice)
    await stage.crash(life)
    await alice.unreact(stage.sees(raid), ONE)
    await bob.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [bob.id]


async def test_a_swap_on_a_quiet_board_is_found_in_a_while(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life)
    await sit_down(life, stage, raid, ONE, alice)
    await stage.crash(life)
    stage.clock.advance(timedelta(hours=1))
    await alice.unreact(stage.sees(raid), ONE)
    await bob.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    async def swapped() -> bool:
        return await seated(life, raid, "tank") == [bob.id]

    await until(swapped)


async def test_seats_given_by_managers_stay(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=2)
    await life.change(
        raid.id, partial(signups.assign, member=MemberId(alice.id), key=RoleKey("tank"), now=life.state.now())
    )
    await stage.crash(life)
    await bob.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [alice.id, bob.id]


async def test_leaving_while_the_bot_is_away_promotes_and_tells(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=1)
    await sit_down(life, stage, raid, ONE, alice, bob)
    await stage.crash(life)
    await alice.unreact(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [bob.id]
    await stage.sandbox.until(lambda: any("A seat opened" in message.content for message in bob.dms))
    await stage.sandbox.until(lambda: "Bob" in stage.text(raid))


async def test_moving_while_the_bot_is_away_is_a_move(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life, tank=1, healer=1)
    await sit_down(life, stage, raid, TWO, alice)
    await stage.crash(life)
    await alice.unreact(stage.sees(raid), TWO)
    await alice.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [alice.id]
    assert await seated(life, raid, "healer") == []
    await assert_marks_match_reactions(life, stage, raid)


async def test_of_several_new_reactions_the_first_role_of_the_board_counts(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life, tank=1, healer=1)
    await stage.crash(life)
    await alice.react(stage.sees(raid), TWO)
    await alice.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [alice.id]
    await stage.sandbox.until(lambda: alice.id not in stage.sees(raid).reactors(TWO))
    await assert_marks_match_reactions(life, stage, raid)


async def test_more_reactors_than_fit_a_page_all_count(stage: Stage) -> None:
    life = await stage.life()
    members = [stage.member(f"member{number}") for number in range(130)]
    raid = await stage.raid(life, tank=300)
    await stage.crash(life)
    for member in members:
        await member.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [member.id for member in members]
    assert stage.count(REACTORS) == 2


async def test_swept_reactions_make_nobody_leave_and_come_back(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=3, healer=1)
    await sit_down(life, stage, raid, ONE, alice)
    await stage.crash(life)
    await stage.sandbox.clear_reactions(stage.sees(raid), ONE)
    stage.guild.allow(stage.channel, "add_reactions", to=stage.guild.facts.roles[stage.guild.id])
    await bob.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [alice.id, bob.id]
    await stage.sandbox.until(lambda: stage.sandbox.bot.id in stage.sees(raid).reactors(ONE))
    await assert_marks_match_reactions(life, stage, raid)


async def test_the_bots_own_missing_reaction_alone_comes_back(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    before = stage.count(PUT_REACTION)
    await stage.sandbox.clear_reactions(stage.sees(raid), TWO)

    await life.reconcile.raid(raid.id)

    await stage.sandbox.until(lambda: stage.sandbox.bot.id in stage.sees(raid).reactors(TWO))
    assert stage.count(PUT_REACTION) == before + 1


async def test_a_closed_board_takes_nobody(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=3)
    await sit_down(life, stage, raid, ONE, alice)
    stage.guild.deny(stage.channel, "manage_messages")
    await life.change(
        raid.id, partial(lifecycle.close, reason=CloseReason.MANUAL, by=raid.creator, now=life.state.now())
    )
    await life.boards.idle()
    await stage.crash(life)
    await bob.react(stage.sees(raid), ONE)
    stage.guild.allow(stage.channel, "manage_messages")

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [alice.id]
    await stage.sandbox.until(lambda: bob.id not in stage.sees(raid).reactors(ONE))


async def test_the_signup_roles_are_respected(stage: Stage) -> None:
    life = await stage.life()
    role = stage.guild.add_role("raider")
    alice, bob = stage.guild.add_member("alice", roles=[role]), stage.member("bob")
    raid = await stage.raid(life, tank=3)
    await life.state.change_settings(
        raid.guild,
        lambda settings: replace(settings, signup_roles={Kind.RAID: frozenset({role.id})}),
        Cause(Source.COMMAND),
    )
    await stage.crash(life)
    await bob.react(stage.sees(raid), ONE)
    await alice.react(stage.sees(raid), ONE)

    life = await again(stage, life)

    assert await seated(life, raid, "tank") == [alice.id]
    await stage.sandbox.until(lambda: bob.id not in stage.sees(raid).reactors(ONE))


async def test_a_deleted_message_or_channel_cancels(stage: Stage) -> None:
    life = await stage.life()
    one = await stage.raid(life)
    await stage.crash(life)
    await stage.sandbox.delete_message(stage.sees(one))
    life = await again(stage, life)
    assert (await life.state.raid(one.id)).cancelled_reason is CancelReason.MESSAGE_DELETED
    other = await stage.raid(life)
    await stage.crash(life)
    await stage.sandbox.delete_channel(stage.channel)

    life = await again(stage, life)

    assert (await life.state.raid(other.id)).cancelled_reason is CancelReason.CHANNEL_DELETED


async def test_an_outage_cancels_nothing_and_is_made_up_for(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life)
    await stage.crash(life)
    await alice.react(stage.sees(raid), ONE)
    fault = stage.sandbox.faults.answer(503, route=READ)

    life = await again(stage, life)
    await stage.sandbox.until(lambda: fault.met >= 2)
    assert (await life.state.raid(raid.id)).is_open
    fault.lift()

    async def joined() -> bool:
        return await seated(life, raid, "tank") == [alice.id]

    await until(joined)


async def test_one_broken_board_is_reported_once_and_the_others_go_on(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    hidden = stage.guild.add_channel("hidden")
    await life.state.create(replace(stage.plan(), channel=ChannelId(hidden.id)), _cause())
    await stage.sandbox.until(lambda: hidden.messages)
    raid = await stage.raid(life)
    await life.boards.idle()
    await stage.crash(life)
    stage.guild.deny(hidden, "view_channel")
    await alice.react(stage.sees(raid), ONE)

    with capture_logs() as logs:
        life = await again(stage, life)
        await life.reconcile.all()

    assert await seated(life, raid, "tank") == [alice.id]
    assert len([entry for entry in logs if entry["event"] == "board cannot be read"]) == 1


async def test_a_change_that_failed_on_the_database_is_made_up_for(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life)
    life.deaf = True
    await alice.react(stage.sees(raid), ONE)
    await life.db.write(lambda tx: tx.execute("ALTER TABLE seats RENAME TO away"))
    life.reconcile.later(raid.id)
    await stage.sandbox.until(lambda: stage.count(REACTORS))
    await life.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO seats"))

    async def joined() -> bool:
        return await seated(life, raid, "tank") == [alice.id]

    await until(joined)


async def test_whoever_leaves_while_the_board_is_read_stays_away(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=3)
    life.deaf = True
    await alice.react(stage.sees(raid), ONE)
    await bob.react(stage.sees(raid), ONE)
    await asyncio.sleep(0.05)
    life.deaf = False
    read = asyncio.Event()
    go_on = asyncio.Event()
    inner = life.reconcile._may_sign_up

    async def gate(*asked: object) -> bool:
        read.set()
        await go_on.wait()
        return await inner(*asked)  # type: ignore[arg-type]

    life.reconcile._may_sign_up = gate
    comparing = asyncio.create_task(life.reconcile.raid(raid.id))
    await read.wait()

    await alice.unreact(stage.sees(raid), ONE)
    await stage.sandbox.until(lambda: alice.id in next(iter(life.reconcile._looks[raid.id])).touched)
    go_on.set()
    await comparing

    assert await seated(life, raid, "tank") == [bob.id]
    await assert_marks_match_reactions(life, stage, raid)


async def test_whoever_joins_while_the_board_is_read_stays_in(stage: Stage) -> None:
    life = await stage.life()
    alice, bob = stage.member("alice"), stage.member("bob")
    raid = await stage.raid(life, tank=3)
    await sit_down(life, stage, raid, ONE, bob)
    life.deaf = True
    await bob.unreact(stage.sees(raid), ONE)
    await asyncio.sleep(0.05)
    life.deaf = False
    slow = stage.sandbox.faults.slow(0.3, route=REACTORS)
    comparing = asyncio.create_task(life.reconcile.raid(raid.id, in_full=True))
    await stage.sandbox.until(lambda: stage.count(READ))

    await alice.react(stage.sees(raid), ONE)
    await comparing
    slow.lift()

    async def settled() -> bool:
        return await seated(life, raid, "tank") == [alice.id]

    await until(settled)
    await assert_marks_match_reactions(life, stage, raid)


async def test_unknown_names_are_learned_in_bulk(stage: Stage) -> None:
    life = await stage.life()
    members = [stage.member(f"member{number}") for number in range(120)]
    raid = await stage.raid(life, tank=300)
    await stage.crash(life)
    for member in members:
        await member.react(stage.sees(raid), ONE)

    life = await again(stage, life)
    last = await life.state.raid(raid.id)

    async def known() -> bool:
        return len(await life.state.names(last)) >= 120

    await until(known)
    await stage.sandbox.until(lambda: "Member119" in stage.text(raid) or "more" in stage.text(raid))
    await life.boards.idle()
    assert stage.count("GET /guilds/{}/members/{}") == 0


async def test_a_member_nobody_finds_is_asked_for_once(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life)
    await sit_down(life, stage, raid, ONE, alice)
    await stage.crash(life)
    await stage.sandbox.remove_member(stage.guild, alice)

    life = await again(stage, life)
    await life.reconcile.all()

    async def asked() -> bool:
        return (raid.guild, MemberId(alice.id)) in life.people._unknown

    await until(asked)
    await life.people.learn(raid.id)
    assert life.people._wanted == {}


async def test_edits_follow_a_comparison_only_if_something_differs(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await life.reconcile.raid(raid.id)
    await life.boards.idle()
    before = stage.count(EDIT)

    await life.reconcile.all()
    await life.boards.idle()

    assert stage.count(EDIT) == before


def _cause() -> Cause:
    return Cause(Source.COMMAND)
