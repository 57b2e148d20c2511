"""The Raid value with its roster, and the ids and enums it is made of.

All four kinds share this one value and differ only in its data.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from raidbot.raids.emoji.model import key_of
from raidbot.raids.roster_model import Ask as Ask
from raidbot.raids.roster_model import Attendance as Attendance
from raidbot.raids.roster_model import ChannelId as ChannelId
from raidbot.raids.roster_model import GivenUp as GivenUp
from raidbot.raids.roster_model import GuildId as GuildId
from raidbot.raids.roster_model import Mark as Mark
from raidbot.raids.roster_model import MemberId as MemberId
from raidbot.raids.roster_model import MessageId as MessageId
from raidbot.raids.roster_model import Presence as Presence
from raidbot.raids.roster_model import RaidCode as RaidCode
from raidbot.raids.roster_model import RaidId as RaidId
from raidbot.raids.roster_model import Role as Role
from raidbot.raids.roster_model import RoleKey as RoleKey
from raidbot.raids.roster_model import Seat as Seat
from raidbot.raids.roster_model import Source as Source
from raidbot.raids.roster_model import Wait as Wait
from raidbot.raids.schedules.model import Lead


class Kind(StrEnum):
    RAID = "raid"
    MUSEUM = "museum"
    KEY = "key"
    CHALLENGE = "challenge"


class Status(StrEnum):
    POSTING = "posting"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CloseReason(StrEnum):
    MANUAL = "manual"
    FULL = "full"
    AT_START = "at_start"
    DEADLINE = "deadline"


class CancelReason(StrEnum):
    MANUAL = "manual"
    MESSAGE_DELETED = "message_deleted"
    CHANNEL_DELETED = "channel_deleted"
    GUILD_LEFT = "guild_left"
    NOT_POSTED = "not_posted"


class PictureLoss(StrEnum):
    """The reason why a board goes without its picture."""

    TOO_LARGE = "too_large"
    NOT_ALLOWED = "not_allowed"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture on the board: an https `url`, or the id of a `stored` file (`db.pictures`). `text` describes it.

    `file_type` is the file's extension. A picture with neither is none: a draft says so instead of its template's.
    """

    url: str | None = None
    stored: int | None = None
    file_type: str = ""
    is_large: bool = False
    text: str = ""

    @property
    def is_blank(self) -> bool:
        return self.url is None and self.stored is None

    @property
    def file_name(self) -> str:
        """The name under which the stored file is uploaded: another file has another name."""
        return f"picture-{self.stored}.{self.file_type}"

    @property
    def address(self) -> str:
        """The address for an embed."""
        return self.url if self.url is not None else f"attachment://{self.file_name}"


NO_PICTURE = Picture()


USUAL_LENGTH = timedelta(hours=2)
"""Length of a raid that has none."""

BOARD_DELETED_REASONS = frozenset({CancelReason.MESSAGE_DELETED, CancelReason.CHANNEL_DELETED})


