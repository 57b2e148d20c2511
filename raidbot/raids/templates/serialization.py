"""Templates as plain JSON: the form in which they are stored, exported and imported."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from raidbot.raids.model import Picture, Role
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.raids.templates.model import Strategy, Template
from raidbot.utils.errors import Refusal
from raidbot.utils.text import has_half_characters, whole

_Reader = Callable[[Any, str, list[str]], Any]
"""Takes a JSON value, its path, and the list to add faults to; returns the value read."""

_COLOUR_DIGITS = 6
_MAX_ENTRIES = 200
MAX_FAULTS = 1000
"""Nobody reads more, and a file could contain hundreds of thousands."""


class NotATemplate(Refusal):
    """`faults` are sentences that begin with the path of the faulty value."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def to_json(template: Template) -> dict[str, Any]:
    """Return every field by its name; colours as #RRGGBB, lengths in minutes."""
    plain: dict[str, Any] = json.loads(json.dumps(template, default=_by_name))
    return plain | {"colour": f"#{template.colour:06X}"}


def _by_name(part: Template | Strategy | Role | Lead | Picture) -> dict[str, object]:
    """Return the fields by their names; `asdict` would also copy all that they hold."""
    if isinstance(part, Picture):  # a template has no files
        return {"url": part.url, "is_large": part.is_large, "text": part.text}
    return {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}


def from_json(given: Any, path: str = "template") -> Template:
    """Read a template written by `to_json`; optional fields get their defaults. Raises NotATemplate.

    Checks only types and field names; `templates.model.accept` checks that a board can be made from the template.
    """
    faults: list[str] = []
    template = _template(given, path, faults)
    if not isinstance(template, Template):
        raise NotATemplate(faults)
    return template


def _text(value: Any, path: str, faults: list[str]) -> str:
    if not isinstance(value, str):
        faults.append(f"{path}: has to be a text.")
        return ""
    if has_half_characters(value):
        faults.append(f"{path}: has half of a character, which nothing can show.")
        return ""
    return value


def _number(value: Any, path: str, faults: list[str]) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        faults.append(f"{path}: has to be a whole number.")
        return 0
    return value


def _flag(value: Any, path: str, faults: list[str]) -> bool:
    if not isinstance(value, bool):
        faults.append(f"{path}: has to be true or false.")
        return False
    return value


def _colour(value: Any, path: str, faults: list[str]) -> int:
    digits = value.removeprefix("#") if isinstance(value, str) else ""
    if len(digits) != _COLOUR_DIGITS or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        faults.append(f"{path}: has to be a colour such as “#1ABC9C”.")
        return 0
    return int(digits, 16)


def _list_of(read: _Reader) -> _Reader:
    def reader(value: Any, path: str, faults: list[str]) -> tuple[Any, ...]:
        if not isinstance(value, list):
            faults.append(f"{path}: has to be a list.")
            return ()
        if len(value) > _MAX_ENTRIES:
            faults.append(f"{path}: has {len(value)} entries; at most {_MAX_ENTRIES} are read.")
            return ()
        return tuple(
            read(one, f"{path}[{number}]", faults) for number, one in enumerate(value) if len(faults) < MAX_FAULTS
        )

    return reader


def _record(
    make: Callable[..., Any], fields: Mapping[str, _Reader], needed: Iterable[str], beside: tuple[str, ...] = ()
) -> _Reader:
    """Return a reader for an object: it passes the fields to `make`, or returns None if any is faulty.

    `beside` are further known names that the caller has removed from the object.
    """
    known = ", ".join((*fields, *beside))

    def reader(value: Any, path: str, faults: list[str]) -> Any:
        if not isinstance(value, dict):
            faults.append(f"{path}: has to be an object.")
            return None
        before = len(faults)
        faults += [f"{path}.{whole(name)}: is not known. Known are {known}." for name in value if name not in fields]
        faults += [f"{path}.{name}: is missing." for name in needed if name not in value]
        found = {name: fields[name](value[name], f"{path}.{name}", faults) for name in fields if name in value}
        return make(**found) if len(faults) == before else None

    return reader


def _role_of(*, seats: int = 1, **fields: Any) -> Role:
    return Role(seats=seats, **fields)


def _lead(value: object, path: str, faults: list[str]) -> Lead | None:
    """Read days and minutes before the start; null is the start itself."""
    if value is None:
        return None
    try:
        found: Lead | None = _lead_parts(value, path, faults)
    except NotASchedule as why:
        faults.append(f"{path}: {why}")
        return None
    return found


def _picture(value: object, path: str, faults: list[str]) -> Picture | None:
    """Read address, size and description; null is none."""
    return None if value is None else _picture_parts(value, path, faults)


_picture_parts = _record(Picture, {"url": _text, "is_large": _flag, "text": _text}, ("url",))
_lead_parts = _record(Lead, {"days": _number, "minutes": _number}, ())
_roles = _list_of(
    _record(
        _role_of,
        {
            "key": _text,
            "name": _text,
            "emoji": _text,
            "seats": _number,
            "group": _text,
            "icon": _text,
            "specs": _list_of(_text),
        },
        ("key", "name", "emoji"),
    )
)
_strategies = _list_of(_record(Strategy, {"name": _text, "description": _text, "roles": _roles}, ("name",)))
_template = _record(
    Template,
    {
        "key": _text,
        "name": _text,
        "label": _text,
        "game": _text,
        "emoji": _text,
        "description": _text,
        "colour": _colour,
        "picture": _picture,
        "roles": _roles,
        "lengths": _list_of(_number),
        "signup_lead": _lead,
        "signup_text": _text,
        "strategies": _strategies,
        "sides": _list_of(_text),
    },
    ("key", "name", "roles"),
    beside=("enabled",),
)
