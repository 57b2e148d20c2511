"""Resolve what was read of a typed time to an instant, relative to now and a zone."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from raidbot.raids.times import zone_letters, zones
from raidbot.raids.times.reader import read
from raidbot.raids.times.refusals import (
    Ambiguous,
    Contradiction,
    InThePast,
    NoSuchDate,
    NoTimeOfDay,
    NotUnderstood,
    TooFarAhead,
    day_in_words,
)
from raidbot.raids.times.time_of_day import is_after_midnight, time_of_day
from raidbot.raids.times.tokens import Date, Reading, Span, Stamp, Weekday
from raidbot.raids.times.zones import Shift

_RECENT_PERIOD = timedelta(days=30)
_ANY_SEASON = {"ET", "CT", "MT", "PT", "AET", "NZT", "UTC", "Z"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTime:
    """An aware UTC instant, the zone it was given in, and the assumptions made, as sentences for people."""

    instant: datetime
    zone: ZoneInfo
    assumptions: tuple[str, ...]


def parse_once(text: str, *, zone: ZoneInfo, now: datetime, locale: str) -> ParsedTime:
    """Return the instant meant by `text`; see `parse_time`. Raises NotATime without advice on what to type."""
    meaning = _Resolver(reading=read(text, locale), text=" ".join(text.split()), home=zone, now=now, locale=locale)
    instant = meaning.instant()
    meaning.check_distance(instant)
    return ParsedTime(instant=instant, zone=meaning.zone, assumptions=tuple(meaning.assumptions))


@dataclass(slots=True, kw_only=True)
class _Resolver:
    """Resolve a reading to an instant, relative to `now` and a zone, and collect the assumptions made."""

    reading: Reading
    text: str
    home: ZoneInfo
    now: datetime
    locale: str
    place: tzinfo = field(init=False)
    local: datetime = field(init=False)
    assumptions: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.place = self._place()
        self.local = self.now.astimezone(self.place)

    def _place(self) -> tzinfo:
        said = self.reading.zone
        if said is None:
            return self.home
        if said.offset:
            return said.offset
        found: ZoneInfo | tuple[str, ...]
        if "/" in said.name:
            found = zones.place_named(said.name) or ()
        else:
            found = zone_letters.region_of(said.name, home=self.home, now=self.now)
        if isinstance(found, ZoneInfo):
            return found
        raise Ambiguous(said.said, *found) if found else NotUnderstood(said.said)

    @property
    def zone(self) -> ZoneInfo:
        """The zone that was typed, else the guild's; an offset from UTC cannot be kept as a raid's zone."""
        return self.place if isinstance(self.place, ZoneInfo) else self.home

    def instant(self) -> datetime:
        said = self.reading
        if said.stamp:
            return self._of_stamp(said.stamp)
        if said.span and (said.span.seconds or not said.clock):
            return self._after(said.span)
        if not said.clock:
            self._check_day()
            raise NoTimeOfDay(self.text)
        clock, assumed = time_of_day(said.clock, said, self.locale)
        self._assume(assumed)
        wall = datetime.combine(self._day(clock), time()) + clock
        self._note_region(wall)
        instant = self._localised(wall)
        if said.zone and said.zone.offset:
            self._note_offset(wall, instant, said.zone.said)
        return instant

    def _check_day(self) -> None:
        """Raise NotATime if no time of day would make the day that was given a time ahead."""
        last = timedelta(hours=23, minutes=59)
        day = self._day(last)
        if not self._is_ahead(day, last):
            raise self._past(day, day_in_words(day))
        if datetime.combine(day, time(), self.place) > _two_years_after(self.now):
            raise TooFarAhead(self.text)

    def check_distance(self, instant: datetime) -> None:
        if instant <= self.now:
            local = instant.astimezone(self.place)
            raise self._past(local.date(), f"{day_in_words(local)} {local:%H:%M}")
        if instant > _two_years_after(self.now):
            raise TooFarAhead(self.text)

    def _past(self, day: date, said: str) -> InThePast:
        """Return the refusal of a day, with its digits in the other order, the next year, and the next days."""
        clock = self.reading.clock.said if self.reading.clock else ""
        zone = f" {self.reading.zone.said}" if self.reading.zone else ""
        date_said, problem, dates = self.reading.date, "", []
        other = _calendar_day(day.year, day.day, day.month)
        if date_said and date_said.echoed and date_said.month and other and other != day:
            problem = f"I read {date_said.said} as {day.day} {day:%B %Y}, which is in the past."
            dates = [other]
        if date_said and (next_year := _calendar_day(day.year + 1, day.month, day.day)):
            dates.append(next_year)
        days = [*map(str, dates), *(() if date_said else ("today", "tomorrow"))]
        return InThePast(said, *(("", f"{one} {clock}{zone}".strip()) for one in days), problem=problem)

    def _of_stamp(self, stamp: Stamp) -> datetime:
        if others := self.reading.besides(stamp):
            raise Contradiction(stamp.said, others[0].said)
        if stamp.seconds <= self.now.timestamp():
            raise InThePast(f"“{stamp.said}”")
        if stamp.seconds > _two_years_after(self.now).timestamp():
            raise TooFarAhead(stamp.said)
        return datetime.fromtimestamp(stamp.seconds, UTC)

    def _after(self, span: Span) -> datetime:
        """Add a span to now: months and days keep the wall clock time; hours and minutes are absolute."""
        if others := self.reading.besides(span):
            raise Contradiction(span.said, others[0].said) if span.seconds else NoTimeOfDay(self.text)
        if span.assumed:
            self._assume(f"Read {span.said} as counted from now.")
        start = self.now.astimezone(UTC).replace(microsecond=0)
        if span.months or span.days:
            wall = datetime.combine(self._date_after(span), self.local.time().replace(microsecond=0))
            start = self._localised(wall)
        return start + timedelta(seconds=span.seconds)

    # Dates

    def _day(self, clock: timedelta) -> date:
        days = self._days_said(clock)
        weekday = self.reading.weekday
        if not days:
            return self._weekday(weekday, clock) if weekday else self._next_day(clock)
        day, said = days[0]
        for other, also in days[1:]:
            if other != day:
                raise Contradiction(said, also)
        if weekday and day.weekday() != weekday.index:
            raise self._contradicted(weekday, said, day)
        return day

    def _contradicted(self, weekday: Weekday, said: str, day: date) -> Contradiction:
        refusal = Contradiction(weekday.said, said)
        if said.isdigit():
            by_number = (f"{weekday.said} {said}", f"{day.day} {day:%B}".lower())
            refusal.swaps = ((said, ""), by_number)
        return refusal

    def _days_said(self, clock: timedelta) -> list[tuple[date, str]]:
        said = self.reading
        days: list[tuple[date, str]] = []
        if said.date:
            days.append((self._date(said.date, clock), said.date.said))
        if said.day:
            days.append((self._relative_day(said.day.offset, clock), said.day.said))
            self._note_foreign_day(said.day.said)
        if said.span:
            days.append((self._date_after(said.span), said.span.said))
        return days

    def _relative_day(self, offset: int, clock: timedelta) -> date:
        """Return the day at this offset; after midnight, “tonight 2am” means the current night, not the next."""
        today = self.local.date()
        yesterday = today - timedelta(days=1)
        if offset == 0 and is_after_midnight(clock) and self._is_ahead(yesterday, clock):
            return yesterday
        return today + timedelta(days=offset)

    def _next_day(self, clock: timedelta) -> date:
        today = self.local.date()
        day = self._first_ahead(today, clock, step=1)
        if day > today and self.reading.clock:
            self._assume(f"{self.reading.clock.said} has passed today: read as {day_in_words(day)}.")
        return day

    def _weekday(self, weekday: Weekday, clock: timedelta) -> date:
        today = self.local.date()
        if weekday.following_week:
            day = today + timedelta(days=7 - today.weekday() + weekday.index)
            self._assume(f"Read {weekday.said} as {day_in_words(day)}, in the following week.")
            return day
        coming = today + timedelta(days=(weekday.index - today.weekday()) % 7)
        day = self._first_ahead(coming, clock, step=7)
        if day > coming and self.reading.clock:
            self._assume(f"{self.reading.clock.said} has passed today: read as {day_in_words(day)}.")
        return day + timedelta(days=weekday.later)

    def _first_ahead(self, day: date, clock: timedelta, *, step: int) -> date:
        while not self._is_ahead(day, clock):
            day += timedelta(days=step)
        return day

    def _is_ahead(self, day: date, clock: timedelta) -> bool:
        instant, _, _ = self._at(datetime.combine(day, time()) + clock)
        return instant > self.now

    def _date_after(self, span: Span) -> date:
        today = self.local.date()
        months = today.year * 12 + today.month - 1 + span.months
        if span.months > 36 or span.days > 1100:
            raise TooFarAhead(span.said)
        year, month = divmod(months, 12)
        day = _calendar_day(year, month + 1, today.day)
        if day is None:
            raise NoSuchDate(f"{today.day} {date(year, month + 1, 1):%B %Y}")
        return day + timedelta(days=span.days)

    def _date(self, said: Date, clock: timedelta) -> date:
        if said.month is None:
            return self._day_of_month(said, clock)
        if said.year is None:
            day = self._date_of_any_year(said, said.month, clock)
        else:
            day = self._date_of_year(said, said.month, said.year)
        if said.echoed or (said.year is None and day.year != self.local.year):
            self._assume(f"Read {said.said} as {day_in_words(day)}.")
        return day

    def _date_of_year(self, said: Date, month: int, year: int) -> date:
        day = _calendar_day(year, month, said.day)
        if day is None:
            raise NoSuchDate(said.said)
        if year < self.local.year - 1:
            raise self._past(day, f"“{said.said}”")
        if year > self.local.year + 3:
            raise TooFarAhead(said.said)
        return day

    def _date_of_any_year(self, said: Date, month: int, clock: timedelta) -> date:
        """Return the next such date.

        Raises NoSuchDate, or InThePast if the date passed in the last 30 days: a slip is likelier than next year.
        """
        years = range(self.local.year - 1, self.local.year + 3)
        days = [day for year in years if (day := _calendar_day(year, month, said.day))]
        ahead = [day for day in days if self._is_ahead(day, clock)]
        if not ahead:
            raise NoSuchDate(said.said)
        for day in days:
            if day not in ahead and self.local.date() - day <= _RECENT_PERIOD:
                raise self._past(day, day_in_words(day))
        return ahead[0]

    def _day_of_month(self, said: Date, clock: timedelta) -> date:
        first = self.local.date().replace(day=1)
        for _ in range(12):
            day = _calendar_day(first.year, first.month, said.day)
            if day and self._is_ahead(day, clock):
                self._assume(f"Read {said.said} as {day_in_words(day)}.")
                return day
            first = (first + timedelta(days=31)).replace(day=1)
        raise NoSuchDate(said.said)

    # Assumptions

    def _assume(self, sentence: str | None) -> None:
        if sentence:
            self.assumptions.append(sentence)

    def _localised(self, wall: datetime) -> datetime:
        instant, shift, side = self._at(wall)
        day = f"{wall.day} {wall:%B %Y}"
        if shift is Shift.GAP:
            read_as = instant.astimezone(self.place)
            self._assume(f"{wall:%H:%M} does not exist on {day}, clocks go forward: read as {read_as:%H:%M}.")
        if shift is Shift.OVERLAP:
            which = f"the one in {side}" if side else "the first"
            self._assume(f"{wall:%H:%M} comes twice on {day}, clocks go back: read as {which}.")
        return instant

    def _at(self, wall: datetime) -> tuple[datetime, Shift, str | None]:
        """Return the instant, the shift, and the typed abbreviation if it picked one side of an overlap."""
        instant, shift = zones.localise(wall, self.place)
        said = self.reading.zone
        if shift is Shift.OVERLAP and said and (side := zones.side_of_overlap(wall, self.place, said.name)):
            return side, shift, said.said
        return instant, shift, None

    def _note_region(self, wall: datetime) -> None:
        said = self.reading.zone
        if said is None or said.offset or "/" in said.name or said.name in _ANY_SEASON or str(self.place) == "UTC":
            return
        shown = wall.replace(tzinfo=self.place).tzname() or ""
        if shown.upper() != zone_letters.in_english(said.name) and zones.localise(wall, self.place)[1] is Shift.NONE:
            city = zones.city_of(str(self.place))
            which = f", which shows {shown} on that day" if shown.isalpha() else ""
            self._assume(f"Read {said.said} as the clock in {city}{which}.")

    def _note_offset(self, wall: datetime, instant: datetime, said: str) -> None:
        """Say what the clock of the server's zone shows, if that is not what was typed."""
        there = instant.astimezone(self.home)
        if there.replace(tzinfo=None) != wall:
            self._assume(f"{wall:%H:%M} {said.strip()} is {there:%H:%M} in {zones.city_of(self.home.key)}.")

    def _note_foreign_day(self, said: str) -> None:
        if self.local.date() != self.now.astimezone(self.home).date():
            self._assume(f"Read {said} as in the zone you wrote, where it is {self.local:%A} now.")


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _two_years_after(now: datetime) -> datetime:
    day = _calendar_day(now.year + 2, now.month, now.day) or date(now.year + 2, 3, 1)
    return datetime.combine(day, now.timetz())
