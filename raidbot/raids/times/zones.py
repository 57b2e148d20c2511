"""Time zones by the names people use, and wall clock times in them."""

import re
from datetime import UTC, datetime, tzinfo
from enum import Enum
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from raidbot.utils.errors import Refusal

# Abbreviations and the region whose wall clock people mean by them, with or without daylight saving.
REGIONS = {
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York",
    "CT": "America/Chicago", "CST": "America/Chicago", "CDT": "America/Chicago",
    "MT": "America/Denver", "MST": "America/Denver", "MDT": "America/Denver",
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "AKST": "America/Anchorage", "AKDT": "America/Anchorage", "HST": "Pacific/Honolulu",
    "AST": "America/Halifax", "ADT": "America/Halifax", "NST": "America/St_Johns", "NDT": "America/St_Johns",
    "BRT": "America/Sao_Paulo", "UTC": "UTC", "GMT": "UTC", "Z": "UTC",
    "BST": "Europe/London", "WET": "Europe/Lisbon",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin",
    "EET": "Europe/Athens", "EEST": "Europe/Athens", "MSK": "Europe/Moscow", "TRT": "Europe/Istanbul",
    "SAST": "Africa/Johannesburg", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo", "KST": "Asia/Seoul",
    "AET": "Australia/Sydney", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    "ACST": "Australia/Adelaide", "ACDT": "Australia/Adelaide", "AWST": "Australia/Perth",
    "NZT": "Pacific/Auckland", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
}  # fmt: skip
# Abbreviations that several regions share, with the zone names to type instead.
SHARED = {"IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem")}
_GERMAN = {"MEZ": "CET", "MESZ": "CEST"}

_ALIASES = {
    "uk": "Europe/London", "england": "Europe/London", "britain": "Europe/London", "germany": "Europe/Berlin",
    "france": "Europe/Paris", "spain": "Europe/Madrid", "italy": "Europe/Rome", "japan": "Asia/Tokyo",
    "korea": "Asia/Seoul", "india": "Asia/Kolkata",
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "washington": "America/New_York", "boston": "America/New_York",
    "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "munich": "Europe/Berlin",
    "hamburg": "Europe/Berlin", "zulu": "UTC", "universal": "UTC",
}  # fmt: skip
_USUAL = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix",
    "America/Anchorage", "America/Halifax", "America/Toronto", "America/Mexico_City", "America/Sao_Paulo", "UTC",
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Madrid",
    "Europe/Helsinki", "Europe/Istanbul", "Europe/Moscow", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
_CONTINENTS = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")  # fmt: skip  # noqa: E501
_MAX_CHOICES = 25  # https://discord.com/developers/docs/interactions/receiving-and-responding#autocomplete


class UnknownZone(Refusal):
    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        near = suggest(text)[:3] if text.strip() else []
        hint = ", ".join(near or ("Europe/London", "America/New_York"))
        super().__init__(f"I do not know the time zone “{shown}”. Use a name such as {hint}.")


class FixedZone(Refusal):
    """The text is an abbreviation or an offset, which would be wrong for half of the year."""

    def __init__(self, text: str, instead: str) -> None:
        super().__init__(
            f"“{text}” does not follow daylight saving time. Use the name of a place in your zone, such as {instead}."
        )


class Shift(Enum):
    """The effect of a daylight saving change on a wall clock time: GAP (skipped) or OVERLAP (occurs twice)."""

    NONE = "none"
    GAP = "gap"
    OVERLAP = "overlap"


def localise(wall: datetime, zone: tzinfo) -> tuple[datetime, Shift]:
    """Return the UTC instant of a naive wall clock time, and whether it falls into a gap or an overlap.

    A time in a gap moves forward by the length of the gap; in an overlap the first of the two counts.
    """
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or before == after:
        return first.astimezone(UTC), Shift.NONE
    return first.astimezone(UTC), Shift.OVERLAP if before > after else Shift.GAP


