"""The addresses of calendar feeds, and the entries that feeds and calendar files are made of."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from raidbot.raids.model import GuildId, MemberId

PAST_KEPT = timedelta(days=28)
"""Time after its start for which a feed shows a raid that took place."""
CANCELLED_KEPT = timedelta(days=14)
"""Time after its start for which a feed shows a cancelled raid."""
MAX_COMING, MAX_PAST = 400, 100
"""Raids in a feed."""
PLANNED_SHOWN = 8
"""Dates of a series in a feed that are not posted yet."""
TOKEN_BYTES = 32
"""Random bytes of the secret in an address."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class FeedKind(StrEnum):
    """The raids in a feed. Rows hold it."""

    MINE = "mine"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that a member has the address of."""

    guild: GuildId
    member: MemberId
    kind: FeedKind
    made_at: datetime

    @property
    def reader(self) -> MemberId | None:
        """The member whose own raids it shows; None if it shows those of everybody."""
        return self.member if self.kind is FeedKind.MINE else None


class Certainty(Enum):
    """The status of an entry, as calendars know it."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a calendar. Without `ends_at` it has only a start. `details` are lines."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    title: str
    details: tuple[str, ...]
    link: str | None
    certainty: Certainty


def is_token(text: str) -> bool:
    """Return True if the text has the form of the secret in an address."""
    return _TOKEN.fullmatch(text) is not None


def hash_of(token: str) -> str:
    """Return what rows hold of a secret.

    One plain SHA-256 is enough for 256 random bits: nobody can try them all, so there is nothing to slow down.
    """
    return hashlib.sha256(token.encode()).hexdigest()
