"""The roles of each kind of raid, and the role that a signup's row means."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from raidbot.ops.importer import columns, legacy_templates
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.legacy_templates import EmojiAssigner, LegacyTemplate, OldRole
from raidbot.ops.importer.report import RowNotes
from raidbot.ops.importer.rosters import Cells, NoPlace
from raidbot.raids.drafts import MAX_SUBJECT_LENGTH
from raidbot.raids.emoji.model import key_of
from raidbot.raids.kinds import kind_infos
from raidbot.raids.model import Kind, Role, RoleKey
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, MAX_ROLE_NAME_LENGTH, MAX_ROLES

_TEAM = re.compile(r"team\s*([1-9])", re.IGNORECASE)
_KEYCAP = re.compile("([1-9])\ufe0f?\u20e3")
_MAX_TEAMS = 9
_TEAM_SIZE = 4
_MUSEUM_SIZE = 12
_FLAT = {Kind.KEY: ("Key Boss", "🔑"), Kind.CHALLENGE: ("Challenge", "⚔️")}
_MYTHS = {"Myth 1", "Myth 2"}


@dataclass(slots=True)
class RoleLayout:
    """A raid's appearance and roles; signup rows may add further roles."""

    kind: Kind
    template: str
    title: str
    emoji: str
    description: str
    colour: int
    roles: list[OldRole]
    sides: tuple[str, ...] = ()
    strategy: str | None = None
    lengths: tuple[int, ...] = ()
    subject: str | None = None
    counts: bool = True
    team_size: int = _TEAM_SIZE
    is_list: bool = False
    """True if all members are in one list, whose waitlist is in the table `museum_waitlist`."""

    def find(self, row: Cells, notes: RowNotes) -> int:
        """Return the index of the row's role. Raises NoPlace."""
        if self.kind is Kind.MUSEUM:
            return 0
        return self._position(row, notes) if self.kind is Kind.RAID else self._team(row, notes)

    def _position(self, row: Cells, notes: RowNotes) -> int:
        """Return the index by emoji, as the old bot does; of several matches, that of the same name or the first."""
        name, emoji = _name(row, notes), _emoji(row, notes)
        same = [n for n, one in enumerate(self.roles) if emoji is not None and one.found_by == key_of(emoji)]
        if not same and emoji is None:
            same = [n for n, one in enumerate(self.roles) if one.role.name == name]
        if same:
            return next((n for n in same if self.roles[n].role.name == name), same[0])
        if name is None and emoji is None:
            raise NoPlace("it names no role")
        return self._append_role(row, notes, name or "Role", emoji)

    def _team(self, row: Cells, notes: RowNotes) -> int:
        name, emoji = _name(row, notes), _emoji(row, notes)
        number = _TEAM.fullmatch(name or "") or _KEYCAP.fullmatch(emoji or "")
        if number is not None:
            wanted = [team(n, self.team_size) for n in range(1, int(number[1]) + 1)]
            self.roles += [one for one in wanted if one not in self.roles]
            return self.roles.index(wanted[-1])
        flat, sign = _FLAT[self.kind]
        same = [n for n, one in enumerate(self.roles) if one.role.name == (name or flat)]
        return same[0] if same else self._append_role(row, notes, name or flat, emoji or sign)

    def _append_role(self, row: Cells, notes: RowNotes, name: str, emoji: str | None) -> int:
        """Append a role that the raid does not have, as on the old board. Raises NoPlace."""
        if len(self.roles) == MAX_ROLES:
            raise NoPlace(f"the raid has {MAX_ROLES} roles already, and “{name}” is none of them")
        used = EmojiAssigner(used={key_of(one.role.emoji) for one in self.roles})
        number = len(self.roles) + 1
        role = Role(
            key=RoleKey(f"further-{number}"),
            name=name,
            emoji=used.own(emoji, name, notes.repair),
            seats=legacy_templates.seats(row.get("slots"), name, notes.repair),
            group=_line(row, "group_name", MAX_LABEL_LENGTH) or "",
            icon="",
        )
        self.roles.append(OldRole(role, key_of(emoji or role.emoji)))
        return number - 1


