"""A guild's templates: the built-in ones with the guild's changes, and its own.

Each rule takes a catalogue and returns the changed one.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from raidbot.raids.emoji.model import NotAnEmoji, parse_emoji
from raidbot.raids.kinds import kind_infos, offered_kinds
from raidbot.raids.model import Kind
from raidbot.raids.templates.builtin import AT_FIRST, builtin
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, Template, accept
from raidbot.utils.clean_text import clean_line
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

MAX_OWN_TEMPLATES = 100
_OWN_KEY = re.compile(r"custom-[a-z0-9-]{1,33}")
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_RANDOM_LETTERS = 12


class NoSuchTemplate(Refusal):
    def __init__(self) -> None:
        super().__init__("This template is not there any more. Choose one from the list.")


class NameTaken(Refusal):
    """`clashes` are (key, name) of the templates whose name is already taken."""

    def __init__(self, *clashes: tuple[str, str]) -> None:
        self.clashes = clashes
        _, name = clashes[0]
        super().__init__(
            f"Something else here is called “{escape(clip(name, MAX_LABEL_LENGTH))}” already. Choose another name."
        )


class TooManyTemplates(Refusal):
    def __init__(self) -> None:
        super().__init__(f"A server can have {MAX_OWN_TEMPLATES} templates of its own. Delete one first.")


class ComesWithTheBot(Refusal):
    def __init__(self, template: Template) -> None:
        super().__init__(f"“{escape(template.name)}” comes with the bot. It can be disabled or reset, not deleted.")


class NothingToResetTo(Refusal):
    def __init__(self, template: Template) -> None:
        super().__init__(f"“{escape(template.name)}” is this server’s own. There is nothing to reset it to.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A template as the guild uses it; `original` is the built-in one, or None if the guild made the template."""

    template: Template
    original: Template | None = None
    enabled: bool = True

    @property
    def key(self) -> str:
        return self.template.key

    @property
    def is_own(self) -> bool:
        return self.original is None

    @property
    def is_changed(self) -> bool:
        """True if the built-in template was changed, so that it can be reset."""
        return self.original not in (None, self.template)

    @property
    def names(self) -> frozenset[str]:
        """The template's name and label, normalised for comparison."""
        return frozenset({_spelled(self.template.name), _spelled(self.template.offered_as)})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All templates in display order: built-in ones, then the guild's own, oldest first.

    `games_chosen`: somebody chose which games are played, so that kinds of others are not offered.
    """

    entries: tuple[Entry, ...]
    games_chosen: bool = False

    def entry(self, key: str) -> Entry:
        """Return the entry with this key. Raises NoSuchTemplate."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise NoSuchTemplate

    def offered(self) -> tuple[Template, ...]:
        """Return the enabled templates."""
        return tuple(entry.template for entry in self.entries if entry.enabled)

    def enabled_first(self) -> tuple[Entry, ...]:
        """Return the entries in display order, the disabled ones behind the others."""
        return tuple(sorted(self.entries, key=lambda entry: not entry.enabled))

    def find(self, text: str) -> Template | None:
        """Return the enabled template with this key, label or name, ignoring case, or None."""
        wanted = _spelled(text)
        offered = [entry for entry in self.entries if entry.enabled]
        by_key = (entry.template for entry in offered if entry.key == wanted)
        by_name = (entry.template for entry in offered if wanted in entry.names)
        return next(by_key, None) or next(by_name, None)

    def games(self) -> dict[str, bool]:
        """Return the games of the built-in templates; the value is True if any template of the game is enabled."""
        games: dict[str, bool] = {}
        for entry in self.entries:
            if not entry.is_own:
                games[entry.template.game] = games.get(entry.template.game, False) or entry.enabled
        return games

    def kinds(self, kept: Collection[Kind] = ()) -> tuple[Kind, ...]:
        """Return the kinds that menus offer; see `offered_kinds`."""
        return offered_kinds(self.games(), games_chosen=self.games_chosen, kept=kept)

    def has(self, key: str) -> bool:
        return any(entry.key == key for entry in self.entries)


@cache
def untouched() -> Catalogue:
    """Return the catalogue of a guild that has changed nothing."""
    return Catalogue(tuple(Entry(template=one, original=one, enabled=one.key in AT_FIRST) for one in builtin()))


def is_own_key(key: str) -> bool:
    """Return True if the key has the form of a guild's own template's key."""
    return _OWN_KEY.fullmatch(key) is not None


def new_key(rng: random.Random) -> str:
    """Return a random key for a guild's own template, long enough to be unique."""
    return "custom-" + "".join(rng.choices(_LETTERS, k=_RANDOM_LETTERS))


def set_enabled(catalogue: Catalogue, key: str, *, enabled: bool) -> Catalogue:
    """Enable or disable the template. Raises NoSuchTemplate."""
    return _with(catalogue, replace(catalogue.entry(key), enabled=enabled))


def enable_games(catalogue: Catalogue, games: Collection[str]) -> Catalogue:
    """Enable the built-in templates of exactly these games, which are chosen from then on.

    A newly chosen game enables all its templates; so does, the first time, one that has no more than from the start. In
    any other game that was already enabled, disabled templates stay so. The guild's own templates stay as they are.
    """
    before, known = catalogue.games(), catalogue.games_chosen
    built_in = [entry for entry in catalogue.entries if not entry.is_own]
    with_more = {entry.template.game for entry in built_in if entry.enabled and entry.key not in AT_FIRST}

    def follow(entry: Entry) -> Entry:
        game = entry.template.game
        stays = game in games and before.get(game, False) and (known or entry.key in AT_FIRST or game in with_more)
        if entry.is_own or stays:
            return entry
        return replace(entry, enabled=game in games)

    return Catalogue(tuple(map(follow, catalogue.entries)), games_chosen=True)


