"""Read tables back as spreadsheets might, and look for cells that would begin a formula."""

import csv
import io
import re
from collections.abc import Iterator

SEPARATORS = (",", ";", "\t")
MARKS = tuple("=+-@＝＋－＠")
_UNSEEN = ' \t\n\r\v\f\u00a0\u3000\u200b\u200d\u200e\u202e\u2060\ufeff\ufffd"'


def read(table: bytes, separator: str) -> list[list[str]]:
    """Return the cells of a table, without the mark at its beginning."""
    text = table.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def live_cells(table: bytes) -> list[str]:
    """Return cells that begin a formula for a spreadsheet that splits at any separator, heeding quotes or not."""
    return [cell for cell in _cells(table) if cell.lstrip(_UNSEEN).startswith(MARKS)]


def _cells(table: bytes) -> Iterator[str]:
    text = table.decode("utf-8-sig")
    for separator in SEPARATORS:
        yield from (cell for row in read(table, separator) for cell in row)
        yield from re.split(rf"{separator}|\r\n|\n", text)
    yield from re.split(r"[,;\t\r\n]", text)