@dataclass(frozen=True, slots=True)
class LegacyTemplates:
    """Templates of the old bot's templates file by slug; `order` gives the keys for its ids `raid-<n>`.

    `rows` has the notes of those templates.
    """

    templates: dict[str, LegacyTemplate]
    order: tuple[str, ...]
    rows: dict[str, RowNotes] = field(default_factory=dict)

    def key_of(self, given: dict[str, Any], slug: str | None) -> str:
        """Return this bot's key for the template of a raid."""
        named = given.get("id")
        if isinstance(named, str) and named.startswith("custom-"):
            return legacy_templates.own_key(named)
        if slug in legacy_templates.SHARED_TEMPLATES:
            return slug
        return self.by_id(named) or legacy_templates.own_key(
            slug or legacy_templates.slug_of(str(given.get("name") or ""))
        )

    def by_id(self, named: Any) -> str | None:
        found = re.fullmatch(r"raid-(\d{1,3})", named) if isinstance(named, str) else None
        number = int(found[1]) if found else len(self.order)
        return self.order[number] if number < len(self.order) else None


def of_raid(
    row: Cells, given: dict[str, Any], known: LegacyTemplates, notes: RowNotes, signups: Iterable[Cells]
) -> RoleLayout:
    """Return the layout of a regular raid, with the roles of its strategy."""
    slug = _line(row, "template_slug", MAX_LABEL_LENGTH)
    key = known.key_of(given, slug)
    ours = legacy_templates.of_builtin(key)
    if columns.listed(given.get("roleGroups")):
        seen = legacy_templates.read(given, notes.repair, ours.roles if ours else ())
    elif found := known.templates.get(slug or ""):
        notes.repair("its template is missing, so it has the one of the old bot’s file")
        seen = found
    elif ours:
        notes.repair("its template is missing, so it has the one that comes with this bot")
        seen = legacy_templates.from_template(ours)
    else:
        notes.repair("its template is missing, so it has the roles people signed up for")
        seen = LegacyTemplate(name=str(slug or "Raid").replace("-", " ").title())
    strategy = _strategy(row, slug, seen, notes)
    if _has_two_myths(seen, slug, strategy, signups):
        seen = _playing_two_myths(seen)
        strategy = strategy or legacy_templates.TWO_MYTHS
    description = seen.description.replace(legacy_templates.TRIPLE_STORM, strategy) if strategy else seen.description
    return RoleLayout(
        kind=Kind.RAID,
        template=key,
        title=seen.name,
        emoji=seen.emoji,
        description=description,
        colour=seen.colour,
        roles=list(seen.roles),
        sides=legacy_templates.sides_of(seen, slug),
        strategy=strategy,
        lengths=legacy_templates.LENGTHS,
    )


def _strategy(row: Cells, slug: str | None, seen: LegacyTemplate, notes: RowNotes) -> str | None:
    """Return the strategy. Rows of boards that the old bot recovered have one even if their template has none."""
    strategy = _line(row, "strategy", MAX_LABEL_LENGTH)
    if strategy is None or "dragonspyre" in (slug, seen.slug):
        return strategy
    notes.repair(f"its template has no strategies, so “{strategy}” is left out")
    return None


def of_museum(row: Cells, notes: RowNotes) -> RoleLayout:
    info = kind_infos()[Kind.MUSEUM]
    seats = legacy_templates.seats(row.get("max_slots"), "the museum", notes.repair, default=_MUSEUM_SIZE)
    role = Role(key=RoleKey("museum"), name="Museum", emoji="✅", seats=seats)
    roles = [OldRole(role, key_of(role.emoji))]
    return RoleLayout(Kind.MUSEUM, Kind.MUSEUM.value, info.title, info.emoji, "", info.colour, roles, is_list=True)


