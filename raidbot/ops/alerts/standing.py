"""The life of an alert: when it begins, is told, cools down and is over.

An alert is told once while its trouble lasts, and its end once. The cooldown starts when an alert was delivered. What
begins within it is counted, and told after it if it lasts that long. The end of a trouble changes no cooldown.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from raidbot.ops.alerts import sentences
from raidbot.ops.alerts.model import COOLDOWNS, Key
from raidbot.utils.words import Text, render

_TOLD_AT_ONCE = timedelta(minutes=1)
"""An alert that is delivered later says since when its trouble lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of an alert. Instants are UTC."""

    began_at: datetime | None = None
    """The begin of a trouble that lasts, or of which something is still to be told."""
    ended_at: datetime | None = None
    told: bool = False
    """True once its alert was delivered, and so its end is owed."""
    owed: str | None = None
    """The words of an alert that was not delivered yet."""
    delivered_at: datetime | None = None
    """The last alert that was delivered, from which on it cools down."""
    cleared_at: datetime | None = None
    count: int = 0
    """How often it began since the last daily report."""

    @property
    def lasts(self) -> bool:
        return self.began_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class News:
    """A message that is to be delivered: an alert about a trouble that began then, or that it is over."""

    key: Key
    text: str
    began_at: datetime
    is_over: bool = False

    @property
    def name(self) -> tuple[Key, bool]:
        return self.key, self.is_over


def observe(standing: Standing, key: Key, trouble: Text | None, now: datetime) -> Standing:
    """Return the standing after a look at the key's subject."""
    if trouble is None:
        return _without_trouble(standing, now)
    if not standing.lasts:
        began_at = standing.began_at or now  # what is still to be told of the trouble before is told of both
        standing = replace(standing, began_at=began_at, ended_at=None, count=standing.count + 1)
    if standing.told or standing.owed is not None or _cools_down(standing, key, now):
        return standing
    return replace(standing, owed=render(trouble))


def _without_trouble(standing: Standing, now: datetime) -> Standing:
    if not standing.lasts:
        return standing
    if standing.told or standing.owed is not None:
        return replace(standing, ended_at=now)
    return replace(standing, began_at=None)


def _cools_down(standing: Standing, key: Key, now: datetime) -> bool:
    """A clock that was set back ends a cooldown."""
    since = standing.delivered_at
    return since is not None and since <= now < since + COOLDOWNS[key.alert]


def news(standing: Standing, key: Key, now: datetime) -> News | None:
    """Return what is to be delivered next."""
    if standing.began_at is None:
        return None
    if standing.owed is not None:
        is_late = now - standing.began_at > _TOLD_AT_ONCE
        text = render(sentences.late(standing.owed, standing.began_at)) if is_late else standing.owed
        return News(key, text, standing.began_at)
    if standing.told and standing.ended_at is not None:
        lasted = standing.ended_at - standing.began_at
        return News(key, render(sentences.over(key, lasted)), standing.began_at, is_over=True)
    return None


def delivered(standing: Standing, told: News, now: datetime) -> Standing:
    """Return the standing after the news arrived."""
    if told.is_over:
        return replace(standing, began_at=None, ended_at=None, told=False, cleared_at=now)
    return replace(standing, owed=None, told=True, delivered_at=now)
