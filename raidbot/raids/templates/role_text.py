r"""A template's roles as text for people to edit, one role per line:

    Group | Emoji | Role | Seats | Icon (optional)

The group may be empty. Blank lines are ignored; a | or \ in a name is written \| or \\.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain, count

from raidbot.raids.emoji.model import key_of, parse_emoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, MAX_ROLE_NAME_LENGTH, MAX_ROLES, MAX_SEATS
from raidbot.utils.clean_text import clean_line
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import fingerprint
from raidbot.utils.text import clip, escape

FORM = "Group | Emoji | Role | Seats | Icon (optional)"
MAX_TEXT_LENGTH = 4000  # https://discord.com/developers/docs/components/reference#text-input

Spell = Callable[[str], str]
"""Converts a typed emoji to its stored form. Raises Refusal."""

_CELL_END = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_NEW = RoleKey("")
_MAX_REASONS = 10


class LinesRefused(Refusal):
    """`reasons` has one sentence per fault, with the line's number."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        more = [f"And {len(reasons) - _MAX_REASONS} more."] if len(reasons) > _MAX_REASONS else []
        super().__init__("\n".join((*reasons[:_MAX_REASONS], *more)))


class NotSeats(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{escape(clip(text, 20))}” is not a number of seats. Write a whole number from 1 to {MAX_SEATS}."
        )


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
    return "\n".join(_line(role) for role in roles)


def from_lines(text: str, before: tuple[Role, ...] = (), spell: Spell = plain) -> tuple[Role, ...]:
    """Parse the roles. Raises LinesRefused with every fault.

    A role matching one of `before` keeps its key: by name and emoji, else by emoji, else by position.
    """
    roles: dict[int, Role] = {}
    reasons: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                roles[number] = _role(line, spell)
            except Refusal as refusal:
                reasons.append(f"Line {number}: {refusal}")
    reasons += _repeated(roles)
    if not roles and not reasons:
        reasons.append(f"There are no roles. Write at least one line: {FORM}.")
    if len(roles) > MAX_ROLES:
        reasons.append(f"There are {len(roles)} roles; a board has room for {MAX_ROLES}.")
    if reasons:
        raise LinesRefused(tuple(reasons))
    return _keyed(tuple(roles.values()), before)


def new_key(role: Role, taken: Collection[RoleKey]) -> RoleKey:
    """Return a free key for a role that is added to others.

    It is made from name and emoji, so that no other role gets the key of one that was removed: past raids have it.
    """
    made = f"role-{fingerprint(f'{role.emoji} {role.name}')}"
    numbered = (f"{made}-{number}" for number in count(2))
    return next(key for one in chain([made], numbered) if (key := RoleKey(one)) not in taken)


def _line(role: Role) -> str:
    cells = [role.group, role.emoji, role.name, str(role.seats), *([role.icon] if role.icon else [])]
    return " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells).strip()


def _role(line: str, spell: Spell) -> Role:
    cells = _cells(line)
    if not 4 <= len(cells) <= 5:
        parts = "1 part" if len(cells) == 1 else f"{len(cells)} parts"
        raise Refusal(f"this has {parts}. Write {FORM}, with | between the parts.")
    group, emoji, name, seats, icon = (*cells, "")[:5]
    if not emoji:
        raise Refusal("the emoji is missing. Write it as the second part.")
    if not name:
        raise Refusal("the role's name is missing. Write it as the third part.")
    for what, said, most in (("group's", group, MAX_LABEL_LENGTH), ("role's", name, MAX_ROLE_NAME_LENGTH)):
        if len(said) > most:
            raise Refusal(f"the {what} name has {len(said)} characters; at most {most} are possible.")
    return Role(
        key=_NEW,
        group=group,
        emoji=spell(emoji),
        name=name,
        seats=seats_of(seats),
        icon=spell(icon) if icon else "",
    )


def _cells(line: str) -> list[str]:
    ends = [match.end() for match in _CELL_END.finditer(line)]
    pieces = [line[start:end] for start, end in zip([0, *ends], [*(end - 1 for end in ends), len(line)], strict=True)]
    return [re.sub(r"\\([\\|])", r"\1", clean_line(piece)) for piece in pieces]


def _repeated(roles: dict[int, Role]) -> Iterator[str]:
    first: dict[str, int] = {}
    for number, role in roles.items():
        earlier = first.setdefault(key_of(role.emoji), number)
        if earlier != number:
            yield f"Line {number}: line {earlier} has the emoji {role.emoji} already. Give each role its own."


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
