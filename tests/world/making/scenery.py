"""The servers, members and templates of the world, and the instants at which its raids start."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from raidbot.raids.model import ChannelId, GuildId, MemberId, Role, RoleKey
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.model import Template

NOW = datetime(2027, 1, 1, 3, 30, tzinfo=UTC)
"""New Year's Day in Berlin and on Lord Howe Island, and the evening before in Los Angeles."""
FIRST = datetime(2025, 1, 2, tzinfo=UTC)
MEMBERS = 400
AT_ONCE = 10
"""Raids of a server that start together with another one of it."""
FIRST_MEMBER = 200_000_000_000_000_000
DELETED_TEMPLATE = "custom-deleted-long-ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server with so many raids. Its members are every `step`-th of the world, from number `first` to `last`."""

    guild: GuildId
    name: str
    zone: str
    raids: int
    first: int
    last: int
    step: int = 1

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def channel(self) -> ChannelId:
        return ChannelId(self.guild + 1)

    @property
    def members(self) -> tuple[MemberId, ...]:
        """The members, most eager first."""
        return _members(self)


@cache
def _members(server: Server) -> tuple[MemberId, ...]:
    return tuple(member(number) for number in range(server.first, server.last, server.step))


def member(number: int) -> MemberId:
    """Return the id of a member, which is as long as one of Discord's."""
    return MemberId(FIRST_MEMBER + number * 7_919)


SERVERS = (
    Server(guild=GuildId(910_000_000_000_000_100), name="Berlin", zone="Europe/Berlin", raids=1500, first=0, last=240),
    Server(
        guild=GuildId(910_000_000_000_000_200),
        name="Los Angeles",
        zone="America/Los_Angeles",
        raids=1000,
        first=150,
        last=MEMBERS,
    ),
    Server(
        guild=GuildId(910_000_000_000_000_300),
        name="Lord Howe",
        zone="Australia/Lord_Howe",  # half an hour of daylight saving time, in the southern summer
        raids=500,
        first=2,
        last=MEMBERS,
        step=3,
    ),
)


def templates() -> tuple[Template, ...]:
    """Return templates with names that repeat: of roles within one, of roles among several, and of two templates."""
    known = {template.key: template for template in builtin()}
    twin = Template(
        key="custom-twin",
        name=known["dungeon-5"].name,
        emoji="🗝️",
        roles=(
            Role(key=RoleKey("a"), name="Healer", emoji="1️⃣", seats=2),
            Role(key=RoleKey("b"), name="Healer", emoji="2️⃣", seats=1),
            Role(key=RoleKey("c"), name="=SUM(1,2)", emoji="3️⃣", seats=3),
        ),
    )
    deleted = Template(
        key=DELETED_TEMPLATE,
        name="@everyone ](x) *old* evening",
        emoji="🕯️",
        lengths=(45,),
        roles=(
            Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=2),
            Role(key=RoleKey("rest"), name="Rest", emoji="⚔️", seats=5),
        ),
    )
    chosen = ("dungeon-5", "gw2-10", "polaris", "wow-10", "ffxiv-8", "dragonspyre")
    return (*(known[key] for key in chosen), twin, deleted)


def starts(server: Server, rng: random.Random) -> list[datetime]:
    """Return the starts of the server's raids, earliest first: at borders, on nights of clock changes, and any."""
    local = {*_at_borders(server), *_in_changing_nights(server)}
    instants = {_instant(wall, server) for wall in local} | {NOW - timedelta(minutes=n) for n in (1, 30, 119, 120, 121)}
    instants |= {NOW + timedelta(hours=hours) for hours in (1, 5, 30, 24 * 7, 24 * 40)}
    span = int((NOW - FIRST).total_seconds()) // 900
    evening = (17, 18, 19, 19, 20, 20, 20, 21, 22)
    while len(instants) < server.raids - AT_ONCE:
        instant = FIRST + timedelta(seconds=900 * rng.randrange(span))
        if rng.random() < 0.8:  # most people raid in the evening of their server
            day = instant.astimezone(server.tz).date()
            wall = datetime.combine(day, time(rng.choice(evening), rng.choice((0, 15, 30, 45))))
            instant = _instant(wall, server)
        if instant < NOW:
            instants.add(instant)
    return sorted([*instants, *rng.sample(sorted(instant for instant in instants if instant < NOW), AT_ONCE)])


def _instant(wall: datetime, server: Server) -> datetime:
    return wall.replace(tzinfo=server.tz).astimezone(UTC)


def _at_borders(server: Server) -> list[datetime]:
    """Return the last minute of months, years and some weeks by the server's clocks, and the first one after it."""
    months = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(1, 24)]
    mondays = [date(2025, 1, 6) + timedelta(weeks=n) for n in range(0, 104, 3)]
    ends = {*months, *mondays}
    midnights = [datetime.combine(day, time()) for day in sorted(ends)]
    return [wall for midnight in midnights for wall in (midnight - timedelta(minutes=1), midnight)]


def _in_changing_nights(server: Server) -> list[datetime]:
    """Return half hours of the nights in which the server's clocks were changed."""
    nights, day = [], FIRST.date()
    while day < NOW.date():
        before, after = (datetime.combine(day + timedelta(days=n), time(), tzinfo=server.tz) for n in (0, 1))
        if before.utcoffset() != after.utcoffset():
            nights.append(day)
        day += timedelta(days=1)
    return [datetime.combine(night, time()) + timedelta(minutes=30 * n) for night in nights for n in range(9)]
