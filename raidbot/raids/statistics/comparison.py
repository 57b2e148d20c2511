"""A number of a week or month beside that of the one before."""

from dataclasses import dataclass
from enum import StrEnum

from raidbot.raids.statistics.periods import PeriodKind
from raidbot.raids.statistics.rates import percent
from raidbot.utils.words import Raw, Text, say


class Trend(StrEnum):
    MORE = "📈"
    FEWER = "📉"
    SAME = "➖"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`now` and `before` are not below 0. While the period `goes_on`, its number is not whole yet."""

    now: int
    before: int
    goes_on: bool = False

    @property
    def difference(self) -> int:
        return self.now - self.before

    @property
    def trend(self) -> Trend:
        """While the period goes on it is never FEWER: that is not known yet."""
        if self.difference > 0:
            return Trend.MORE
        return Trend.FEWER if self.difference and not self.goes_on else Trend.SAME

    def text(self, what: Text, kind: PeriodKind) -> Text:
        """Return `what`, which says the number, compared: “12 raids, 3 more than the week before (+33.3 %)”."""
        than = say("the week before") if kind is PeriodKind.WEEK else say("the month before")
        if self.before == 0:
            return say("{what}; none in {than}", what=self._so_far(what), than=than)
        if self.goes_on and self.difference <= 0:
            return say("{what}; {than} had {n} in all", what=self._so_far(what), n=self.before, than=than)
        if self.difference == 0:
            return say("{what}, as many as {than}", what=what, than=than)
        size, more = abs(self.difference), self.difference > 0
        share = Raw(f"{'+' if more else '−'}{percent(size, self.before)}")
        pattern = "{what}, {n} more than {than} ({share})" if more else "{what}, {n} fewer than {than} ({share})"
        return say(pattern, what=self._so_far(what), n=size, than=than, share=share)

    def _so_far(self, what: Text) -> Text:
        return say("{what} so far", what=what) if self.goes_on else what
