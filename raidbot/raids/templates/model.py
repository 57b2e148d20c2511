"""Raid templates, and checks that Discord will accept the boards made from them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from raidbot.raids.deadlines.deadline import chosen_lead
from raidbot.raids.emoji.model import NotAnEmoji, key_of, parse_emoji
from raidbot.raids.model import Picture, Role
from raidbot.raids.pictures.addresses import tidy_picture, wrong_picture
from raidbot.raids.schedules.model import Lead
from raidbot.utils.clean_text import clean_block, clean_line, is_blank
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape

MAX_REACTIONS = 20  # https://support.discord.com/hc/en-us/articles/12102061808663
MAX_ROLES = 50  # two select menus of 25, which leaves a panel room for other rows
MAX_GROUPS = 25  # fields of an embed, https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_CHOICES = 25  # options of a select, https://discord.com/developers/docs/components/reference#string-select
MAX_SIDES = MAX_CHOICES - 1  # leaves room for “no side”
MAX_SEATS = 50
MAX_TITLE_LENGTH = 256
MAX_EMBED_LENGTH = 6000
MAX_DESCRIPTION_LENGTH = 1500
MAX_SIGNUP_TEXT_LENGTH = 500
MAX_LABEL_LENGTH = 100  # a select option's label
MAX_ROLE_NAME_LENGTH = 80  # a button's label
MAX_SPECS = MAX_CHOICES
MAX_SPEC_LENGTH = 40  # several stand behind names on a board
NO_SIDE = "none"
MAX_LENGTH_MINUTES = 24 * 60
DEFAULT_COLOUR = 0x0099FF

_KEY = re.compile(r"[a-z0-9-]{1,40}")
_ROLE_KEY = re.compile(r"[\w-]{1,32}", re.ASCII)  # both keys fit in one `custom_id` of 100 characters
# UTF-16 units of a full board at the shortest names `delivery.boards.roster_fields` uses with icons and totals kept.
_ELSEWHERE_ON_BOARD = 700  # time, length, strategy, leader, totals, status, signup instructions, footer
_BESIDE_ROLE = 24  # the counts and marks after a role's name
_BESIDE_GROUP = 16
_PER_NAME = 17  # its number, the name, and the line break
_TITLE_OF_ROLES = 32  # a role's or group's name
_SIDE = 40


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to play a template.

    `roles` replace the template's roles with the same keys; a description replaces the template's unless it is empty.
    """

    name: str
    description: str = ""
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template of raids. `lengths` are minutes; `colour` is 0xRRGGBB.

    Its `picture` is an address. Signups of its raids close `signup_lead` before the start, and whoever signs up reads
    `signup_text`.
    Boards show the roles of a group together. Role names may repeat, role keys and emoji may not. Lists show the label,
    or the name if there is none.
    """

    key: str
    name: str
    label: str = ""
    game: str = ""
    emoji: str = ""
    description: str = ""
    colour: int = DEFAULT_COLOUR
    picture: Picture | None = None
    roles: tuple[Role, ...]
    lengths: tuple[int, ...] = ()
    signup_lead: Lead | None = None
    signup_text: str = ""
    strategies: tuple[Strategy, ...] = ()
    sides: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """Group names in order of appearance; “” for roles without a group."""
        return tuple(dict.fromkeys(role.group for role in self.roles))

    @property
    def offered_as(self) -> str:
        return self.label or self.name

    @property
    def title(self) -> str:
        return f"{self.emoji} {self.name}".strip()

    def strategy(self, name: str) -> Strategy | None:
        """Return the strategy with this name, ignoring case, or None."""
        wanted = name.strip().casefold()
        return next((one for one in self.strategies if one.name.casefold() == wanted), None)

    def played_as(self, strategy: Strategy | None) -> "Template":
        """Return the template with the strategy's description and roles in place of its own."""
        if strategy is None:
            return self
        changed = {role.key: role for role in strategy.roles}
        roles = tuple(changed.get(role.key, role) for role in self.roles)
        return replace(self, roles=roles, description=strategy.description or self.description)

    def renamed(self, name: str) -> "Template":
        """Return the template with another name; the label is dropped, because it belonged to the old name."""
        return self if name == self.name else replace(self, name=name, label="")

    def with_roles(self, roles: tuple[Role, ...]) -> "Template":
        """Replace the roles and carry the strategies along.

        A strategy keeps the fields it changes, takes the new value of all others, and loses roles that were removed.
        """
        was, becomes = ({role.key: role for role in some} for some in (self.roles, roles))
        strategies = tuple(
            replace(
                strategy,
                roles=tuple(_follow(r, was.get(r.key), becomes[r.key]) for r in strategy.roles if r.key in becomes),
            )
            for strategy in self.strategies
        )
        return replace(self, roles=roles, strategies=strategies)


