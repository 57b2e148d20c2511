"""A guild of the largest size: 200 open raids, 60 templates of its own, 400 roles, and names of maximum length."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from discord_sandbox import messages
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, Json
from raidbot.db import guilds, series_transactions, templates
from raidbot.db import raids as rows
from raidbot.db.database import Database
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.events import Cause
from raidbot.raids.model import (
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Raid,
    RaidCode,
    Role,
    RoleKey,
    Source,
)
from raidbot.raids.permissions import Grants, commands
from raidbot.raids.rosters import signups
from raidbot.raids.schedules.model import Schedule
from raidbot.raids.schedules.rules import Weekly
from raidbot.raids.series.model import MAX_SERIES, Series, SeriesCode, Turn
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.raids.templates import catalogue
from raidbot.raids.templates.catalogue import Catalogue, untouched
from raidbot.raids.templates.model import Strategy, Template, check
from raidbot.utils.clock import Clock
from raidbot.utils.ids import new_code

RAIDS, CLOSED_RAIDS, TEMPLATES, ROLES, MEMBERS, CHANNELS = 200, 40, 60, 400, 60, 60
_MAX_NAME_LENGTH, _MAX_NICK_LENGTH, _CHOSEN_ROLES = 100, 32, 25
_ZONE = "America/Argentina/ComodRivadavia"  # the longest time zone name
_LENGTHS = tuple(57 * step + 1 for step in range(1, 26))
_MARKS = "W", "*_", "~`|", "<@", "ä€"


@dataclass(frozen=True, slots=True, kw_only=True)
class Large:
    """The filled guild. `regular` has a seat in every raid; `stranger` has none of the required roles.

    `full` and `closed` are the raids with the most people, `sided` and `wide` those with the most sides and roles.
    """

    guild: SandboxGuild
    channel: Channel
    regular: Person
    stranger: Person
    full: RaidCode
    closed: RaidCode
    sided: RaidCode
    wide: RaidCode
    templates: tuple[Template, ...]
    series: SeriesCode


def long_name(number: int, most: int) -> str:
    """Return a name of `most` characters that differs for each number; some are full of Markdown marks."""
    filling = _MARKS[number % len(_MARKS)]
    return f"{number:03} {filling * most}"[:most]


async def fill(database: Path, guild: SandboxGuild, clock: Clock, *, raids: int = RAIDS) -> Large:
    """Fill the guild and the database of a bot that has not started yet."""
    chosen = [guild.add_role(long_name(number, _MAX_NAME_LENGTH)) for number in range(ROLES)][:_CHOSEN_ROLES]
    channels = [guild.add_channel(long_name(number, _MAX_NAME_LENGTH)) for number in range(CHANNELS)]
    people = [
        guild.add_member(f"member{n}", nick=long_name(n, _MAX_NICK_LENGTH), roles=chosen[:1]) for n in range(MEMBERS)
    ]
    stranger = guild.add_member("stranger", nick=long_name(999, _MAX_NICK_LENGTH))
    settings = _settings(GuildId(guild.id), ChannelId(channels[0].id), frozenset(role.id for role in chosen))
    offered = _catalogue()
    world = _World(guild, channels, people, offered, random.Random(1), clock().replace(microsecond=0))

    def work(tx: sqlite3.Connection) -> tuple[list[Raid], SeriesCode]:
        guilds.save_settings(tx, GuildSettings(guild=settings.guild), settings)
        guilds.save_names(tx, settings.guild, world.names())
        templates.save(tx, settings.guild, untouched(), offered)
        made = [world.open_raid(number) for number in range(raids)] + [world.gone(n) for n in range(CLOSED_RAIDS)]
        for raid in made:
            rows.insert(tx, raid)
        return made, _add_series(tx, settings.guild, offered, world)

    db = await Database.open(database)
    try:
        made, series = await db.write(work)
    finally:
        await db.close()
    return Large(
        guild=guild,
        channel=channels[0],
        regular=people[0],
        stranger=stranger,
        full=max((raid for raid in made if raid.is_open), key=lambda raid: len(list(raid.members()))).code,
        closed=max((raid for raid in made if not raid.is_open), key=lambda raid: len(raid.seats)).code,
        sided=max(made, key=lambda raid: len(raid.sides)).code,
        wide=max(made, key=lambda raid: len(raid.roles)).code,
        templates=tuple(entry.template for entry in offered.entries if entry.is_own),
        series=series,
    )


def _settings(guild: GuildId, channel: ChannelId, roles: frozenset[int]) -> GuildSettings:
    return GuildSettings(
        guild=guild,
        signup_style=SignupStyle.BUTTONS,
        channels=dict.fromkeys(Kind, channel),
        signup_roles=dict.fromkeys(Kind, roles),
        grants=Grants(roles, dict.fromkeys(commands(), roles)),
    )


def _catalogue() -> Catalogue:
    filled = untouched()
    for number in range(TEMPLATES):
        filled = catalogue.add(filled, _template(number))
    return filled


def _template(number: int) -> Template:
    """Return a template with as many roles, and as long names, as a board can hold."""
    count = (50, 26, 21, 20, 5)[number % 5]
    for most in (80, 60, 40, 30, 20, 10):
        made = Template(
            key=f"custom-large-{number}",
            name=long_name(number, _MAX_NAME_LENGTH),
            game=long_name(number, _MAX_NAME_LENGTH),
            description="x" * (1500 if number % 5 > 2 else 100),
            roles=tuple(_role(one, most) for one in range(count)),
            lengths=_LENGTHS,
            strategies=tuple(Strategy(long_name(one, _MAX_NAME_LENGTH)) for one in range(25)),
            sides=tuple(long_name(one, _MAX_NAME_LENGTH) for one in range(24)) if count < 20 else (),
        )
        if not check(made):
            return made
    raise AssertionError(f"no board takes {count} roles")


def _role(number: int, most: int) -> Role:
    return Role(
        key=RoleKey(f"role-{number}"),
        name=long_name(number, most),
        emoji=chr(0x1F400 + number),
        seats=1,
        group=f"Group {number % 5}",
    )


@dataclass(frozen=True, slots=True)
class _World:
    guild: SandboxGuild
    channels: list[Channel]
    people: list[Person]
    catalogue: Catalogue
    rng: random.Random
    now: datetime

    def names(self) -> list[tuple[MemberId, str]]:
        """Return the display names of all known members."""
        known = {self.guild.owner.id: self.guild.owner, **{person.id: person for person in self.people}}
        return [(MemberId(one), self.guild.member(person).display_name) for one, person in known.items()]

    def open_raid(self, number: int) -> Raid:
        """Return a posted raid with signups; every tenth is a museum with more signups than seats."""
        channel, world = self.channels[number % len(self.channels)], self.guild.sandbox.world
        planned = plan(
            replace(self._draft(number), starts_at=self.now + timedelta(hours=2 + number), zone=_ZONE),
            self.catalogue,
            guild=GuildId(self.guild.id),
            creator=MemberId(self.guild.owner.id),
            channel=ChannelId(channel.id),
            now=self.now,
        )
        board = messages.create(world, channel, world.bot, messages.Draft(content="A board"))
        raid = lifecycle.posted(replace(planned, code=RaidCode(new_code(self.rng))), MessageId(board.id)).raid
        for person in self.people if number % 10 == 0 else self.people[:10]:
            role = raid.roles[person.id % len(raid.roles)].key
            raid = signups.join(raid, MemberId(person.id), role, now=self.now, source=Source.BUTTON).raid
        return raid

    def gone(self, number: int) -> Raid:
        """Return a raid that closed at its start, 20 days ago or more."""
        raid = self.open_raid(10 * number)
        closed = lifecycle.close(raid, reason=CloseReason.AT_START, by=None, now=self.now).raid
        return replace(closed, starts_at=self.now - timedelta(days=20 + number), begun=True)

    def _draft(self, number: int) -> Draft:
        if number % 10 == 0:
            return replace(Draft().choosing(Kind.MUSEUM, self.catalogue), seats=50)
        if number % 10 == 1:
            team = Draft().choosing(Kind.KEY, self.catalogue)
            return replace(team, teams=4, team_size=4, subject=long_name(number, 50))
        chosen = Draft().choosing(f"custom-large-{number % TEMPLATES}", self.catalogue)
        return replace(chosen, length_minutes=_LENGTHS[-1], strategy=long_name(number % 25, _MAX_NAME_LENGTH))


def _add_series(tx: sqlite3.Connection, guild: GuildId, offered: Catalogue, world: _World) -> SeriesCode:
    """Add as many series as a guild may have, one a day, and return the code of the last."""
    template = next(entry.template for entry in offered.entries if entry.is_own)
    for number in range(MAX_SERIES):
        first = world.now + timedelta(days=number + 30)
        series = Series(
            guild=guild,
            code=SeriesCode(new_code(world.rng)),
            name=long_name(number, _MAX_NAME_LENGTH),
            schedule=Schedule(zone=_ZONE, start=first.replace(tzinfo=None), rule=Weekly((first.weekday(),))),
            rotation=(Turn(template=template.key, strategy=template.strategies[0].name),),
            creator=MemberId(world.guild.owner.id),
            created_at=world.now,
            looked_at=world.now,
        )
        series_transactions.create(tx, series=series, cause=Cause(Source.COMMAND), now=world.now)
    return series.code


def offering_options(large: Large) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield every option with autocomplete: its command, its name, and values for the other options."""
    standing = {"code": large.sided, "raid": large.sided, "activity": large.templates[0].key}
    standing |= {"template": standing["activity"], "series": large.series}
    for command in large.guild.sandbox.store.commands.values():
        for path, options in _leaves(command.name, command.payload.get("options") or []):
            given = {name: value for name, value in standing.items() if name in {one["name"] for one in options}}
            for one in options:
                if one.get("autocomplete"):
                    yield path, one["name"], {name: value for name, value in given.items() if name != one["name"]}


def _leaves(name: str, options: list[Json]) -> Iterator[tuple[str, list[Json]]]:
    below = [one for one in options if one["type"] in (1, 2)]
    if not below:
        yield name, options
    for one in below:
        yield from _leaves(f"{name} {one['name']}", one.get("options") or [])
