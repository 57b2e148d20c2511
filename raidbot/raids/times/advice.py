"""Advice on what to type instead of a refused time: texts that the parser understands and that lie ahead."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

from raidbot.raids.times import places, vocabulary
from raidbot.raids.times.phrases import NotOneStart, explained
from raidbot.raids.times.refusals import (
    MAX_CHARACTERS,
    Lead,
    NoSuchDate,
    NotATime,
    NoTimeOfDay,
    NotUnderstood,
    NthWeekday,
    Swap,
)
from raidbot.raids.times.resolve import parse_once

_MAX_TRIES = 3
_MAX_LENGTH = 150
_USUAL_TIMES = 2
_MAX_CANDIDATES = 12
"""Bounds the work for one refusal: each candidate is parsed."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_NEAR, _NEAR_IF_SHORT = 0.75, 0.65
"""Least similarity of a slip to the word that was meant; one of up to four letters has to be of the same length."""
_TIMES = {"morning": ("10am", "10:00"), "afternoon": ("3pm", "15:00"), "": ("8pm", "20:00", "11pm", "23:00", "23:59")}


class Adviser:
    """Finds what to type instead of `text`, typed at `now` in a guild in `zone`."""

    def __init__(self, text: str, zone: ZoneInfo, now: datetime, locale: str) -> None:
        self._plain = vocabulary.tidy(text) if len(text) <= MAX_CHARACTERS else ""
        self._zone, self._now, self._locale = zone, now, locale

    def advised(self, refusal: NotATime) -> NotATime:
        """Return the refusal, or one that fits the text better, ending with what to type instead."""
        refusal = explained(self._plain, refusal, self._zone, self._locale)
        lead = refusal.lead
        tries = self._understood(self._swapped(swap) for swap in refusal.swaps)
        if not tries and isinstance(refusal, NotUnderstood) and not isinstance(refusal, NotOneStart):
            lead, tries = self._corrected(refusal)
        if not tries:
            tries = self._understood(self._others(refusal))
        if not tries:
            lead, tries = "Try", self._understood(self._examples())
        if len(tries) == 1 and lead == "Do you mean":
            lead = "Write"
        refusal.advise(_fitting(tries), lead)
        return refusal

    def _corrected(self, refusal: NotUnderstood) -> tuple[Lead, list[str]]:
        """Correct slips, name the zone of a place, or leave out what was not understood."""
        if tries := self._understood([self._spelled(), self._placed(refusal.word), self._spaced()]):
            return "Did you mean", tries[:1]
        return "Try", self._understood([self._swapped((refusal.word, ""))])[:1]

    def _others(self, refusal: NotATime) -> Iterator[str | None]:
        match refusal:
            case NoTimeOfDay():
                yield from (f"{self._plain} {time}" for time in self._times()[:_USUAL_TIMES])
                yield self._plain
            case NoSuchDate():
                yield self._swapped((refusal.said, self._next_week().isoformat()))
            case NthWeekday():
                for day in self._nth(refusal):
                    yield self._swapped((refusal.said, f"{day.day} {day:%B}".lower()))
            case _:
                pass

    def _examples(self) -> tuple[str, ...]:
        evening = "8pm" if vocabulary.language(self._locale) == "en" else "20:00"
        return f"friday {evening}", f"{self._next_week()} 20:00", "in 2 hours"

    def _next_week(self) -> date:
        return self._now.astimezone(self._zone).date() + timedelta(days=7)

    def _nth(self, refusal: NthWeekday) -> Iterator[date]:
        today = self._now.astimezone(self._zone).date()
        days = (today + timedelta(days=ahead) for ahead in range(70))
        yield from (day for day in days if day.weekday() == refusal.index and (day.day + 6) // 7 == refusal.nth)

    # Candidates

    def _understood(self, candidates: Iterable[str | None]) -> list[str]:
        """Return those that are understood, each once, with a time of day if only that was lacking."""
        tried = dict.fromkeys(text for text in candidates if text)
        found = (self._completed(text) for text in islice(tried, _MAX_CANDIDATES))
        return list(dict.fromkeys(text for text in found if text))[:_MAX_TRIES]

    def _completed(self, text: str) -> str | None:
        try:
            parse_once(text, zone=self._zone, now=self._now, locale=self._locale)
        except NoTimeOfDay:
            timed = (f"{text} {time}" for time in self._times(text))
            return next((one for one in timed if self._is_understood(one)), None)
        except NotATime:
            return None
        return text

    def _is_understood(self, text: str) -> bool:
        try:
            parse_once(text, zone=self._zone, now=self._now, locale=self._locale)
        except NotATime:
            return False
        return True

    def _times(self, text: str = "") -> tuple[str, ...]:
        words = set(_WORD.findall((text or self._plain).casefold()))
        parts = {part for word, part in vocabulary.PARTS.items() if word in words}
        times = next((times for part, times in _TIMES.items() if part in parts), _TIMES[""])
        is_english = vocabulary.language(self._locale) == "en"
        return tuple(time for time in times if is_english or ":" in time)

    def _swapped(self, swap: Swap) -> str | None:
        """Return the text with other words. Of words to leave out, the last are meant, as a first one came first."""
        old, new = swap
        if not old:
            return new
        place = self._plain.casefold().find(old.casefold()) if new else self._plain.casefold().rfind(old.casefold())
        if place < 0:
            return None
        text = " ".join(f"{self._plain[:place]} {new} {self._plain[place + len(old) :]}".split()).strip(" ,;@-")
        return text if text.casefold() != self._plain.casefold() else None

    def _spelled(self) -> str | None:
        """Return the text with every unknown word replaced by one that is near, or None if there is none."""
        text = _WORD.sub(lambda found: _near(found[0].casefold()) or found[0], self._plain)
        return text if text != self._plain else None

    def _placed(self, word: str) -> str | None:
        """Return the text with the zone of the place that ends it: “8pm Barcelona”, “8pm in New York”."""
        start = self._plain.rfind(word)
        if start < 0:
            return None
        name = re.sub(r"^(?:in|from) | time$", "", self._plain[start:], flags=re.IGNORECASE)
        zones = places.zones_of(name)
        return f"{self._plain[:start]}{zones[0]}" if len(zones) == 1 else None

    def _spaced(self) -> str | None:
        """Return the text with a space behind every time: “8pmEST” becomes “8pm EST”."""
        text = re.sub(r"(\d ?[ap]m|\d:\d\d)(?=[a-z])", r"\1 ", self._plain, flags=re.IGNORECASE)
        return text if text != self._plain else None


def _fitting(tries: list[str]) -> list[str]:
    """Leave out the last ones if all are too long for a sentence, but never the first."""
    return [text for number, text in enumerate(tries) if number == 0 or sum(map(len, tries)) <= _MAX_LENGTH]


def _near(word: str) -> str | None:
    """Return the known word that is nearest to one with a slip, or None if it is known or there is none."""
    known = _known_words()
    if word in known:
        return None
    cutoff = _NEAR
    if len(word) <= 4:
        known, cutoff = tuple(one for one in known if len(one) == len(word)), _NEAR_IF_SHORT
    from rapidfuzz import process  # 3 MB that nobody needs before the first unclear word
    from rapidfuzz.distance import OSA

    found = process.extractOne(word, known, scorer=OSA.normalized_similarity, score_cutoff=cutoff)
    return found[0] if found else None


@cache
def _known_words() -> tuple[str, ...]:
    phrases = (
        *vocabulary.WEEKDAYS, *vocabulary.MONTHS, *vocabulary.DAYS, *vocabulary.PARTS_OF_TODAY, *vocabulary.PARTS,
        *vocabulary.NOON, *vocabulary.MIDNIGHT, *vocabulary.UNITS, *vocabulary.NUMBERS, "next", "this", "half", "past",
    )  # fmt: skip
    return tuple(dict.fromkeys(word for phrase in phrases for word in phrase.split() if len(word) > 2))