class TemplateRefused(Refusal):
    def __init__(self, template: Template, reasons: tuple[str, ...]) -> None:
        listed = "\n".join(f"- {escape(reason)}" for reason in reasons)
        super().__init__(f"Discord would not take a board made from “{escape(template.name[:100])}”:\n{listed}")


def _follow(changed: Role, was: Role | None, becomes: Role) -> Role:
    """Return a strategy's role after the template's own role changed from `was` to `becomes`."""
    if was is None:
        return changed
    own = {f.name: getattr(changed, f.name) for f in fields(Role) if getattr(changed, f.name) != getattr(was, f.name)}
    return replace(becomes, **own)


def spoken_length(minutes: int) -> str:
    """Return the length in the players' words: 1.5 hours, 45 minutes."""
    hours, rest = divmod(minutes, 60)
    if minutes == 60:
        return "1 hour"
    if minutes < 60:
        return f"{minutes} minutes" if minutes != 1 else "1 minute"
    if rest in (0, 30):
        return f"{minutes / 60:g} hours"
    return f"{hours} h {rest} min"


def accept(template: Template) -> Template:
    """Return the tidied template if a board can be made from it. Raises TemplateRefused with every reason."""
    tidied = tidy(template)
    if reasons := check(tidied):
        raise TemplateRefused(tidied, reasons)
    return tidied


def tidy(template: Template) -> Template:
    """Return the template without needless whitespace, and with every emoji as Discord writes it."""
    name, label = clean_line(template.name), clean_line(template.label)
    strategies = tuple(
        Strategy(clean_line(one.name), clean_block(one.description), tuple(map(_tidy_role, one.roles)))
        for one in template.strategies
    )
    return replace(
        template,
        name=name,
        label="" if label == name else label,
        game=clean_line(template.game),
        emoji=_tidy_emoji(template.emoji),
        description=clean_block(template.description),
        picture=tidy_picture(template.picture),
        signup_text=tidy_signup_text(template.signup_text),
        signup_lead=chosen_lead(template.signup_lead),
        roles=tuple(map(_tidy_role, template.roles)),
        strategies=strategies,
        sides=tuple(map(clean_line, template.sides)),
    )


def tidy_signup_text(text: str) -> str:
    tidied = clean_block(text)
    return "" if is_blank(tidied) else tidied


def _tidy_role(role: Role) -> Role:
    return replace(
        role,
        name=clean_line(role.name),
        group=clean_line(role.group),
        emoji=_tidy_emoji(role.emoji),
        icon=_tidy_emoji(role.icon),
        specs=tuple(map(clean_line, role.specs)),
    )


def _tidy_emoji(text: str) -> str:
    """Return the emoji as Discord writes it; text that is no emoji stays, for `check` to report."""
    try:
        return parse_emoji(text).for_text
    except NotAnEmoji:
        return text.strip()


