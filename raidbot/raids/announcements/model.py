"""Announcements of a template, a series or a raid, and what of them applies to a raid."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from raidbot.raids.model import ChannelId, Raid
from raidbot.raids.schedules.spans import before_start, instant_before
from raidbot.raids.times.zones import zone_named
from raidbot.utils.ids import fingerprint
from raidbot.utils.words import Length, Text, say

MAX_PER_OWNER = 5
MAX_TEXT_LENGTH = 500
MAX_BEFORE_DAYS = 28
MAX_AFTER_MINUTES = 24 * 60
MAX_LATENESS_BEFORE = timedelta(minutes=10)
"""Time after its minute for which an announcement before the start is still posted, though never after the start."""
MAX_LATENESS_AFTER = timedelta(minutes=15)
"""The same for one at the start or after it."""


class OwnerKind(StrEnum):
    TEMPLATE = "template"
    SERIES = "series"
    RAID = "raid"


@dataclass(frozen=True, slots=True)
class Owner:
    """A template by its key, or a series or raid by its id as text, within one guild."""

    kind: OwnerKind
    key: str

    @classmethod
    def of(cls, raid: Raid) -> "Owner":
        return cls(OwnerKind.RAID, str(raid.id))

    @classmethod
    def of_series(cls, series: int) -> "Owner":
        return cls(OwnerKind.SERIES, str(series))


class Place(StrEnum):
    """The channel of the board, the thread of the raid (the board's channel if it has none), or a chosen channel."""

    BOARD = "board"
    THREAD = "thread"
    CHANNEL = "channel"


class Ping(StrEnum):
    """The people whom an announcement notifies: nobody, those with a seat, or a role."""

    NOBODY = "silent"
    SEATED = "seated"
    ROLE = "role"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Calendar days of the raid's zone and minutes after the start; both are negative for a time before it."""

    days: int = 0
    minutes: int = 0

    @property
    def is_before(self) -> bool:
        return self.days < 0 or self.minutes < 0

    def at(self, raid: Raid) -> datetime:
        """Return the instant (UTC). Days keep the time of day; minutes are elapsed time."""
        return instant_before(raid.starts_at, zone_named(raid.zone), -self.days, -self.minutes)

    def latest(self, raid: Raid) -> datetime:
        """Return the instant (UTC) after which it is too late."""
        if self.is_before:
            return min(self.at(raid) + MAX_LATENESS_BEFORE, raid.starts_at)
        return self.at(raid) + MAX_LATENESS_AFTER

    @property
    def words(self) -> Text:
        """“15 minutes before the start”, “at the start”."""
        if self.minutes > 0:
            return say("{length} after the start", length=Length(self.minutes))
        return before_start(-self.days, -self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement as it was entered. `id` is 0 until it is stored; without a `text` it says the usual words.

    `channel` and `role` are ids for the place and the ping of that name, else None.
    """

    id: int = 0
    moment: Moment
    text: str = ""
    place: Place = Place.BOARD
    channel: ChannelId | None = None
    ping: Ping = Ping.NOBODY
    role: int | None = None

    @property
    def same_post(self) -> tuple[Moment, Place, ChannelId | None, str]:
        """Equal for announcements that would be the same message in the same channel at the same time."""
        return self.moment, self.place, self.channel, self.text

    def channel_of(self, raid: Raid) -> ChannelId:
        if self.place is Place.CHANNEL and self.channel is not None:
            return self.channel
        return raid.thread if self.place is Place.THREAD and raid.thread is not None else raid.channel


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A message that a raid's announcements owe. It notifies the members with a seat, and these roles."""

    moment: Moment
    channel: ChannelId
    text: str
    seated: bool = False
    roles: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Equal for the same message in the same channel at the same time."""
        return f"{self.moment.days}:{self.moment.minutes}:{fingerprint(f'{self.channel} {self.text}')}"


def planned(raid: Raid, announcements: Iterable[Announcement]) -> tuple[PlannedPost, ...]:
    """Return the posts of a raid, earliest first. Equal ones are one post, which notifies the people of all."""
    posts: dict[tuple[Moment, ChannelId, str], PlannedPost] = {}
    for one in announcements:
        key = (one.moment, one.channel_of(raid), one.text)
        post = posts.get(key, PlannedPost(*key))
        roles = (one.role,) if one.ping is Ping.ROLE and one.role is not None else ()
        posts[key] = replace(
            post,
            seated=post.seated or one.ping is Ping.SEATED,
            roles=tuple(dict.fromkeys((*post.roles, *roles))),
        )
    return tuple(sorted(posts.values(), key=lambda post: (post.moment.at(raid), post.channel, post.text)))


def role_of_post(raid: Raid, *, now: datetime) -> int | None:
    """Return the role that the raid's own post notifies, if any; nobody is notified of a raid long begun."""
    return raid.mention_role if now <= raid.starts_at + MAX_LATENESS_AFTER else None
