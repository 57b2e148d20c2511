"""Reminders at several leads: each once, to those who were there before, with facts as they are at sending."""

from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from tests.commands.raid.panel_helpers import code_of, panel_of
from tests.conftest import Start
from tests.e2e.reminders.helpers import asked_by_the_clock, codes, join, remind_at, reminders, until_reminded
from tests.raid_boards import board_text, dm_text, post_raid

DAY, TEN_MINUTES, SECOND = timedelta(days=1), timedelta(minutes=10), timedelta(seconds=1)


async def test_each_lead_reminds_once_whoever_joined_before_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann, bob, cem = (guild.add_member(name) for name in ("ann", "bob", "cem"))
    async with start() as bot:
        await remind_at(bot, guild, "1 day, 10 min")
        board = await post_raid(guild, seats=20, when="in 3 days")
        await join(guild, board, ann)
        sandbox.advance(timedelta(days=2) + SECOND)
        await until_reminded(guild, ann)
        assert "1 of 20 seats taken." in dm_text(ann)
        sandbox.advance(timedelta(hours=21))
        await join(guild, board, bob, cem)

    async with start():
        sandbox.advance(timedelta(hours=2, minutes=50))
        await until_reminded(guild, bob, cem)
        await until_reminded(guild, ann, times=2)

    assert "3 of 20 seats taken." in reminders(ann)[1].content
    assert guild.owner.dms == []


async def test_a_reminder_that_had_to_wait_counts_those_who_signed_up_meanwhile(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """R11"""
    ann, *others = (guild.add_member(f"ann{number}") for number in range(14))
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        board = await post_raid(guild, seats=20)
        await join(guild, board, ann)
        outage = sandbox.faults.answer(503, route="POST /users/@me/channels")
        sandbox.advance(timedelta(hours=2, minutes=50) + SECOND)
        await sandbox.until(lambda: outage.met)
        await join(guild, board, *others)
        outage.lift()
        await guild.until(lambda: reminders(ann))

    assert "14 of 20 seats taken." in reminders(ann)[0].content


async def test_who_waits_is_reminded_once_seated(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ann, dan = guild.add_member("ann"), guild.add_member("dan")
    async with start() as bot:
        await remind_at(bot, guild, "1 day, 10 min")
        board = await post_raid(guild, seats=1, when="in 2 days")
        await join(guild, board, ann, dan)
        sandbox.advance(DAY + SECOND)
        await until_reminded(guild, ann)
        sandbox.advance(DAY - timedelta(minutes=12))
        await ann.unreact(board, "✅")
        await guild.until(lambda: "A seat opened" in dm_text(dan))
        assert reminders(dan) == []

        sandbox.advance(timedelta(minutes=2))

        await until_reminded(guild, dan)
    assert len(reminders(ann)) == 1


async def test_a_server_may_remind_the_waitlist(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ann, dan = guild.add_member("ann"), guild.add_member("dan")
    async with start() as bot:
        await remind_at(bot, guild, "10 min", remind_waiting=True)
        board = await post_raid(guild, seats=1)
        await join(guild, board, ann, dan)

        sandbox.advance(timedelta(hours=2, minutes=50, seconds=1))

        await until_reminded(guild, ann, dan)
    assert "You’re in line." in dm_text(dan)


async def test_a_new_time_rearms_every_lead_and_silences_the_old_ones(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "1 day, 10 min")
        board = await post_raid(guild, seats=5, when="in 2 days")
        await join(guild, board, ann)
        sandbox.advance(DAY - timedelta(minutes=5))
        panel = await panel_of(guild, board)
        await (await panel.click("Change time")).submit(when="in 10 days")
        await guild.until(lambda: "new time" in dm_text(ann))

        sandbox.advance(timedelta(days=8, hours=23))
        await asked_by_the_clock(bot)
        assert reminders(ann) == []
        sandbox.advance(timedelta(hours=1) + SECOND)
        await until_reminded(guild, ann)
        sandbox.advance(DAY - TEN_MINUTES)
        await until_reminded(guild, ann, times=2)


async def test_two_raids_within_a_quarter_of_an_hour_are_one_message(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann, bob = guild.add_member("ann"), guild.add_member("bob")
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        first = await post_raid(guild, seats=5, when="in 120 minutes")
        second = await post_raid(guild, seats=5, when="in 130 minutes")
        await join(guild, first, ann)
        await join(guild, second, ann, bob)
        sandbox.advance(timedelta(minutes=110))
        await until_reminded(guild, ann)
        assert codes(reminders(ann)[0]) == [code_of(first), code_of(second)]
        assert reminders(bob) == []

        sandbox.advance(TEN_MINUTES)

        await until_reminded(guild, bob)
        await until_reminded(guild, ann)


async def test_a_raid_merged_with_one_that_is_cancelled_is_still_reminded_of(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        first = await post_raid(guild, seats=5, when="in 120 minutes")
        second = await post_raid(guild, seats=5, when="in 130 minutes")
        await join(guild, first, ann)
        await join(guild, second, ann)
        held = sandbox.faults.hold(route="POST /users/@me/channels", calls=1)
        sandbox.advance(timedelta(minutes=110))
        await guild.until(lambda: held.met)
        panel = await panel_of(guild, first)
        await (await panel.click("Cancel raid")).submit()
        await guild.until(lambda: "**Cancelled**" in board_text(first))
        held.lift()

        await until_reminded(guild, ann)