def check(template: Template) -> tuple[str, ...]:
    """Return a sentence for every reason why Discord would refuse the template's board or its entry in a list."""
    found = [*_wrong_texts(template), *_wrong_lists(template), *_wrong_specs(template), *_wrong_emoji(template)]
    always = _wrong_on_board(template)
    found += [f"{reason}." for reason in always]
    for strategy in template.strategies[:MAX_CHOICES]:  # `_wrong_lists` reports more than that
        if strategy.roles or strategy.description:
            played = _wrong_on_board(template.played_as(strategy))
            found += [f"{reason} with the strategy “{strategy.name}”." for reason in played if reason not in always]
    return tuple(dict.fromkeys(found))


def _wrong_on_board(played: Template) -> tuple[str, ...]:
    return (*_wrong_roles(played), *_too_long_for_board(played))


def _wrong_texts(template: Template) -> Iterator[str]:
    if not _KEY.fullmatch(template.key):
        yield f"The key “{template.key[:50]}” is not made of 1 to 40 small letters, digits and hyphens."
    yield from _wrong_text("The name", template.name, MAX_LABEL_LENGTH)
    yield from _wrong_text("The label", template.label or "none", MAX_LABEL_LENGTH)
    yield from _wrong_text("The game", template.game or "none", MAX_LABEL_LENGTH)
    if _size(template.title) > MAX_TITLE_LENGTH:
        yield f"The title has {_size(template.title)} characters; Discord allows {MAX_TITLE_LENGTH}."
    for text in (template.description, *(strategy.description for strategy in template.strategies)):
        if _size(text) > MAX_DESCRIPTION_LENGTH:
            yield f"A description has {_size(text)} characters; a board has room for {MAX_DESCRIPTION_LENGTH}."
    if _size(template.signup_text) > MAX_SIGNUP_TEXT_LENGTH:
        yield (
            f"The sign-up text has {_size(template.signup_text)} characters;"
            f" at most {MAX_SIGNUP_TEXT_LENGTH} are possible."
        )
    for strategy in template.strategies:
        yield from _wrong_text("A strategy's name", strategy.name, MAX_LABEL_LENGTH)
    for side in template.sides:
        yield from _wrong_text("A side's name", side, MAX_LABEL_LENGTH)
        if side.casefold() == NO_SIDE:
            yield f"A side cannot be called “{side}”: that takes a side away from somebody."
    if not 0 <= template.colour <= 0xFFFFFF:
        yield "The colour is not one of #000000 to #FFFFFF."
    yield from wrong_picture(template.picture)


def _wrong_text(what: str, text: str, most: int) -> Iterator[str]:
    if is_blank(text):
        yield f"{what} is empty."
    elif _size(text) > most:
        yield f"{what} has {_size(text)} characters; at most {most} are possible."


def _size(text: str) -> int:
    """Return the length in UTF-16 units, which is at least the length Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _wrong_lists(template: Template) -> Iterator[str]:
    strategies = tuple(strategy.name.casefold() for strategy in template.strategies)
    sides = tuple(side.casefold() for side in template.sides)
    for what, choices, most in (
        ("lengths", template.lengths, MAX_CHOICES),
        ("strategies", strategies, MAX_CHOICES),
        ("sides", sides, MAX_SIDES),
    ):
        if len(choices) > most:
            yield f"There are {len(choices)} {what}; Discord lets people choose from {most}."
        if len(set(choices)) < len(choices):
            yield f"Two {what} are the same."
    if any(not 0 < length <= MAX_LENGTH_MINUTES for length in template.lengths):
        yield "A length is not between one minute and 24 hours."
    known = {role.key for role in template.roles}
    for strategy in template.strategies:
        for role in strategy.roles:
            if role.key not in known:
                yield f"The strategy “{strategy.name}” changes a role “{role.key}”, which the template does not have."


def _all_roles(template: Template) -> tuple[Role, ...]:
    """Return the template's roles, and those that its strategies change."""
    return (*template.roles, *(role for strategy in template.strategies for role in strategy.roles))


