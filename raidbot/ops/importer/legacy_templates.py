"""Convert templates as the old bot wrote them into raids and its templates file."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from raidbot.ops.importer import columns
from raidbot.raids.emoji.model import NotAnEmoji, key_of, parse_emoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.model import (
    DEFAULT_COLOUR,
    MAX_DESCRIPTION_LENGTH,
    MAX_LABEL_LENGTH,
    MAX_ROLE_NAME_LENGTH,
    MAX_ROLES,
    MAX_SEATS,
    Strategy,
    Template,
)

Note = Callable[[str], None]
"""Takes a sentence about a repair."""

LENGTHS = (90, 180)
SIDES = ("Left side (Bomb)", "Left side (Polymorph)", "Right side (Automaton)", "Right side (Bomb)")
TRIPLE_STORM, TWO_MYTHS = "triple storm", "2 myth 1 storm"
SHARED_TEMPLATES = ("dragonspyre", "lemuria", "polaris")
"""The templates of the old bot that are also in this bot, in the order of its file as far as that is known."""

_VANGUARD = {"vangaurd", "vanguard"}
_TWO_MYTHS_ROLES = (
    ("1️⃣", "<:Myth:1430673701439017100>", "Myth 1"),
    ("2️⃣", "<:Myth:1430673701439017100>", "Myth 2"),
    ("3️⃣", "<:Storm:1430690317421776957>", "Storm 1"),
    ("4️⃣", "<:Balance:1430673056380092457>", "Jade"),
)
_PICTURES = "⚔️ 🛡️ 🏹 🔮 🗡️ 🪄 💚 🔥 ❄️ ⚡ 🌿 💀 🌙 ☀️ ⭐ 🎯 🍀 🎲 🪓 🧪 🐺 🦅 🐍"
_SPARE = (
    *(f"{n}\ufe0f\u20e3" for n in range(1, 10)),
    "🔟",
    *(chr(0x1F1E6 + n) for n in range(26)),
    *_PICTURES.split(),
)


@dataclass(frozen=True, slots=True)
class OldRole:
    """A role, and the emoji key by which the old bot found it."""

    role: Role
    found_by: str


@dataclass(frozen=True, slots=True)
class LegacyTemplate:
    name: str
    emoji: str = ""
    description: str = ""
    colour: int = DEFAULT_COLOUR
    roles: tuple[OldRole, ...] = ()

    @property
    def slug(self) -> str:
        """The slug as the old bot derived it; strategies and sides depend on it."""
        return slug_of(self.name)


@dataclass(slots=True)
class EmojiAssigner:
    """Gives every role a valid emoji of its own; replacements are never one of `reserved`."""

    reserved: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def own(self, wanted: str | None, name: str, note: Note) -> str:
        if wanted:
            try:
                parse_emoji(wanted)
            except NotAnEmoji:
                note(f"the role {name} has no emoji that Discord takes ({columns.shown(wanted)})")
            else:
                if key_of(wanted) not in self.used:
                    self.used.add(key_of(wanted))
                    return wanted
                note(f"another role has the emoji {wanted} of the role {name}")
        spare = next(one for one in _SPARE if key_of(one) not in self.used | self.reserved)
        note(f"the role {name} has the emoji {spare} now")
        self.used.add(key_of(spare))
        return spare


def read(given: dict[str, Any], note: Note, keys: tuple[Role, ...] = ()) -> LegacyTemplate:
    """Return the template. Roles with the same position and emoji as in `keys` get the key from there."""
    emoji = EmojiAssigner(reserved={key_of(str(fields.get("emoji"))) for _, fields in _roles(given)})
    roles: list[OldRole] = []
    for group, fields in _roles(given):
        if len(roles) == MAX_ROLES:
            note(f"only the first {MAX_ROLES} roles fit on a board")
            break
        roles.append(_role(fields, group, len(roles), emoji, note, keys))
    return LegacyTemplate(
        name=_line(given.get("name"), MAX_LABEL_LENGTH, "name", note) or "Raid",
        emoji=decoration(given.get("emoji"), "title", note),
        description=_description(given.get("description"), note),
        colour=colour(given.get("color"), note),
        roles=tuple(roles),
    )


def colour(cell: Any, note: Note) -> int:
    """Return #RRGGBB as a number; the default colour for an empty or invalid cell."""
    if cell is None or cell == "":
        return DEFAULT_COLOUR
    if isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell <= 0xFFFFFF:
        return cell
    if isinstance(cell, str) and (digits := re.fullmatch(r"#?([0-9a-fA-F]{6})", cell.strip())):
        return int(digits[1], 16)
    note(f"the colour {columns.shown(cell)} is none, so it has the usual one")
    return DEFAULT_COLOUR


def slug_of(name: str) -> str:
    lowered = name.casefold()
    for words, slug in ((("voracious", "dragonspyre"), "dragonspyre"), (("ghastly", "lemuria"), "lemuria"),
                        (("cabal", "polaris"), "polaris")):  # fmt: skip
        if any(word in lowered for word in words):
            return slug
    return re.sub(r"[^a-z0-9]+", "-", lowered).strip("-")


