"""Places in a list that is sorted by a number: whoever has the same number shares a place."""

from collections.abc import Iterable


def places(counts: Iterable[int]) -> list[int]:
    """Return the place of each number of a falling sequence: 5, 4, 4, 3 take the places 1, 2, 2, 4."""
    found: list[int] = []
    before: int | None = None
    for number, count in enumerate(counts, start=1):
        found.append(found[-1] if count == before else number)
        before = count
    return found
