"""Two people edit a series at once: find what somebody else changed meanwhile, and keep both edits."""

from dataclasses import dataclass, replace

from raidbot.raids.series.drafting.draft import SeriesDraft
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Listed, Text, say


@dataclass(frozen=True, slots=True)
class _Part:
    """Fields that are edited together, of the draft or of its schedule, and their name."""

    words: Text
    of_draft: tuple[str, ...] = ()
    of_schedule: tuple[str, ...] = ()

    def of(self, draft: SeriesDraft) -> dict[str, object]:
        return {name: getattr(draft, name) for name in self.of_draft} | {
            name: getattr(draft.schedule, name) for name in self.of_schedule
        }


_PARTS = (
    _Part(say("what is played"), of_draft=("turns",)),
    _Part(say("when it repeats"), of_schedule=("zone", "start", "fold", "rule")),
    _Part(say("the end"), of_schedule=("end",)),
    _Part(say("the dates off"), of_schedule=("dates_off",)),
    _Part(say("when it is posted"), of_schedule=("posting",)),
    _Part(say("the name"), of_draft=("name",)),
    _Part(say("the channel"), of_draft=("channel",)),
    _Part(say("the leader"), of_draft=("leader",)),
    _Part(say("the mention"), of_draft=("mention",)),
    _Part(say("who is signed up"), of_draft=("roster",)),
    _Part(say("old boards"), of_draft=("old_boards",)),
)


class ChangedMeanwhile(Refusal):
    """Somebody else saved `parts` of the series, which is `now`, since the panel was opened."""

    def __init__(self, parts: tuple[Text, ...], now: SeriesDraft) -> None:
        super().__init__(
            say(
                "Somebody changed this series meanwhile: {parts}. Nothing was saved."
                " Here it is with both changes; check it and save again.",
                parts=Listed(parts, "and"),
            )
        )
        self.now = now


def check_unchanged(base: SeriesDraft, now: SeriesDraft) -> None:
    """Raise ChangedMeanwhile if the series is not as it was. Single changes and pauses are no part of the draft."""
    changed = tuple(part.words for part in _PARTS if part.of(base) != part.of(now))
    if changed:
        raise ChangedMeanwhile(changed, now)


def merged(base: SeriesDraft, mine: SeriesDraft, theirs: SeriesDraft) -> SeriesDraft:
    """Return the series as it is now with what was changed in the draft; of one part the draft's wins.

    Raises NotASchedule if both do not fit together.
    """
    mine_wins = [part for part in _PARTS if part.of(mine) != part.of(base)]
    of_schedule = {name: getattr(mine.schedule, name) for part in mine_wins for name in part.of_schedule}
    of_draft = {name: getattr(mine, name) for part in mine_wins for name in part.of_draft}
    after = replace(theirs, **of_draft)
    return replace(
        after,
        schedule=replace(theirs.schedule, **of_schedule),
        drops_changes=mine.drops_changes,
        assumption=mine.assumption,
    )


def is_changed(base: SeriesDraft, mine: SeriesDraft) -> bool:
    return mine.drops_changes or any(part.of(base) != part.of(mine) for part in _PARTS)
