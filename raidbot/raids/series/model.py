"""A series: its schedule, what is posted on each of its dates, and what is known of its postings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, TypeAlias

from raidbot.raids.model import ChannelId, GuildId, MemberId, RaidId, RoleKey
from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.rules import RecurrenceId

SeriesId = NewType("SeriesId", int)
SeriesCode = NewType("SeriesCode", str)

MAX_SERIES = 50
"""Series of one server."""
MAX_TURNS = 20
MAX_STANDING = 100
MAX_NAME_LENGTH = 100
MAX_NOTE_LENGTH = 500
MAX_SINGLES = 400
MAX_FAILURES = 5
"""Failed attempts after which a series is no longer posted, until somebody starts it again."""


class RosterMode(StrEnum):
    """The people who are on the roster of a new raid."""

    EMPTY = "empty"
    STANDING = "standing"
    """Those with a standing place."""
    COPY = "copy"
    """Those of the last raid that was not cancelled, then those with a standing place."""


class OldBoards(StrEnum):
    """The fate of the board before, once the next one is posted. A board of an open raid always stays."""

    LEAVE = "leave"
    UNPIN = "unpin"
    """The newest board is pinned, the one before is unpinned."""
    DELETE = "delete"


class TroubleCode(StrEnum):
    """The reason why a raid could not be posted. Rows hold it."""

    NO_CHANNEL = "no-channel"
    CHANNEL_GONE = "channel-gone"
    LACKING = "lacking"
    """`detail` names the permissions."""
    TEMPLATE_GONE = "template-gone"
    REFUSED = "refused"
    """`detail` is what the bot would answer to /create."""


@dataclass(frozen=True, slots=True)
class Trouble:
    code: TroubleCode
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One entry of a rotation, as /create asks for it. `template` is a template's key or a kind.

    None takes what the template says; a leader of None is the series' leader. Teams, seats and `counts` are for kinds.
    """

    template: str
    strategy: str | None = None
    title: str | None = None
    description: str | None = None
    subject: str | None = None
    length_minutes: int | None = None
    leader: MemberId | None = None
    teams: int | None = None
    team_size: int = 4
    seats: int = 12
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChange:
    """Changes of one occurrence besides its time, which is a move of the schedule. None changes nothing."""

    id: RecurrenceId
    leader: MemberId | None = None
    title: str | None = None
    note: str | None = None
    strategy: str | None = None
    length_minutes: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == SingleChange(id=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPlace:
    """A member who has a seat in every raid of a series, or is in line for it, unless it is on `not_on`.

    `role` is a key of the template's roles; `is_role_gone` once the member was told that no template has it any more.
    Earlier `place` numbers come first.
    """

    member: MemberId
    role: RoleKey
    since: datetime
    place: int
    not_on: frozenset[RecurrenceId] = frozenset()
    is_role_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A recurring raid. Instants are aware UTC; `channel` None is the channel configured for the kind.

    `looked_at` is the last look for due occurrences (`Due.looked_at`). `failures` counts failed attempts in a row;
    `trouble` is the last of them, also for a while after somebody started the series again. `revision` counts what
    people changed in it, the last time at `changed_at`.
    """

    id: SeriesId = SeriesId(0)
    guild: GuildId
    code: SeriesCode = SeriesCode("")
    name: str
    schedule: Schedule
    rotation: tuple[Turn, ...]
    creator: MemberId
    created_at: datetime
    looked_at: datetime
    channel: ChannelId | None = None
    leader: MemberId | None = None
    mention: int | None = None
    roster: RosterMode = RosterMode.STANDING
    old_boards: OldBoards = OldBoards.LEAVE
    singles: tuple[SingleChange, ...] = ()
    standing: tuple[StandingPlace, ...] = ()
    failures: int = 0
    trouble: Trouble | None = None
    revision: int = field(default=0, compare=False)
    changed_at: datetime | None = field(default=None, compare=False)

    @property
    def is_stopped(self) -> bool:
        """True after too many failures in a row: nothing is posted until somebody starts it again."""
        return self.failures >= MAX_FAILURES

    def occurrence_name(self, id_: RecurrenceId) -> str:
        """Return the name of an occurrence within the guild, which its raid keeps however it is moved."""
        return f"{self.code}-{id_}"

    def single(self, id_: RecurrenceId) -> SingleChange:
        """Return the changes of an occurrence, which may be empty."""
        return next((one for one in self.singles if one.id == id_), SingleChange(id=id_))

    def standing_of(self, member: MemberId) -> StandingPlace | None:
        return next((one for one in self.standing if one.member == member), None)


class OccurrenceState(StrEnum):
    """The end of an occurrence, as rows hold it."""

    POSTED = "posted"
    MISSED = "missed"
    """It began before it could be posted, and this was reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOccurrence:
    """An occurrence that was posted or missed. `reason` says why it was missed; None: the bot was away."""

    id: RecurrenceId
    state: OccurrenceState
    starts_at: datetime
    raid: RaidId | None = None
    reason: TroubleCode | None = None


SeriesRule: TypeAlias = Callable[[Series], Series]
DatesOffRule: TypeAlias = Callable[[tuple[DatesOff, ...]], tuple[DatesOff, ...]]
