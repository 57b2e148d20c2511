"""Cells that several tables have: members, raids' codes and times."""

from collections.abc import Mapping
from datetime import datetime

from raidbot.raids.model import MemberId
from raidbot.utils.text import FORMER_MEMBER, mention


def member_cell(member: MemberId) -> str:
    """Return the member's id as their mention. Spreadsheets round bare ids, which have up to 20 digits.

    Members who were forgotten have negative ids that mean nobody; these mention nobody.
    """
    return mention(member) if member > 0 else f"{FORMER_MEMBER} {-member}"


def name_cell(member: MemberId, names: Mapping[MemberId, str]) -> str:
    return names.get(member, FORMER_MEMBER)


def code_cell(code: str) -> str:
    """Return a raid's code with a mark before it: spreadsheets take 22E222 for a number, 4MAR27 for a date.

    Every command takes the code with its mark, too.
    """
    return f"#{code}"


def time_cell(at: datetime) -> str:
    """Return a time as clocks in its zone show it, in the form that spreadsheets everywhere take for a time."""
    return f"{at:%Y-%m-%d %H:%M}"
