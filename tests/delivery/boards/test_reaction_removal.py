"""Reactions that should not stand are taken away, and what the bot takes away never reads as leaving."""

from functools import partial

from structlog.testing import capture_logs

from discord_sandbox.people import Person
from raidbot.delivery.boards.reaction_removal import Unwanted, _taken
from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason, MemberId, Raid, RoleKey
from raidbot.raids.rosters import signups
from tests.delivery.harness import TAKE_REACTION, Life, Stage, seated, until
from tests.raids.builders import ALICE, TANK, joined, opened

ONE, TWO = "1️⃣", "2️⃣"


def reactors(stage: Stage, raid: Raid, emoji: str) -> set[int]:
    return set(stage.sees(raid).reactors(emoji)) - {stage.sandbox.bot.id}


async def sits(life: Life, raid: Raid, key: str, *members: Person) -> None:
    async def reached() -> bool:
        return await seated(life, raid, key) == [member.id for member in members]

    await until(reached)


async def marks(life: Life, raid: Raid) -> list[tuple[int, str, bool]]:
    return [(mark.member, mark.role, mark.unwanted) for mark in (await life.state.raid(raid.id)).marks]


async def only_mark(life: Life, raid: Raid, member: Person, key: str) -> None:
    async def reached() -> bool:
        return await marks(life, raid) == [(member.id, key, False)]

    await until(reached)


async def close(stage: Stage, life: Life, raid: Raid) -> None:
    """Signups are closed; reactions can be added all the same."""
    await life.change(
        raid.id, partial(lifecycle.close, reason=CloseReason.MANUAL, by=raid.creator, now=life.state.now())
    )
    await life.boards.idle()
    await stage.sandbox.until(lambda: not stage.sees(raid).reactions)
    stage.guild.allow(stage.channel, "add_reactions", to=stage.guild.facts.roles[stage.guild.id])


async def test_moving_takes_the_old_reaction_away(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)

    await alice.react(stage.sees(raid), TWO)
    await sits(life, raid, "healer", alice)

    await stage.sandbox.until(lambda: not reactors(stage, raid, ONE))
    await only_mark(life, raid, alice, "healer")
    assert await seated(life, raid, "healer") == [alice.id]


