"""Members who left, and servers that removed the bot, while it was away."""

from discord_sandbox.people import Person
from raidbot.raids.model import CancelReason, Raid
from tests.delivery.harness import Life, Stage, seated, until

MEMBER = "GET /guilds/{}/members/{}"
ONE = "1️⃣"


async def line_up(life: Life, stage: Stage, raid: Raid, *members: Person) -> None:
    """They react while the bot listens, one after the other."""
    for member in members:
        await member.react(stage.sees(raid), ONE)

        async def heard(member: Person = member) -> bool:
            return any(mark.member == member.id for mark in (await life.state.raid(raid.id)).marks)

        await until(heard)
    await life.boards.idle()


async def test_who_left_frees_the_seat_and_the_place_in_line(stage: Stage) -> None:
    life = await stage.life()
    sat, waited, stays = (stage.member(name) for name in ("sat", "waited", "stays"))
    raid = await stage.raid(life, tank=1)
    await line_up(life, stage, raid, sat, waited, stays)
    await stage.crash(life)
    await sat.leave(stage.guild)
    await waited.leave(stage.guild)

    life = await stage.life()
    await life.reconcile.all()

    async def promoted() -> bool:
        return await seated(life, raid, "tank") == [stays.id]

    await until(promoted)
    await stage.sandbox.until(lambda: set(stage.sees(raid).reactors(ONE)) == {stage.sandbox.bot.id, stays.id})
    assert (await life.state.raid(raid.id)).waits == ()
    assert stage.count(MEMBER) == 2


async def test_who_reacted_and_left_in_the_meantime_gets_no_seat_for_long(stage: Stage) -> None:
    life = await stage.life()
    came, stays = stage.member("came"), stage.member("stays")
    raid = await stage.raid(life, tank=1)
    await stage.crash(life)
    await came.react(stage.sees(raid), ONE)
    await stays.react(stage.sees(raid), ONE)
    await came.leave(stage.guild)

    life = await stage.life()
    await life.reconcile.all()

    async def promoted() -> bool:
        return await seated(life, raid, "tank") == [stays.id]

    await until(promoted)


async def test_without_discord_s_word_nobody_is_taken_off(stage: Stage) -> None:
    life = await stage.life()
    gone, stays = stage.member("gone"), stage.member("stays")
    raid = await stage.raid(life, tank=2)
    await line_up(life, stage, raid, gone, stays)
    await stage.crash(life)
    await gone.leave(stage.guild)
    fault = stage.sandbox.faults.answer(503, route=MEMBER)

    life = await stage.life()
    await life.reconcile.all()
    await stage.sandbox.until(lambda: fault.met >= 2)
    assert await seated(life, raid, "tank") == [gone.id, stays.id]
    fault.lift()

    async def left() -> bool:
        return await seated(life, raid, "tank") == [stays.id]

    await until(left)


async def test_names_that_changed_meanwhile_are_on_the_board(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    raid = await stage.raid(life, tank=1)
    await line_up(life, stage, raid, alice)
    await stage.crash(life)
    await stage.guild.rename_member(alice, "Alyssa")

    life = await stage.life()
    await life.reconcile.all()

    await stage.sandbox.until(lambda: "Alyssa" in stage.text(raid))


async def test_a_server_that_removed_the_bot_is_found_out(stage: Stage) -> None:
    life = await stage.life()
    raid = await stage.raid(life)
    await stage.crash(life)
    await stage.sandbox.remove_member(stage.guild, stage.sandbox.bot)
    await stage.sandbox.until(lambda: stage.client.get_guild(stage.guild.id) is None)

    life = await stage.life()
    await life.reconcile.all()

    async def cancelled() -> bool:
        return (await life.state.raid(raid.id)).cancelled_reason is CancelReason.GUILD_LEFT

    await until(cancelled)
