"""All figures once more, in plain Python, from an export of the rows (`tests/world/export.py`).

It imports nothing of the bot and knows no SQL: it is written from the words of the decisions. It sums up rows one by
one and compares dates of calendars, where the bot asks for ranges of instants.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

STATES = ("present", "late", "no-show", "excused", "called off", "benched")
CAME = ("present", "late")
FEWEST_FOR_A_RATE = 5

Days = tuple[date, date]
"""The first and the last day of a period, in the calendar of a server."""


@dataclass(frozen=True)
class Raid:
    """A raid; `start` and `end` are seconds, `day` and `clock` are of its server's calendar and clocks."""

    id: int
    guild: int
    kind: str
    template: str
    title: str
    start: int
    end: int
    day: date
    hour: int
    is_counted: bool
    took_place: bool
    status: str
    not_held: bool
    roles: dict[str, str]
    seats: int
    rows: dict[int, tuple[str, str]]
    """The role's key and the state of each member."""
    seated: set[int]
    """Everybody with a seat, whatever became of the raid."""

    def role_of(self, member: int) -> str:
        key = self.rows[member][0]
        return "Museum" if self.kind == "museum" else self.roles[key]

    def came(self) -> list[int]:
        return [member for member, (_, state) in self.rows.items() if state in CAME]


@dataclass(frozen=True)
class Balance:
    """The raids that a member brought along. `weekdays` begin with Monday."""

    raids: int
    no_shows: int
    roles: dict[str, int]
    templates: dict[str, int]
    weekdays: list[int]
    last: int | None

    @property
    def missed(self) -> int:
        return min(self.no_shows, self.raids)

    @property
    def came(self) -> int:
        return self.raids - self.missed


@dataclass
class Numbers:
    """Numbers of raids by state, and how many of them were brought along."""

    states: Counter[str] = field(default_factory=Counter)
    brought: int = 0

    @property
    def came(self) -> int:
        return self.states["present"] + self.states["late"]

    @property
    def rate(self) -> float | None:
        expected = self.came + self.states["no-show"]
        return self.came / expected if expected >= FEWEST_FOR_A_RATE else None

    def as_tuple(self) -> tuple[int, ...]:
        return (*(self.states[state] for state in STATES), self.brought)


def month_of(day: date) -> Days:
    """Return the month that has this day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def week_of(day: date) -> Days:
    """Return the week, from Monday to Sunday, that has this day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def year_of(day: date) -> Days:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def before(days: Days, of: Callable[[date], Days]) -> Days:
    """Return the period before one."""
    return of(days[0] - timedelta(days=1))


