"""The people of a raid: its roles, and who has a seat, waits, was asked or was there, with the ids of all of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
MessageId = NewType("MessageId", int)
MemberId = NewType("MemberId", int)
RaidId = NewType("RaidId", int)
RaidCode = NewType("RaidCode", str)
RoleKey = NewType("RoleKey", str)


class Source(StrEnum):
    """The origin of a change."""

    REACTION = "reaction"
    BUTTON = "button"
    COMMAND = "command"
    MANAGER = "manager"
    CLOCK = "clock"
    RECONCILE = "reconcile"
    DISCORD = "discord"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A position in a raid. `key` is stable and unique within the raid; names and icons may repeat.

    `specs` are the specialisations or jobs among which whoever has a seat may choose.
    """

    key: RoleKey
    name: str
    emoji: str
    seats: int
    group: str = ""
    icon: str = ""
    specs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's seat. `place` is the order of arrival in the raid; `forced` marks a seat given in a full role.

    `spec` is one of the role's `specs`, or None if the member chose none.
    """

    member: MemberId
    role: RoleKey
    place: int
    since: datetime
    source: Source
    forced: bool = False
    side: str | None = None
    spec: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A place on a role's waitlist; waitlists are ordered by `place`."""

    member: MemberId
    role: RoleKey
    place: int
    since: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Mark:
    """A member's reaction on the board that the bot has acted on.

    `unwanted` marks are reactions the bot is going to remove; their removal does not mean that the member leaves.
    """

    member: MemberId
    role: RoleKey
    unwanted: bool = False


class Presence(StrEnum):
    """Attendance of a member in a closed raid; PRESENT with a seat until a manager marks it otherwise.

    LATE is that of a member who came later than the start, CALLED_OFF of one who gave up their seat after signups
    closed, and BENCHED of one who waited at the end.
    """

    PRESENT = "present"
    LATE = "late"
    NO_SHOW = "no-show"
    EXCUSED = "excused"
    CALLED_OFF = "called off"
    BENCHED = "benched"

    @property
    def came(self) -> bool:
        return self in (Presence.PRESENT, Presence.LATE)


@dataclass(frozen=True, slots=True)
class Attendance:
    """A member's attendance; `marked_by` and `marked_at` are None until a manager marks it."""

    member: MemberId
    role: RoleKey
    presence: Presence = Presence.PRESENT
    marked_by: MemberId | None = None
    marked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """An unanswered request to a member to take a seat as a substitute."""

    member: MemberId
    role: RoleKey
    by: MemberId
    since: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A seat that its member gave up at `at` (UTC), for as long as they may have it back before others."""

    member: MemberId
    role: RoleKey
    at: datetime
    spec: str | None = None
