"""Messages to a manager on what a roster edit did to the member and to others."""

from collections.abc import Iterator, Mapping

from raidbot.raids import events as ev
from raidbot.raids.model import MemberId, Raid, RoleKey
from raidbot.utils.text import escape


def outcome(change: ev.Change, names: Mapping[MemberId, str]) -> str:
    """Return one sentence per event, in order. Members missing in `names` are mentioned."""
    return " ".join(_sentences(change, names)) or "That is so already; nothing has changed."


def _sentences(change: ev.Change, names: Mapping[MemberId, str]) -> Iterator[str]:
    raid = change.raid

    def who(member: MemberId) -> str:
        return f"**{escape(names[member])}**" if member in names else f"<@{member}>"

    for event in change.events:
        match event:
            case ev.Assigned(member, role, origin, forced):
                left = f" instead of {_role(raid, origin)}" if origin else ""
                over = " It is over capacity, and the board says so." if forced else ""
                yield f"{who(member)} has the seat {_role(raid, role)}{left} in {_raid(raid)}.{over}"
            case ev.Removed(member, _):
                yield f"{who(member)} is off {_raid(raid)}."
            case ev.SentToWait(member, role, position, _):
                yield f"{who(member)} waits for {_role(raid, role)} in {_raid(raid)}, as number {position}."
            case ev.SideTaken(member, _, None):
                yield f"{who(member)} plays on no particular side."
            case ev.SideTaken(member, _, str(side)):
                yield f"{who(member)} plays on the side **{escape(side)}**."
            case ev.Promoted(member, role, _):
                yield f"{who(member)} was first in line and is now {_role(raid, role)}."
            case _:
                pass


def _raid(raid: Raid) -> str:
    return f"“{escape(raid.name)}” (`{raid.code}`)"


def _role(raid: Raid, key: RoleKey) -> str:
    return f"**{escape(raid.role(key).name)}**"
