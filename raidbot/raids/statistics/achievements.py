"""Achievements: found in a member's raids whenever somebody looks, and kept nowhere.

So a correction of an old raid makes them right, and nobody is ever told of one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from raidbot.raids.model import Kind, Presence
from raidbot.utils.words import Text, say

SATURDAY = 5
"""The first day of a weekend, where Monday is 0."""
_NO_ROLE = re.compile(r"Museum|Team \d+")
"""Names in opening balances that stand for a place in a museum or a team, which are no roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A member's attendance in a raid that counts. `starts_at` is UTC."""

    starts_at: datetime
    kind: Kind
    role: str
    presence: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """An opening balance; `raids` include `no_shows`, and `weekend` those on Saturdays and Sundays."""

    raids: int = 0
    no_shows: int = 0
    weekend: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Numbers of raids a member came to: all, on weekends and by role; and of those they missed."""

    came: int = 0
    no_shows: int = 0
    weekend: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    is_carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """`reached` returns how much of `goal` a record has; `rule` says what is counted."""

    key: str
    emoji: str
    name: Text
    rule: Text
    goal: int
    reached: Callable[[Record], int]
    needs_no_misses: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    achievement: Achievement
    record: Record

    @property
    def reached(self) -> int:
        return min(self.achievement.reached(self.record), self.achievement.goal)

    @property
    def misses(self) -> int:
        """No-shows that keep the achievement locked for good."""
        return self.record.no_shows if self.achievement.needs_no_misses else 0

    @property
    def is_unlocked(self) -> bool:
        return self.reached == self.achievement.goal and not self.misses


def record_of(nights: Iterable[Night], carried: Carried, zone: ZoneInfo) -> Record:
    """Sum up a member's raids, those of before the move included. Days are those of clocks in `zone`.

    Roles are those of raids; a place in a museum or a team is none.
    """
    came = weekend = no_shows = 0
    roles = Counter({name: raids for name, raids in carried.roles.items() if not _NO_ROLE.fullmatch(name)})
    for night in nights:
        if night.presence is Presence.NO_SHOW:
            no_shows += 1
        if not night.presence.came:
            continue
        came += 1
        weekend += night.starts_at.astimezone(zone).weekday() >= SATURDAY
        if night.kind is Kind.RAID:
            roles[night.role] += 1
    missed = min(carried.raids, carried.no_shows)
    return Record(
        came=came + carried.raids - missed,
        no_shows=no_shows + missed,
        weekend=weekend + carried.weekend,
        roles={name: raids for name, raids in roles.items() if raids > 0},
        is_carried=carried.raids > 0,
    )


def _came(record: Record) -> int:
    return record.came


def _different_roles(record: Record) -> int:
    return len(record.roles)


def _weekend(record: Record) -> int:
    return record.weekend


def _favourite_role(record: Record) -> int:
    return max(record.roles.values(), default=0)


def _raids(key: str, emoji: str, name: Text, goal: int) -> Achievement:
    rule = say("Come to {n} raids", n=goal) if goal > 1 else say("Come to your first raid")
    return Achievement(key=key, emoji=emoji, name=name, rule=rule, goal=goal, reached=_came)


def _roles(key: str, emoji: str, name: Text, goal: int) -> Achievement:
    rule = say("Come in {n} different roles", n=goal)
    return Achievement(key=key, emoji=emoji, name=name, rule=rule, goal=goal, reached=_different_roles)


def _one_role(key: str, emoji: str, name: Text, goal: int) -> Achievement:
    rule = say("Come {n} times in the same role", n=goal)
    return Achievement(key=key, emoji=emoji, name=name, rule=rule, goal=goal, reached=_favourite_role)


ACHIEVEMENTS = (
    _raids("first_raid", "🎮", say("Rookie Raider"), 1),
    _raids("raids_10", "⭐", say("Regular"), 10),
    _raids("raids_25", "🏅", say("Veteran"), 25),
    _raids("raids_50", "🏆", say("Elite Raider"), 50),
    _raids("raids_100", "👑", say("Raid Master"), 100),
    _roles("flex_5", "🔄", say("Flexible"), 5),
    _roles("flex_10", "🎭", say("Jack of All Trades"), 10),
    Achievement(
        key="weekend_warrior",
        emoji="📅",
        name=say("Weekend Warrior"),
        rule=say("Come to 10 raids on Saturdays and Sundays"),
        goal=10,
        reached=_weekend,
    ),
    Achievement(
        key="reliable",
        emoji="✅",
        name=say("Reliable"),
        rule=say("Come to 20 raids and never be a no-show"),
        goal=20,
        reached=_came,
        needs_no_misses=True,
    ),
    _one_role("specialist", "🎯", say("Specialist"), 20),
    _one_role("master_specialist", "💎", say("Master Specialist"), 50),
)


def progress_of(record: Record) -> tuple[Progress, ...]:
    """Return every achievement with what the record has of it."""
    return tuple(Progress(one, record) for one in ACHIEVEMENTS)