def of_teams(kind: Kind, row: Cells, given: dict[str, Any], notes: RowNotes, signups: Sequence[Cells]) -> RoleLayout:
    """Return `teamCount` teams, including empty ones; older raids without teams become one role."""
    info = kind_infos()[kind]
    size = legacy_templates.seats(given.get("maxPerTeam"), "a team", notes.repair, default=_TEAM_SIZE)
    shape = RoleLayout(kind, kind.value, info.title, info.emoji, "", info.colour, [], team_size=size)
    shape.subject = _subject(given, notes)
    shape.counts = given.get("countsForParticipation") is not False
    number = _team_count(given, notes)
    if number is None and _is_list(row, signups):
        shape.is_list = True
        name, emoji = _FLAT[kind]
        seats = legacy_templates.seats(row.get("max_slots"), name, notes.repair, default=_MUSEUM_SIZE)
        shape.roles.append(OldRole(Role(key=RoleKey("all"), name=name, emoji=emoji, seats=seats), key_of(emoji)))
    else:
        if given.get("teamCount") is None:
            notes.repair("nothing says how many teams there are; there are as many as people signed up for")
        shape.roles += [team(n, size) for n in range(1, (number or 1) + 1)]
    return shape


def team(number: int, size: int) -> OldRole:
    emoji = f"{number}\ufe0f\u20e3"
    return OldRole(Role(key=RoleKey(f"team-{number}"), name=f"Team {number}", emoji=emoji, seats=size), key_of(emoji))


def _has_two_myths(seen: LegacyTemplate, slug: str | None, strategy: str | None, signups: Iterable[Cells]) -> bool:
    """Return True if the board showed the roles of “2 myth 1 storm”, which the snapshot does not have."""
    if "dragonspyre" not in (slug, seen.slug):
        return False
    if strategy is not None:
        return strategy.casefold() == legacy_templates.TWO_MYTHS
    return any(row.get("role_name") in _MYTHS for row in signups)


def _playing_two_myths(seen: LegacyTemplate) -> LegacyTemplate:
    after = legacy_templates.played(one.role for one in seen.roles)
    return replace(seen, roles=tuple(replace(one, role=role) for one, role in zip(seen.roles, after, strict=True)))


def _team_count(given: dict[str, Any], notes: RowNotes) -> int | None:
    try:
        number = columns.whole(given.get("teamCount"))
    except Unusable as why:
        notes.repair(f"the number of teams {why}; there are as many as people signed up for")
        return None
    if number is not None and not 1 <= number <= _MAX_TEAMS:
        notes.repair(f"there cannot be {number} teams; there are as many as people signed up for")
        return None
    return number


def _is_list(row: Cells, signups: Sequence[Cells]) -> bool:
    """Return True for a raid without teams: a signup is in no team, or there are none and `max_slots` is set."""
    names = [one.get("role_name") for one in signups]
    in_teams = [isinstance(name, str) and _TEAM.fullmatch(name) is not None for name in names]
    return not all(in_teams) if names else row.get("max_slots") is not None


def _subject(given: dict[str, Any], notes: RowNotes) -> str | None:
    try:
        return columns.line(given.get("bossName"), MAX_SUBJECT_LENGTH)
    except Unusable as why:
        notes.repair(f"the boss or dungeon {why}; there is none now")
        return None


def _name(row: Cells, notes: RowNotes) -> str | None:
    try:
        return columns.line(row.get("role_name"), MAX_ROLE_NAME_LENGTH)
    except Unusable as why:
        notes.repair(f"the name of the role {why}")
        return None


def _emoji(row: Cells, notes: RowNotes) -> str | None:
    try:
        return columns.line(row.get("role_emoji"), 64)
    except Unusable as why:
        notes.repair(f"the emoji of the role {why}; the role is found by its name")
        return None


def _line(row: Cells, column: str, most: int) -> str | None:
    try:
        return columns.line(row.get(column), most)
    except Unusable:
        return None
