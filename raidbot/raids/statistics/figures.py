"""The figures of a member, of a server and of a week or month. Every figure is explained once, here.

Only raids count that took place and are marked as counting (`raidbot/db/statistics/counted.py`). *Came* is present plus
late. Figures of all time include the opening balances of members who moved in from the bot before; those of a week or
a month never do.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest

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


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place in a list by raids they came to. Whoever has the same number shares a place.

    `name` is their display name in the server, None for somebody who was forgotten or is not known.
    """

    place: int
    member: MemberId
    name: str | None
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
    everybody's attendance, opening balances included; these are no part of `raids`, `seats`, `filled`, `templates`
    and `starts`. `participants` are different members who came at least once, and `top` lists those who came
    most often, both with opening balances. `templates` are raids by template. `starts` are raids by weekday (0 is
    Monday) and hour of their start in the server's zone. `first_raid_at` and `last_raid_at` are starts of raids.
    """

    raids: int = 0
    uncounted: tuple[NamedCount, ...] = ()
    seats: int = 0
    tally: Tally = field(default_factory=Tally)
    participants: int = 0
    top: Top = Top()
    templates: tuple[NamedCount, ...] = ()
    starts: tuple[tuple[int, ...], ...] = ((0,) * 24,) * 7
    first_raid_at: datetime | None = None
    last_raid_at: datetime | None = None

    @property
    def filled(self) -> int:
        return self.tally.expected - self.tally.carried + self.tally.excused

    @property
    def weekdays(self) -> tuple[int, ...]:
        return tuple(map(sum, self.starts))

    @property
    def hours(self) -> tuple[int, ...]:
        return added(self.starts, 24)

    @property
    def not_counted(self) -> int:
        return sum(one.raids for one in self.uncounted)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """A server in a week or a month. Opening balances are no part of it.

    `raids` took place, count, and started in the period; `not_counted` took place then and do not count. `tally` sums
    up everybody's attendance. `participants` are different members who came. `newcomers` came for the first time: to no
    earlier raid that counts, and they have no opening balance of raids they came to.
    """

    period: Period
    raids: int = 0
    tally: Tally = field(default_factory=Tally)
    not_counted: int = 0
    participants: int = 0
    newcomers: int = 0
    top: Top = Top()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One week or month of a series: raids, different members who came, and how often members came and did not."""

    period: Period
    raids: int = 0
    participants: int = 0
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


def contenders(came: Mapping[MemberId, int]) -> dict[MemberId, int]:
    """Return those who may be among the first `TOP`: all with at least as many raids as the last of these."""
    least = min(nlargest(TOP, came.values()), default=0)
    return {member: raids for member, raids in came.items() if raids >= max(least, 1)}


def top_of(came: Mapping[MemberId, int], names: Mapping[MemberId, str]) -> Top:
    """Return the first of the contenders. Members who share a place are in the order of names, those without one last.

    Leaderboards have the same order.
    """

    def rank(member: MemberId) -> tuple[int, bool, str, int]:
        name = names.get(member)
        return -came[member], name is None, (name or "").casefold(), member

    ranked = sorted(came, key=rank)
    placed = places(came[member] for member in ranked)[:TOP]
    standings = tuple(
        Standing(place, member, names.get(member), came[member]) for place, member in zip(placed, ranked, strict=False)
    )
    return Top(standings, sum(came[member] == standings[-1].came for member in ranked[TOP:]) if standings else 0)


def combined(shares: Sequence[ServerShare]) -> MemberFigures:
    """Return a member's figures of several servers added up. Roles and templates of the same name are one.

    There is no streak over several servers.
    """
    each = [share.figures for share in shares]
    roles, templates = Counter[str](), Counter[str]()
    for figures in each:
        roles.update({role.name: role.raids for role in figures.roles})
        templates.update({template.name: template.raids for template in figures.templates})
    return MemberFigures(
        tally=total(shares),
        roles=most_first(roles),
        templates=most_first(templates),
        weekdays=added([figures.weekdays for figures in each], 7),
        hours=added([figures.hours for figures in each], 24),
        last_raid_at=max((figures.last_raid_at for figures in each if figures.last_raid_at), default=None),
    )


def added(rows: Iterable[Sequence[int]], length: int) -> tuple[int, ...]:
    """Return the sums, place by place, of rows of this length."""
    return tuple(map(sum, zip((0,) * length, *rows, strict=True)))


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
