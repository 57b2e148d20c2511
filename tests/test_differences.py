"""docs/differences.md traces every defect that was collected, and the tests it names exist."""

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
DIFFERENCES = (TESTS.parent / "docs" / "differences.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z]-\d+[^|]*) \| (.+) \| ([^|]+) \|$", re.MULTILINE)
COLLECTED = (
    "B-01 to B-35, B-40 to B-92, C-01 to C-09, D-01 to D-104, G-01 to G-11, K-01 to K-15, L-01 to L-13, N-01 to N-11,"
    " O-01 to O-07, P-01 to P-21, R-01 to R-09, S-01 to S-24, T-01 to T-11, U-01 to U-11, Z-01 to Z-10"
)
NUMBERS = re.compile(r"\b([A-Z])-(\d+)(?: to \1-(\d+))?")
NAMED = re.compile(r"`([\w/]*test_\w+\.py)?(?:::(\w+))?`")


def test_every_row_names_tests_that_exist() -> None:
    rows = ROW.findall(DIFFERENCES)
    unheld = [defect for defect, why, held in rows if not NAMED.search(held) and not why.startswith("Cannot occur: ")]
    lost = [f"{file}::{test}" for _, _, held in rows for file, test in _named(held) if not _exists(file, test)]

    assert len(rows) == len([line for line in DIFFERENCES.splitlines() if re.match(r"\| [A-Z]-\d", line)])
    assert unheld == []
    assert lost == []


def test_no_defect_is_left_out() -> None:
    collected, traced = set(_numbers(COLLECTED)), set(_numbers(DIFFERENCES))

    assert len(collected) == 344
    assert sorted(collected - traced) == []
    assert sorted(traced - collected) == []


def _numbers(text: str) -> Iterator[tuple[str, int]]:
    """Yield the defects' list and number, also of ranges."""
    for letter, first, last in NUMBERS.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield letter, number


def _named(held: str) -> Iterator[tuple[str, str]]:
    """Yield (file, test) pairs; a test without a file belongs to the file named before it."""
    file = ""
    for named, test in NAMED.findall(held):
        file = named or file
        yield file, test


def _exists(file: str, test: str) -> bool:
    return any(not test or f"def test_{test}(" in path.read_text(encoding="utf-8") for path in TESTS.rglob(file))
