"""The hours at which raids start: a place for each hour of the week, with its number."""

from collections import Counter
from collections.abc import Mapping, Sequence

from raidbot.pictures.canvas import MARGIN, Canvas
from raidbot.pictures.colours import EMPTY, FAINT_INK, ink_on, step
from raidbot.pictures.facts import Picture, StartHour
from raidbot.pictures.lettering import shortest_number
from raidbot.pictures.wording import description
from raidbot.utils.words import Listed, Raw, Text, count, say

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LEFT = 66
TOP = 84
COLUMN = 21.5
ROW = 27
_GAP = 2
_SIZES = {1: 12, 2: 12, 3: 10, 4: 8}
"""Points of a number's font, by its characters, so that it stays in its place."""
_MOST_NAMED = 5
_HOURS_BETWEEN_LABELS = 3


def picture(hours: Sequence[StartHour], zone: str) -> Picture:
    raids: Counter[tuple[int, int]] = Counter()
    for hour in hours:
        if hour.raids > 0:
            raids[hour.weekday, hour.hour] += hour.raids
    if not raids:
        nothing = str(say("No raid that counts took place yet."))
        return Picture(b"", nothing, (nothing,))
    facts = tuple(_day(weekday, raids) for weekday in range(7) if any(day == weekday for day, _ in raids))
    told = description(f"Raids by the hour of their start ({zone}).", map(str, facts), _busiest(raids))
    return Picture(_drawn(raids, zone), told, tuple(map(str, facts)))


def _day(weekday: int, raids: Mapping[tuple[int, int], int]) -> Text:
    hours = sorted((hour, number) for (day, hour), number in raids.items() if day == weekday)
    told = tuple(say("{hour} {number}×", hour=Raw(_clock(hour)), number=f"{number:,}") for hour, number in hours)
    return say("{day}: {hours}", day=WEEKDAYS[weekday], hours=Listed(told, ","))


def _busiest(raids: Counter[tuple[int, int]]) -> str:
    ranked = sorted(raids.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST_NAMED]
    named = (f"{WEEKDAYS[day]} {_clock(hour)} ({number:,})" for (day, hour), number in ranked)
    hours = str(count("{n} hour", "{n} hours", len(raids)))
    return (
        f"{raids.total():,} raids in {hours} of the week. Most at {', '.join(named)}. The text beside it has the rest."
    )


def _clock(hour: int) -> str:
    return f"{hour:02}:00"


def _drawn(raids: Mapping[tuple[int, int], int], zone: str) -> bytes:
    canvas = Canvas(TOP + ROW * len(WEEKDAYS) + 16)
    canvas.text(MARGIN, 36, "Raids by the hour of their start", 18)
    canvas.text(MARGIN, 56, f"Clocks of {zone}; lighter means more", 13, FAINT_INK)
    for hour in range(0, 24, _HOURS_BETWEEN_LABELS):
        canvas.text(LEFT + COLUMN * hour, TOP - 6, _clock(hour), 12, FAINT_INK)
    most = max(raids.values())
    for weekday, name in enumerate(WEEKDAYS):
        top = TOP + ROW * weekday
        baseline = top + ROW / 2 + 4
        canvas.text(MARGIN, baseline, name[:3], 14, FAINT_INK)
        for hour in range(24):
            number = raids.get((weekday, hour), 0)
            left = LEFT + COLUMN * hour
            colour = step(number, most) if number else EMPTY
            canvas.box(left, top, COLUMN - _GAP, ROW - _GAP, colour)
            if number:
                middle, text = left + (COLUMN - _GAP) / 2, shortest_number(number)
                canvas.text(middle, baseline, text, _SIZES[len(text)], ink_on(colour), at="middle")
    return canvas.png()