class World:
    """An export, read at an instant (seconds)."""

    def __init__(self, lines: Iterable[str], now: int) -> None:
        self.now = now
        tables: dict[str, list[dict[str, object]]] = {}
        for line in lines:
            row = json.loads(line)
            tables.setdefault(row.pop("table"), []).append(row)
        self.zones = {int(str(row["id"])): ZoneInfo(str(row["zone"])) for row in tables.get("guilds", [])}
        self.names = {
            (int(str(row["guild"])), int(str(row["member"]))): str(row["name"]) for row in tables.get("members", [])
        }
        self.raids = self._raids(tables)
        self._counted: dict[int, list[Raid]] = {}
        self._of_member: dict[tuple[int, int], list[Raid]] = {}
        for raid in self.raids:
            for member in raid.rows:
                self._of_member.setdefault((raid.guild, member), []).append(raid)
            if raid.is_counted:
                self._counted.setdefault(raid.guild, []).append(raid)
        self.balances = {
            (int(str(row["guild"])), int(str(row["member"]))): _balance(row)
            for row in tables.get("opening_balances", [])
        }

    def _raids(self, tables: dict[str, list[dict[str, object]]]) -> list[Raid]:
        """Return all raids, oldest first; of those that begin together the one that was made first."""
        roles: dict[object, dict[str, str]] = {}
        seats: Counter[object] = Counter()
        for row in tables.get("raid_roles", []):
            roles.setdefault(row["raid"], {})[str(row["key"])] = str(row["name"])
            seats[row["raid"]] += int(str(row["seats"]))
        rows: dict[object, dict[int, tuple[str, str]]] = {}
        for row in tables.get("attendance", []):
            rows.setdefault(row["raid"], {})[int(str(row["member"]))] = (str(row["role"]), str(row["presence"]))
        seated: dict[object, set[int]] = {}
        for row in tables.get("seats", []):
            seated.setdefault(row["raid"], set()).add(int(str(row["member"])))
        found = []
        for row in tables.get("raids", []):
            number, guild, start = (int(str(row[name])) for name in ("id", "guild", "starts_at"))
            local = datetime.fromtimestamp(start, UTC).astimezone(self.zones[guild])
            end = start + 60 * int(str(row["length_minutes"] or 120))
            took_place = row["status"] == "closed" and end <= self.now
            raid = Raid(
                id=number,
                guild=guild,
                kind=str(row["kind"]),
                template=str(row["template"]),
                title=str(row["title"]),
                start=start,
                end=end,
                day=local.date(),
                hour=local.hour,
                took_place=took_place,
                status=str(row["status"]),
                not_held=bool(row["not_held"]),
                is_counted=took_place and row["counts"] == 1,
                roles=roles.get(number, {}),
                seats=seats[number],
                rows=rows.get(number, {}),
                seated=seated.get(number, set()),
            )
            found.append(raid)
        return sorted(found, key=lambda raid: (raid.start, raid.id))

    def of(self, guild: int, member: int, days: Days | None = None) -> list[Raid]:
        """Return the member's raids that took place and count, of a period or of all time."""
        found = [raid for raid in self._of_member.get((guild, member), []) if raid.is_counted]
        return found if days is None else [raid for raid in found if days[0] <= raid.day <= days[1]]

    def today(self, guild: int) -> date:
        return datetime.fromtimestamp(self.now, UTC).astimezone(self.zones[guild]).date()

    def counted(self, guild: int, days: Days | None = None) -> list[Raid]:
        """Return the server's raids that took place and count, of a period or of all time."""
        found = self._counted.get(guild, [])
        return found if days is None else [raid for raid in found if days[0] <= raid.day <= days[1]]

    def brought(self, guild: int) -> dict[int, Balance]:
        return {member: balance for (of, member), balance in self.balances.items() if of == guild}

    def everybody(self, guild: int) -> set[int]:
        """Return everybody of whom there is anything in the server."""
        with_rows = {member for raid in self.raids if raid.guild == guild for member in raid.rows}
        return with_rows | self.brought(guild).keys()

    def numbers(self, guild: int, member: int, days: Days | None = None) -> Numbers:
        found = Numbers()
        found.states.update(raid.rows[member][1] for raid in self.of(guild, member, days))
        balance = self.balances.get((guild, member))
        return found if days is not None or balance is None else _plus(found, balance)

    def all_numbers(self, guild: int, days: Days | None = None) -> dict[int, Numbers]:
        """Return the numbers of everybody who has any."""
        found: dict[int, Numbers] = {}
        for raid in self.counted(guild, days):
            for member, (_, state) in raid.rows.items():
                found.setdefault(member, Numbers()).states[state] += 1
        if days is None:
            for member, balance in self.brought(guild).items():
                found[member] = _plus(found.get(member, Numbers()), balance)
        return found

    def total(self, guild: int, days: Days | None = None) -> Numbers:
        """Return the numbers of all members together."""
        found = Numbers()
        for one in self.all_numbers(guild, days).values():
            found.states.update(one.states)
            found.brought += one.brought
        return found

    def came(self, guild: int, member: int, days: Days | None = None) -> list[Raid]:
        return [raid for raid in self.of(guild, member, days) if raid.rows[member][1] in CAME]

    def roles(self, guild: int, member: int, days: Days | None = None) -> Counter[str]:
        """Return how often the member came in each role, by its name."""
        found = Counter(raid.role_of(member) for raid in self.came(guild, member, days))
        balance = self.balances.get((guild, member))
        if balance is not None and days is None:
            found.update(balance.roles)
        return +found

    def templates(self, guild: int, member: int | None = None) -> Counter[str]:
        """Return how many raids of each template there were, or how many the member came to, by titles.

        A template goes by the title that most of these raids have, the first of the alphabet among several.
        """
        raids = self.counted(guild) if member is None else self.came(guild, member)
        return named_by_title(raids, self.balances.get((guild, member)) if member is not None else None)

    def weekdays(self, guild: int, member: int) -> list[int]:
        """Return how often the member came on each weekday, Monday first."""
        found = [0] * 7
        for raid in self.came(guild, member):
            found[raid.day.weekday()] += 1
        balance = self.balances.get((guild, member))
        return [number + (balance.weekdays[day] if balance else 0) for day, number in enumerate(found)]

    def hours(self, guild: int, member: int) -> list[int]:
        return _by_hour(self.came(guild, member))

    def last(self, guild: int, member: int) -> int | None:
        """Return the start of the last raid that the member came to."""
        balance = self.balances.get((guild, member))
        known = [raid.start for raid in self.came(guild, member)]
        return max([*known, *([balance.last] if balance and balance.last is not None else [])], default=None)

    def streak(self, guild: int, member: int) -> int:
        """Return how many raids the member came to since they last missed one without an excuse."""
        found = 0
        for raid in self.of(guild, member):
            state = raid.rows[member][1]
            found = 0 if state == "no-show" else found + (state in CAME)
        return found

    def participants(self, guild: int, days: Days | None = None) -> set[int]:
        """Return everybody who came at least once."""
        return {member for member, one in self.all_numbers(guild, days).items() if one.came > 0}

    def newcomers(self, guild: int, days: Days) -> set[int]:
        """Return who came in the period and never before, in whatever bot."""
        earlier = {member for raid in self.counted(guild) if raid.day < days[0] for member in raid.came()}
        known = {member for member, balance in self.brought(guild).items() if balance.came > 0}
        return self.participants(guild, days) - earlier - known

    def ranking(self, guild: int, days: Days | None = None) -> list[tuple[int, int, int]]:
        """Return (place, member, raids they came to), most raids first; equal numbers share a place."""
        return _ranked({member: one.came for member, one in self.all_numbers(guild, days).items()})

    def role_ranking(self, guild: int, role: str, days: Days | None = None) -> list[tuple[int, int, int]]:
        found: Counter[int] = Counter()
        for raid in self.counted(guild, days):
            found.update(member for member in raid.came() if raid.role_of(member) == role)
        if days is None:
            for member, balance in self.brought(guild).items():
                found[member] += balance.roles.get(role, 0)
        return _ranked(found)

    def role_names(self, guild: int) -> set[str]:
        """Return the names of roles in which anybody ever came."""
        played = {raid.role_of(member) for raid in self.counted(guild) for member in raid.came()}
        return played | {name for balance in self.brought(guild).values() for name, n in balance.roles.items() if n}

    def achievements(self, guild: int, member: int) -> set[str]:
        """Return the achievements of the Node.js bot that the member has. Museums and teams have no roles there."""
        numbers, days = self.numbers(guild, member), self.weekdays(guild, member)
        roles = Counter(raid.role_of(member) for raid in self.came(guild, member) if raid.kind == "raid")
        if (balance := self.balances.get((guild, member))) is not None:
            roles.update({name: n for name, n in balance.roles.items() if not re.fullmatch(r"Museum|Team \d+", name)})
        roles = +roles
        most = max(roles.values(), default=0)
        rules = {
            "first_raid": numbers.came >= 1,
            "raids_10": numbers.came >= 10,
            "raids_25": numbers.came >= 25,
            "raids_50": numbers.came >= 50,
            "raids_100": numbers.came >= 100,
            "flex_5": len(roles) >= 5,
            "flex_10": len(roles) >= 10,
            "weekend_warrior": days[5] + days[6] >= 10,
            "reliable": numbers.came >= 20 and numbers.states["no-show"] == 0,
            "specialist": most >= 20,
            "master_specialist": most >= 50,
        }
        return {name for name, has in rules.items() if has}

    def history(self, guild: int, member: int) -> list[int]:
        """Return every raid that has begun and has anything of the member, newest first, whether or not it counts.

        Of raids that were cancelled before their start only seats tell of the member.
        """

        def has(raid: Raid) -> bool:
            with_rows = raid.status == "closed" or raid.not_held
            return member in raid.seated or (with_rows and member in raid.rows)

        began = [raid for raid in self.raids if raid.guild == guild and raid.start <= self.now and has(raid)]
        return [raid.id for raid in reversed(began)]

    def states(self, guild: int, member: int) -> list[str]:
        """Return the member's state in each raid, oldest first."""
        return [raid.rows[member][1] for raid in self._of_member.get((guild, member), [])]

    def last_seen(self, guild: int, member: int) -> int | None:
        """Return the start of the last raid that took place to which the member came or in which they waited."""
        seen = [
            raid.start
            for raid in self._of_member.get((guild, member), [])
            if raid.took_place and raid.rows[member][1] in (*CAME, "benched")
        ]
        balance = self.balances.get((guild, member))
        return max([*seen, *([balance.last] if balance and balance.last is not None else [])], default=None)

    def server_weekdays(self, guild: int) -> list[int]:
        days = Counter(raid.day.weekday() for raid in self.counted(guild))
        return [days[day] for day in range(7)]

    def server_hours(self, guild: int) -> list[int]:
        return _by_hour(self.counted(guild))

    def uncounted(self, guild: int) -> list[Raid]:
        """Return raids that took place and do not count."""
        return [raid for raid in self.raids if raid.guild == guild and raid.took_place and not raid.is_counted]