def _wrong_specs(template: Template) -> Iterator[str]:
    for role in _all_roles(template):
        if len(role.specs) > MAX_SPECS:
            yield f"“{role.name}” has {len(role.specs)} specialisations; Discord lets people choose from {MAX_SPECS}."
        for spec in role.specs:
            yield from _wrong_text(f"A specialisation of “{role.name}”", spec, MAX_SPEC_LENGTH)
        for spec in _repeated(spec.casefold() for spec in role.specs):
            yield f"Two specialisations of “{role.name}” are called “{spec}”."


def _wrong_emoji(template: Template) -> Iterator[str]:
    roles = _all_roles(template)
    optional = (template.emoji, *(role.icon for role in roles))
    for text in (*(role.emoji for role in roles), *(text for text in optional if text)):
        try:
            parse_emoji(text)
        except NotAnEmoji as refusal:
            yield refusal.plain


def _wrong_roles(template: Template) -> Iterator[str]:
    """Yield reasons without a full stop, because the name of a strategy may follow."""
    if not template.roles:
        yield "There are no roles"
    if len(template.roles) > MAX_ROLES:
        yield f"There are {len(template.roles)} roles; a board has room for {MAX_ROLES}"
    if len(template.groups) > MAX_GROUPS:
        yield f"There are {len(template.groups)} groups; a board has room for {MAX_GROUPS}"
    for group in filter(None, template.groups):
        yield from _unfinished(_wrong_text("A group's name", group, MAX_LABEL_LENGTH))
    for role in template.roles:
        yield from _unfinished(_wrong_text("A role's name", role.name, MAX_ROLE_NAME_LENGTH))
        if not _ROLE_KEY.fullmatch(role.key):
            yield f"The key “{role.key[:50]}” of a role is not made of 1 to 32 letters, digits and hyphens"
        if not 1 <= role.seats <= MAX_SEATS:
            yield f"“{role.name}” has {role.seats} seats; 1 to {MAX_SEATS} are possible"
    for key in _repeated(role.key for role in template.roles):
        yield f"Two roles have the key “{key}”"
    spelled = {key_of(role.emoji): role.emoji for role in template.roles}
    for key in _repeated(key_of(role.emoji) for role in template.roles):
        yield f"Two roles have the emoji {spelled[key]}"


def _unfinished(sentences: Iterable[str]) -> Iterator[str]:
    return (sentence.removesuffix(".") for sentence in sentences)


def _repeated(values: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)


def _too_long_for_board(template: Template) -> Iterator[str]:
    """Yield a reason if a full board might not have room for all members' names."""
    seats = sum(role.seats for role in template.roles)
    side = max((3 + _shown(side, _SIDE) for side in template.sides), default=0)
    length = (
        _ELSEWHERE_ON_BOARD
        + _shown(template.title, MAX_TITLE_LENGTH)
        + _shown(template.description, MAX_DESCRIPTION_LENGTH)
    )
    length += seats * (_PER_NAME + side)
    length += sum(_shown(group, _TITLE_OF_ROLES) + _BESIDE_GROUP for group in template.groups)
    for role in template.roles:
        length += _size(role.emoji) + _size(role.icon) + _shown(role.name, _TITLE_OF_ROLES) + _BESIDE_ROLE
    if length > MAX_EMBED_LENGTH:
        yield (
            f"With all {seats} seats taken the board needs about {length} characters;"
            f" Discord allows {MAX_EMBED_LENGTH}. Use fewer seats or shorter texts"
        )


def board_has_room(board: Template) -> bool:
    """Return True if a full board has room for the names of all members."""
    return not any(_too_long_for_board(board))


@lru_cache(maxsize=4096)  # strategies repeat most names, and guilds have many templates
def _shown(text: str, most: int) -> int:
    """Return the text's length on a board in UTF-16 units, with Markdown escaped and cut to `most`."""
    return min(_size(escape(text)), most)