async def test_the_marks_agree_also_when_the_gateway_tells_nothing_of_the_removal(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    await alice.react(stage.sees(raid), TWO)
    await sits(life, raid, "healer", alice)

    life.deaf = True

    await only_mark(life, raid, alice, "healer")


async def test_a_crash_leaves_the_removal_owed(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    fault = stage.sandbox.faults.answer(503, route=TAKE_REACTION)
    await alice.react(stage.sees(raid), TWO)
    await stage.sandbox.until(lambda: fault.met)
    await stage.crash(life)
    fault.lift()

    life = await stage.life()

    await stage.sandbox.until(lambda: not reactors(stage, raid, ONE))
    await only_mark(life, raid, alice, "healer")
    await sits(life, raid, "healer", alice)


async def test_a_reaction_on_a_closed_board_is_taken_away(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await close(stage, life, raid)

    await alice.react(stage.sees(raid), ONE)

    await stage.sandbox.until(lambda: stage.count(TAKE_REACTION) and not reactors(stage, raid, ONE))


async def test_a_reaction_refused_again_before_the_earlier_removal_is_answered_is_taken_away(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await close(stage, life, raid)
    stage.sandbox.faults.slow(0.5, route=TAKE_REACTION, calls=1, carried_out=True)
    await alice.react(stage.sees(raid), ONE)
    await stage.sandbox.until(lambda: stage.count(TAKE_REACTION) and not reactors(stage, raid, ONE))

    await alice.react(stage.sees(raid), ONE)

    await stage.sandbox.until(lambda: stage.count(TAKE_REACTION) == 2 and not reactors(stage, raid, ONE))


async def test_a_reaction_already_gone_is_done(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")

    life.tidy.refuse(raid, MemberId(alice.id), RoleKey("tank"))
    await life.tidy.idle()

    assert stage.count(TAKE_REACTION) == 1


async def test_a_member_who_reacts_again_before_the_removal_keeps_the_new_reaction(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life, tank=2, healer=2), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    fault = stage.sandbox.faults.answer(503, route=TAKE_REACTION)
    await alice.react(stage.sees(raid), TWO)
    await stage.sandbox.until(lambda: fault.met)

    await alice.unreact(stage.sees(raid), ONE)
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    fault.lift()

    await stage.sandbox.until(lambda: not reactors(stage, raid, TWO))
    await only_mark(life, raid, alice, "tank")
    assert reactors(stage, raid, ONE) == {alice.id}
    assert await seated(life, raid, "tank") == [alice.id]


async def test_a_member_who_reacts_again_while_the_removal_is_under_way_keeps_the_seat(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life, tank=2, healer=2), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    slow = stage.sandbox.faults.slow(0.4, route=TAKE_REACTION, calls=1)
    await alice.react(stage.sees(raid), TWO)
    await stage.sandbox.until(lambda: slow.met)

    await alice.unreact(stage.sees(raid), ONE)
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    await stage.sandbox.until(lambda: not reactors(stage, raid, ONE))  # the removal met the new reaction
    await life.tidy.idle()
    await stage.sandbox.until(lambda: not reactors(stage, raid, TWO))

    async def no_marks() -> bool:
        return await marks(life, raid) == []

    await until(no_marks)
    assert await seated(life, raid, "tank") == [alice.id]


async def test_leaving_soon_after_the_bot_took_a_reaction_away_is_leaving(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life, tank=2, healer=2), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    await alice.react(stage.sees(raid), TWO)
    await only_mark(life, raid, alice, "healer")
    await life.tidy.idle()

    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    await alice.unreact(stage.sees(raid), ONE)

    await sits(life, raid, "tank")
    assert await seated(life, raid, "healer") == []


async def test_reacting_again_after_the_removal_but_before_its_answer_counts(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life, tank=2, healer=2), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    lost = stage.sandbox.faults.answer(503, route=TAKE_REACTION, calls=1, carried_out=True)
    await alice.react(stage.sees(raid), TWO)
    await stage.sandbox.until(lambda: lost.met and not reactors(stage, raid, ONE))

    await alice.react(stage.sees(raid), ONE)

    await sits(life, raid, "tank", alice)
    await only_mark(life, raid, alice, "tank")


async def test_a_missing_right_is_reported_once_and_the_removal_stays_owed(stage: Stage) -> None:
    life = await stage.life()
    raid, alice, bob = await stage.raid(life, tank=2, healer=2), stage.member("alice"), stage.member("bob")
    for member in (alice, bob):
        await member.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice, bob)
    stage.guild.deny(stage.channel, "manage_messages")

    with capture_logs() as logs:
        for member in (alice, bob):
            await member.react(stage.sees(raid), TWO)
        await stage.sandbox.until(lambda: stage.count(TAKE_REACTION) >= 2)
    assert sum(entry["log_level"] == "warning" for entry in logs) == 1
    stage.guild.allow(stage.channel, "manage_messages")

    await stage.sandbox.until(lambda: not reactors(stage, raid, ONE))
    await sits(life, raid, "healer", alice, bob)


async def test_an_old_reaction_refused_anew_stays_owed_while_a_right_is_missing(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)
    stage.guild.deny(stage.channel, "manage_messages")
    await alice.react(stage.sees(raid), TWO)
    await stage.sandbox.until(lambda: stage.count(TAKE_REACTION))
    life.tidy.refuse(raid, MemberId(alice.id), RoleKey("tank"))
    tried = stage.count(TAKE_REACTION)
    await stage.sandbox.until(lambda: stage.count(TAKE_REACTION) >= tried + 2)

    stage.guild.allow(stage.channel, "manage_messages")

    await stage.sandbox.until(lambda: not reactors(stage, raid, ONE))
    await only_mark(life, raid, alice, "healer")


async def test_a_manager_taking_somebody_off_takes_their_reaction_off(stage: Stage) -> None:
    life = await stage.life()
    raid, alice = await stage.raid(life), stage.member("alice")
    await alice.react(stage.sees(raid), ONE)
    await sits(life, raid, "tank", alice)

    await life.change(raid.id, partial(signups.remove, member=MemberId(alice.id), now=life.state.now()))

    await stage.sandbox.until(lambda: not reactors(stage, raid, ONE))


def test_a_removal_that_is_over_says_nothing_of_a_new_reaction() -> None:
    raid = joined(opened(), "tank", ALICE)

    assert _taken(raid, unwanted=Unwanted(raid.id, ALICE, TANK)).events == ()