def named_by_title(raids: Iterable[Raid], balance: Balance | None = None) -> Counter[str]:
    titles: dict[str, list[str]] = {}
    for raid in raids:
        titles.setdefault(raid.template, []).append(raid.title)
    found = Counter(balance.templates if balance else {})
    for given in titles.values():
        most = max(map(given.count, given))
        found[min(title for title in given if given.count(title) == most)] += len(given)
    return +found


def _by_hour(raids: Iterable[Raid]) -> list[int]:
    hours = Counter(raid.hour for raid in raids)
    return [hours[hour] for hour in range(24)]


def _plus(numbers: Numbers, balance: Balance) -> Numbers:
    states = numbers.states + Counter({"present": balance.came, "no-show": balance.missed})
    return Numbers(states, numbers.brought + balance.raids)


def _ranked(came: dict[int, int]) -> list[tuple[int, int, int]]:
    listed = sorted((-number, member) for member, number in came.items() if number > 0)
    return [(1 + sum(other < less for other, _ in listed), member, -less) for less, member in listed]


def _balance(row: dict[str, object]) -> Balance:
    last, sunday_first = row["last_raid_at"], json.loads(str(row["weekdays"]))
    return Balance(
        raids=int(str(row["raids"])),
        no_shows=int(str(row["no_shows"])),
        roles=json.loads(str(row["roles"])),
        templates=json.loads(str(row["templates"])),
        weekdays=[int(sunday_first.get(str((day + 1) % 7), 0)) for day in range(7)],
        last=None if last is None else int(str(last)),
    )
