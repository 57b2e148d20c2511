"""Abbreviations of time zones, and the zones that people mean by them in a server of a given zone."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

REGIONS = {
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York",
    "CT": "America/Chicago", "CDT": "America/Chicago",
    "MT": "America/Denver", "MST": "America/Denver", "MDT": "America/Denver",
    "PT": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "AKST": "America/Anchorage", "AKDT": "America/Anchorage", "HST": "Pacific/Honolulu", "HDT": "America/Adak",
    "AST": "America/Halifax", "ADT": "America/Halifax", "NST": "America/St_Johns", "NDT": "America/St_Johns",
    "BRT": "America/Sao_Paulo", "ART": "America/Argentina/Buenos_Aires", "CLT": "America/Santiago",
    "UTC": "UTC", "GMT": "UTC", "Z": "UTC",
    "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin",
    "EET": "Europe/Athens", "EEST": "Europe/Athens", "MSK": "Europe/Moscow", "TRT": "Europe/Istanbul",
    "SAST": "Africa/Johannesburg", "CAT": "Africa/Maputo", "EAT": "Africa/Nairobi", "WAT": "Africa/Lagos",
    "IDT": "Asia/Jerusalem", "GST": "Asia/Dubai", "PKT": "Asia/Karachi", "ICT": "Asia/Bangkok",
    "WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura", "PHT": "Asia/Manila",
    "SGT": "Asia/Singapore", "MYT": "Asia/Kuala_Lumpur", "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo", "KST": "Asia/Seoul",
    "AET": "Australia/Sydney", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    "ACST": "Australia/Adelaide", "ACDT": "Australia/Adelaide", "AWST": "Australia/Perth",
    "NZT": "Pacific/Auckland", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
    "CHST": "Pacific/Guam", "SST": "Pacific/Pago_Pago",
}  # fmt: skip
"""Letters that mean one region, whose wall clock people mean by them, with or without daylight saving."""
SHARED = {
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "PST": ("America/Los_Angeles", "Asia/Manila"),
}
"""Letters that several regions use."""
_AMERICAN = {"CST", "PST"}
"""Of the shared ones, those of which a server in America means the American region."""

_LOCAL = {
    "Asia/Dhaka": "BST BDT", "Asia/Dubai": "GST", "Asia/Bangkok": "ICT", "Asia/Ho_Chi_Minh": "ICT",
    "Asia/Singapore": "SGT SST", "Asia/Kuala_Lumpur": "MYT", "Asia/Manila": "PHT", "Asia/Riyadh": "AST",
    "Asia/Baghdad": "AST", "Asia/Kuwait": "AST", "Asia/Qatar": "AST", "Asia/Tehran": "IRST IRDT",
    "Asia/Kabul": "AFT", "Asia/Tashkent": "UZT", "Asia/Almaty": "ALMT", "Asia/Tbilisi": "GET",
    "Asia/Yerevan": "AMT", "Asia/Baku": "AZT", "Asia/Kathmandu": "NPT NST", "Asia/Colombo": "SLST IST",
    "Asia/Yangon": "MMT", "Asia/Yekaterinburg": "YEKT", "Asia/Omsk": "OMST", "Asia/Novosibirsk": "NOVT",
    "Asia/Krasnoyarsk": "KRAT", "Asia/Irkutsk": "IRKT", "Asia/Yakutsk": "YAKT", "Asia/Vladivostok": "VLAT",
    "Asia/Magadan": "MAGT", "Asia/Kamchatka": "PETT", "Europe/Samara": "SAMT", "Europe/Minsk": "MSK",
    "Europe/Istanbul": "TRT", "Asia/Taipei": "TST", "Asia/Ulaanbaatar": "ULAT", "Asia/Brunei": "BNT",
    "America/Sao_Paulo": "BRT BRST", "America/Manaus": "AMT", "America/Argentina/Buenos_Aires": "ART",
    "America/Santiago": "CLT CLST", "America/Bogota": "COT", "America/Lima": "PET", "America/Caracas": "VET",
    "America/Montevideo": "UYT", "America/La_Paz": "BOT", "America/Asuncion": "PYT PYST",
    "America/Guayaquil": "ECT", "Africa/Casablanca": "WET", "Atlantic/Azores": "AZOT AZOST",
    "Australia/Perth": "WST", "Pacific/Apia": "WST", "Pacific/Fiji": "FJT", "Pacific/Tongatapu": "TOT",
    "Pacific/Noumea": "NCT", "Pacific/Tahiti": "TAHT",
}  # fmt: skip
"""Letters that people use where the zone database has only an offset, or other letters."""
_WITHOUT_SEASON = {
    "EST": "ET", "EDT": "ET", "CST": "CT", "CDT": "CT", "MST": "MT", "MDT": "MT", "PST": "PT", "PDT": "PT",
    "AEST": "AET EST ET", "AEDT": "AET EDT ET", "ACST": "ACT CST", "ACDT": "ACT CDT", "AWST": "WST",
    "NZST": "NZT", "NZDT": "NZT", "CET": "MEZ", "CEST": "MESZ",
}  # fmt: skip
"""Other letters for the same clock, used where the zone database has these."""
_GERMAN = {"MEZ": "CET", "MESZ": "CEST"}
_DAYS_BACK, _DAYS_AHEAD, _STEP_DAYS = 730, 400, 9
"""Two years of letters in use, at steps shorter than the month of Ramadan, for which some clocks change."""

KNOWN = frozenset({*REGIONS, *SHARED, *(letters for local in _LOCAL.values() for letters in local.split())})


def usual_region(letters: str) -> str | None:
    """Return the name of the zone that the letters usually mean, wherever they are written, or None."""
    word = letters.upper()
    return SHARED[word][0] if word in _AMERICAN else REGIONS.get(word)


def region_of(letters: str, *, home: ZoneInfo, now: datetime) -> ZoneInfo | tuple[str, ...]:
    """Return the zone meant by `letters` in a server in `home`: its own if it uses them, else the one they mean.

    Returns the names of the zones to choose from if they mean several, and none if they mean nothing.
    """
    word = letters.upper()
    if word not in {"UTC", "Z"} and word in own_letters(home, now.year, now.month):
        return home
    if shared := SHARED.get(word):
        return ZoneInfo(shared[0]) if word in _AMERICAN and home.key.startswith(("America/", "US/")) else shared
    return ZoneInfo(REGIONS[word]) if word in REGIONS else ()


@lru_cache(maxsize=512)
def own_letters(zone: ZoneInfo, year: int, month: int) -> frozenset[str]:
    """Return the letters that people in `zone` use for its clock around that month, in capitals."""
    first = datetime(year, month, 1, tzinfo=zone)
    days = range(-_DAYS_BACK - 31, _DAYS_AHEAD, _STEP_DAYS)
    shown = {((first + timedelta(days=day)).tzname() or "").upper() for day in days}
    also = " ".join([*(_WITHOUT_SEASON.get(letters, "") for letters in shown), _LOCAL.get(zone.key, "")])
    return frozenset(letters for letters in {*shown, *also.split()} if letters.isalpha())


def in_english(letters: str) -> str:
    """Return the letters as the zone database writes them: MEZ becomes CET."""
    word = letters.upper()
    return _GERMAN.get(word, word)
