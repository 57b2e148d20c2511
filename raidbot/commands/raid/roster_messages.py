"""Messages to a manager on what a roster edit did to the member and to others."""

from collections.abc import Iterator, Mapping

from raidbot.raids import events as ev
from raidbot.raids.labels import bold, bold_role, coded
from raidbot.raids.model import MemberId
from raidbot.utils.text import mention
from raidbot.utils.words import render, say


def outcome(change: ev.Change, names: Mapping[MemberId, str]) -> str:
    """Return one sentence per event, in order. Members missing in `names` are mentioned."""
    return " ".join(_sentences(change, names)) or "That is so already; nothing has changed."


def _sentences(change: ev.Change, names: Mapping[MemberId, str]) -> Iterator[str]:
    raid = change.raid

    def who(member: MemberId) -> str:
        return str(bold(names[member])) if member in names else mention(member)

    for event in change.events:
        match event:
            case ev.Assigned(member, role, origin, forced):
                left = f" instead of {bold_role(raid, origin)}" if origin else ""
                over = " It is over capacity, and the board says so." if forced else ""
                yield f"{who(member)} has the seat {bold_role(raid, role)}{left} in {coded(raid)}.{over}"
            case ev.SeatsChanged(role, before, after):
                yield render(
                    say(
                        "Seats as {role}: {before} → {after}.",
                        role=bold_role(raid, role),
                        after=after,
                        before=before,
                    )
                )
            case ev.Removed(member, _):
                yield f"{who(member)} is off {coded(raid)}."
            case ev.WaitEnded(member, role):
                yield f"{who(member)} no longer waits for {bold_role(raid, role)}."
            case ev.SentToWait(member, role, position, _):
                yield f"{who(member)} waits for {bold_role(raid, role)} in {coded(raid)}, as number {position}."
            case ev.SideTaken(member, _, None):
                yield f"{who(member)} plays on no particular side."
            case ev.SideTaken(member, _, str(side)):
                yield f"{who(member)} plays on the side {bold(side)}."
            case ev.Promoted(member, role, _):
                yield f"{who(member)} was first in line and is now {bold_role(raid, role)}."
            case ev.Filled():
                yield render(say("Every seat is taken now."))
            case _:
                pass
