"""Small raids of every kind for tests."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import (
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Raid,
    RaidCode,
    RaidId,
    Role,
    RoleKey,
    Source,
)
from raidbot.raids.rosters import signups

E = TypeVar("E")

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
START = NOW + timedelta(days=2)
GUILD = GuildId(7_000)
CHANNEL = ChannelId(7_100)
BOARD = MessageId(7_200)
CREATOR = MemberId(1)
MANAGER = MemberId(2)
ALICE, BOB, CAROL, DAVE, ERIN = (MemberId(number) for number in range(11, 16))

TANK, HEALER, DAMAGE = RoleKey("tank"), RoleKey("healer"), RoleKey("damage")
_EMOJIS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")


def roles(**seats: int) -> tuple[Role, ...]:
    """Return roles named after their keys: `roles(tank=1, healer=2)`."""
    return tuple(
        Role(key=RoleKey(key), name=key.title(), emoji=emoji, seats=number)
        for (key, number), emoji in zip(seats.items(), _EMOJIS, strict=False)
    )


def unposted_raid(kind: Kind = Kind.RAID, of: Iterable[Role] = (), **values: Any) -> Raid:
    """Return a raid whose board is not posted yet."""
    raid = Raid(
        id=RaidId(1),
        guild=GUILD,
        code=RaidCode("ABC234"),
        kind=kind,
        template="test",
        title="Molten Core",
        roles=tuple(of) or roles(tank=1, healer=2),
        creator=CREATOR,
        channel=CHANNEL,
        starts_at=START,
        zone="Europe/Berlin",
        created_at=NOW,
    )
    return replace(raid, **values)


def open_raid(kind: Kind = Kind.RAID, of: Iterable[Role] = (), **values: Any) -> Raid:
    """Return an open raid whose board is posted."""
    return lifecycle.posted(unposted_raid(kind, of, **values), BOARD).raid


def raid(**seats: int) -> Raid:
    """Return an open raid of kind RAID: `raid(tank=1, healer=2)`."""
    return open_raid(Kind.RAID, roles(**seats))


def museum(seats: int = 12) -> Raid:
    return open_raid(Kind.MUSEUM, (Role(key=RoleKey("museum"), name="Museum", emoji="✅", seats=seats),))


def team_raid(kind: Kind = Kind.KEY, *, number: int = 2, seats: int = 4) -> Raid:
    """Return an open key boss or challenge."""
    of = (
        Role(key=RoleKey(f"team-{n}"), name=f"Team {n}", emoji=_EMOJIS[n - 1], seats=seats)
        for n in range(1, number + 1)
    )
    return open_raid(kind, of, subject="Old Keep")


EVERY_KIND = (raid(tank=1, healer=2), museum(3), team_raid(Kind.KEY), team_raid(Kind.CHALLENGE))


def joined(raid: Raid, key: str, *members: MemberId) -> Raid:
    """Return the raid after these members reacted, in this order."""
    for member in members:
        raid = signups.react(raid, member, RoleKey(key), now=NOW).raid
    return raid


def seated(raid: Raid, key: str) -> list[MemberId]:
    return [seat.member for seat in raid.seated(RoleKey(key))]


def waiting(raid: Raid, key: str) -> list[MemberId]:
    return [wait.member for wait in raid.waitlist(RoleKey(key))]


def events_of(change: Change, kind: type[E]) -> list[E]:
    """Return the change's events of type `kind`."""
    return [event for event in change.events if isinstance(event, kind)]


def join_by_button(raid: Raid, member: MemberId, key: str) -> Change:
    return signups.join(raid, member, RoleKey(key), now=NOW, source=Source.BUTTON)


def react(raid: Raid, member: MemberId, key: str) -> ev.Change:
    return signups.react(raid, member, RoleKey(key), now=NOW)


def unreact(raid: Raid, member: MemberId, key: str) -> ev.Change:
    return signups.unreact(raid, member, RoleKey(key), now=NOW)


def closed(raid: Raid) -> Raid:
    return lifecycle.close(raid, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid
