"""The report of an import: the outcome of every row."""

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

_MAX_LISTED = 200


@dataclass(slots=True)
class Tally:
    """Row counts of one old table. `read` is the sum of the others.

    taken: imported unchanged; repaired: imported with repairs; kept: stored in moved_rows, not used yet;
    left: not imported; unchanged: exists here already.
    """

    read: int = 0
    taken: int = 0
    repaired: int = 0
    kept: int = 0
    left: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    table: str
    row: str
    sentence: str


@dataclass(slots=True)
class Report:
    """The outcome of an import; `repairs`, `losses` and `notes` name the row. A loss is a row that was not imported."""

    dry_run: bool = False
    tables: dict[str, Tally] = field(default_factory=dict)
    repairs: list[Line] = field(default_factory=list)
    losses: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    _pending: "list[RowNotes]" = field(default_factory=list)

    def row(self, table: str, name: str) -> "RowNotes":
        """Count a row as read and return the notes in which to record its outcome."""
        tally = self.tables.setdefault(table, Tally())
        tally.read += 1
        row = RowNotes(table, name)
        self._pending.append(row)
        return row

    def settle(self) -> None:
        """Count the outcomes of all pending rows; they are final now."""
        for row in self._pending:
            self._count(row)
        self._pending.clear()

    def _count(self, row: "RowNotes") -> None:
        repaired = row.fate is Fate.TAKEN and bool(row.repairs)
        fate = "repaired" if repaired else row.fate.value
        tally = self.tables[row.table]
        setattr(tally, fate, getattr(tally, fate) + 1)
        if repaired:
            self.repairs += [Line(row.table, row.name, sentence) for sentence in row.repairs]
        if row.fate is Fate.LEFT:
            self.losses.append(Line(row.table, row.name, row.why))

    def seen(self, table: str) -> None:
        """Record that the table exists, even if it is empty."""
        self.tables.setdefault(table, Tally())

    def note(self, table: str, row: str, sentence: str) -> None:
        self.notes.append(Line(table, row, sentence))

    def to_json(self) -> dict[str, Any]:
        lists = {name: [asdict(line) for line in getattr(self, name)] for name in ("repairs", "losses", "notes")}
        tables = {name: asdict(tally) for name, tally in self.tables.items()}
        return {"dry_run": self.dry_run, "tables": tables, **lists}

    def text(self) -> str:
        """Return the report as text; long lists are cut and say so, while the JSON has everything."""
        lines = ["Nothing was written: this was a dry run." if self.dry_run else "Moved in.", "", *self._table()]
        for heading, listed in (
            ("Put right", self.repairs),
            ("Not taken", self.losses),
            ("To know", self.notes),
        ):
            if listed:
                lines += ["", f"{heading} ({len(listed)}):"]
                lines += [f"  {line.table}, {line.row}: {line.sentence}" for line in listed[:_MAX_LISTED]]
                if len(listed) > _MAX_LISTED:
                    lines.append(f"  … and {len(listed) - _MAX_LISTED} more; --json lists them all.")
        return "\n".join(lines)

    def _table(self) -> list[str]:
        heads = ("read", "taken", "repaired", "kept", "left", "unchanged")
        width = max([len("table"), *map(len, self.tables)])
        lines = [f"{'table':<{width}}" + "".join(f"{head:>11}" for head in heads)]
        for name, tally in self.tables.items():
            lines.append(f"{name:<{width}}" + "".join(f"{getattr(tally, head):>11}" for head in heads))
        return lines


class Fate(Enum):
    TAKEN = "taken"
    LEFT = "left"
    KEPT = "kept"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class RowNotes:
    """One row that was read, with its outcome; the last outcome set counts."""

    table: str
    name: str
    repairs: list[str] = field(default_factory=list)
    fate: Fate = Fate.LEFT
    why: str = "nothing is known of it"

    def repair(self, sentence: str) -> None:
        """Note a repair; it is reported only if the row is taken."""
        self.repairs.append(sentence)

    def taken(self) -> None:
        self.fate = Fate.TAKEN

    def left(self, why: str) -> None:
        self.fate, self.why = Fate.LEFT, why

    def kept(self) -> None:
        self.fate = Fate.KEPT

    def unchanged(self) -> None:
        self.fate = Fate.UNCHANGED

    def here_already(self) -> None:
        """Change the outcome from taken to unchanged, because the entry exists already."""
        if self.fate is Fate.TAKEN:
            self.unchanged()
