"""The facts that pictures are drawn of, and a picture."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Raids that counted in the week from Monday `monday`, and the members who came to any of them, each once.

    A week that `goes_on` is marked, as its numbers are not whole yet.
    """

    monday: date
    raids: int
    people: int
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class RoleCount:
    """How often a member came as `name`, which is as somebody wrote it."""

    name: str
    raids: int


@dataclass(frozen=True, slots=True)
class StartHour:
    """How many raids started in an hour (0 to 23) of a weekday (Monday is 0) in the server's zone."""

    weekday: int
    hour: int
    raids: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file and its facts in words.

    `png` is empty if there is nothing to draw; `lines` then say so. `description` is plain text of at most 1,024
    characters, for the attachment. `lines` hold all facts of the picture as Markdown, with names escaped.
    """

    png: bytes
    description: str
    lines: tuple[str, ...]
