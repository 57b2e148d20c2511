"""A template's roles as text for people to edit, one role per line (`role_lines`), and how roles keep their keys.

Blank lines are ignored. A role without an emoji gets a free one if the line says how many seats it has; otherwise the
line may be no role at all. Whatever is wrong is refused at once, each line with how it would be right.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, count

from raidbot.raids.emoji.model import key_of, parse_emoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.model import (
    MAX_LABEL_LENGTH,
    MAX_ROLE_NAME_LENGTH,
    MAX_ROLES,
    MAX_SEATS,
    MAX_SPEC_LENGTH,
    MAX_SPECS,
)
from raidbot.raids.templates.role_lines import (
    Heading,
    Written,
    heading_line,
    heading_read,
    read_line,
    role_line,
    whole_line,
)
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import fingerprint
from raidbot.utils.text import clip, escape, fit_lines

FORM = "🛡️ Tank 2 · behind | may stand: Blood, Frost · “# Front” begins a group, --- ends it"
EXAMPLE = "🛡️ Tank 2"
MAX_TEXT_LENGTH = 4000  # https://discord.com/developers/docs/components/reference#text-input

Spell = Callable[[str], str]
"""Converts a typed emoji to its stored form. Raises Refusal."""

_NEW = RoleKey("")
_MAX_REASONS_LENGTH = 1700  # of a message's 2000, with words around it
_MAX_COPY_LENGTH = 200
_USUAL_EMOJI = (
    (("tank",), "🛡️"),
    (("heal", "medic", "cleric", "priest"), "💚"),
    (("support", "boon", "buff", "bard"), "✨"),
    (("rang", "archer", "bow", "hunter"), "🏹"),
    (("mage", "magic", "caster", "wizard"), "🔮"),
    (("damage", "dps", "dd", "melee", "fighter", "attack"), "⚔️"),
    (("lead", "captain", "coach", "master"), "👑"),
    (("substitute", "reserve", "bench"), "🪑"),
    (("flex", "any", "fill"), "🔄"),
)
_KEYCAPS = tuple(f"{digit}\ufe0f\u20e3" for digit in range(1, 10))
_LETTERS = tuple(map(chr, range(0x1F1E6, 0x1F200)))
_ANIMALS = tuple(map(chr, range(0x1F400, 0x1F43F)))


class LinesRefused(Refusal):
    """`reasons` has one paragraph for each faulty line, with its number and the line as it would be right."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(fit_lines(reasons, _MAX_REASONS_LENGTH, "And {n} more."))


class NotSeats(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{escape(clip(text, 20))}” is not a number of seats. Write a whole number from 1 to {MAX_SEATS}."
        )


@dataclass(slots=True)
class _Line:
    """A line with a role on it; `role` has no emoji until one is known to be right, and is right otherwise."""

    number: int
    written: Written
    role: Role
    faults: list[str] = field(default_factory=list)

    def reason(self) -> str:
        return f"Line {self.number}: {' '.join(self.faults)}{_to_copy(self._right())}"

    def _right(self) -> str:
        if self.written.group is not None:
            return whole_line(self.role)
        return role_line(self.role, in_heading=True)


def plain(text: str) -> str:
    """Return a typed emoji in its stored form, whichever guild it belongs to. Raises NotAnEmoji."""
    return parse_emoji(text).for_text


def seats_of(text: str) -> int:
    """Parse a typed number of seats. Raises NotSeats."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MAX_SEATS):
        raise NotSeats(text)
    return int(text)


def to_lines(roles: Iterable[Role]) -> str:
    """Write the roles so that `from_lines` reads the same ones, under their groups' headings where that is possible."""
    lines: list[str] = []
    heading = ""
    for role in roles:
        line = role_line(role, in_heading=heading_read(role.group))
        if read_line(line).group is None and role.group != heading:
            heading = role.group
            lines.append(heading_line(heading))
        lines.append(line)
    return "\n".join(lines)


def from_lines(text: str, before: tuple[Role, ...] = (), spell: Spell = plain) -> tuple[Role, ...]:
    """Parse the roles. Raises LinesRefused with every fault.

    A role matching one of `before` keeps its key: by name and emoji, else by emoji, else by position.
    """
    lines: list[_Line] = []
    reasons: dict[int, str] = {}
    group = ""
    for number, typed in enumerate(text.splitlines(), start=1):
        if not typed.strip():
            continue
        read = read_line(typed)
        if isinstance(read, Heading):
            group = clip(read.group, MAX_LABEL_LENGTH)
            if group != read.group:
                fault = _too_long("group's", read.group, MAX_LABEL_LENGTH)
                reasons[number] = f"Line {number}: {fault}{_to_copy(heading_line(group))}"
        else:
            lines.append(_checked(number, read, group, spell))
    _give_emoji(lines, before)
    reasons |= {line.number: line.reason() for line in lines if line.faults}
    found = [reasons[number] for number in sorted(reasons)]
    if not lines and not found:
        found.append(f"There are no roles. Write at least one line:{_code(EXAMPLE)}.")
    if len(lines) > MAX_ROLES:
        found.append(f"There are {len(lines)} roles; a board has room for {MAX_ROLES}.")
    if found:
        raise LinesRefused(tuple(found))
    return _keyed(tuple(line.role for line in lines), before)