def zone_named(text: str) -> ZoneInfo:
    """Return the zone for an IANA name, a city, or one of a few countries and regions, ignoring case.

    Raises FixedZone for abbreviations and offsets other than UTC, UnknownZone otherwise.
    """
    name = " ".join(text.split())
    if len(name) > 64:
        raise UnknownZone(name)
    if name.upper() in {"UTC", "Z", "ETC/UTC", "ZULU"}:
        return ZoneInfo("UTC")
    if fixed := _instead_of(name):
        raise FixedZone(name, fixed)
    key = name.casefold().replace(" ", "_")
    if found := _names().get(key) or _ALIASES.get(name.casefold()) or _cities().get(key):
        return ZoneInfo(found)
    raise UnknownZone(name)


def place_named(text: str) -> ZoneInfo | None:
    """Return the zone with this IANA name, ignoring case, or None."""
    found = _names().get(text.casefold())
    return ZoneInfo(found) if found else None


def region_of(abbreviation: str, *, home: ZoneInfo, now: datetime) -> ZoneInfo | None:
    """Return the zone meant by an abbreviation: `home` if used there, else the region in `REGIONS`, else None."""
    word = abbreviation.upper()
    if word not in {"UTC", "Z"} and in_english(word) in _own_abbreviations(home, now.year):
        return home
    region = REGIONS.get(word)
    return ZoneInfo(region) if region else None


def in_english(abbreviation: str) -> str:
    """Return the abbreviation as the zone database writes it: MEZ becomes CET."""
    word = abbreviation.upper()
    return _GERMAN.get(word, word)


def side_of_overlap(wall: datetime, zone: tzinfo, abbreviation: str) -> datetime | None:
    """Return the UTC instant of an ambiguous wall clock time on the side called `abbreviation`, or None."""
    for fold in (0, 1):
        local = wall.replace(tzinfo=zone, fold=fold)
        if local.tzname() == in_english(abbreviation):
            return local.astimezone(UTC)
    return None


def suggest(text: str) -> list[str]:
    """Return at most 25 zone names for the text typed so far, likeliest first."""
    typed = " ".join(text.split()).casefold()
    if not typed:
        return list(_USUAL)
    exact = [REGIONS.get(typed.upper()), _ALIASES.get(typed), *SHARED.get(typed.upper(), ())]
    ranked = sorted((_rank(name, typed.replace(" ", "_")), name) for name in _choices())
    found = [name for name in exact if name] + [name for rank, name in ranked if rank < 4]
    return list(dict.fromkeys(found))[:_MAX_CHOICES]


def _rank(name: str, typed: str) -> int:
    folded = name.casefold()
    city = folded.rpartition("/")[2]
    if city.startswith(typed):
        return 0 if name in _USUAL else 1
    if folded.startswith(typed):
        return 2
    return 3 if typed in folded else 4


def _instead_of(name: str) -> str | None:
    word = name.upper()
    if shared := SHARED.get(word):
        return " or ".join(shared)
    if re.fullmatch(r"(?:ETC/)?(?:UTC|GMT|UT)?[+-]?\d[\d:]*|(?:ETC/)?(?:GMT|UT)[+-]?\d*|ETC/.*", word):
        return "Europe/London or America/New_York"
    if word in REGIONS:
        return REGIONS[word]
    if "/" not in word and re.fullmatch(r"EST5EDT|CST6CDT|MST7MDT|PST8PDT|MET", word):
        return REGIONS.get(word[:3], "Europe/Berlin")
    return None


@cache
def _names() -> dict[str, str]:
    zones = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.casefold(): name for name in zones if name != "Factory"}


@cache
def _choices() -> tuple[str, ...]:
    return ("UTC", *(name for name in _names().values() if name.startswith(_CONTINENTS)))


@cache
def _cities() -> dict[str, str]:
    cities: dict[str, str] = {}
    for name in _choices():
        cities.setdefault(name.rpartition("/")[2].casefold(), name)
    return cities


def _own_abbreviations(zone: ZoneInfo, year: int) -> set[str | None]:
    return {datetime(year, month, 1, tzinfo=zone).tzname() for month in (1, 7)}
