"""Forgetting somebody survives a kill at every await: it is finished, and whoever moves up is told once."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.db.forgetting import jobs
from raidbot.delivery.forgetting.service import Forgetting
from raidbot.raids.model import GuildId, MemberId, RoleKey, Source, Wait
from raidbot.state import State
from tests.chaos import IS_LONG
from tests.commands.privacy.test_forgetting import holders
from tests.e2e import database_facts
from tests.e2e.kill_points.points import KillPoint, described, kill_points
from tests.e2e.kill_points.process import run_and_kill
from tests.e2e.kill_points.scene import before_the_bot, run_to_the_end
from tests.raids.builders import roles

NAME = "Alice-unmistakable"
POINTS = kill_points(
    (
        Forgetting._work_round,
        Forgetting._look_into_list,
        Forgetting._try_forget,
        Forgetting._forget,
        Forgetting._leave,
        Forgetting._leave_raid,
        Forgetting._erase,
        Forgetting._erase_from_raid,
        Forgetting._scrub,
        State.rewrite_raid,
    ),
    besides=frozenset(
        {
            "_work_round: self._try_forget",  # in a comprehension, which is a function of its own
            *("_look_into_list: self._key", "_look_into_list: state.db.read(partial(jobs.members"),
            *("_look_into_list: state.db.write", "state.series.change", "state.series.rewrite"),
            *(
                "_erase_from_raid: self._leave_raid",
                "_erase_from_raid: self._state.rewrite_raid(raid, partial(erasing.from_raid,",
            ),
        }
    ),
)
CHAINS: list[tuple[KillPoint, ...]] = [(point,) for point in POINTS]
IN_THE_SUITE = "after _forget: self._leave(whom, line.tag)"
"""Off the raid, and nothing erased yet."""


def sample() -> list[tuple[KillPoint, ...]]:
    return CHAINS if IS_LONG else [chain for chain in CHAINS if str(chain[0]) == IN_THE_SUITE]


async def somebody_is_forgotten(database: Path, sandbox: Sandbox, guild: SandboxGuild) -> tuple[Person, Person]:
    alice, bob = guild.add_member("alice-unmistakable"), guild.add_member("bob")
    async with before_the_bot(database, sandbox, guild) as past:
        waits = (Wait(MemberId(bob.id), RoleKey("tank"), 2, past.state.now(), Source.BUTTON),)
        await past.raid([alice], starts_in=timedelta(days=1), of=roles(tank=1), waits=waits)
        await past.state.learn_names(GuildId(guild.id), {MemberId(alice.id): NAME})
    await run_to_the_end(sandbox, database.parent, lambda: NAME in shown(guild))
    async with before_the_bot(database, sandbox, guild) as past:
        ask = partial(jobs.ask, member=MemberId(alice.id), guilds=[GuildId(guild.id), GuildId(0)], now=past.state.now())
        await past.state.db.write(ask)
    return alice, bob


def shown(guild: SandboxGuild) -> str:
    return str([one.embeds for one in guild.messages(guild.channel("raid-signups"))])


def told_of_seat(person: Person) -> int:
    return sum("moved up" in one.content or "seat" in one.content for one in person.dms)


@pytest.mark.chaos
@pytest.mark.parametrize("chain", sample(), ids=described)
async def test_forgetting_ends_whatever_the_moment(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, tmp_path: Path, chain: tuple[KillPoint, ...]
) -> None:
    alice, bob = await somebody_is_forgotten(database, sandbox, guild)

    for point in chain:
        await run_and_kill(sandbox, tmp_path, point)
        sandbox.advance(timedelta(minutes=1))
    await run_to_the_end(
        sandbox,
        tmp_path,
        lambda: holders(database, alice.id, NAME) == [],
        lambda: NAME not in shown(guild),
        lambda: told_of_seat(bob) == 1,
    )

    assert told_of_seat(bob) == 1, [one.content for one in bob.dms]
    assert alice.dms == []
    assert {row.state for row in database_facts.read(database).outbox} <= {"sent"}
    assert "former member" not in shown(guild)
