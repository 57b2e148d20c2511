"""Opening balances, as figures add them up."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.db.cells import UnreadableCellError
from raidbot.db.timestamps import instant_or_none
from raidbot.raids.model import GuildId, MemberId

_COLUMNS = "SELECT guild, member, raids, no_shows, roles, templates, weekdays, last_raid_at FROM opening_balances"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningBalance:
    """A member's numbers from before the move. `raids` include `no_shows`; `weekdays` begin with Monday.

    `roles`, `templates` and `weekdays` count every raid, also those that the member did not come to: the bot from
    before knew no better.
    """

    guild: GuildId
    member: MemberId
    raids: int
    no_shows: int
    roles: Counter[str] = field(default_factory=Counter)
    templates: Counter[str] = field(default_factory=Counter)
    weekdays: tuple[int, ...] = (0,) * 7
    last_raid_at: datetime | None = None

    @property
    def came(self) -> int:
        return self.raids - min(self.raids, self.no_shows)


def of_member(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> OpeningBalance | None:
    row = connection.execute(f"{_COLUMNS} WHERE guild = ? AND member = ?", (guild, member)).fetchone()
    return None if row is None else _balance(*row)


def of_guild(connection: sqlite3.Connection, guild: GuildId) -> list[OpeningBalance]:
    return [_balance(*row) for row in connection.execute(f"{_COLUMNS} WHERE guild = ?", (guild,)).fetchall()]


def _balance(
    guild: int, member: int, raids: int, no_shows: int, roles: str, templates: str, weekdays: str, last: int | None
) -> OpeningBalance:
    days = _counts(weekdays)
    try:
        last_raid_at = instant_or_none(last)
    except UnreadableCellError:
        last_raid_at = None
    return OpeningBalance(
        guild=GuildId(guild),
        member=MemberId(member),
        raids=raids,
        no_shows=no_shows,
        roles=_counts(roles),
        templates=_counts(templates),
        weekdays=tuple(days[str(day)] for day in _FROM_MONDAY),
        last_raid_at=last_raid_at,
    )


_FROM_MONDAY: Iterable[int] = (1, 2, 3, 4, 5, 6, 0)
"""The bot from before counted weekdays from Sunday."""


def _counts(stored: str) -> Counter[str]:
    """Return the counts of a cell; what is none is left out."""
    try:
        found = json.loads(stored)
    except ValueError:
        return Counter()
    given = found.items() if isinstance(found, dict) else ()
    return Counter({str(name): n for name, n in given if isinstance(n, int) and not isinstance(n, bool) and n > 0})