def save(catalogue: Catalogue, template: Template) -> Catalogue:
    """Replace the template with the same key. Raises NoSuchTemplate, TemplateRefused or NameTaken."""
    catalogue.entry(template.key)
    return put(catalogue, (template,))


def add(catalogue: Catalogue, template: Template) -> Catalogue:
    """Add a template of the guild's own. Raises NoSuchTemplate, TemplateRefused, NameTaken or TooManyTemplates."""
    if catalogue.has(template.key):
        raise NameTaken((template.key, template.key))
    return put(catalogue, (template,))


def put(catalogue: Catalogue, templates: Iterable[Template]) -> Catalogue:
    """Replace these templates, or add those whose keys are new; if one is refused, none is saved.

    Raises TemplateRefused, NameTaken, TooManyTemplates, or NoSuchTemplate for a new key that a guild cannot use.
    """
    after = catalogue
    for template in map(accept, templates):
        after = _with(after, _entry(after, template))
    if sum(entry.is_own for entry in after.entries) > MAX_OWN_TEMPLATES:
        raise TooManyTemplates
    _check_names(catalogue, after)
    return after


def edit(catalogue: Catalogue, key: str, change: Callable[[Template], Template]) -> Catalogue:
    """Apply `change` to the template as it is now. Raises what `change` and `save` raise."""
    return save(catalogue, change(catalogue.entry(key).template))


def duplicate(catalogue: Catalogue, key: str, new: str) -> Catalogue:
    """Add a copy of the template as the guild's own, under the key `new`. Raises what `entry` and `add` raise."""
    template = catalogue.entry(key).template
    name = free_name(catalogue, f"{clip(template.name, MAX_LABEL_LENGTH - len(' Copy'))} Copy")
    return add(catalogue, replace(template.renamed(name), key=new))


def reset(catalogue: Catalogue, key: str) -> Catalogue:
    """Restore the built-in template. Raises NoSuchTemplate, NothingToResetTo or NameTaken."""
    entry = catalogue.entry(key)
    if entry.original is None:
        raise NothingToResetTo(entry.template)
    after = _with(catalogue, replace(entry, template=entry.original))
    _check_names(catalogue, after)
    return after


def remove(catalogue: Catalogue, key: str) -> Catalogue:
    """Delete one of the guild's own templates; raids made from it stay. Raises NoSuchTemplate or ComesWithTheBot."""
    entry = catalogue.entry(key)
    if not entry.is_own:
        raise ComesWithTheBot(entry.template)
    return replace(catalogue, entries=tuple(one for one in catalogue.entries if one.key != key))


def free_name(catalogue: Catalogue, wanted: str) -> str:
    """Return the wanted name, with the lowest number appended that makes it unique if it is taken."""
    taken = {name for entry in catalogue.entries for name in entry.names} | _reserved()
    name, number = wanted, 1
    while _spelled(name) in taken:
        number += 1
        name = f"{clip(wanted, MAX_LABEL_LENGTH - len(f' {number}'))} {number}"
    return name


def emoji_of(template: Template) -> Iterator[str]:
    """Yield every emoji of the template as it is written there; some repeat."""
    roles = (*template.roles, *(role for strategy in template.strategies for role in strategy.roles))
    yield from filter(None, (template.emoji, *(text for role in roles for text in (role.emoji, role.icon))))


def unknown_emoji(template: Template, ids: frozenset[int], original: Template | None = None) -> tuple[str, ...]:
    """Return the template's custom emoji that are neither among the guild's (`ids`) nor in `original`."""
    known = frozenset(emoji_of(original)) if original else frozenset()
    unknown = (text for text in emoji_of(template) if text not in known and not _is_known(text, ids))
    return tuple(dict.fromkeys(unknown))


def _entry(catalogue: Catalogue, template: Template) -> Entry:
    if not catalogue.has(template.key):
        if not is_own_key(template.key):
            raise NoSuchTemplate
        return Entry(template=template)
    entry = catalogue.entry(template.key)
    return replace(entry, template=replace(template, game=entry.original.game) if entry.original else template)


def _with(catalogue: Catalogue, entry: Entry) -> Catalogue:
    if not catalogue.has(entry.key):
        return replace(catalogue, entries=(*catalogue.entries, entry))
    return replace(catalogue, entries=tuple(entry if one.key == entry.key else one for one in catalogue.entries))


def _check_names(before: Catalogue, after: Catalogue) -> None:
    """Check that each name new in `after` is unique. Raises NameTaken."""
    if clashes := tuple(_clashes(before, after)):
        raise NameTaken(*clashes)


def _clashes(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, str]]:
    had = {entry.key: entry.names for entry in before.entries}
    holders = Counter(name for entry in after.entries for name in entry.names)
    for entry in after.entries:
        for name in sorted(entry.names - had.get(entry.key, frozenset())):
            if holders[name] > 1 or name in _reserved() - {entry.key}:
                template = entry.template
                yield entry.key, template.name if name == _spelled(template.name) else template.label


@cache
def _reserved() -> frozenset[str]:
    """Return names that /create reads as a kind or a built-in template's key."""
    kinds = (name for kind, info in kind_infos().items() for name in (kind.value, info.title))
    return frozenset(map(_spelled, (*kinds, *(template.key for template in builtin()))))


def _spelled(name: str) -> str:
    return clean_line(name).casefold()


def _is_known(text: str, ids: frozenset[int]) -> bool:
    """Return True for Unicode emoji and the given custom ids, and for text that is no emoji, which `accept` rejects."""
    try:
        found = parse_emoji(text)
    except NotAnEmoji:
        return True
    return found.id is None or found.id in ids
