"""Time zones by the names people use, and wall clock times in them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from zoneinfo import ZoneInfo

from raidbot.raids.times import places, zone_letters
from raidbot.utils.errors import Refusal
from raidbot.utils.text import joined

_USUAL = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix",
    "America/Anchorage", "America/Halifax", "America/Toronto", "America/Mexico_City", "America/Sao_Paulo", "UTC",
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Madrid",
    "Europe/Helsinki", "Europe/Istanbul", "Europe/Moscow", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
_BY_LOCALE = {
    "en-US": "America/New_York America/Chicago America/Denver America/Los_Angeles",
    "en-GB": "Europe/London", "bg": "Europe/Sofia", "cs": "Europe/Prague", "da": "Europe/Copenhagen",
    "de": "Europe/Berlin Europe/Vienna Europe/Zurich", "el": "Europe/Athens",
    "es-419": "America/Mexico_City America/Bogota America/Argentina/Buenos_Aires America/Santiago",
    "es-ES": "Europe/Madrid", "fi": "Europe/Helsinki", "fr": "Europe/Paris Europe/Brussels America/Toronto",
    "hi": "Asia/Kolkata", "hr": "Europe/Zagreb", "hu": "Europe/Budapest", "id": "Asia/Jakarta Asia/Makassar",
    "it": "Europe/Rome", "ja": "Asia/Tokyo", "ko": "Asia/Seoul", "lt": "Europe/Vilnius",
    "nl": "Europe/Amsterdam Europe/Brussels", "no": "Europe/Oslo", "pl": "Europe/Warsaw",
    "pt-BR": "America/Sao_Paulo America/Manaus Europe/Lisbon", "ro": "Europe/Bucharest",
    "ru": "Europe/Moscow Asia/Yekaterinburg Asia/Novosibirsk Asia/Vladivostok", "sv-SE": "Europe/Stockholm",
    "th": "Asia/Bangkok", "tr": "Europe/Istanbul", "uk": "Europe/Kyiv", "vi": "Asia/Ho_Chi_Minh",
    "zh-CN": "Asia/Shanghai", "zh-TW": "Asia/Taipei Asia/Hong_Kong",
}  # fmt: skip
"""The zones in which most people live who use Discord in a language, likeliest first; by Discord's locales."""
_WITHOUT_LOCALE = "en-US"
_HOW_TO_FIND = "Type the first letters of the nearest big city, and choose from the list."
_OFFSET = re.compile(r"(?P<etc>ETC/)?(?:UTC|GMT|UT)?(?P<sign>[+-]?)(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?")
_SOME_WINTER = datetime(2026, 1, 15, tzinfo=UTC)
"""A day on which zones are compared with an offset that was typed."""
_WITH_DIGITS = {"EST5EDT": "America/New_York", "CST6CDT": "America/Chicago", "MST7MDT": "America/Denver",
                "PST8PDT": "America/Los_Angeles"}  # fmt: skip
_MAX_TYPED, _LEAST_NEAR = 64, 4
"""Characters of a name that are looked at, and those that make it long enough to look for similar ones."""
_MAX_CHOICES = 25  # https://discord.com/developers/docs/interactions/receiving-and-responding#autocomplete


class UnknownZone(Refusal):
    """Text that names no zone, or a country of several; the sentence names zones near to what was typed."""

    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        several, near = places.zones_of(text), suggest(text) if text.strip() else []
        if several:
            known = f"“{shown}” has several time zones."
            hint = f"Choose one, such as {joined(several[:4], 'or')}."
        else:
            known = f"I do not know the time zone “{shown}”."
            hint = f"Did you mean {joined(near[:3], 'or')}?" if near else _HOW_TO_FIND
        super().__init__(f"{known} {hint}")


class FixedZone(Refusal):
    """The text is an abbreviation or an offset, which would be wrong for half of the year."""

    def __init__(self, text: str, *instead: str) -> None:
        hint = f", such as {joined(instead, 'or')}" if instead else ""
        super().__init__(f"“{text}” does not follow daylight saving time. Use the name of a place in your zone{hint}.")


class Shift(Enum):
    """The effect of a daylight saving change on a wall clock time: GAP (skipped) or OVERLAP (occurs twice)."""

    NONE = "none"
    GAP = "gap"
    OVERLAP = "overlap"


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """Return the UTC instant of a naive wall clock time.

    A time in a gap moves forward by the length of the gap; in an overlap the first of the two counts.
    """
    first = wall.replace(fold=0) if wall.fold else wall
    return datetime.combine(first.date(), first.time(), zone).astimezone(UTC)  # `replace` takes five times as long


