"""A server's raids with everybody's attendance, as exports take them along, and what is summed up of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.raids.model import CancelReason, Kind, MemberId, Presence, RaidCode, RoleKey, Status
from raidbot.raids.statistics.tally import Tally, tally_of


@dataclass(frozen=True, slots=True)
class ExportedRole:
    key: RoleKey
    name: str
    seats: int


@dataclass(frozen=True, slots=True)
class ExportedAttendance:
    """`role` is the name under which figures know the role, `spec` what the member chose to play in it."""

    member: MemberId
    key: RoleKey
    role: str
    presence: Presence
    spec: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedRaid:
    """A raid of any status. Instants are UTC; `counted` is True if it is part of figures."""

    code: RaidCode
    title: str
    subject: str | None
    kind: Kind
    template: str
    status: Status
    cancelled_reason: CancelReason | None
    not_held: bool
    counts: bool
    counted: bool
    starts_at: datetime
    ends_at: datetime
    length_minutes: int | None
    zone: str
    leader: MemberId | None
    roles: tuple[ExportedRole, ...]
    attendance: tuple[ExportedAttendance, ...]

    @property
    def name(self) -> str:
        return f"{self.title} — {self.subject}" if self.subject else self.title

    @property
    def tally(self) -> Tally:
        return tally_of(Counter(row.presence for row in self.attendance))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedBalance:
    """The numbers that a member brought along: `raids` include `no_shows`. `weekdays` are by day, 0 is Sunday."""

    member: MemberId
    raids: int
    no_shows: int
    roles: Mapping[str, int] = field(default_factory=dict)
    templates: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    last_raid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSum:
    """A member's figures. `carried_no_shows` are from the opening balance, as `tally.carried` is.

    `favourite_roles` are the names of the roles played most often, several if they are even. `last_raid_at` is the
    start of the last raid that the member came to.
    """

    member: MemberId
    tally: Tally
    carried_no_shows: int = 0
    favourite_roles: tuple[str, ...] = ()
    last_raid_at: datetime | None = None


class MemberSums:
    """Sums up attendance up to `now` by member, raid by raid, so that not all raids have to be at hand at once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._presences: defaultdict[MemberId, Counter[Presence]] = defaultdict(Counter)
        self._roles: defaultdict[MemberId, Counter[str]] = defaultdict(Counter)
        self._last: dict[MemberId, datetime] = {}
        self._balances: dict[MemberId, ExportedBalance] = {}

    def add(self, raid: ExportedRaid) -> None:
        """Add a raid; one that is no part of figures changes nothing."""
        if not raid.counted:
            return
        for row in raid.attendance:
            self._presences[row.member][row.presence] += 1
            if row.presence.came:
                self._roles[row.member][row.role] += 1
                self._note_last(row.member, raid.starts_at)

    def add_balance(self, balance: ExportedBalance) -> None:
        self._balances[balance.member] = balance
        self._roles[balance.member].update(balance.roles)
        if balance.last_raid_at is not None and balance.last_raid_at <= self._now:
            self._note_last(balance.member, balance.last_raid_at)

    def rows(self) -> list[MemberSum]:
        """Return a row for each member, by raids they came to, most first."""
        found = [self._row(member) for member in self._presences.keys() | self._balances.keys()]
        return sorted(found, key=lambda row: (-row.tally.came, row.member))

    def _note_last(self, member: MemberId, at: datetime) -> None:
        self._last[member] = max(at, self._last.get(member, at))

    def _row(self, member: MemberId) -> MemberSum:
        tally = tally_of(self._presences.get(member, {}))
        balance = self._balances.get(member)
        if balance is not None:
            tally = tally.plus_balance(balance.raids, balance.no_shows)
        return MemberSum(
            member=member,
            tally=tally,
            carried_no_shows=0 if balance is None else min(balance.raids, balance.no_shows),
            favourite_roles=_most(self._roles.get(member, Counter())),
            last_raid_at=self._last.get(member),
        )


def _most(counts: Counter[str]) -> tuple[str, ...]:
    most = max(counts.values(), default=0)
    names = [name for name, number in counts.items() if number == most and most > 0]
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))
