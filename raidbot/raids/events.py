"""What a rule did, told in small facts; the board, the messages and the audit follow from them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from raidbot.raids.model import CancelReason, CloseReason, MemberId, Presence, Raid, RaidCode, RoleKey, Seat, Source


@dataclass(frozen=True, slots=True)
class Created:
    pass


@dataclass(frozen=True, slots=True)
class Posted:
    pass


@dataclass(frozen=True, slots=True)
class Joined:
    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class Moved:
    member: MemberId
    origin: RoleKey
    role: RoleKey


@dataclass(frozen=True, slots=True)
class Waitlisted:
    """`position` counts from 1; `keeps` is the role of the seat the member has meanwhile."""

    member: MemberId
    role: RoleKey
    position: int
    keeps: RoleKey | None = None


@dataclass(frozen=True, slots=True)
class Promoted:
    """A free seat went to the first in line, who left `origin` for it if they had a seat."""

    member: MemberId
    role: RoleKey
    origin: RoleKey | None = None


@dataclass(frozen=True, slots=True)
class Left:
    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class StoppedWaiting:
    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class Assigned:
    """A manager gave the seat; `forced` if the role was full already."""

    member: MemberId
    role: RoleKey
    origin: RoleKey | None
    forced: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """A manager took the member off the raid; `seat` is what they had, if they had one."""

    member: MemberId
    seat: Seat | None


@dataclass(frozen=True, slots=True)
class SentToWait:
    """A manager put the member into a role's line."""

    member: MemberId
    role: RoleKey
    position: int
    origin: RoleKey | None


@dataclass(frozen=True, slots=True)
class SideTaken:
    """A manager said on which side a seated member plays; None: on none."""

    member: MemberId
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SubstituteAsked:
    """A manager asked the member to take a free seat."""

    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class SubstituteCame:
    """Somebody who was asked took the seat, leaving `origin` for it if they had one; `by` asked them."""

    member: MemberId
    role: RoleKey
    origin: RoleKey | None
    by: MemberId


@dataclass(frozen=True, slots=True)
class AskDeclined:
    member: MemberId
    role: RoleKey
    by: MemberId


@dataclass(frozen=True, slots=True)
class AskEnded:
    """The seat the member was asked to take is somebody else's now."""

    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class Filled:
    """Every seat is taken, for the first time in this raid's life."""


@dataclass(frozen=True, slots=True)
class Closed:
    reason: CloseReason
    by: MemberId | None


@dataclass(frozen=True, slots=True)
class Reopened:
    by: MemberId


@dataclass(frozen=True, slots=True)
class Cancelled:
    reason: CancelReason
    by: MemberId | None


@dataclass(frozen=True, slots=True)
class TimeChanged:
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Reworded:
    """The raid's title, subject or description reads differently."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LengthChanged:
    """Minutes."""

    before: int | None
    after: int


@dataclass(frozen=True, slots=True)
class LeaderChanged:
    before: MemberId | None
    after: MemberId | None


@dataclass(frozen=True, slots=True)
class Duplicated:
    """The raid was put up again, under this code."""

    code: RaidCode


@dataclass(frozen=True, slots=True)
class Undone:
    """A manager took back what was done to the raid when it got this version."""

    action: str
    version: int


@dataclass(frozen=True, slots=True)
class PlaceRestored:
    """By taking something back the member has this seat again, or none, and waits for these roles."""

    member: MemberId
    seat: RoleKey | None
    waits: tuple[RoleKey, ...]


@dataclass(frozen=True, slots=True)
class Revived:
    """A cancelled raid takes place after all."""


@dataclass(frozen=True, slots=True)
class ThreadOpened:
    """The raid has a thread for its discussion."""


@dataclass(frozen=True, slots=True)
class ThreadLost:
    """The raid's discussion was deleted."""


@dataclass(frozen=True, slots=True)
class PresenceMarked:
    """A manager said whether somebody with a seat came."""

    member: MemberId
    before: Presence
    after: Presence


class Reminder(StrEnum):
    CREATOR = "creator"
    PARTICIPANTS = "participants"


@dataclass(frozen=True, slots=True)
class Reminded:
    which: Reminder
    members: tuple[MemberId, ...]


@dataclass(frozen=True, slots=True)
class MarksChanged:
    """Nothing but the bot's knowledge of the reactions on the board changed."""


Signup = Joined | Moved | Waitlisted | Promoted | Left | StoppedWaiting
RosterEdit = Assigned | Removed | SentToWait | SideTaken | PlaceRestored
Substitution = SubstituteAsked | SubstituteCame | AskDeclined | AskEnded
Lifecycle = Created | Posted | Filled | Closed | Reopened | Cancelled | Revived
Edit = TimeChanged | Reworded | LengthChanged | LeaderChanged | Duplicated | Undone
Bookkeeping = PresenceMarked | Reminded | ThreadOpened | ThreadLost | MarksChanged

Event = Signup | RosterEdit | Substitution | Lifecycle | Edit | Bookkeeping


@dataclass(frozen=True, slots=True)
class Change:
    """The raid after a rule, and what happened. No events: nothing is to be written.

    `answered` wanted the change and reads on the spot what became of it.
    """

    raid: Raid
    events: tuple[Event, ...] = ()
    answered: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Who wanted a change, and from where; managers' changes can be undone for a while."""

    source: Source
    actor: MemberId | None = None
    can_be_undone: bool = False

    @property
    def answered(self) -> MemberId | None:
        """Who reads on the spot what became of it."""
        return self.actor if self.source in (Source.BUTTON, Source.COMMAND) else None
