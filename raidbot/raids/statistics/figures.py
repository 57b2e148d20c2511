"""The figures of a member, of a server and of a week or month. Every figure is explained once, here.

Only raids count that took place and are marked as counting (`raidbot/db/statistics/counted.py`). *Came* is present plus
late. Figures of all time include the opening balances of members who moved in from the bot before; those of a week or
a month never do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.statistics.periods import Period
from raidbot.raids.statistics.places import places
from raidbot.raids.statistics.tally import Tally

TOP = 5
"""Members in the list of those who came most often."""


@dataclass(frozen=True, slots=True)
class NamedCount:
    """So many raids of one template, or in one role."""

    name: str
    raids: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFigures:
    """A member in one server, since its first raid.

    `tally` are numbers of raids by attendance, opening balance included. `roles` and `templates` are raids the member
    came to, by the role played and by the template, most often first; a template goes by the title most of these raids
    have. `weekdays` (0 is Monday) and `hours` (0 to 23) are raids the member came to, by their start in the server's
    zone; an opening balance knows weekdays, but no hours. `last_raid_at` is the start of the last raid the member came
    to. `streak` is how many raids in a row the member came to, up to now; excused nights, call-offs and waiting do not
    end it, a no-show does.
    """

    tally: Tally = field(default_factory=Tally)
    roles: tuple[NamedCount, ...] = ()
    templates: tuple[NamedCount, ...] = ()
    weekdays: tuple[int, ...] = (0,) * 7
    hours: tuple[int, ...] = (0,) * 24
    last_raid_at: datetime | None = None
    streak: int = 0

    @property
    def favourite_roles(self) -> tuple[str, ...]:
        """The names of the roles played most often; several if they are even."""
        return tuple(role.name for role in self.roles if role.raids == self.roles[0].raids)

    @property
    def favourite_weekdays(self) -> tuple[int, ...]:
        """The weekdays with most raids; several if they are even, none without raids."""
        most = max(self.weekdays)
        return tuple(day for day, raids in enumerate(self.weekdays) if most and raids == most)


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place in a list by raids they came to. Whoever has the same number shares a place."""

    place: int
    member: MemberId
    came: int


@dataclass(frozen=True, slots=True)
class Top:
    """The first `TOP` of all who came, and how many more share the last place that is listed."""

    standings: tuple[Standing, ...] = ()
    tied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFigures:
    """A server since its first raid.

    `raids` took place and count; `uncounted` took place and do not, by template. `seats` are those that the raids
    offered, `filled` those that somebody still held at the end: present, late, no-show or excused. `tally` sums up
    everybody's attendance, opening balances included; these are no part of `raids`, `seats`, `filled`, `templates`,
    `weekdays` and `hours`. `participants` are different members who came at least once, and `top` lists those who came
    most often, both with opening balances. `templates` are raids by template. `weekdays` and `hours` are raids by
    their start in the server's zone. `first_raid_at` and `last_raid_at` are starts of raids.
    """

    raids: int = 0
    uncounted: tuple[NamedCount, ...] = ()
    seats: int = 0
    tally: Tally = field(default_factory=Tally)
    participants: int = 0
    top: Top = Top()
    templates: tuple[NamedCount, ...] = ()
    weekdays: tuple[int, ...] = (0,) * 7
    hours: tuple[int, ...] = (0,) * 24
    first_raid_at: datetime | None = None
    last_raid_at: datetime | None = None

    @property
    def filled(self) -> int:
        return self.tally.expected - self.tally.carried + self.tally.excused

    @property
    def not_counted(self) -> int:
        return sum(one.raids for one in self.uncounted)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """A server in a week or a month. Opening balances are no part of it.

    `raids` took place, count, and started in the period. `tally` sums up everybody's attendance. `participants` are
    different members who came. `newcomers` came for the first time: to no earlier raid that counts, and they have no
    opening balance.
    """

    period: Period
    raids: int = 0
    tally: Tally = field(default_factory=Tally)
    participants: int = 0
    newcomers: int = 0
    top: Top = Top()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One week or month of a series: raids, and how many times members came to them and missed them."""

    period: Period
    raids: int = 0
    came: int = 0
    no_shows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerShare:
    """A member's figures in one of the servers that the bot serves."""

    guild: GuildId
    figures: MemberFigures


def most_first(counts: Mapping[str, int]) -> tuple[NamedCount, ...]:
    """Return the counts, highest first and then by name; those of 0 are left out."""
    found = [NamedCount(name, raids) for name, raids in counts.items() if raids > 0]
    return tuple(sorted(found, key=lambda one: (-one.raids, one.name.casefold(), one.name)))


def top_of(came: Iterable[tuple[MemberId, int]]) -> Top:
    """Return the first of all who came at least once. Members with the same number are in the order of their ids."""
    ranked = sorted((-raids, member) for member, raids in came if raids > 0)
    numbers = [-raids for raids, _ in ranked]
    listed = ranked[:TOP]
    placed = places(numbers[:TOP])
    standings = tuple(Standing(place, member, -raids) for place, (raids, member) in zip(placed, listed, strict=True))
    return Top(standings, numbers[TOP:].count(numbers[TOP - 1]) if len(numbers) > TOP else 0)


def total(shares: Iterable[ServerShare]) -> Tally:
    """Return the sum of a member's attendance in several servers."""
    tallies = [share.figures.tally for share in shares]
    return Tally(
        present=sum(one.present for one in tallies),
        late=sum(one.late for one in tallies),
        no_shows=sum(one.no_shows for one in tallies),
        excused=sum(one.excused for one in tallies),
        called_off=sum(one.called_off for one in tallies),
        benched=sum(one.benched for one in tallies),
        carried=sum(one.carried for one in tallies),
    )