def own_key(text: str) -> str:
    """Return the key of a guild's own template with this id in the old bot."""
    kept = re.sub(r"[^a-z0-9-]+", "-", text.casefold().removeprefix("custom-")).strip("-")[:33]
    return f"custom-{kept or 'old'}"


def sides_of(snapshot: LegacyTemplate, slug: str | None) -> tuple[str, ...]:
    lowered = snapshot.name.casefold()
    return SIDES if slug == "lemuria" or "lemuria" in lowered or "ghastly" in lowered else ()


def strategies_of(snapshot: LegacyTemplate) -> tuple[Strategy, ...]:
    """Return the strategies that the old bot's /create offered for this template."""
    roles = tuple(one.role for one in snapshot.roles)
    changed = played(roles)
    if snapshot.slug != "dragonspyre" or changed == roles:
        return ()
    described = snapshot.description.replace(TRIPLE_STORM, TWO_MYTHS)
    different = tuple(role for role, was in zip(changed, roles, strict=True) if role != was)
    return (Strategy(TRIPLE_STORM), Strategy(TWO_MYTHS, described, different))


def played(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Return the roles of a raid with two myths: vanguard roles get other names and icons."""
    variant = {key_of(emoji): (icon, name) for emoji, icon, name in _TWO_MYTHS_ROLES}
    after = []
    for role in roles:
        found = variant.get(key_of(role.emoji)) if role.group.casefold() in _VANGUARD else None
        after.append(replace(role, icon=found[0], name=found[1]) if found else role)
    return tuple(after)


def template_of(snapshot: LegacyTemplate, key: str) -> Template:
    """Return the snapshot as a template of this bot."""
    return Template(
        key=key,
        name=snapshot.name,
        emoji=snapshot.emoji,
        description=snapshot.description,
        colour=snapshot.colour,
        roles=tuple(one.role for one in snapshot.roles),
        lengths=LENGTHS,
        strategies=strategies_of(snapshot),
        sides=sides_of(snapshot, None),
    )


def of_builtin(key: str) -> Template | None:
    return next((template for template in builtin() if template.key == key), None)


def from_template(template: Template) -> LegacyTemplate:
    """Return a template of this bot in the form of a snapshot, for raids without a readable one."""
    roles = tuple(OldRole(role, key_of(role.emoji)) for role in template.roles)
    return LegacyTemplate(template.name, template.emoji, template.description, template.colour, roles)


def _roles(given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for group in map(columns.mapping, columns.listed(given.get("roleGroups"))):
        name = group.get("name")
        for fields in map(columns.mapping, columns.listed(group.get("roles"))):
            emoji = fields.get("emoji") or group.get("emoji")
            yield name if isinstance(name, str) else "", fields | {"emoji": emoji}


def _role(
    fields: dict[str, Any], group: str, number: int, emoji: EmojiAssigner, note: Note, keys: tuple[Role, ...]
) -> OldRole:
    name = _line(fields.get("name"), MAX_ROLE_NAME_LENGTH, "name of a role", note)
    if name is None:
        name = f"Role {number + 1}"
        note(f"a role without a name is called {name}")
    given = _line(fields.get("emoji"), 64, "emoji of a role", note)
    own = emoji.own(given, name, note)
    matching = keys[number] if number < len(keys) and key_of(keys[number].emoji) == key_of(own) else None
    role = Role(
        key=matching.key if matching else RoleKey(f"role-{number + 1}"),
        name=name,
        emoji=own,
        seats=seats(fields.get("slots"), name, note),
        group=_line(group, MAX_LABEL_LENGTH, "name of a group", note) or "",
        icon=decoration(fields.get("icon"), f"role {name}", note),
    )
    return OldRole(role, key_of(given or own))


def seats(cell: Any, name: str, note: Note, *, default: int = 1) -> int:
    try:
        number = columns.whole(cell)
    except columns.Unusable as why:
        note(f"the number of seats of {name} {why}; it has {default}")
        return default
    if number is None:
        return default
    allowed = min(max(number, 1), MAX_SEATS)
    if allowed != number:
        note(f"{name} cannot have {number} seats; it has {allowed}")
    return allowed


def _line(cell: Any, most: int, what: str, note: Note) -> str | None:
    try:
        return columns.line(cell, most)
    except columns.Unusable as why:
        note(f"the {what} {why}")
        return None


def _description(cell: Any, note: Note) -> str:
    try:
        return (columns.text(cell) or "")[:MAX_DESCRIPTION_LENGTH]
    except columns.Unusable as why:
        note(f"the description {why}")
        return ""


def decoration(cell: Any, what: str, note: Note) -> str:
    """Return a decorative emoji, or "" if it is invalid."""
    text = _line(cell, 64, f"emoji of the {what}", note)
    if not text:
        return ""
    try:
        parse_emoji(text)
    except NotAnEmoji:
        note(f"{columns.shown(text)} beside the {what} is no emoji, so it is left out")
        return ""
    return text
