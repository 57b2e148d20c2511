"""A batch of sixty reminders survives a kill at every await from the tick to the record: one message a person."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.delivery.messages.conversations import Conversations
from raidbot.delivery.messages.late_texts import LateTexts
from raidbot.delivery.messages.outbox import Outbox
from raidbot.delivery.messages.sender import Sender
from raidbot.jobs.failing_raids import Failing, FailingRaids
from raidbot.jobs.reminders import Reminding
from raidbot.state import State
from raidbot.utils.aggregate import Aggregate
from tests.chaos import IS_LONG
from tests.e2e import database_facts
from tests.e2e.kill_points.points import KillPoint, described, kill_points
from tests.e2e.kill_points.process import run_and_kill
from tests.e2e.kill_points.scene import before_the_bot, run_to_the_end
from tests.e2e.kill_points.second_attempt import SECOND_ATTEMPT, UNSENT, without_second_attempt
from tests.e2e.reminders.helpers import codes, reminders
from tests.e2e.series.scene import boards

MINUTE = timedelta(minutes=1)
PEOPLE = 60
TICK = kill_points(
    (
        Reminding.run,
        Reminding._look_at,
        Reminding._remind,
        Reminding._joint,
        FailingRaids.work,
        Failing.work,
        State.change,
        State.change_each,
        Aggregate.change_each,
        Aggregate._change,
        Aggregate._attempt,
    ),
    besides=frozenset({"self._report", "run: self._state.db.read(query)"}),
)
BATCH = kill_points(
    (Outbox._run, Outbox._turn, Outbox._send_batch),
    besides=frozenset({"_run: sleep_unless", "_turn: sleep_unless(down_for", "_turn: sleep_unless(wait", "owing.wait"}),
    times=3,
)
"""The third batch of ten, so that some were sent and some were not."""
NOT_WHILE_ALL_GOES_WELL = frozenset(
    {
        *("self._refuse", "self._put_back", "self._unreachable", "self._give_up", "self._postpone"),
        *(f"_settle: self._record(partial({outcome}" for outcome in ("rows.", "outcomes.note_unknown")),
    }
)
MESSAGE = without_second_attempt(
    kill_points(
        (
            Outbox._send_beside,
            Outbox._send_in_order,
            Outbox._settle,
            Outbox._record,
            Sender.send,
            Sender._send,
            Sender._channel,
            Conversations.channel_with,
            DiscordApi.call,
            LateTexts.is_unwanted,
            LateTexts.made,
            LateTexts._raids,
            MessageChoices.of,
        ),
        besides=NOT_WHILE_ALL_GOES_WELL,
        times=4,
    )
)
IN_A_ROW = 4
"""Kills at points of a message in one batch: each leaves up to ten messages whose fate is not recorded."""
ROWS = -(-len(MESSAGE) // IN_A_ROW)
CHAINS = [
    *((point,) for point in (*TICK, *BATCH)),
    *(MESSAGE[first::ROWS] for first in range(ROWS)),
    *((replace(UNSENT, times=4), point) for point in SECOND_ATTEMPT),
]
IN_THE_SUITE = "after _settle: self._sender.send(row)"
"""Between message and record."""


def sample() -> list[tuple[KillPoint, ...]]:
    return CHAINS if IS_LONG else [tuple(point for point in MESSAGE if str(point) == IN_THE_SUITE)]


async def reminders_are_due(database: Path, sandbox: Sandbox, guild: SandboxGuild) -> list[Person]:
    """Post a raid with sixty people, and one close by with two of them; the first change to come is the reminders'."""
    people = [guild.add_member(f"member{number:02}") for number in range(PEOPLE)]
    async with before_the_bot(database, sandbox, guild) as past:
        await past.remind_at("10 min")
        await past.raid(people, starts_in=13 * MINUTE)
        await past.raid(people[:2], starts_in=18 * MINUTE)
    await run_to_the_end(sandbox, database.parent, lambda: sum(bool(board.reactions) for board in boards(guild)) == 2)
    assert not any(map(reminders, people))
    sandbox.advance(3 * MINUTE)
    return people


def check_all_reminded_once(people: list[Person], database: Path) -> None:
    assert [len(reminders(person)) for person in people] == [1] * len(people)
    assert [len(codes(reminders(person)[0])) for person in people] == [2, 2, *[1] * (len(people) - 2)]
    assert {row.state for row in database_facts.read(database).outbox} == {"sent"}


@pytest.mark.chaos
@pytest.mark.parametrize("chain", sample(), ids=described)
async def test_one_reminder_for_everybody_whatever_the_moment(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, tmp_path: Path, chain: tuple[KillPoint, ...]
) -> None:
    people = await reminders_are_due(database, sandbox, guild)

    for point in chain:
        await run_and_kill(sandbox, tmp_path, point)
        sandbox.advance(MINUTE)
    await run_to_the_end(sandbox, tmp_path, lambda: all(reminders(person) for person in people))

    check_all_reminded_once(people, database)
