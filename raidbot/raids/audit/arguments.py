"""Read arguments by their types; a missing or unsuitable one reads as None or empty, so that every row can be shown."""

from collections.abc import Iterator, Mapping

from raidbot.raids.audit.entry import Argument, Arguments


def text(given: Arguments, name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else None


def number(given: Arguments, name: str) -> int | None:
    value = given.get(name)
    return value if isinstance(value, int) else None


def part(given: Arguments, name: str) -> Arguments:
    value = given.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(given: Arguments, name: str) -> Iterator[Argument]:
    """Yield the elements of a list."""
    yield from elements(given.get(name))


def elements(value: Argument) -> Iterator[Argument]:
    if isinstance(value, list | tuple):
        yield from value
