"""Grammar rules for times of day and time zones in typed times."""

import re
from dataclasses import replace
from datetime import timedelta, timezone

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times import zone_letters, zones
from raidbot.raids.times.refusals import Ambiguous, ARange, NoSuchTime, NotUnderstood
from raidbot.raids.times.tokens import (
    Clock,
    Date,
    Dotted,
    Rule,
    RuleMatch,
    Stamp,
    Token,
    Weekday,
    ZoneSaid,
    rule,
)
from raidbot.raids.times.vocabulary import any_of

_HALF = r"(?: ?(?P<half>[ap])\.? ?m(?:\.|(?!\w))|(?P<letter>[ap])(?!\w))"
_OCLOCK = r"(?: ?(?P<oclock>o'? ?clock|uhr|hrs|hours|h)(?!\w))"
_MINUTES = any_of(["fifteen", "thirty", "forty five", "forty-five"])
_HOUR_WORD = any_of(words.NUMBERS)
_HOURS_OF_NIGHT = {11, 12, 1, 2, 3}
"""Hours at which raids end that begin at 20:00."""
_MINUTES_TO = {5, 10, 15, 20, 25, 30}
"""Minutes that people count to an hour without saying “minutes”."""
_UNTIL = "(?:to|til|'til|till|until|bis|bis zu|hasta|a las?|jusqu'à|jusqu'a|à|->)"
_PART_BEHIND = re.compile(
    r" (?:du |de la |de l'|abends|morgens|nachmittags|vormittags|mittags|nachts|früh)", re.IGNORECASE
)
"""Words behind “8h” that make it a time of day."""
_REGION = {"EASTERN": "ET", "CENTRAL": "CT", "MOUNTAIN": "MT", "PACIFIC": "PT"}


def clock(hour: int, minute: int = 0, second: int = 0, *, said: str, half: str = "", bare: bool = False) -> Clock:
    """Return a checked time of day with am or pm applied. Raises NoSuchTime."""
    if half and not 1 <= hour <= 12:
        raise NoSuchTime(said)
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise NoSuchTime(said)
    if half:
        return Clock(hour=hour % 12 + (12 if half in "pP" else 0), minute=minute, second=second, said=said)
    return Clock(hour=hour, minute=minute, second=second, bare=bare and 1 <= hour <= 12, said=said)


def written(time: Clock) -> Clock:
    """Mark a time whose hour and minutes stand in digits, which some languages take literally."""
    return replace(time, written=True)


def clock_from(dotted: Dotted) -> Clock:
    if dotted.said[-2] == ".":
        raise NoSuchTime(dotted.said)
    return written(clock(dotted.first, dotted.second, said=dotted.said, bare=_is_bare(dotted.said)))


def _is_bare(hour: str) -> bool:
    return not hour.startswith("0")


def _half(here: RuleMatch) -> str:
    return here["half"] or here["letter"]


def _noon(here: RuleMatch) -> tuple[Token, ...]:
    return (Clock(hour=12, said=here.said),)


def _midnight(here: RuleMatch) -> tuple[Token, ...]:
    return (Clock(hour=24, said=here.said),)


def _past_or_to(here: RuleMatch) -> tuple[Token, ...] | None:
    """Read “half past 7”, “quarter to 8”, “ten past seven”, but not “7 to 9”, which is a range."""
    amount, hour = here["amount"].casefold(), _hour(here["hour"])
    known = {"half": 30, "a quarter": 15, "quarter": 15} | words.NUMBERS | words.LARGE_NUMBERS
    minutes = known[amount] if amount in known else int(amount)
    is_before = here["way"].casefold() not in {"past", "after"}
    if is_before and not here["unit"] and (minutes not in _MINUTES_TO or hour > 12):
        return None
    if not 1 <= hour <= 12 or not 1 <= minutes <= 59:
        raise NoSuchTime(here.said)
    named = hour
    if is_before:
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    if is_before and not here["unit"] and amount in {"5", "10"}:
        half = _half(here)
        start = range_start(int(amount), named, half) if half else f"{amount}pm"
        raise Ambiguous(here.said, f"{hour}:{minutes:02}{half or 'p'}m".lower(), start)
    if is_before and not here["unit"] and not _half(here) and amount == "20" and named in _HOURS_OF_NIGHT:
        raise Ambiguous(here.said, f"{hour}:{minutes:02}pm", "20:00")
    return (clock(hour, minutes, half=_half(here), said=here.said, bare=_is_bare(here["hour"])),)


def range_start(first: int, last: int, half: str) -> str:
    """Return the first hour of a range, “10am”, of which the last is “8pm”; `half` is “a” or “p”."""
    is_same_half = first % 12 < last % 12
    return f"{first}{half if is_same_half else {'a': 'p', 'p': 'a'}[half.lower()]}m".lower()