def localise(wall: datetime, zone: tzinfo) -> tuple[datetime, Shift]:
    """Return the UTC instant of a naive wall clock time (see `instant_of`), and whether clocks shift there."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before is None or after is None or before == after:
        return instant_of(wall, zone), Shift.NONE
    return instant_of(wall, zone), Shift.OVERLAP if before > after else Shift.GAP


def zone_named(text: str) -> ZoneInfo:
    """Return the zone for an IANA name, a city, or one of a few countries and regions, ignoring case.

    Raises FixedZone for abbreviations and offsets other than UTC, UnknownZone otherwise.
    """
    name = " ".join(text.split())
    if len(name) > 64:
        raise UnknownZone(name)
    if name.upper() in {"UTC", "Z", "ETC/UTC", "ZULU"}:
        return ZoneInfo("UTC")
    _check_is_no_offset(name)
    found = places.zone_names().get(name.casefold().replace(" ", "_"))
    zones = (found,) if found and "/" in found else places.zones_of(name) or ((found,) if found else ())
    if len(zones) == 1:
        return ZoneInfo(zones[0])
    raise UnknownZone(name)


def place_named(text: str) -> ZoneInfo | None:
    """Return the zone with this IANA name, ignoring case, or None."""
    found = places.zone_names().get(text.casefold())
    return ZoneInfo(found) if found else None


def city_of(zone: str) -> str:
    """Return the city in the name of a zone: “New York” of America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def suggested_zones(locale: str) -> tuple[str, ...]:
    """Return one to four zones that somebody with this Discord locale probably lives in, likeliest first."""
    return tuple(_BY_LOCALE.get(locale, _BY_LOCALE[_WITHOUT_LOCALE]).split())


def side_of_overlap(wall: datetime, zone: tzinfo, abbreviation: str) -> datetime | None:
    """Return the UTC instant of an ambiguous wall clock time on the side called `abbreviation`, or None."""
    for fold in (0, 1):
        local = wall.replace(tzinfo=zone, fold=fold)
        if local.tzname() == zone_letters.in_english(abbreviation):
            return local.astimezone(UTC)
    return None


def suggest(text: str) -> list[str]:
    """Return at most 25 zone names for the text typed so far, likeliest first: by letters, place, and nearness."""
    typed = " ".join(text.split())[:_MAX_TYPED]
    if not typed:
        return list(_USUAL)
    word = typed.upper()
    letters = [zone_letters.REGIONS.get(word), *zone_letters.SHARED.get(word, ())]
    exact = [name for name in (*letters, *places.zones_of(typed)) if name]
    begun = places.beginning_with(typed)
    key = typed.casefold().replace(" ", "_")
    named = [name for name in places.in_a_continent() if key in name.casefold()]
    found = [*exact, *(name for name in _USUAL if name in begun), *begun, *named]
    near = [] if found or len(typed) < _LEAST_NEAR else places.near(typed)
    return list(dict.fromkeys([*found, *near]))[:_MAX_CHOICES]


def _check_is_no_offset(name: str) -> None:
    """Raise FixedZone for letters and offsets, which say nothing about the other half of the year."""
    word = name.upper()
    if shared := zone_letters.SHARED.get(word):
        raise FixedZone(name, *shared)
    if word in zone_letters.REGIONS:
        region = zone_letters.REGIONS[word]
        raise FixedZone(name, "Europe/London" if region == "UTC" else region)
    if "/" not in word and re.fullmatch(r"EST5EDT|CST6CDT|MST7MDT|PST8PDT|MET", word):
        raise FixedZone(name, _WITH_DIGITS.get(word, "Europe/Berlin"))
    if found := _OFFSET.fullmatch(word):
        raise FixedZone(name, *_zones_at(found))
    if word.startswith("ETC/") or word in {"GMT", "UT"}:
        raise FixedZone(name, "Europe/London")


def _zones_at(offset: re.Match[str]) -> list[str]:
    """Return up to three well-known zones whose clocks in winter are at the offset."""
    ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    if (offset["sign"] == "-") is not bool(offset["etc"]):
        ahead = -ahead  # Etc/GMT+5 is behind UTC
    known = dict.fromkeys([*_USUAL, *places.BIG_CITIES])
    return [name for name in known if _SOME_WINTER.astimezone(ZoneInfo(name)).utcoffset() == ahead][:3]
