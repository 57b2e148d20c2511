"""The buttons under a reminder: a way out, a snooze, and the board; in direct messages, also after a restart."""

from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from tests.commands.raid.panel_helpers import code_of, panel_of
from tests.conftest import Start
from tests.e2e.reminders.helpers import asked_by_the_clock, codes, join, labels, remind_at, reminders, until_reminded
from tests.raid_boards import board_text, post_raid

TEN_MINUTES, SECOND = timedelta(minutes=10), timedelta(seconds=1)


async def test_a_snoozed_reminder_comes_again_once_for_each_message(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "1 hour, 25 min")
        board = await post_raid(guild, seats=5)
        await join(guild, board, ann)
        sandbox.advance(timedelta(hours=2) + SECOND)
        await until_reminded(guild, ann)
        assert labels(reminders(ann)[0]) == ["Can’t make it", "Snooze 10 min", "Open the board"]

    async with start() as bot:
        first = reminders(ann)[0]
        assert "I’ll remind you again" in (await ann.click(first, "Snooze 10 min")).content
        assert "snoozed this message already" in (await ann.click(first, "Snooze 10 min")).content
        sandbox.advance(TEN_MINUTES + SECOND)
        await until_reminded(guild, ann, times=2)
        await ann.click(reminders(ann)[1], "Snooze 10 min")
        assert "snoozed this message already" in (await ann.click(first, "Snooze 10 min")).content
        sandbox.advance(TEN_MINUTES + SECOND)
        await until_reminded(guild, ann, times=3)
        sandbox.advance(timedelta(minutes=15))
        await until_reminded(guild, ann, times=4)  # the lead of 25 minutes, as if nothing had been snoozed
        sandbox.advance(timedelta(minutes=16))
        await asked_by_the_clock(bot)
        last = reminders(ann)[-1]
        assert "won’t remind you again" in (await ann.click(last, "Snooze 10 min")).content

    assert len(reminders(ann)) == 4


async def test_a_snoozed_reminder_ends_with_the_seat_and_holds_up_no_other_message(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "1 hour")
        board = await post_raid(guild, seats=1)
        await join(guild, board, ann)
        sandbox.advance(timedelta(hours=2) + SECOND)
        await until_reminded(guild, ann)
        message = reminders(ann)[0]
        await ann.click(message, "Snooze 10 min")
        panel = await panel_of(guild, board)
        await (await panel.click("Leader")).select("Who leads this raid?", [ann])
        await guild.until(lambda: "You lead **" in ann.dms[-1].content)
        await guild.owner.slash(guild.channel("raid-signups"), "raidsignup remove", raid=code_of(board), member=ann)
        await (await panel.click("Leader")).select("Who leads this raid?", [guild.owner])

        refused = await ann.click(message, "Can’t make it")
        sandbox.advance(TEN_MINUTES + SECOND)
        await asked_by_the_clock(bot)

    assert "no place in" in refused.content
    assert len(reminders(ann)) == 1


async def test_the_snooze_is_not_offered_within_ten_minutes_of_the_start(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        await join(guild, await post_raid(guild, seats=1), ann)

        sandbox.advance(timedelta(hours=2, minutes=50) + SECOND)

        await until_reminded(guild, ann)
        assert labels(reminders(ann)[0]) == ["Can’t make it", "Open the board"]


async def test_whoever_cannot_make_one_of_two_raids_leaves_that_one(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start() as bot:
        await remind_at(bot, guild, "30 min")
        first = await post_raid(guild, seats=5, when="in 120 minutes")
        second = await post_raid(guild, seats=5, when="in 130 minutes")
        await join(guild, first, ann)
        await join(guild, second, ann)
        sandbox.advance(timedelta(minutes=90))
        await until_reminded(guild, ann)
        message = reminders(ann)[0]

        answer = await ann.click(message, f"Can’t make it: {code_of(second)}")

        await guild.until(lambda: "Ann" not in board_text(second))
        assert "You left" in answer.content
        assert answer.ephemeral
        await ann.click(message, "Snooze 10 min")
        sandbox.advance(TEN_MINUTES + SECOND)
        await until_reminded(guild, ann, times=2)
    assert "Ann" in board_text(first)
    assert codes(reminders(ann)[1]) == [code_of(first)]
