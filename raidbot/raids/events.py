"""Events: the facts a rule produces, from which boards, messages and the audit follow."""

from dataclasses import dataclass
from datetime import datetime

from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import (
    CancelReason,
    CloseReason,
    MemberId,
    Presence,
    Raid,
    RaidCode,
    RoleKey,
    Seat,
    Source,
    changed,
)
from raidbot.raids.pictures.events import PictureChanged as PictureChanged
from raidbot.raids.pictures.events import PictureLost as PictureLost
from raidbot.raids.reminders.events import Joint as Joint
from raidbot.raids.reminders.events import Reminded as Reminded
from raidbot.raids.reminders.events import Reminder as Reminder
from raidbot.raids.reminders.events import ReminderMissed as ReminderMissed
from raidbot.raids.schedules.model import Lead


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
    """The member joined a waitlist. `position` counts from 1; `keeps` is the role of their current seat, if any.

    `returned`: they gave that seat up a moment ago, it went to another, and they are first in line for that.
    """

    member: MemberId
    role: RoleKey
    position: int
    keeps: RoleKey | None = None
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Promoted:
    """A free seat went to the first on the waitlist, who gave up a seat in `origin` if they had one."""

    member: MemberId
    role: RoleKey
    origin: RoleKey | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """The member gave up their seat; `called_off` if signups were closed already."""

    member: MemberId
    role: RoleKey
    called_off: bool = False


@dataclass(frozen=True, slots=True)
class StoppedWaiting:
    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """The member's wait for the role ended with another event: a seat or line elsewhere, or being taken off."""

    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class SpecChosen:
    """The member chose what they play in their seat; None means no choice."""

    member: MemberId
    role: RoleKey
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Assigned:
    """A manager gave the member a seat; `forced` if the role was already full."""

    member: MemberId
    role: RoleKey
    origin: RoleKey | None
    forced: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """A manager took the member off the raid; `seat` is the seat they had, if any, and `reason` what they wrote."""

    member: MemberId
    seat: Seat | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SentToWait:
    """A manager put the member on a role's waitlist; `position` counts from 1."""

    member: MemberId
    role: RoleKey
    position: int
    origin: RoleKey | None


@dataclass(frozen=True, slots=True)
class SeatsChanged:
    """A manager gave a role another number of seats."""

    role: RoleKey
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SideTaken:
    """A manager assigned a seated member to a side; None means no side."""

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
    """A member whom `by` had asked took the seat, giving up a seat in `origin` if they had one."""

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
class AskUndelivered:
    """Discord delivered no request to the member, whom `by` had asked."""

    member: MemberId
    role: RoleKey
    by: MemberId


@dataclass(frozen=True, slots=True)
class AskEnded:
    """The last seat the member was asked to take went to another member."""

    member: MemberId
    role: RoleKey


@dataclass(frozen=True, slots=True)
class Filled:
    """Every seat is taken for the first time; happens at most once per raid."""


@dataclass(frozen=True, slots=True)
class Closed:
    reason: CloseReason
    by: MemberId | None


@dataclass(frozen=True, slots=True)
class Reopened:
    """Signups are open again; None: by the rules, because the reason for the closing is gone."""

    by: MemberId | None


@dataclass(frozen=True, slots=True)
class Began:
    """A raid whose signups were closed before has reached its start."""


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The raid lies ahead after all: its start was noted while the machine's clock was ahead."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The raid does not take place; `lacking` are permissions without which its board could not be posted.

    `note` is why `by` cancelled it, in their own words.
    """

    reason: CancelReason
    by: MemberId | None
    lacking: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotHeld:
    """A manager noted after its end that the raid did not take place."""

    by: MemberId


@dataclass(frozen=True, slots=True)
class TimeChanged:
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Reworded:
    """A text of the raid changed; `what` is “title”, “subject”, “description” or “signup_text”."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LengthChanged:
    """The raid's length changed; lengths are in minutes."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class DeadlineChanged:
    """Signups close another time before the start; None: at the start."""

    before: Lead | None
    after: Lead | None


@dataclass(frozen=True, slots=True)
class LeaderChanged:
    before: MemberId | None
    after: MemberId | None


@dataclass(frozen=True, slots=True)
class Duplicated:
    """The raid was duplicated; `code` is the copy's."""

    code: RaidCode


@dataclass(frozen=True, slots=True)
class Undone:
    """A manager undid the action that gave the raid this version."""

    action: AuditAction
    version: int


@dataclass(frozen=True, slots=True)
class PlaceRestored:
    """An undo restored the member's seat (None: no seat) and waits."""

    member: MemberId
    seat: RoleKey | None
    waits: tuple[RoleKey, ...]


@dataclass(frozen=True, slots=True)
class Revived:
    """A cancellation was undone: the raid takes place after all."""


@dataclass(frozen=True, slots=True)
class ThreadOpened:
    """The raid got a discussion thread."""


@dataclass(frozen=True, slots=True)
class ThreadLost:
    """The raid's discussion thread was deleted."""


@dataclass(frozen=True, slots=True)
class PresenceMarked:
    """A manager marked whether a seated member came."""

    member: MemberId
    before: Presence
    after: Presence


@dataclass(frozen=True, slots=True)
class MarksChanged:
    """Only the bot's record of the reactions on the board changed."""


SIGNING_UP = (Joined, Moved, Waitlisted, SubstituteCame)  # after these the member reads the raid's sign-up text

Signup = Joined | Moved | Waitlisted | Promoted | Left | StoppedWaiting | WaitEnded | SpecChosen
RosterEdit = Assigned | Removed | SentToWait | SideTaken | PlaceRestored
Substitution = SubstituteAsked | SubstituteCame | AskDeclined | AskUndelivered | AskEnded
Lifecycle = Created | Posted | Filled | Closed | Reopened | Began | NotBegun | NotHeld | Cancelled | Revived
Edit = (
    TimeChanged
    | DeadlineChanged
    | Reworded
    | LengthChanged
    | SeatsChanged
    | PictureChanged
    | LeaderChanged
    | Duplicated
    | Undone
)
Bookkeeping = PresenceMarked | Reminded | ReminderMissed | ThreadOpened | ThreadLost | PictureLost | MarksChanged

Event = Signup | RosterEdit | Substitution | Lifecycle | Edit | Bookkeeping


@dataclass(frozen=True, slots=True)
class Change:
    """The raid after a rule, and the events that happened. No events: nothing is written.

    `answered` asked for the change and sees the result in the interaction's response, so no DM repeats it. `by` is
    whoever made the change, by whatever road; None for the clock and for what Discord did.
    """

    raid: Raid
    events: tuple[Event, ...] = ()
    answered: MemberId | None = None
    by: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """The source of a change and the member who asked for it; managers' changes can be undone for `UNDO_PERIOD`.

    `reader` waits for the result in an interaction's response, although they did not make this change.
    """

    source: Source
    actor: MemberId | None = None
    can_be_undone: bool = False
    reader: MemberId | None = None

    @property
    def answered(self) -> MemberId | None:
        """The member who sees the result in an interaction's response, if there is one."""
        if self.reader is not None:
            return self.reader
        return self.actor if self.source in (Source.BUTTON, Source.COMMAND) else None

    def made(self, change: Change, version: int) -> Change:
        """Return the change with those who made it and who read its answer; the raid gets this version."""
        return Change(changed(change.raid, version=version), change.events, self.answered, self.actor)
