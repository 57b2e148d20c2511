"""Announcements survive a kill at every await from the tick to the record: each is posted and mentions once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.db import announcements
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.messages.outbox import Outbox
from raidbot.delivery.messages.sender import Sender
from raidbot.jobs.announcements import Announcing, _announce
from raidbot.jobs.failing_raids import Failing, FailingRaids
from raidbot.raids.announcements import edits
from raidbot.raids.announcements.model import Announcement, Owner, Ping
from raidbot.raids.model import GuildId, Source
from raidbot.state import Cause
from tests.chaos import IS_LONG
from tests.e2e.announcements.scene import announced, before
from tests.e2e.kill_points.points import KillPoint, described, kill_points
from tests.e2e.kill_points.process import run_and_kill
from tests.e2e.kill_points.scene import before_the_bot, run_to_the_end
from tests.e2e.kill_points.second_attempt import SECOND_ATTEMPT, UNSENT, without_second_attempt
from tests.e2e.series.scene import boards

MINUTE = timedelta(minutes=1)
NOT_IN_THIS_STORY = frozenset(
    {
        *(
            "self._refuse",
            "self._put_back",
            "self._unreachable",
            "self._give_up",
            "self._postpone",
            "self._late_texts.is_unwanted",
        ),
        *("self.closed_dms.is_silent", "self._report", "self._conversations.channel_with"),
        *("owing.wait", "sleep_unless", "run: self._state.db.write(partial(announcements.look_again"),
        *(f"_settle: self._record(partial({outcome}" for outcome in ("rows.", "outcomes.note_unknown")),
    }
)
"""Refusals, outages, what only direct messages go through, and waits."""
_FIRST_ATTEMPT = kill_points(
    (
        Announcing.run,
        _announce,
        FailingRaids.work,
        Failing.work,
        Outbox._run,
        Outbox._turn,
        Outbox._send_batch,
        Outbox._send_beside,
        Outbox._send_in_order,
        Outbox._settle,
        Outbox._record,
        Sender.send,
        Sender._send,
        Sender._channel,
        DiscordApi.call,
    ),
    besides=NOT_IN_THIS_STORY,
)
CHAINS = [
    *((point,) for point in without_second_attempt(_FIRST_ATTEMPT)),
    *((UNSENT, point) for point in SECOND_ATTEMPT),
]
IN_THE_SUITE = "after _settle: self._sender.send(row)"
"""Between message and record."""


def sample() -> list[tuple[KillPoint, ...]]:
    return [chain for chain in CHAINS if IS_LONG or described(chain) == IN_THE_SUITE]


async def announcements_are_due(database: Path, sandbox: Sandbox, guild: SandboxGuild, *due: Announcement) -> set[int]:
    """Put a raid with these announcements and three people into the database; return the people's ids."""
    people = [guild.add_member(name) for name in ("ann", "bob", "cem")]
    async with before_the_bot(database, sandbox, guild) as past:
        raid = await past.raid(people, starts_in=9 * MINUTE)
        for one in due:
            change: Callable[..., object] = partial(
                announcements.change,
                guild=GuildId(guild.id),
                owner=Owner.of(raid),
                rule=partial(edits.add, new=one),
                cause=Cause(Source.COMMAND),
                now=past.state.now(),
            )
            await past.state.db.write(change)
    return {person.id for person in people}


@pytest.mark.chaos
@pytest.mark.parametrize("chain", sample(), ids=described)
async def test_each_announcement_is_posted_once_whatever_the_moment(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, tmp_path: Path, chain: tuple[KillPoint, ...]
) -> None:
    raiders = guild.add_role("Raiders", mentionable=True)
    seated, role = before(10, "for you", ping=Ping.SEATED), before(11, "for raiders", ping=Ping.ROLE, role=raiders.id)
    people = await announcements_are_due(database, sandbox, guild, seated, role)

    for point in chain:
        await run_and_kill(sandbox, tmp_path, point)
        sandbox.advance(MINUTE)
    await run_to_the_end(sandbox, tmp_path, lambda: len(announced(guild)) >= 2, lambda: len(boards(guild)) == 1)

    said = sorted(announced(guild), key=lambda message: bool(message.mentions))
    assert [set(message.mentions) for message in said] == [set(), people]
    assert [message.mention_roles for message in said] == [[raiders.id], []]
