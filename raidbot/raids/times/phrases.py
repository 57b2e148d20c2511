"""Words that a typed time cannot hold, and the reason to give for each: repetitions, lengths, ranges, “now”."""

import re
from zoneinfo import ZoneInfo

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.refusals import ARange, GivenTwice, Lead, NotATime, NotUnderstood, Swap
from raidbot.raids.times.vocabulary import any_of

_DAY = any_of(words.WEEKDAYS)
_CLOCK = r"\d{1,2}(?:[:.h]\d\d)?(?: ?(?:[ap]\.?m\b\.?|uhr|h\b))?"
_RANGE = re.compile(
    rf"(?:\b(?:from|between|von|zwischen|de|entre) )?(?<![\d/.:-])\b(?P<first>{_CLOCK}|{any_of(words.NUMBERS)}\b) ?"
    rf"(?P<until>-+>?|→|\b(?:to|til|till|until|bis|and|und|hasta|a|à|y|et|jusqu'à)\b|&) ?"
    rf"(?P<last>(?:{_DAY} )?{_CLOCK}|{any_of([*words.NOON, *words.MIDNIGHT, *words.NUMBERS, 'late', 'open end'])}\b)"
    r"(?![\d/.:-])",
    re.IGNORECASE,
)
_OCLOCK = re.compile(r"\d ?(uhr|h)$", re.IGNORECASE)
_HALF = re.compile(r"([ap])\.?m\b", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})((?:[:.]\d\d)?)$")
_REPEATED = re.compile(
    rf"\b(?:(?:every|each|jeden|jede|chaque|cada|todos los)(?: (?:other|second|2nd))?"
    rf"(?: (?P<day>{_DAY}|day|week|month))?"
    rf"|weekly|daily|monthly|wöchentlich|täglich|(?P<days>{_DAY})s)\b",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    rf"\b(?:for|für|durante|pendant) (?:about )?(?:\d+(?:[.,]\d+)?|an?|{any_of(words.NUMBERS)}|half an)"
    rf" ?(?:and a half )?{any_of(words.UNITS)}(?: ?(?:and )?\d+ ?{any_of(words.UNITS)})?\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"(?P<one>.+?),? (?P<word>or|oder|ou|vs) (?P<other>.+)", re.IGNORECASE)
_VAGUE = re.compile(
    r"(?P<word>\b(?:around|about|approx(?:imately)?|circa|ca|maybe|probably|ungefähr|gegen|vers|sometime)\b\.?"
    r"|(?<=\d)ish|~|\?+)",
    re.IGNORECASE,
)
_UNDATED = re.compile(r"\b(?:soon|later|tb[acd]|bald|bientôt|pronto)\b", re.IGNORECASE)
_IN_HOW_MANY = re.compile(r"(?:in|dans|en) (?P<number>\d{1,3})", re.IGNORECASE)
_NOW = re.compile(r"(?:right |just )?(?:now|asap|immediately|jetzt|sofort|maintenant|ahora)[.!]*", re.IGNORECASE)
_GAME_CLOCK = re.compile(r"\b(?:(?:server|realm)(?: ?time)?|(?:in-?game|game) time|st)\b", re.IGNORECASE)
_OWN_CLOCK = re.compile(
    r"\b(?:(?:my|our|your|local) (?:local )?(?:time ?zone|time|zone|tz)|local|ortszeit)\b", re.IGNORECASE
)
_WEEK = re.compile(r"\b(?P<week>(?:next|this) (?:week|weekend)|(?:the )?weekend|wochenende)\b", re.IGNORECASE)


class NotOneStart(NotUnderstood):
    """Words that were recognised, and of which no raid's start can be made; `problem` says why."""

    def __init__(self, word: str, problem: str, *swaps: Swap, lead: Lead = "Try") -> None:
        super().__init__(word, *swaps)
        self.problem, self.lead = problem, lead


def explained(text: str, refusal: NotATime, zone: ZoneInfo, locale: str) -> NotATime:
    """Return a refusal that gives the reason for a phrase found in the refused text, else the one given."""
    may_be_range = isinstance(refusal, NotUnderstood | GivenTwice | ARange) or "-" in text
    if may_be_range and (found := _RANGE.search(text)):
        return _range(found, locale)
    return _of_phrase(text, refusal, zone) or refusal if isinstance(refusal, NotUnderstood) else refusal


def _of_phrase(text: str, refusal: NotUnderstood, zone: ZoneInfo) -> NotATime | None:
    if found := _REPEATED.search(text):
        day = found["day"] or found["days"] or ""
        one = day if day.casefold() in words.WEEKDAYS else ""
        return NotOneStart(
            found[0], f"“{found[0]}” repeats, and I can't repeat raids from here.", (found[0], one), lead="Write"
        )
    if found := _LENGTH.search(text):
        problem = f"“{found[0]}” is a length, which comes next."
        return NotOneStart(found[0], problem, (found[0], ""), lead="Write just the start:")
    if _NOW.fullmatch(text):
        problem = f"“{text}” is too soon: people need time to sign up."
        return NotOneStart(text, problem, ("", "in 15 minutes"), ("", "in 1 hour"))
    if refusal.word.casefold() in words.MONTHS:
        days = ((refusal.word, f"{refusal.word} {day}") for day in (28, 5))
        return NotOneStart(refusal.word, f"Which day of “{refusal.word}”?", *days)
    if found := _IN_HOW_MANY.fullmatch(refusal.word):
        readings = ((found[0], f"{found[0]} {unit}") for unit in ("hours", "minutes"))
        return NotOneStart(found[0], f"“{found[0]}” of what?", *readings, lead="Do you mean")
    if found := _GAME_CLOCK.search(text):
        return _unknown_clock(found[0], "your game's clock", zone)
    if found := _OWN_CLOCK.search(text):
        return _unknown_clock(found[0], "your own time zone", zone)
    return _open(text, refusal)


def _open(text: str, refusal: NotUnderstood) -> NotATime | None:
    """Explain what leaves the start open."""
    if found := _WEEK.search(text):
        week = found["week"]
        days = ("saturday", "sunday") if week.casefold().endswith("end") else ("friday", "saturday")
        which = " next week" if week.casefold().startswith("next") else ""
        problem = f"“{week}” has several days."
        return NotOneStart(week, problem, *((week, f"{day}{which}") for day in days), lead="Do you mean")
    if found := _CHOICE.fullmatch(text):
        problem = f"“{found['word']}” leaves the start open."
        return NotOneStart(found["word"], problem, *_choices(found), lead="Do you mean")
    if found := _UNDATED.search(text):
        return NotOneStart(found[0], f"“{found[0]}” is no time that people can plan with.")
    if found := _VAGUE.search(text):
        word = found["word"]
        named = refusal.word if word in refusal.word else word
        return NotOneStart(named, f"“{named}” leaves the start open.", (word, ""), lead="Write")
    return None


def _choices(found: re.Match[str]) -> list[Swap]:
    """Return both sides of “or”, each with what only the other one says: “friday or saturday 8pm”."""
    one, other = found["one"], found["other"]
    first, _, rest = other.partition(" ")
    begun, _, last = one.rpartition(" ")
    texts = [one, f"{one} {rest}", f"{begun} {other}", other]
    return [("", text.strip()) for text in texts if first and last]


def _unknown_clock(word: str, what: str, zone: ZoneInfo) -> NotATime:
    problem = f"I do not know {what}. Without a zone I take this server's, {zone.key}."
    return NotOneStart(word, problem, (word, ""), (word, "UTC"))


def _range(found: re.Match[str], locale: str) -> NotATime:
    first, last = found["first"], found["last"]
    hour, half = _HOUR.match(first), _HALF.search(last)
    is_literal = hour is None or int(hour[1]) > 12 or hour[1].startswith("0")
    if hour is None or is_literal or (hour[2] and not half and words.language(locale) != "en"):
        return ARange(found[0], first)
    if oclock := _OCLOCK.search(last):
        return ARange(found[0], f"{first} {oclock[1]}", f"{hour[1]}{hour[2]}pm")
    if half:
        last_hour = re.search(r"\d+", last)
        same = int(hour[1]) % 12 < int(last_hour[0]) % 12 if last_hour else True
        halves = half[1].lower() if same else {"a": "p", "p": "a"}[half[1].lower()]
    else:
        halves = "ap" if hour[2] and hour[1] in {"10", "11"} else "p"
    return ARange(found[0], *(f"{hour[1]}{hour[2]}{one}m" for one in halves))
