"""One member's attendance, summed up."""

from dataclasses import dataclass

from raidbot.raids.model import Presence

RATE_FROM = 5
"""Fewest raids of which a rate is told; of fewer, only the numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Numbers of raids by attendance. `carried` is how many of those came to and missed are from an opening balance."""

    present: int = 0
    late: int = 0
    no_shows: int = 0
    excused: int = 0
    called_off: int = 0
    benched: int = 0
    carried: int = 0

    @property
    def came(self) -> int:
        return self.present + self.late

    @property
    def expected(self) -> int:
        """The raids that the rate is of."""
        return self.came + self.no_shows

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None of fewer than `RATE_FROM` raids."""
        return None if self.expected < RATE_FROM else self.came / self.expected

    def plus_balance(self, raids: int, no_shows: int) -> "Tally":
        """Return the tally with an opening balance, whose `raids` include its `no_shows`."""
        missed = min(raids, no_shows)
        return Tally(
            present=self.present + raids - missed,
            late=self.late,
            no_shows=self.no_shows + missed,
            excused=self.excused,
            called_off=self.called_off,
            benched=self.benched,
            carried=self.carried + raids,
        )


def tally_of(counts: dict[Presence, int]) -> Tally:
    """Return the tally of numbers by attendance."""
    return Tally(
        present=counts.get(Presence.PRESENT, 0),
        late=counts.get(Presence.LATE, 0),
        no_shows=counts.get(Presence.NO_SHOW, 0),
        excused=counts.get(Presence.EXCUSED, 0),
        called_off=counts.get(Presence.CALLED_OFF, 0),
        benched=counts.get(Presence.BENCHED, 0),
    )
