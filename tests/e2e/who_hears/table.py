"""The table of `docs/decisions/57-who-hears-what.md` as data."""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "decisions" / "57-who-hears-what.md"
PEOPLE = {
    "member": "mia",
    "seated": "sam",
    "waiting": "will",
    "asked": "ash",
    "leader": "lena",
    "creator": "cleo",
    "manager": "mara",
}
"""The people of an evening by their columns."""
PLACES = ("thread", "board", "audit")
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A deed, and the cells by the names of people and places."""

    deed: str
    cells: dict[str, str]


def rows() -> list[Row]:
    found = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    header, *others = ([cell.strip() for cell in line.strip("|").split("|")] for line in found)
    assert header == ["what happens", *PEOPLE, *PLACES]
    names = (*PEOPLE.values(), *PLACES)
    return [Row(deed, dict(zip(names, cells, strict=True))) for deed, *cells in others]
