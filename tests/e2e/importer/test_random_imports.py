"""Imports of random rosters and reactions from the Node.js bot move nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from discord_sandbox.people import Person
from raidbot.raids.model import Raid
from tests.chaos import seeds
from tests.conftest import Start
from tests.e2e.importer.migrated_guild import MigratedGuild, old_roster, roster
from tests.ops.importer.legacy.generator import random_bot
from tests.ops.importer.legacy.model import OldRaid

_CROWD = 70
_OUTSIDERS = 4


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(3, 50))
async def test_who_is_on_a_roster_stays_and_who_is_new_comes_behind(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    rng = Random(seed)
    crowd = [place.guild.add_member(f"member{number}") for number in range(_CROWD)]
    place.people |= {person.name: person for person in crowd}
    rng.shuffle(crowd)
    outsiders = {raid.code: set(settle(place, raid, crowd, rng)) for raid in some_raids(place, rng)}
    await place.run_import(capsys)

    async with start() as bot:
        await place.settled(bot)
        await place.read_in_full(bot)

    for old in place.bot.raids:
        assert_nobody_moved(old, place.now(old.code), outsiders[old.code])


def some_raids(place: MigratedGuild, rng: Random) -> Iterator[OldRaid]:
    """Yield random open raids that begin in two days."""
    for raid in random_bot(rng, guilds=1, raids=8).raids:
        if raid.is_open:
            moved = replace(raid, guild=place.guild.id, starts_at=place.at(timedelta(days=2)), thread=None)
            place.bot.raids.append(moved)
            yield moved


def settle(place: MigratedGuild, raid: OldRaid, crowd: list[Person], rng: Random) -> list[int]:
    """Fill the raid with members, most with their own reaction, some with another; return the new reactors' ids."""
    strangers = dict.fromkeys(user for role in raid.roles for user in (*role.users, *role.waiting))
    here = rng.sample(crowd, len(strangers) + _OUTSIDERS)
    known = dict(zip(strangers, here, strict=False))
    standing = []
    for role in raid.roles:
        for user in (*role.users, *role.waiting):
            if rng.random() < 0.8:
                standing.append((known[user].name, role.emoji))
            if rng.random() < 0.1:
                standing.append((known[user].name, rng.choice(raid.roles).emoji))
        role.sides = {known[user].id: side for user, side in role.sides.items()}
        role.users = [known[user].id for user in role.users]
        role.waiting = [known[user].id for user in role.waiting]
    new = here[len(strangers) :]
    standing += [(person.name, rng.choice(raid.roles).emoji) for person in new]
    rng.shuffle(standing)
    raid.creator = place.guild.owner.id
    place.put_up(raid, *dict.fromkeys(standing))
    return [person.id for person in new]


def assert_nobody_moved(old: OldRaid, raid: Raid, outsiders: set[int]) -> None:
    for (seats, line), (were_seated, waited) in zip(roster(raid), old_roster(old), strict=True):
        assert seats[: len(were_seated)] == were_seated
        assert line[: len(waited)] == waited
        assert {*seats[len(were_seated) :], *line[len(waited) :]} <= outsiders
    assert outsiders <= set(raid.members())
    assert not [role.name for role in raid.roles if raid.has_room(role) and raid.waitlist(role.key)]
