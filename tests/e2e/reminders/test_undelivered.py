"""Reminders that end before they are sent, and those that Discord does not deliver."""

from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.reminders.helpers import asked_by_the_clock, join, remind_at, reminders, until_reminded
from tests.raid_boards import board_text, dm_text, post_raid

OPEN, SEND = "POST /users/@me/channels", "POST /channels/{}/messages"


async def test_a_cancelled_raid_reminds_nobody_who_was_not_served_yet(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(9)]
    async with start(dm_batch=3) as bot:
        await remind_at(bot, guild, "1 hour, 10 min")
        board = await post_raid(guild, seats=10)
        await join(guild, board, *people)
        held = sandbox.faults.hold(route=OPEN, calls=3)
        sandbox.advance(timedelta(hours=2, seconds=1))
        await guild.until(lambda: held.met)
        panel = await panel_of(guild, board)
        await (await panel.click("Cancel raid")).submit()
        held.lift()

        await guild.until(lambda: all("cancelled" in dm_text(person) for person in people), timeout=30)
        sandbox.advance(timedelta(minutes=51))
        await asked_by_the_clock(bot)

    assert sum(len(reminders(person)) for person in people) <= 3


async def test_what_closed_dms_keep_out_is_recorded_once_and_named_to_the_leader(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    ann, bob = guild.add_member("ann"), guild.add_member("bob")
    async with start() as bot:
        await remind_at(bot, guild, "1 hour, 10 min")
        board = await post_raid(guild, seats=5)
        await join(guild, board, ann, bob)
        ann.close_dms()
        refused = sandbox.faults.slow(0.0, route=SEND, about=ann)
        sandbox.advance(timedelta(hours=2, seconds=1))
        await until_reminded(guild, bob)
        await guild.until(lambda: refused.met == 1)
        sandbox.advance(timedelta(minutes=50))
        await until_reminded(guild, bob, times=2)
        await asked_by_the_clock(bot)
        assert "Can’t be reached by DM: Ann" in (await panel_of(guild, board)).text()

    assert refused.met == 1
    assert [row.state for row in database_facts.read(database).outbox if row.target == ann.id] == ["refused", "refused"]


async def test_a_reminder_that_the_bot_was_away_for_is_written_down_as_missed(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "1 hour, 10 min")
        board = await post_raid(guild, seats=5)
        await join(guild, board, ann)
    sandbox.advance(timedelta(hours=3, minutes=5))

    async with start():
        await guild.until(lambda: "Signups closed" in board_text(board))

    assert reminders(ann) == []
    missed = [row for row in database_facts.read(database).audit if row.action.startswith("reminder missed")]
    assert [row.after for row in missed] == ["participants: 1"]


async def test_after_downtime_one_late_reminder_goes_out(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "1 day, 1 hour, 10 min")
        board = await post_raid(guild, seats=5, when="in 3 days")
        await join(guild, board, ann)
    sandbox.advance(timedelta(days=2, hours=23, minutes=30))

    async with start() as bot:
        await until_reminded(guild, ann)
        await asked_by_the_clock(bot)
        await until_reminded(guild, ann)
