"""Words of typed times: English, and the basics of German, French and Spanish."""

import re
import unicodedata
from collections.abc import Iterable

WEEKDAYS = {
    word: index
    for index, words in enumerate((
        "mon monday montag lundi lunes",
        "tue tues tuesday dienstag mardi martes",
        "wed weds wednesday mittwoch mercredi miércoles miercoles",
        "thu thur thurs thursday donnerstag jeudi jueves",
        "fri friday freitag vendredi viernes",
        "sat saturday samstag sonnabend samedi sábado sabado",
        "sun sunday sonntag dimanche domingo",
    ))
    for word in words.split()
}  # fmt: skip
LOCAL_WEEKDAYS = {
    language: {word: index for index, words in enumerate(days.split()) for word in words.split("/")}
    for language, days in {
        "de": "mo di mi do fr sa so",
        "fr": "lun mar mer jeu ven sam dim",
        "es": "lun mar mié/mie jue vie sáb/sab dom",
        "it": "lun mar mer gio ven sab dom",
        "ro": "lun mar mie joi vin sâm/sam dum",
    }.items()
}
"""Short weekdays that mean something else in other languages: “mar” is a month in English."""
ORDINALS = {
    word: number
    for number, words in enumerate(("1st first", "2nd second", "3rd third", "4th fourth", "5th fifth"), start=1)
    for word in words.split()
}
MONTHS = {
    word: number
    for number, words in enumerate((
        "jan january januar jänner janvier enero",
        "feb february februar février fevrier febrero",
        "mar march märz maerz mrz mars marzo",
        "apr april avril abril",
        "may mai mayo",
        "jun june juni juin junio",
        "jul july juli juillet julio",
        "aug august août aout agosto",
        "sep sept september septembre septiembre",
        "oct october okt oktober octobre octubre",
        "nov november novembre noviembre",
        "dec december dez dezember décembre decembre diciembre",
    ), start=1)
    for word in words.split()
}  # fmt: skip
DAYS = {
    "day after tomorrow": 2, "the day after tomorrow": 2, "übermorgen": 2, "après-demain": 2, "pasado mañana": 2,
    "today": 0, "heute": 0, "aujourd'hui": 0, "hoy": 0,
    "tomorrow": 1, "tmrw": 1, "tmr": 1, "tmw": 1, "tmrrw": 1, "tmrow": 1, "tomorow": 1, "tommorow": 1, "tommorrow": 1,
    "2moro": 1, "2morrow": 1, "morgen": 1, "demain": 1, "mañana": 1, "manana": 1,
    "yesterday": -1, "gestern": -1, "hier": -1, "ayer": -1,
}  # fmt: skip
PARTS = {
    "morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night",
    "morgens": "morning", "vormittag": "morning", "nachmittag": "afternoon", "abend": "evening", "abends": "evening",
    "mittags": "afternoon", "nachmittags": "afternoon", "vormittags": "morning", "früh": "morning", "nachts": "night",
    "matin": "morning", "après-midi": "afternoon", "soir": "evening",
}  # fmt: skip
PARTS_OF_TODAY = {
    "tonight": "night", "tonite": "night", "2nite": "night", "this morning": "morning", "this afternoon": "afternoon",
    "this evening": "evening", "ce soir": "evening", "esta noche": "night", "esta tarde": "afternoon",
}  # fmt: skip
SPOKEN_PARTS = {"de la mañana": "morning", "de la tarde": "evening", "de la noche": "night", "du soir": "evening",
                "du matin": "morning", "de l'après-midi": "afternoon"}  # fmt: skip
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
LARGE_NUMBERS = {
    "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
NOON = ("noon", "midday", "mittag", "midi", "mediodía", "12 noon")
MIDNIGHT = ("midnight", "mitternacht", "minuit", "medianoche", "12 midnight")

# Each unit as (kind, count): calendar months, calendar days, or absolute seconds.
UNITS: dict[str, tuple[str, int]] = {
    word: meaning
    for words, meaning in (
        ("y yr yrs year years", ("months", 12)),
        ("mo month months monat monaten", ("months", 1)),
        ("w wk wks week weeks woche wochen semaine semaines semana semanas", ("days", 7)),
        ("fortnight fortnights", ("days", 14)),
        ("d day days tag tage tagen jour jours día días dia dias", ("days", 1)),
        ("h hr hrs hour hours std stunde stunden heure heures hora horas", ("seconds", 3600)),
        ("m min mins minute minutes minuten minuto minutos", ("seconds", 60)),
        ("s sec secs second seconds sekunden", ("seconds", 1)),
    )
    for word in words.split()
}  # fmt: skip

_BLANKS = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u2212": "-"})


_GERMAN_AM = re.compile(
    r"(?<=\d) am (?=(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    r"|abend|nachmittag|vormittag)\b)",
    re.IGNORECASE,
)
_GERMAN_AM_DATE = re.compile(r"(?<=\d) am (?=\d{1,2}\.(?!\d{2}\b))", re.IGNORECASE)
_GERMAN_MORNING = re.compile(r"(?<=\d) am morgen\b", re.IGNORECASE)


def language(locale: str) -> str:
    """Return the language of one of Discord's locales: “de” of “de”, “es” of “es-419”."""
    return locale.casefold().partition("-")[0]


def weekdays(locale: str) -> dict[str, int]:
    """Return the words for weekdays in this locale, each with its number; Monday is 0."""
    return WEEKDAYS | LOCAL_WEEKDAYS.get(language(locale), {})


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches any one of the words, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def tidy(text: str) -> str:
    """Normalise the text: NFKC, ASCII digits, dashes and apostrophes, single spaces, no invisible characters."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    return _BLANKS.sub(" ", "".join(_plain(char) for char in plain)).strip()


def without_german_am(plain: str, locale: str) -> str:
    """Replace the “am” of “um 8 am samstag” and “8 am abend”, which is no half of a day."""
    if language(locale) == "de":
        plain = _GERMAN_AM_DATE.sub(" den ", plain)
    return _GERMAN_AM.sub(" den ", _GERMAN_MORNING.sub(" morgens", plain))


def _plain(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else " "
    match unicodedata.category(char):
        case "Nd":
            return str(unicodedata.decimal(char))
        case "Pd":
            return "-"
        case "Cf":
            return ""
        case "Cc" | "Zl" | "Zp" | "Zs":
            return " "
        case _:
            return char
