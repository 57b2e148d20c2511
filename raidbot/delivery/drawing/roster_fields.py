"""The roster as embed fields, within Discord's limits at any size of the roster.

Counts are always exact. What does not fit is cut in this order: specialisations, names on the waitlist, the length of
names, names of seated members. The text states every cut of names.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from raidbot.delivery.drawing.board import Field
from raidbot.delivery.drawing.text_fit import columns, shortened, units
from raidbot.raids.model import MemberId, Raid, Role, RoleKey, Seat, Wait

MAX_FIELDS = 25  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_VALUE_LENGTH = 1024
WHOLE_NAME = 66
"""UTF-16 units of the longest display name, 32, with each of them escaped and all of them isolated."""
_MAX_LINE_LENGTH = 900
_MAX_SIDE_LENGTH = 40
_MAX_SPEC_LENGTH = 40
_FIELDS_IN_ROW = 3
_COLUMNS = {1: 30, 2: 17, 3: 17}
"""Columns of text for each heading where so many fields are side by side; a narrow window has two at most."""
_COLUMNS_OF_THUMBNAIL = 4
"""Columns that a thumbnail takes of each."""
_MAX_WAITS_NAMED = 15
_EVERYBODY = 10_000
_CONTINUED = "\u200b"


@dataclass(frozen=True, slots=True)
class Space:
    """The space for names: one step of fitting the roster into its limit.

    `title` (of a role or group), `name` (of a member) and `spec` (a specialisation) are lengths in UTF-16 units.
    `seats` and `waits` are the numbers of members that a role names. `extras` are icons and the totals of groups.
    """

    title: int = 80
    name: int = WHOLE_NAME
    spec: int = 0
    extras: bool = True
    seats: int = _EVERYBODY
    waits: int = _MAX_WAITS_NAMED


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: tuple[str, ...]
    inline: bool = False


_WITH_SPECS = (Space(spec=_MAX_SPEC_LENGTH), Space(spec=12))
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

    has_specs = any(seat.spec for seat in raid.seats)
    for whole in (*(_WITH_SPECS if has_specs else ()), _ROOMS[0]):
        if size(drawn := people.fields(whole)) <= limit:
            return drawn
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
        if sum(1 if group else len(roles) for group, roles in self._groups()) <= MAX_FIELDS:
            apart = tuple(field for section in self._sections(room) for field in _split(section))
            if len(apart) <= MAX_FIELDS:
                return apart
        return tuple(_split(Section("Roles", tuple(self._in_one_list(room)))))

    def _in_one_list(self, room: Space) -> Iterator[str]:
        for group, roles in self._groups():
            if group:
                yield f"**{self._title(group, roles, room)}**"
            yield from self._lines(roles, room)

    def _sections(self, room: Space) -> Iterator[Section]:
        side_by_side = self._is_side_by_side(room)
        for group, roles in self._groups():
            if group:
                yield Section(self._title(group, roles, room), tuple(self._lines(roles, room)))
            else:
                yield from (self._alone(role, room, inline=side_by_side) for role in roles)

    def _groups(self) -> Iterator[tuple[str, list[Role]]]:
        for group in dict.fromkeys(role.group for role in self.raid.roles):
            yield group, [role for role in self.raid.roles if role.group == group]

    def _is_side_by_side(self, room: Space) -> bool:
        """Return True if the headings of the roles without a group are short enough for fields beside each other."""
        alone = [role for role in self.raid.roles if not role.group]
        rows = [alone[start : start + _FIELDS_IN_ROW] for start in range(0, len(alone), _FIELDS_IN_ROW)]
        picture = self.raid.picture
        taken = 0 if picture is None or picture.is_large else _COLUMNS_OF_THUMBNAIL
        return len(alone) > 1 and all(
            columns(f"{_head(role, room)} {role.seats}/{role.seats}") <= _COLUMNS[len(row)] - taken
            for row in rows
            for role in row
        )

    def _alone(self, role: Role, room: Space, *, inline: bool) -> Section:
        """Return the section of a role without a group, with one member per line."""
        listed = [f"{place}. {self._sitter(seat, room)}" for place, seat in enumerate(self._named(role, room), start=1)]
        heading = f"{_head(role, room)}{self._count(role)}"
        return Section(heading, (*listed, *self._unnamed(role, room), *self._line(role, room)), inline)

    def _title(self, group: str, roles: list[Role], room: Space) -> str:
        """Return the group's name with its total, unless that is a role's count or the board's total."""
        says_more = 1 < len(roles) < len(self.raid.roles)
        taken = sum(len(self.seated[role.key]) for role in roles)
        total = f" {taken}/{sum(role.seats for role in roles)}" if says_more and room.extras else ""
        return f"{shortened(group, room.title)}{total}"

    def _lines(self, roles: list[Role], room: Space) -> Iterator[str]:
        """Yield a line of seats and a line of waits for each role."""
        for role in roles:
            head = f"{_head(role, room, bold=True)}{self._count(role)}"
            sitting = [*(self._sitter(seat, room) for seat in self._named(role, room)), *self._unnamed(role, room)]
            yield from _in_rows(head, sitting)
            yield from self._line(role, room)

    def _named(self, role: Role, room: Space) -> list[Seat]:
        return self.seated[role.key][: room.seats]

    def _unnamed(self, role: Role, room: Space) -> tuple[str, ...]:
        more = len(self.seated[role.key]) - room.seats
        return (f"+{more} more",) if more > 0 else ()

    def _count(self, role: Role) -> str:
        """Return what follows a role's name: the seats taken, unless the total says it, and a mark if too many."""
        taken = len(self.seated[role.key])
        count = f" {taken}/{role.seats}" if len(self.raid.roles) > 1 else ""
        return f"{count} ⚠️" if taken > role.seats else count

    def _sitter(self, seat: Seat, room: Space) -> str:
        spec = f" · {shortened(seat.spec, room.spec)}" if seat.spec and room.spec else ""
        side = f" — {shortened(seat.side, _MAX_SIDE_LENGTH)}" if seat.side else ""
        return f"{self._name(seat.member, room)}{spec}{side}"

    def _name(self, member: MemberId, room: Space) -> str:
        star = "⭐ " if member == self.raid.leader or member in self.leaders else ""
        return f"{star}{named(member, self.names, room.name)}"

    def _line(self, role: Role, room: Space) -> tuple[str, ...]:
        line = self.waiting[role.key]
        if not line:
            return ()
        named = [self._name(wait.member, room) for wait in line[: room.waits]]
        if not named:
            return (f"⏳ {len(line)} waiting",)
        rest = [f"+{len(line) - len(named)} more"] if len(line) > len(named) else []
        return tuple(_in_rows("⏳", (*named, *rest), before=" ", indent="⏳ "))


def _head(role: Role, room: Space, *, bold: bool = False) -> str:
    icon = f"{role.icon} " if role.icon and room.extras else ""
    name = shortened(role.name, room.title)
    return f"{role.emoji} {icon}{f'**{name}**' if bold else name}"


def _in_rows(head: str, words: Iterable[str], before: str = ": ", indent: str = "") -> Iterator[str]:
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
    for line in section.lines or ("–",):
        added = units(line)
        if lines and length + added > MAX_VALUE_LENGTH:
            yield Field(name, "\n".join(lines), section.inline)
            name, lines, length = _CONTINUED, [], 0
        lines.append(line)
        length += added + 1
    yield Field(name, "\n".join(lines), section.inline)
