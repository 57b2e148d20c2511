"""The roster as embed fields, within Discord's limits at any size of the roster.

Counts are always exact. What does not fit is cut in this order: names on the waitlist, the length of names, names of
seated members. The text states every cut.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from raidbot.delivery.drawing.board import Field
from raidbot.delivery.drawing.text_fit import shortened, units
from raidbot.raids.model import MemberId, Raid, Role, RoleKey, Seat, Wait

MAX_FIELDS = 25  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_VALUE_LENGTH = 1024
WHOLE_NAME = 66
"""UTF-16 units of the longest display name, 32, with each of them escaped and all of them isolated."""
_MAX_LINE_LENGTH = 900
_MAX_SIDE_LENGTH = 40
_MAX_WAITS_NAMED = 15
_EVERYBODY = 10_000
_CONTINUED = "\u200b"


@dataclass(frozen=True, slots=True)
class Space:
    """The space for names: one step of fitting the roster into its limit.

    `title` (of a role or group) and `name` (of a member) are lengths in UTF-16 units. `seats` and `waits` are the
    numbers of members that a role names. `extras` are icons and the totals of groups.
    """

    title: int = 80
    name: int = WHOLE_NAME
    extras: bool = True
    seats: int = _EVERYBODY
    waits: int = _MAX_WAITS_NAMED


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: tuple[str, ...]
    inline: bool = False


_ROOMS = (
    Space(),
    Space(name=32),
    Space(name=24),
    Space(title=48, name=16),
    Space(title=32, name=12),
    Space(title=8, name=12, extras=False),
)
_SMALLEST = replace(_ROOMS[-1], seats=0, waits=0)


def roster(
    raid: Raid, names: Mapping[MemberId, str], limit: int, leaders: Set[MemberId] = frozenset()
) -> tuple[Field, ...]:
    """Return at most `MAX_FIELDS` fields of at most `limit` UTF-16 units in all, naming as many members as fit.

    `leaders` and the raid's own leader have a star.
    """
    people = People.of(raid, names, leaders)

    def fits(room: Space) -> bool:
        return size(people.fields(room)) <= limit

    def most_seats(room: Space) -> Space:
        longest = max(map(len, people.seated.values()), default=0)
        return replace(room, seats=_largest_fitting(longest, lambda seats: fits(replace(room, seats=seats, waits=0))))

    whole = people.fields(_ROOMS[0])
    if size(whole) <= limit:
        return whole
    room = next((room for room in _ROOMS if fits(replace(room, waits=0))), None) or most_seats(_ROOMS[-1])
    waits = _largest_fitting(_MAX_WAITS_NAMED, lambda waits: fits(replace(room, waits=waits)))
    return people.fields(replace(room, waits=waits))


def named(member: MemberId, names: Mapping[MemberId, str], most: int) -> str:
    return shortened(names.get(member, "Member"), most)


def smallest(raid: Raid) -> int:
    """Return the UTF-16 units that the roster needs if it names no members."""
    return size(People.of(raid, {}, frozenset()).fields(_SMALLEST))


def size(fields: Iterable[Field]) -> int:
    return sum(units(field.name) + units(field.value) for field in fields)


def _largest_fitting(limit: int, fits: Callable[[int], bool]) -> int:
    """Return the largest number up to `limit` that fits, or 0."""
    return max(0, bisect_left(range(limit + 1), True, key=lambda number: not fits(number)) - 1)


@dataclass(frozen=True, slots=True)
class People:
    """A raid's members by role, with their names."""

    raid: Raid
    names: Mapping[MemberId, str]
    leaders: Set[MemberId]
    seated: dict[RoleKey, list[Seat]]
    waiting: dict[RoleKey, list[Wait]]

    @classmethod
    def of(cls, raid: Raid, names: Mapping[MemberId, str], leaders: Set[MemberId]) -> "People":
        seated: dict[RoleKey, list[Seat]] = {role.key: [] for role in raid.roles}
        waiting: dict[RoleKey, list[Wait]] = {role.key: [] for role in raid.roles}
        for seat in raid.seats:
            seated[seat.role].append(seat)
        for wait in raid.waits:
            waiting[wait.role].append(wait)
        return cls(raid, names, leaders, seated, waiting)

    def fields(self, room: Space) -> tuple[Field, ...]:
        """Return a field per group and per role without a group; fewer, fuller ones if they exceed `MAX_FIELDS`."""
        sections = tuple(self._sections(room))
        apart = tuple(field for section in sections for field in _split(section))
        if len(apart) <= MAX_FIELDS:
            return apart
        lines = (line for section in sections for line in (f"**{section.heading}**", *section.lines))
        return tuple(_split(Section("Roles", tuple(lines))))

    def _sections(self, room: Space) -> Iterator[Section]:
        side_by_side = sum(not role.group for role in self.raid.roles) > 1
        for group in dict.fromkeys(role.group for role in self.raid.roles):
            roles = [role for role in self.raid.roles if role.group == group]
            if group:
                yield self._together(group, roles, room)
            else:
                yield from (self._alone(role, room, inline=side_by_side) for role in roles)

    def _alone(self, role: Role, room: Space, *, inline: bool) -> Section:
        """Return the section of a role without a group, with one member per line."""
        listed = [f"{place}. {self._sitter(seat, room)}" for place, seat in enumerate(self._named(role, room), start=1)]
        heading = f"{_head(role, room)} {self._count(role)}"
        return Section(heading, (*listed, *self._unnamed(role, room), *self._line(role, room)), inline)

    def _together(self, group: str, roles: list[Role], room: Space) -> Section:
        """Return the section of a group, with a line of seats and a line of waits for each role."""
        lines: list[str] = []
        for role in roles:
            head = f"{_head(role, room, bold=True)} {self._count(role)}"
            sitting = [*(self._sitter(seat, room) for seat in self._named(role, room)), *self._unnamed(role, room)]
            lines += (*_in_rows(head, sitting), *self._line(role, room))
        taken = sum(len(self.seated[role.key]) for role in roles)
        total = f" ({taken}/{sum(role.seats for role in roles)})" if room.extras else ""
        return Section(f"{shortened(group, room.title)}{total}", tuple(lines))

    def _named(self, role: Role, room: Space) -> list[Seat]:
        return self.seated[role.key][: room.seats]

    def _unnamed(self, role: Role, room: Space) -> tuple[str, ...]:
        more = len(self.seated[role.key]) - room.seats
        return (f"+{more} more",) if more > 0 else ()

    def _count(self, role: Role) -> str:
        taken = len(self.seated[role.key])
        if taken > role.seats:
            return f"({taken}/{role.seats}) ⚠️ OVER"
        return f"({taken}/{role.seats}){' FULL' if taken == role.seats else ''}"

    def _sitter(self, seat: Seat, room: Space) -> str:
        side = f" — {shortened(seat.side, _MAX_SIDE_LENGTH)}" if seat.side else ""
        return f"{self._name(seat.member, room)}{side}"

    def _name(self, member: MemberId, room: Space) -> str:
        star = "⭐ " if member == self.raid.leader or member in self.leaders else ""
        return f"{star}{named(member, self.names, room.name)}"

    def _line(self, role: Role, room: Space) -> tuple[str, ...]:
        line = self.waiting[role.key]
        if not line:
            return ()
        named = [f"{place}. {self._name(wait.member, room)}" for place, wait in enumerate(line[: room.waits], start=1)]
        if not named:
            return (f"> Waiting: {len(line)}",)
        rest = [f"+{len(line) - len(named)} more"] if len(line) > len(named) else []
        return tuple(_in_rows("> Waiting:", (*named, *rest), before=" ", indent="> "))


def _head(role: Role, room: Space, *, bold: bool = False) -> str:
    icon = f"{role.icon} " if role.icon and room.extras else ""
    name = shortened(role.name, room.title)
    return f"{role.emoji} {icon}{f'**{name}**' if bold else name}"


def _in_rows(head: str, words: Iterable[str], before: str = " · ", indent: str = "") -> Iterator[str]:
    """Yield the head and the words on lines short enough for a field; `indent` begins every line but the first."""
    row, mark = head, before
    for word in words:
        if units(row) + units(word) + len(mark) > _MAX_LINE_LENGTH:
            yield f"{row},"
            row, mark = f"{indent}{word}", ", "
            continue
        row, mark = f"{row}{mark}{word}", ", "
    yield row


def _split(section: Section) -> Iterator[Field]:
    name, lines, length = section.heading, list[str](), 0
    for line in section.lines or ("Nobody yet",):
        added = units(line)
        if lines and length + added > MAX_VALUE_LENGTH:
            yield Field(name, "\n".join(lines), section.inline)
            name, lines, length = _CONTINUED, [], 0
        lines.append(line)
        length += added + 1
    yield Field(name, "\n".join(lines), section.inline)