@dataclass(frozen=True, kw_only=True)
class Raid:
    """Any signup post. Instants are aware UTC; `zone` is the IANA name of the zone in which the start was given.

    `lengths` and `length_minutes` are minutes. `mention_role` is mentioned above the board, once, when it is posted.
    `hold` keeps the clock from closing a reopened raid before its start.
    Signups close `signup_lead` before the start (see `raids.deadlines`); reopening after that sets `deadline_lifted`.
    `timed_at` is the instant at which the start was changed last. All reminders due up to `reminded_until` are sent.
    `begun` is noted when signups end at the start; a raid that is open and has begun was reopened for latecomers.
    `not_held` is True for a cancelled raid that had begun: it did not take place, and keeps its attendance.
    `series` is the id of the series that the raid was posted for, which may be deleted since; `planned_as` names the
    occurrence that it was, for ever (`Series.occurrence_name`).
    Whoever signs up reads `signup_text`. `cancel_note` is the reason for cancelling as `cancelled_by` typed it.

    It has no slots, so that `changed` can copy it at once: every reaction makes a few copies.
    """

    id: RaidId
    guild: GuildId
    code: RaidCode
    kind: Kind
    template: str
    title: str
    emoji: str = ""
    description: str = ""
    signup_text: str = ""
    colour: int = 0x0099FF
    roles: tuple[Role, ...]
    sides: tuple[str, ...] = ()
    strategy: str | None = None
    length_minutes: int | None = None
    lengths: tuple[int, ...] = ()
    subject: str | None = None
    counts: bool = True

    creator: MemberId
    leader: MemberId | None = None
    channel: ChannelId
    message: MessageId | None = None
    thread: ChannelId | None = None
    mention_role: int | None = None
    picture: Picture | None = None

    starts_at: datetime
    zone: str
    time_revision: int = 0
    signup_lead: Lead | None = None
    created_at: datetime
    timed_at: datetime | None = None
    reminded_until: datetime | None = None

    status: Status = Status.POSTING
    closed_at: datetime | None = None
    closed_by: MemberId | None = None
    closed_reason: CloseReason | None = None
    cancelled_reason: CancelReason | None = None
    cancelled_by: MemberId | None = None
    cancel_note: str = ""
    hold: bool = False
    deadline_lifted: bool = False
    begun: bool = False
    not_held: bool = False
    series: int | None = None
    planned_as: str | None = None
    filled_once: bool = False

    seats: tuple[Seat, ...] = ()
    waits: tuple[Wait, ...] = ()
    marks: tuple[Mark, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    asks: tuple[Ask, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    next_place: int = 1
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.status is Status.OPEN

    @property
    def is_live(self) -> bool:
        """True if the raid is posted and not cancelled."""
        return self.status in (Status.OPEN, Status.CLOSED)

    @property
    def time_known_since(self) -> datetime:
        return self.timed_at or self.created_at

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + (timedelta(minutes=self.length_minutes) if self.length_minutes else USUAL_LENGTH)

    @property
    def signups_end_at(self) -> datetime:
        """The start, or the end of a raid that was reopened for latecomers."""
        return self.ends_at if self.is_open and self.begun else self.starts_at

    def is_frozen(self, now: datetime) -> bool:
        """Return True if only a raid leader still changes the roster: it has begun and is not open to latecomers."""
        return now >= self.signups_end_at

    def took_place(self, now: datetime) -> bool:
        """Return True if the raid is over. It is not moved, cancelled or reopened then."""
        return self.is_live and now >= self.ends_at

    @property
    def shows_signups(self) -> bool:
        """True while the board has reactions and buttons: until the start, as members can leave until then."""
        return self.status in (Status.POSTING, Status.OPEN) or (self.status is Status.CLOSED and not self.begun)

    @property
    def name(self) -> str:
        return f"{self.title} — {self.subject}" if self.subject else self.title

    @property
    def capacity(self) -> int:
        return sum(role.seats for role in self.roles)

    @property
    def link(self) -> str | None:
        """The board's URL, or None before it is posted and after it is deleted."""
        if self.message is None or self.cancelled_reason in BOARD_DELETED_REASONS:
            return None
        return f"https://discord.com/channels/{self.guild}/{self.channel}/{self.message}"

    def role(self, key: RoleKey) -> Role:
        """Return the role with this key. Raises KeyError."""
        for role in self.roles:
            if role.key == key:
                return role
        raise KeyError(key)

    def role_for_emoji(self, emoji_key: str) -> Role | None:
        """Return the role whose emoji has this key (see `raids.emoji.model.key_of`), or None."""
        for role in self.roles:
            if key_of(role.emoji) == emoji_key:
                return role
        return None

    def seated(self, key: RoleKey) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.role == key)

    def is_over_capacity(self, seat: Seat) -> bool:
        """Return True if the seat was forced and its role still has more members than seats."""
        return seat.forced and len(self.seated(seat.role)) > self.role(seat.role).seats

    def waitlist(self, key: RoleKey) -> tuple[Wait, ...]:
        """Return the role's waitlist, first in line first."""
        return tuple(wait for wait in self.waits if wait.role == key)

    def position_of(self, wait: Wait) -> int:
        """Return the place in line, counted from 1."""
        return self.waitlist(wait.role).index(wait) + 1

    def seat_of(self, member: MemberId) -> Seat | None:
        for seat in self.seats:
            if seat.member == member:
                return seat
        return None

    def waits_of(self, member: MemberId) -> tuple[Wait, ...]:
        return tuple(wait for wait in self.waits if wait.member == member)

    def is_waiting(self, member: MemberId, key: RoleKey) -> bool:
        return any(wait.member == member and wait.role == key for wait in self.waits)

    def has_place(self, member: MemberId, key: RoleKey) -> bool:
        """Return True if the member has a seat in the role or waits for one."""
        held = self.seat_of(member)
        return (held is not None and held.role == key) or self.is_waiting(member, key)

    def mark_of(self, member: MemberId, key: RoleKey) -> Mark | None:
        for mark in self.marks:
            if mark.member == member and mark.role == key:
                return mark
        return None

    def has_room(self, role: Role) -> bool:
        return len(self.seats) < role.seats or len(self.seated(role.key)) < role.seats

    @property
    def is_full(self) -> bool:
        """True if every role has all its seats taken; an overfilled role does not make up for free seats elsewhere."""
        if len(self.seats) < self.capacity:
            return False
        taken: dict[RoleKey, int] = {}
        for seat in self.seats:
            taken[seat.role] = taken.get(seat.role, 0) + 1
        return all(taken.get(role.key, 0) >= role.seats for role in self.roles)

    def members(self) -> Iterator[MemberId]:
        """Iterate over members with a seat or on a waitlist, each once."""
        return iter(dict.fromkeys([*(s.member for s in self.seats), *(w.member for w in self.waits)]))

    def asked(self) -> Iterator[MemberId]:
        """Iterate over members who were asked to substitute and have not answered, each once."""
        return iter(dict.fromkeys(ask.member for ask in self.asks))

    def without_seat(self, member: MemberId) -> "Raid":
        seat = self.seat_of(member)
        return self if seat is None else changed(self, seats=tuple([one for one in self.seats if one is not seat]))

    def without_waits(self, member: MemberId, key: RoleKey | None = None) -> "Raid":
        """Return the raid without the member's wait for the role, or without all their waits if `key` is None."""
        kept = tuple([w for w in self.waits if w.member != member or (key is not None and w.role != key)])
        return self if len(kept) == len(self.waits) else changed(self, waits=kept)

    def with_mark(self, mark: Mark) -> "Raid":
        """Return the raid with this mark, replacing the member's earlier one for the role; marks stay sorted."""
        place = bisect_left(self.marks, _member_and_role(mark), key=_member_and_role)
        rest = self.marks[place:]
        if rest and _member_and_role(rest[0]) == _member_and_role(mark):
            rest = rest[1:]
        return changed(self, marks=(*self.marks[:place], mark, *rest))

    def without_mark(self, member: MemberId, key: RoleKey) -> "Raid":
        mark = self.mark_of(member, key)
        return self if mark is None else changed(self, marks=tuple([one for one in self.marks if one is not mark]))


if TYPE_CHECKING:
    changed = replace
else:

    def changed(raid: Raid, **fields: object) -> Raid:
        """Return a copy of the raid with these fields: `dataclasses.replace` at a tenth of its price."""
        copy = object.__new__(Raid)
        copy.__dict__.update(raid.__dict__, **fields)
        return copy


def _member_and_role(mark: Mark) -> tuple[MemberId, RoleKey]:
    return mark.member, mark.role
