"""The daily report over restarts and changes of clocks (G25), and what it says of a value that flaps (G26)."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.ops.alerts.daily_report import ReportTime
from raidbot.ops.alerts.options import AlertOptions
from raidbot.raids.model import MemberId
from raidbot.utils.metrics import interactions
from tests.conftest import Start
from tests.e2e.alerts.alert_steps import MINUTE, UNLIMITED, a_few_looks, add_owner, heard, options
from tests.raid_boards import board_text, post_raid

DAY = timedelta(days=1)
REPORT = "📋 **Daily report**"


def soon(sandbox: Sandbox) -> ReportTime:
    """Return the time of a report that is due in one to two minutes."""
    at = sandbox.clock.now() + 2 * MINUTE
    return ReportTime(time(at.hour, at.minute), ZoneInfo("UTC"))


async def test_it_comes_once_a_day_and_says_what_happened(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner, alice = add_owner(guild), guild.add_member("alice")
    report = soon(sandbox)
    async with start(**options(owner, report=report)):
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await a_few_looks()
        assert owner.dms == []
        sandbox.advance(2 * MINUTE)
        await guild.until(lambda: heard(owner, REPORT))
        await a_few_looks()
    async with start(**options(owner, report=report)):
        await a_few_looks()
        assert heard(owner, REPORT) == 1
        sandbox.advance(DAY)
        await guild.until(lambda: heard(owner, REPORT) == 2)
        await a_few_looks()

    first, _ = owner.dms
    assert "1 command, 1 reaction, 1 raid created, 0 closed, 0 promotions, 0 direct messages failed." in first.content
    assert "Discord: answers.\nBackups: off.\nAlerts: none." in first.content


async def test_the_first_start_tells_nothing_of_a_day_on_which_it_did_not_run(
    guild: SandboxGuild, sandbox: Sandbox, start: Start
) -> None:
    owner = add_owner(guild)
    midnight = ReportTime(time(0), ZoneInfo("UTC"))
    async with start(**options(owner, report=midnight)):
        await a_few_looks()
        assert owner.dms == []
        now = sandbox.clock.now()
        sandbox.advance(midnight.on(now.date() + DAY) + MINUTE - now)  # half a day later it would be too late
        await guild.until(lambda: heard(owner, REPORT))


async def test_a_report_that_nobody_takes_is_sent_again(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    owner.close_dms()
    async with start(**options(owner, report=soon(sandbox))):
        await a_few_looks()
        sandbox.advance(2 * MINUTE)
        await a_few_looks()
        owner.open_dms()
        sandbox.advance(MINUTE)
        await guild.until(lambda: heard(owner, REPORT))
        await a_few_looks()

    assert len(owner.dms) == 1


def asleep(owner: Person, report: ReportTime | None) -> dict[str, AlertOptions]:
    """Return the option of `start` for a bot that looks only when it is told to."""
    return {"alerts": AlertOptions(owner=MemberId(owner.id), limits=UNLIMITED, report=report, seconds=10_000)}


@pytest.mark.parametrize(
    ("zone", "at", "begin"),
    [
        ("Asia/Tokyo", time(0), datetime(2027, 3, 27, tzinfo=UTC)),
        ("Europe/Berlin", time(2, 30), datetime(2027, 3, 27, tzinfo=UTC)),
        ("Europe/Berlin", time(2, 30), datetime(2027, 10, 30, tzinfo=UTC)),
    ],
)
async def test_it_comes_once_a_day_over_a_change_of_clocks(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, zone: str, at: time, begin: datetime
) -> None:
    """The bot is restarted before each report, at it, and twice within its minute."""
    owner = add_owner(guild)
    report = ReportTime(at, ZoneInfo(zone))
    sandbox.advance(begin - sandbox.clock.now())
    first = begin.astimezone(report.zone).date()
    days = [first + number * DAY for number in range(5) if report.on(first + number * DAY) > begin][:3]
    for number, day in enumerate(days):
        for after in (-MINUTE, timedelta(0), timedelta(seconds=20), timedelta(seconds=40)):
            sandbox.advance(report.on(day) + after - sandbox.clock.now())
            async with start(**asleep(owner, report)) as bot:
                await bot.operations.alerts.look(sandbox.clock.now())
                await bot.operations.alerts.look(sandbox.clock.now())
            assert heard(owner, REPORT) == number + (after >= timedelta(0))
        async with start(**asleep(owner, report)) as bot:
            for _ in range(22):
                sandbox.advance(timedelta(hours=1))
                await bot.operations.alerts.look(sandbox.clock.now())

    assert len(owner.dms) == 3


async def test_latency_good_and_bad_in_turns_alerts_once_per_cooldown(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """Three minutes each, for two hours."""
    owner = add_owner(guild)
    begin = sandbox.clock.now().replace(microsecond=0)
    at = begin + timedelta(hours=2, minutes=5)
    report = ReportTime(time(at.hour, at.minute), ZoneInfo("UTC"))
    answers = interactions.ANSWER_TIME.labels("command")
    told: list[float] = []
    async with start(**asleep(owner, report)) as bot:
        for second in range(0, 130 * 60, 15):
            minute = second // 60
            if minute < 120:
                answers.observe(2.9 if minute % 6 < 3 else 0.05)
            before = heard(owner, "Slow answers")
            await bot.operations.alerts.look(begin + timedelta(seconds=second))
            if heard(owner, "Slow answers") > before:
                told.append(minute)

    assert told
    assert all(later - earlier >= 15 for earlier, later in pairwise(told))
    assert heard(owner, "fast again") <= len(told)
    (line,) = [line for one in owner.dms for line in one.content.splitlines() if line.startswith("• latency")]
    assert f"{len(told)}×" in line
