"""A raid's roster as CSV for spreadsheets."""

import csv
import io
import re
from collections.abc import Iterator, Mapping

from raidbot.raids.model import MemberId, Raid
from raidbot.utils.text import mention

_COLUMNS = ("Raid", "Title", "Starts (UTC)", "Role", "Place", "Number", "Name", "Mention", "Side", "Over capacity")
_FORMULA = re.compile("""(^|[,;\t\r\n])(?=[\\s"]*[=+\\-@＝＋－＠])|^(?=[\t\r\n])""")
"""Places where spreadsheets begin a formula. Some split at semicolons or tabs, and do not heed quotes of cells then."""


def roster_sheet(raid: Raid, names: Mapping[MemberId, str]) -> bytes:
    """Return CSV (UTF-8 with BOM) with one line per seat and per wait; no cell is evaluated as a formula."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for row in _rows(raid, names):
        table.writerow([_inert(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _rows(raid: Raid, names: Mapping[MemberId, str]) -> Iterator[tuple[object, ...]]:
    head = (raid.code, raid.name, f"{raid.starts_at:%Y-%m-%d %H:%M}")
    for role in raid.roles:
        for number, seat in enumerate(raid.seated(role.key), start=1):
            who = (names.get(seat.member, "Member"), mention(seat.member))  # spreadsheets would round a bare id
            yield *head, role.name, "seat", number, *who, seat.side or "", "yes" if raid.is_over_capacity(seat) else ""
        for number, wait in enumerate(raid.waitlist(role.key), start=1):
            yield *head, role.name, "waiting", number, names.get(wait.member, "Member"), mention(wait.member), "", ""


def _inert(cell: str) -> str:
    return _FORMULA.sub(r"\1'", cell)
