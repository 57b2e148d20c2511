"""CSV for spreadsheets: cells stay in their columns, numbers are numbers, and no words become a formula.

docs/decisions/83-exports.md says why.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

BOM = "\ufeff"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, halves of characters and what is no character at all."""
_BROKEN = "\ufffd"
_MARKS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
"""The marks that begin a formula. Spreadsheets for East Asia take the wide and the small ones, too."""
_MARK = re.compile(f"[{_MARKS}]")
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Blanks and characters without looks: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point."""
_FORMULA = re.compile(f'(^|[,;\t\n\u2028\u2029])(?=[\\s"{_UNSEEN}{_BROKEN}]*[{_MARKS}])')
"""Places where a spreadsheet may begin a cell that then begins with a formula.

It may split at other separators than ours and then not heed our quotes, and trim what cannot be seen.
"""
_GUARD = "'"

_COMMA = "bg cs da de el es-ES fi fr hr hu id it lt nl no pl pt-BR ro ru sv-SE tr uk vi"
_POINT = "en-GB en-US es-419 hi ja ko th zh-CN zh-TW"
DECIMAL_COMMA, DECIMAL_POINT = frozenset(_COMMA.split()), frozenset(_POINT.split())
"""Discord's locales by their decimal separator: `numbers/symbols/decimal` of https://cldr.unicode.org, latin digits."""

Cell: TypeAlias = str | bool | int | float | None
"""None is an empty cell. Only a `str` can hold what people wrote; a number is written as one, negative ones too."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The separator of cells and the decimal separator that a spreadsheet expects."""

    separator: str = ","
    decimal: str = "."


def dialect_of(locale: str) -> Dialect:
    """Return what spreadsheets in this locale of Discord's expect. With decimal commas, cells end at semicolons."""
    return Dialect(";", ",") if locale in DECIMAL_COMMA else Dialect()


def csv_lines(rows: Iterable[Iterable[Cell]], dialect: Dialect) -> bytes:
    """Return rows as lines of UTF-8, each cell quoted. A file begins with `BOM` and a row of titles: `csv_head`."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=dialect.separator, quoting=csv.QUOTE_ALL)
    lines.writerows([_written(cell, dialect) for cell in row] for row in rows)
    return text.getvalue().encode()


def csv_head(titles: Iterable[str], dialect: Dialect) -> bytes:
    """Return how a file begins."""
    return BOM.encode() + csv_lines([titles], dialect)


def inert(text: str) -> str:
    """Return text of which no part is read as a formula: with an apostrophe before it, as people type it themselves.

    Line ends become “\\n”, and “�” stands for what no file of text can hold. All other text stays as it is.
    """
    whole = _UNPRINTABLE.sub(_BROKEN, text.replace("\r\n", "\n").replace("\r", "\n"))
    return _FORMULA.sub(rf"\1{_GUARD}", whole) if _MARK.search(whole) else whole


def _written(cell: Cell, dialect: Dialect) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case float():
            return f"{cell:.4f}".rstrip("0").rstrip(".").replace(".", dialect.decimal)
        case _:
            return inert(cell)