def _ambiguous_half(here: RuleMatch) -> tuple[Token, ...]:
    """Refuse “half 7”, which is 7:30 in England and 6:30 in Germany."""
    hour = _hour(here["hour"])
    if not 1 <= hour <= 12:
        raise NoSuchTime(here.said)
    raise Ambiguous(here.said, f"{hour}:30pm", f"{(hour - 2) % 12 + 1}:30pm")


def _with_minutes(here: RuleMatch) -> tuple[Token, ...]:
    """Read “7:30pm”, “19:30:00”, “19h30”, “19.30 Uhr”."""
    hour, minute, second = int(here["hour"]), int(here["minute"]), int(here["second"] or 0)
    half, oclock, mark = _half(here), here["oclock"].casefold(), here["mark"]
    if mark == "." and not half and not oclock:
        return (Dotted(hour, minute, here.said),)
    spoken = oclock.startswith("o") or not oclock
    bare = mark not in "hH" and spoken and _is_bare(here["hour"])
    if mark in "hH" and not _PART_BEHIND.match(here.match.string, here.match.end()):
        _refuse_a_span(here)
    time = clock(hour, minute, second, half=half, said=here.said, bare=bare)
    return (_spoken(time, here) if mark in "hH" or not spoken else written(time),)


def _day_and_month(here: RuleMatch) -> tuple[Token, ...]:
    """Read “4.3” as a date beside a time of day."""
    return (Dotted(int(here["hour"]), int(here["minute"]), here.said),)


def _full_hour(here: RuleMatch) -> tuple[Token, ...]:
    """Read “20 Uhr”, “20h”."""
    if here["oclock"].casefold() == "h" and not _PART_BEHIND.match(here.match.string, here.match.end()):
        _refuse_a_span(here)
    return (_spoken(clock(int(here["hour"]), int(here["minute"] or 0), said=here.said), here),)


def _spoken(time: Clock, here: RuleMatch) -> Clock:
    return replace(time, spoken=_is_bare(here["hour"]) and 1 <= time.hour <= 12)


def _refuse_a_span(here: RuleMatch) -> None:
    """Raise Ambiguous for an hour up to 12 in English, where “2h” is as likely a span from now as a time of day."""
    hour = int(here["hour"])
    if here.locale.casefold().startswith("en") and hour <= 12 and _is_bare(here["hour"]):
        time = f"{hour}:{here['minute']}" if here["minute"] else hour
        raise Ambiguous(here.said, f"in {here.said}", f"{time}am", f"{time}pm", "")


def _without_mark(here: RuleMatch) -> tuple[Token, ...]:
    """Read “730pm”, “1930 hrs”."""
    digits = here["digits"]
    bare = not here["oclock"] and _is_bare(digits)
    return (written(clock(int(digits[:-2]), int(digits[-2:]), half=_half(here), said=here.said, bare=bare)),)


def _hour_alone(here: RuleMatch) -> tuple[Token, ...]:
    """Read “8pm”, “8 o'clock”, “eight thirty”."""
    minute = here["minute"].casefold().replace(" ", "-")
    minutes = {**words.LARGE_NUMBERS, "": 0}[minute]
    begins_a_range = here.match.string[here.match.end() :].lstrip().startswith("-")
    is_day = here.said.isdigit() and isinstance(here.last, Weekday) and not begins_a_range
    if is_day and 24 < int(here.said) <= 31:
        return (Date(int(here.said), None, None, here.said, echoed=True),)
    time = clock(_hour(here["hour"]), minutes, half=_half(here), said=here.said, bare=_is_bare(here["hour"]))
    return (replace(time, may_be_a_day=is_day and time.hour > 0),)


