"""Two managers and thirty members act on one raid at once, by reactions, components, forms and commands."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MemberId, RaidId, Source
from raidbot.raids.settings import SignupStyle
from raidbot.state import Cause
from tests.chaos import rounds, seeds
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.database_facts import until_settled
from tests.e2e.random_play.actors import Manager, Member, PlayedRaid
from tests.e2e.random_play.claims import Claims
from tests.e2e.random_play.commit_checker import CommitChecker
from tests.raid_boards import post_raid

MEMBERS, SEATS = 30, 6
WITHIN = timedelta(seconds=3)


async def set_scene(guild: SandboxGuild, bot: RaidBot, rng: random.Random) -> tuple[PlayedRaid, list[Member | Manager]]:
    """Create a raid with fewer seats than members; return it with its members and managers."""
    await bot.state.change_settings(
        GuildId(guild.id), lambda now: replace(now, signup_style=SignupStyle.BOTH), Cause(Source.COMMAND)
    )
    people = [guild.add_member(f"member{number:02}") for number in range(MEMBERS)]
    managers = [guild.add_member(f"manager{number}", permissions=["manage_guild"]) for number in range(2)]
    board = await post_raid(guild, activity="key", teams=4, team_size=SEATS)
    await bot.delivery.boards.idle()
    raid = await bot.state.raid(RaidId(1))
    claims = Claims({str(person.user.global_name): MemberId(person.id) for person in people})
    place = PlayedRaid(guild, board, raid.code, CommitChecker.of(bot.state, raid), claims, rng)
    return place, [*(Member(one, place) for one in people), *(Manager(one, place, people) for one in managers)]


async def act(actor: Member | Manager, deeds: int) -> None:
    for _ in range(deeds if isinstance(actor, Member) else 2 * deeds):
        await actor.act()


def check_answers(sandbox: Sandbox) -> None:
    """Assert that every interaction was answered exactly once and in time."""
    asked = sandbox.store.interactions.values()
    unanswered = [one.payload for one in asked if one.acknowledged_at is None]
    late = [one.payload for one in asked if one.acknowledged_at and one.acknowledged_at - one.created_at >= WITHIN]
    answers = [call for call in sandbox.calls if call.route.startswith("/interactions/")]
    refused = [call.response for call in answers if call.status not in (200, 204)]
    once = Counter(int(call.ids["interaction_id"]) for call in answers)
    assert (unanswered, late, refused) == ([], [], [])
    assert once == Counter(one.id for one in asked)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 10))
@pytest.mark.parametrize(
    ("latency", "deeds", "salt"),
    [(0.0, rounds(5, 20), 1), (0.0, rounds(5, 20), 2), (0.5, 3, 3)],
    ids=["quick", "quick again", "slow Discord"],
)
async def test_the_rules_hold_everybody_hears_the_truth_and_the_audit_tells_it_once(
    sandbox: Sandbox,
    guild: SandboxGuild,
    start: Start,
    database: Path,
    latency: float,
    deeds: int,
    salt: int,
    seed: int,
) -> None:
    async with start(reaction_limit=10_000, dm_pause_seconds=0.01) as bot:
        place, actors = await set_scene(guild, bot, random.Random(4 * seed + salt))
        told, asked = len(database_facts.read(database).audit), len(sandbox.store.interactions)
        if latency:
            sandbox.faults.slow(latency)
        await asyncio.gather(*(act(actor, deeds) for actor in actors))
        sandbox.faults.lift_all()

        assert place.checker.wrong == []
        assert place.lies == []
        assert len(sandbox.store.interactions) - asked > MEMBERS * deeds / 2
        check_answers(sandbox)
        end = await until_settled(database, place.board, style=SignupStyle.BOTH)

    managers = {actor.person.id for actor in actors if isinstance(actor, Manager)}
    place.checker.check_audit(end.audit[told:], managers)
    assert replace(end.raid, marks=()) == replace(place.checker.raid, marks=())
    refusals = {row.cause for row in end.outbox if row.cause.startswith("refusal:")}
    assert {row.cause for row in end.outbox} == place.checker.notices | refusals
