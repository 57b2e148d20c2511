r"""One line of a template's roles as people write it.

🛡️ Tank 2                        an emoji, the role's name and its seats, in any order; one seat if none are named
🛡️ ⚔️ Tank x2 | Blood, Frost     a second emoji stands before the name; behind a | are the role's specialisations
# Vanguard                       begins a group, as do “Vanguard:” and “**Vanguard**”; --- ends it
Group | Emoji | Role | Seats | Icon | Specialisations    says all at once, from the fourth part on as far as needed

A | or \ in a name is written \| or \\, a comma in a specialisation \,.
"""

import re
from dataclasses import dataclass

from raidbot.raids.emoji.model import first_emoji, last_emoji
from raidbot.raids.model import Role
from raidbot.utils.clean_text import clean_line

_PART_END = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_SPEC_END = re.compile(r"(?<!\\)((?:\\\\)*),")
_ESCAPED = re.compile(r"\\([\\|,])")
_LIST_MARK = re.compile(r"[-*•–]\s+")
_HEADING = re.compile(r"#{1,6}(?![\ufe0f\u20e3])\s*(.*)")
_BOLD = re.compile(r"(\*\*|__)(.+)\1:?")
_END_OF_GROUP = re.compile(r"[-—_=]{3,}")
_WORD = r"(?:\s*(?:seats?|players?|people|spots?|slots?))?"
_SEATS_LAST = re.compile(
    rf"(?P<name>.*?)(?:[\s:=,–—-]*(?:\((?P<round>[0-9]+){_WORD}\)|\[(?P<square>[0-9]+){_WORD}\])"
    rf"|[\s:=,–—-]*(?<![0-9A-Za-z])[x×*]\s*(?P<times>[0-9]+){_WORD}"
    rf"|(?:\s+|\s*[:=,]\s*|\s+[–—-]\s*)(?P<plain>[0-9]+)(?:\s*[x×])?{_WORD})",
    re.IGNORECASE,
)
_SEATS_FIRST = re.compile(
    rf"(?P<plain>[0-9]+)(?:\s*(?:[×*]|x(?=\s))\s*|{_WORD}[\s:]+(?:of\s+)?)(?P<name>[^0-9\s].*)", re.IGNORECASE
)
_MAX_PARSED_LENGTH = 300  # far beyond any name; the time it takes grows with the square
_BESIDE_NAME = " \t:=,–—-·"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that begins a group; “” ends one."""

    group: str


@dataclass(frozen=True, slots=True)
class Written:
    """A role as it is written; “” stands for what is not there, None for a group that is left to the heading.

    `parts` is the number of its parts if no line has so many, else 0.
    """

    name: str
    emoji: str = ""
    seats: str = ""
    icon: str = ""
    group: str | None = None
    specs: tuple[str, ...] = ()
    parts: int = 0


def read_line(line: str) -> Heading | Written:
    """Read a line that is not blank. Nothing of it is checked."""
    raw = _raw_parts(line)
    parts = [_unescaped(part) for part in raw]
    if len(parts) == 1:
        return _heading(parts[0]) or _plain(parts[0])
    if len(parts) == 2:
        return _plain(parts[0], _specs(raw[1]))
    return _all_at_once(raw, parts)


def heading_line(group: str) -> str:
    return f"# {_escaped(group)}" if group else "---"


def role_line(role: Role, *, in_heading: bool) -> str:
    """Return the role's line: if it stands under its group's heading, as short as it can be read again."""
    return (_short_line(role) if in_heading else "") or whole_line(role)


def whole_line(role: Role) -> str:
    """Return the line that says all at once."""
    parts = [role.group, role.emoji, role.name, str(role.seats)]
    if role.icon or role.specs:
        parts.append(role.icon)
    line = " | ".join(map(_escaped, parts))
    return (f"{line} | {_joined(role.specs)}" if role.specs else line).strip()


def _short_line(role: Role) -> str:
    """Return the short line, or “” if it would be read as something else."""
    wanted = Written(role.name, role.emoji, str(role.seats), role.icon, None, role.specs)
    start = " ".join(filter(None, (role.emoji, role.icon, _escaped(role.name))))
    end = f" | {_joined(role.specs)}" if role.specs else ""
    times = "x" if role.name[-1:].isdigit() else ""
    line = f"{start} {times}{role.seats}{end}"
    return line if read_line(line) == wanted and heading_read(role.group) else ""


def heading_read(group: str) -> bool:
    """Return True if the group's heading is read as what it is."""
    return read_line(heading_line(group)) == Heading(group)


