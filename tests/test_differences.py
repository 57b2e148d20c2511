"""The tests named in docs/differences.md exist."""

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
DIFFERENCES = (TESTS.parent / "docs" / "differences.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z]-\d+[^|]*) \| (.+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]*test_\w+\.py)?(?:::(\w+))?`")


def test_every_row_names_tests_that_exist() -> None:
    rows = ROW.findall(DIFFERENCES)
    unheld = [defect for defect, why, held in rows if not NAMED.search(held) and not why.startswith("Cannot occur: ")]
    lost = [f"{file}::{test}" for _, _, held in rows for file, test in _named(held) if not _exists(file, test)]

    assert len(rows) == len([line for line in DIFFERENCES.splitlines() if re.match(r"\| [A-Z]-\d", line)])
    assert unheld == []
    assert lost == []


def _named(held: str) -> Iterator[tuple[str, str]]:
    """Yield (file, test) pairs; a test without a file belongs to the file named before it."""
    file = ""
    for named, test in NAMED.findall(held):
        file = named or file
        yield file, test


def _exists(file: str, test: str) -> bool:
    return any(not test or f"def test_{test}(" in path.read_text(encoding="utf-8") for path in TESTS.rglob(file))
