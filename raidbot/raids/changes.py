"""Changes that are asked for: rules that follow each other on one raid."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from raidbot.raids.events import Cause, Change
from raidbot.raids.model import MemberId, Raid

Rule = Callable[[Raid], Change]


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that is asked for: a rule, its cause, and the display names of members that became known with it."""

    rule: Rule
    cause: Cause
    names: Mapping[MemberId, str] = field(default_factory=dict)


def changes(raid: Raid, asked: Iterable[Asked]) -> list[Change]:
    """Apply the rules one after the other, up to one that raises; return the changes of those before.

    Raises what the first rule raises.
    """
    made: list[Change] = []
    for one in asked:
        try:
            change = one.rule(raid)
        except Exception:
            if made:
                return made
            raise
        change = one.cause.made(change, raid.version + 1) if change.events else Change(raid)
        made.append(change)
        raid = change.raid
    return made