def _digits(here: RuleMatch) -> tuple[Token, ...]:
    """Read digits alone: an hour, HHMM, or Unix seconds or milliseconds."""
    digits = here.said
    match len(digits):
        case 1 | 2:
            return (clock(int(digits), said=digits, bare=_is_bare(digits)),)
        case 3 | 4:
            return (written(clock(int(digits[:-2]), int(digits[-2:]), said=digits, bare=_is_bare(digits))),)
        case 9 | 10:
            return (Stamp(int(digits), digits),)
        case 13:
            return (Stamp(int(digits) // 1000, digits),)
        case _:
            raise NotUnderstood(digits)


def _hour(text: str) -> int:
    return int(text) if text.isdigit() else words.NUMBERS[text.casefold()]


def _iso_instant(here: RuleMatch) -> tuple[Token, ...]:
    """Read “2026-03-20T19:00:00+01:00”."""
    year, month, day = (int(part) for part in here["date"].split("-"))
    time = clock(int(here["hour"]), int(here["minute"]), int(here["second"] or 0), said=here["time"])
    date = Date(day, month, year, here["date"], iso=True)
    if here["offset"]:
        return date, time, _offset(here["offset"], here["sign"], here["hours"], here["minutes"])
    return (date, time, ZoneSaid("Z", "Z")) if here["zulu"] else (date, time)


def _zone_offset(here: RuleMatch) -> tuple[Token, ...] | None:
    """Read “UTC+2”, or “+02:00” after a time of day; refuse a dash right after the time, which may mean a range."""
    if not here["utc"]:
        start, text = here.match.start(), here.match.string
        if not isinstance(here.last, Clock | Dotted) or len(here["hours"]) != 2:
            return None
        if here["sign"] == "-" and text[start - 1] != " ":
            said = f"{here.last.said}{here.said}"
            raise Ambiguous(said, here.last.said, f"{here.last.said} UTC{here.said}")
    return (_offset(here.said, here["sign"], here["hours"], here["minutes"]),)


def _offset(said: str, sign: str, hours: str, minutes: str) -> ZoneSaid:
    if int(hours) > 14 or int(minutes or 0) > 59:
        raise NotUnderstood(said)
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return ZoneSaid(said, said, timezone(-ahead if sign == "-" else ahead))


def _end_of_a_range(here: RuleMatch) -> tuple[Token, ...] | None:
    """Refuse the end of a range such as “7pm-9pm”."""
    if not isinstance(here.last, Clock | Dotted):
        return None
    raise ARange(f"{here.last.said} {here.said}", here.last.said)


def _zone_place(here: RuleMatch) -> tuple[Token, ...] | None:
    return (ZoneSaid(here.said, here.said),) if zones.place_named(here.said) else None


def _zone_word(here: RuleMatch) -> tuple[Token, ...]:
    word = here["zone"].upper()
    return (ZoneSaid(_REGION.get(word, word), here.said),)


TIMES: tuple[Rule, ...] = (
    rule(any_of(words.NOON), _noon),
    rule(any_of(words.MIDNIGHT), _midnight),
    rule(
        rf"(?P<amount>half|(?:a )?quarter|(?:\d{{1,2}}|{any_of(words.NUMBERS | words.LARGE_NUMBERS)})(?= ))"
        rf"(?P<unit> min(?:ute)?s?)? (?P<way>past|after|to|till|til|before) (?P<hour>\d{{1,2}}|{_HOUR_WORD})"
        rf"(?: ?o'? ?clock)?{_HALF}?",
        _past_or_to,
    ),
    rule(rf"half (?P<hour>\d{{1,2}}|{_HOUR_WORD})", _ambiguous_half),
    rule(
        rf"(?P<hour>\d{{1,2}})(?P<mark>[:.h])(?P<minute>\d\d)(?::(?P<second>\d\d))?{_HALF}?{_OCLOCK}?",
        _with_minutes,
        end=r"(?:(?!\w)|(?=z(?!\w)))",
    ),
    rule(r"(?P<hour>\d{1,2})\.(?P<minute>\d)", _day_and_month),
    rule(r"(?P<hour>\d{1,2}) ?(?P<oclock>uhr|h|heures?)(?: ?(?P<minute>\d\d))?", _full_hour),
    rule(rf"(?P<digits>\d{{3,4}})(?:{_HALF}|(?: ?(?P<oclock>hrs|hours|h|uhr)))", _without_mark),
)
ZONES: tuple[Rule, ...] = (
    rule(r"(?P<utc>utc|gmt)? ?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?", _zone_offset),
    rule(r"[a-z_]+(?:/[a-z0-9_+-]+)+", _zone_place),
    rule(rf"(?P<zone>{any_of([*zone_letters.KNOWN, *_REGION])})(?: standard| daylight)?(?: time)?", _zone_word),
    rule(
        rf"(?:- ?|{_UNTIL} )(?:\d{{1,2}}[^\s,]*|{_HOUR_WORD}|{any_of(words.NOON + words.MIDNIGHT)}|late|open end)",
        _end_of_a_range,
    ),
)
NUMBERS: tuple[Rule, ...] = (
    rule(rf"(?P<hour>{_HOUR_WORD})(?: (?P<minute>{_MINUTES}))?(?: ?o'? ?clock)?{_HALF}?", _hour_alone),
    rule(rf"(?P<hour>\d{{1,2}})(?P<minute>)(?: ?o'? ?clock)?{_HALF}?", _hour_alone),
    rule(r"\d+", _digits),
)
INSTANTS: tuple[Rule, ...] = (
    rule(
        r"(?P<date>\d{4}-\d\d-\d\d)T(?P<time>(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?)"
        r"(?:(?P<zulu>z)| ?(?P<offset>(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?))?",
        _iso_instant,
    ),
)