def _heading(text: str) -> Heading | None:
    if _END_OF_GROUP.fullmatch(text):
        return Heading("")
    if found := _HEADING.fullmatch(text):
        return Heading(found[1].strip())
    if found := _BOLD.fullmatch(text):
        return Heading(found[2].strip().removesuffix(":"))
    if text.endswith(":") and not first_emoji(text) and not last_emoji(text):
        return Heading(text.removesuffix(":").strip())
    return None


def _plain(text: str, specs: tuple[str, ...] = ()) -> Written:
    """Read emoji and seats from both ends of the text; what is left is the name."""
    text = _LIST_MARK.sub("", text, count=1) if _LIST_MARK.match(text) else text
    found: list[str] = []
    seats, before = "", None
    while text != before:
        before = text
        text = _without_first_emoji(text, found)
        if not seats:
            seats, text = _without_seats(text)
    while len(found) < 2 and (last := last_emoji(text)):
        found.append(last)
        text = text.removesuffix(last).strip(_BESIDE_NAME)
        if not seats:
            seats, text = _without_seats(text)
    emoji, icon = (*found, "", "")[:2]
    return Written(text, emoji, seats, icon, None, specs)


def _without_first_emoji(text: str, found: list[str]) -> str:
    if len(found) < 2 and (first := first_emoji(text)):
        found.append(first)
        return text.removeprefix(first).strip(_BESIDE_NAME)
    return text


def _without_seats(text: str) -> tuple[str, str]:
    """Return the number of seats at either end, “” if there is none, and the rest of the text."""
    for pattern in (_SEATS_LAST, _SEATS_FIRST) if len(text) <= _MAX_PARSED_LENGTH else ():
        if found := pattern.fullmatch(text):
            number = next(part for name, part in found.groupdict().items() if name != "name" and part)
            return number, found["name"].strip(_BESIDE_NAME)
    return (text, "") if text.isascii() and text.isdecimal() else ("", text)


def _all_at_once(raw: list[str], parts: list[str]) -> Written:
    if not 4 <= len(parts) <= 6:
        return _guessed(parts)
    group, emoji, name, seats, icon = (*parts, "")[:5]
    return Written(name, emoji, seats, icon, group, _specs(raw[5]) if len(raw) > 5 else ())


def _guessed(parts: list[str]) -> Written:
    """Return what too few or too many parts probably mean: the emoji, the number, the last text and that before it."""
    emoji = next((part for part in parts if part and first_emoji(part) == part), "")
    seats = next((part for part in parts if part.isdecimal()), "")
    group, name = ("", "", *(part for part in parts if part and part not in (emoji, seats)))[-2:]
    return Written(name, emoji, seats, "", group, parts=len(parts))


def _specs(raw: str) -> tuple[str, ...]:
    return tuple(spec for piece in _split(raw, _SPEC_END) if (spec := _unescaped(piece)))


def _joined(specs: tuple[str, ...]) -> str:
    return ", ".join(_escaped(spec).replace(",", "\\,") for spec in specs)


def _raw_parts(line: str) -> list[str]:
    return [clean_line(part) for part in _split(line, _PART_END)]


def _split(text: str, end: re.Pattern[str]) -> list[str]:
    ends = [match.end() for match in end.finditer(text)]
    return [text[start:stop] for start, stop in zip([0, *ends], [*(stop - 1 for stop in ends), len(text)], strict=True)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", clean_line(text))