def new_key(role: Role, taken: Collection[RoleKey]) -> RoleKey:
    """Return a free key for a role that is added to others.

    It is made from name and emoji, so that no other role gets the key of one that was removed: past raids have it.
    """
    made = f"role-{fingerprint(f'{role.emoji} {role.name}')}"
    numbered = (f"{made}-{number}" for number in count(2))
    return next(key for one in chain([made], numbered) if (key := RoleKey(one)) not in taken)


def free_emoji(name: str, taken: Collection[str]) -> str:
    """Return an emoji for a role of this name that is not among the `taken` ones (`key_of`)."""
    words = re.findall(r"\w+", name.casefold())
    usual = (emoji for starts, emoji in _USUAL_EMOJI if any(word.startswith(starts) for word in words))
    return next(one for one in chain(usual, _KEYCAPS, _LETTERS, _ANIMALS) if key_of(one) not in taken)


def _checked(number: int, written: Written, heading: str, spell: Spell) -> _Line:
    """Return the line with its faults; its role is as near to what is written as can be."""
    faults: list[str] = []
    if written.parts:
        faults.append(f"I cannot read a line of {written.parts} parts.")
    emoji = _spelled(written.emoji, spell, faults)
    icon = _spelled(written.icon, spell, faults)
    name, group = written.name, heading if written.group is None else written.group
    if not name:
        faults.append("the role's name is missing.")
    for what, said, most in (("group's", group, MAX_LABEL_LENGTH), ("role's", name, MAX_ROLE_NAME_LENGTH)):
        if len(said) > most:
            faults.append(_too_long(what, said, most))
    role = Role(
        key=_NEW,
        group=clip(group, MAX_LABEL_LENGTH),
        emoji=emoji,
        name=clip(name, MAX_ROLE_NAME_LENGTH) or "Role",
        seats=_seats(written.seats, faults),
        icon=icon,
        specs=_specs(written.specs, faults),
    )
    return _Line(number, written, role, faults)


def _spelled(text: str, spell: Spell, faults: list[str]) -> str:
    if not text:
        return ""
    try:
        return spell(text)
    except Refusal as refusal:
        faults.append(str(refusal))
        return ""


def _seats(text: str, faults: list[str]) -> int:
    if not text:
        return 1
    try:
        return seats_of(text)
    except NotSeats as refusal:
        faults.append(str(refusal))
        return MAX_SEATS if text.isascii() and text.isdecimal() and int(text[:4]) > MAX_SEATS else 1


def _specs(specs: tuple[str, ...], faults: list[str]) -> tuple[str, ...]:
    kept = {spec.casefold(): clip(spec, MAX_SPEC_LENGTH) for spec in reversed(specs)}
    if len(kept) < len(specs):
        faults.append("a specialisation stands there twice.")
    if long := next((spec for spec in specs if len(spec) > MAX_SPEC_LENGTH), ""):
        faults.append(_too_long("specialisation's", long, MAX_SPEC_LENGTH))
    if len(kept) > MAX_SPECS:
        faults.append(f"there are {len(kept)} specialisations; people can choose from {MAX_SPECS}.")
    return tuple(reversed(kept.values()))[:MAX_SPECS]


def _too_long(what: str, text: str, most: int) -> str:
    return f"the {what} name has {len(text)} characters; at most {most} are possible."


def _give_emoji(lines: list[_Line], before: tuple[Role, ...]) -> None:
    """Find repeated emoji, and give each role without one that of the role of its name before, else a free one."""
    first: dict[str, int] = {}
    for line in lines:
        emoji = line.role.emoji
        if emoji and (earlier := first.setdefault(key_of(emoji), line.number)) != line.number:
            line.faults.append(f"line {earlier} has the emoji {emoji} already. Give each role its own.")
            line.role = replace(line.role, emoji="")
    taken = set(first)
    had = {role.name.casefold(): role.emoji for role in before}
    for line in lines:
        if line.role.emoji:
            continue
        if not line.written.emoji and (not line.written.seats or line.written.group is not None):
            line.faults.append("the emoji is missing.")
        emoji = had.get(line.role.name.casefold(), "")
        if not emoji or key_of(emoji) in taken:
            emoji = free_emoji(line.role.name, taken) if len(taken) < MAX_ROLES else "❓"
        taken.add(key_of(emoji))
        line.role = replace(line.role, emoji=emoji)


def _to_copy(line: str) -> str:
    """Return an invitation to copy the line, unless it is too long to be shown whole."""
    return f" Write{_code(line)}" if len(line) <= _MAX_COPY_LENGTH and "`" not in line else ""


def _code(line: str) -> str:
    return f" `{line}`"


def _keyed(roles: tuple[Role, ...], before: tuple[Role, ...]) -> tuple[Role, ...]:
    left = {role.key: role for role in before}
    keys: dict[int, RoleKey] = {}

    def match(is_same: Callable[[int, Role, Role], bool]) -> None:
        for place, role in enumerate(roles):
            if place not in keys:
                found = next((old.key for old in left.values() if is_same(place, role, old)), None)
                if found is not None:
                    del left[found]
                    keys[place] = found

    match(lambda _, role, old: role.name == old.name and key_of(role.emoji) == key_of(old.emoji))
    match(lambda _, role, old: key_of(role.emoji) == key_of(old.emoji))
    match(lambda place, _, old: place < len(before) and before[place].key == old.key)
    taken = [role.key for role in before]
    for place, role in enumerate(roles):
        if place not in keys:
            keys[place] = new_key(role, taken) if before else RoleKey(f"role-{place + 1}")
            taken.append(keys[place])
    return tuple(replace(role, key=keys[place]) for place, role in enumerate(roles))
