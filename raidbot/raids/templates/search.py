"""Find games and templates by what people call them: “wow”, “ff14 raid”, “desteny”, “raid 10 wow”."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from raidbot.raids.templates.builtin import games
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Template
from raidbot.raids.times.places import folded

_One = TypeVar("_One")
_MIN_FUZZY_LENGTH = 4
_LIKENESS = 0.7
"""How much of a mistyped word or name has to be right, from 0 to 1."""
_LEAST_WORDS = 0.6
"""How many of the typed words have to be found, from 0 to 1, for a guess."""
_GUESS = 7.0
_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class _Names:
    """`names` are what something is called, folded; `beside` are names that find it, too, but later."""

    names: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        return frozenset(word for name in (*self.names, *self.beside) for word in name.split())


def find_games(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the games of the catalogue's built-in templates that the text may mean, best first.

    Names, abbreviations, names of the games' templates and typing errors are found. Blank text finds all, in order.
    """
    templates: dict[str, list[str]] = {game: [] for game in catalogue.games()}
    for entry in catalogue.entries:
        if not entry.is_own:
            templates[entry.template.game] += [entry.template.name, entry.template.label]
    named = [(game, _Names(_game(game), _plain(*beside))) for game, beside in templates.items()]
    return _found(text, named, below=_GUESS)


def find_templates(text: str, templates: Iterable[Template]) -> tuple[Template, ...]:
    """Return the templates that the text may mean, best first; blank text finds all, in order."""
    return _found(text, ((template, _of_template(template)) for template in templates), below=_GUESS)


def nearest_template(text: str, templates: Iterable[Template]) -> Template | None:
    """Return the template that the text most probably means, even if some of its words fit none, or None."""
    if not _words(text):
        return None
    return next(iter(_found(text, ((template, _of_template(template)) for template in templates))), None)


def names_of(template: Template) -> tuple[str, ...]:
    """Return texts by which a template is found besides its label: name, key, and the names of its game."""
    short = _shorts().get(template.game, ())
    return (template.name, template.key, *(f"{name} {template.name}" for name in (template.game, *short) if name))


def _found(text: str, named: Iterable[tuple[_One, _Names]], *, below: float = float("inf")) -> tuple[_One, ...]:
    typed = " ".join(_words(text))
    if not typed:
        return tuple(one for one, _ in named)
    ranked = [(rank, one) for one, names in named if (rank := _rank(typed, names)) is not None and rank < below]
    return tuple(one for _, one in sorted(ranked, key=lambda entry: entry[0]))


def _rank(typed: str, names: _Names) -> float | None:
    """Return how well the typed text fits, 0 being best, or None if it does not."""
    found = _rank_of_names(typed, names.names)
    if found is None and (later := _rank_of_names(typed, names.beside)) is not None:
        found = later + _BESIDE
    if found is not None:
        return found
    return _rank_of_words(typed.split(), names)


def _rank_of_names(typed: str, names: tuple[str, ...]) -> float | None:
    squeezed = typed.replace(" ", "")
    fits: tuple[Callable[[str], bool], ...] = (
        lambda name: name == typed,
        lambda name: name.startswith(typed),
        lambda name: f" {typed}" in name or name.replace(" ", "").startswith(squeezed),
    )
    return next((float(rank) for rank, fit in enumerate(fits) if any(map(fit, names))), None)


def _rank_of_words(typed: list[str], names: _Names) -> float | None:
    words = names.words
    costs = [_cost(word, words) for word in typed]
    known = [cost for cost in costs if cost is not None]
    if len(known) == len(typed):
        return 4 + sum(known) / len(typed)
    if (nearness := _nearness("".join(typed), {name.replace(" ", "") for name in names.names})) is not None:
        return 6 - nearness
    if len(typed) > 1 and len(known) >= _LEAST_WORDS * len(typed):
        return _GUESS + len(typed) - len(known) + sum(known) / len(typed)
    return None


def _cost(word: str, words: frozenset[str]) -> float | None:
    """Return 0 for a known word, less than 1 for the beginning of one or a typing error, and None for any other."""
    if word in words:
        return 0
    if not word.isdecimal() and any(known.startswith(word) for known in words):
        return 0.2
    nearness = _nearness(word, words)
    return None if nearness is None else 1 - nearness / 2


def _nearness(text: str, known: Iterable[str]) -> float | None:
    """Return how much of the nearest known text is right, from `_LIKENESS` to 1, or None. Typed digits have to be."""
    if digits := _digits(text):
        known = [one for one in known if _digits(one) == digits]
    if len(text) < _MIN_FUZZY_LENGTH or text.isdecimal():
        return None
    from rapidfuzz import process  # 3 MB that nobody needs before the first unclear word
    from rapidfuzz.distance import OSA

    found = process.extractOne(text, tuple(known), scorer=OSA.normalized_similarity, score_cutoff=_LIKENESS)
    return None if found is None else float(found[1])


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _of_template(template: Template) -> _Names:
    return _Names(
        _plain(template.offered_as, template.name, template.key),
        _plain(template.game, *_shorts().get(template.game, ())),
    )


def _game(name: str) -> tuple[str, ...]:
    return _plain(name, *_shorts().get(name, ()))


def _plain(*texts: str) -> tuple[str, ...]:
    return tuple(plain for text in texts if (plain := " ".join(_words(text))))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", folded(text.replace("'", "").replace("’", "")))


@cache
def _shorts() -> dict[str, tuple[str, ...]]:
    return {game.name: game.short for game in games()}
