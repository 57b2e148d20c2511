"""What a regular raid is made from: the templates that come with the bot, and what Discord would refuse of one.

The built-in ones are TOML files in `raids/data`, one per game:

    game = "Wizard101"

    [[templates]]
    key = "dragonspyre"          # stable; names may change and repeat, keys may not
    name = "The Voracious Void Raid"
    label = "Dragonspyre"        # what lists offer it as; the name if left out
    emoji = "🐉"                 # before the board's title; may be left out
    description = "…"            # may be left out
    colour = "#8E44AD"           # may be left out
    lengths = [90, 180]          # minutes to choose from; none: the raid has no length
    sides = ["Left", "Right"]    # what a leader may write behind a member's name

    [[templates.groups]]
    name = "Vanguard"            # left out: each role stands by itself on the board
    roles = [{ key = "tank", name = "Tank", emoji = "🛡️", seats = 2, icon = "<:tank:123>" }]

    [[templates.strategies]]     # one has to be chosen where there are any
    name = "two tanks"
    description = "…"            # in place of the template's, if given
    roles = [{ key = "healer", name = "Tank 2" }]    # what this strategy changes of a role
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from raidbot.raids.emoji import NotAnEmoji, key_of, parse
from raidbot.raids.model import Role, RoleKey
from raidbot.utils.errors import Refusal

REACTIONS_MOST = 20  # https://support.discord.com/hc/en-us/articles/12102061808663
ROLES_MOST = 50  # what two menus hold, so that a panel has room for other rows
GROUPS_MOST = 25  # fields of an embed, https://discord.com/developers/docs/resources/message#embed-object-embed-limits
CHOICES_MOST = 25  # options of a select, https://discord.com/developers/docs/components/reference#string-select
SEATS_MOST = 50
TITLE_MOST = 256
TOTAL_MOST = 6000
DESCRIPTION_MOST = 1500
LABEL_MOST = 100  # of a select's option
ROLE_NAME_MOST = 80  # of a button
DAY = 24 * 60
DEFAULT_COLOUR = 0x0099FF

_FILES = ("wizard101", "world_of_warcraft", "final_fantasy_xiv", "destiny_2", "guild_wars_2", "any_game")
_ELSEWHERE_ON_BOARD = 500  # time, length, leader, totals, how to sign up, footer
_BESIDE_ROLE = 24  # the counts and marks behind a role's name
_PER_NAME = 16  # a member's name, short or shortened, and what separates it from the next


@dataclass(frozen=True, slots=True)
class Strategy:
    """`roles` take the place of the template's roles with the same keys; an empty description changes nothing."""

    name: str
    description: str = ""
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`lengths` are minutes. Roles of one group stand together; role names may repeat, keys and emoji may not."""

    key: str
    name: str
    label: str = ""
    game: str = ""
    emoji: str = ""
    description: str = ""
    colour: int = DEFAULT_COLOUR
    roles: tuple[Role, ...]
    lengths: tuple[int, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    sides: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """Group names in order of appearance."""
        return tuple(dict.fromkeys(role.group for role in self.roles))

    @property
    def title(self) -> str:
        return f"{self.emoji} {self.name}".strip()

    def strategy(self, name: str) -> Strategy | None:
        """The strategy of this name, in upper or lower case."""
        wanted = name.strip().casefold()
        return next((one for one in self.strategies if one.name.casefold() == wanted), None)

    def played_as(self, strategy: Strategy | None) -> "Template":
        """The template with the strategy's description and roles in place of its own."""
        if strategy is None:
            return self
        changed = {role.key: role for role in strategy.roles}
        roles = tuple(changed.get(role.key, role) for role in self.roles)
        return replace(self, roles=roles, description=strategy.description or self.description)


class TemplateRefused(Refusal):
    def __init__(self, template: Template, reasons: tuple[str, ...]) -> None:
        listed = "\n".join(f"- {reason}" for reason in reasons)
        super().__init__(f"Discord would not take a board made from “{template.name[:100]}”:\n{listed}")


@cache
def builtin() -> tuple[Template, ...]:
    """The templates that come with the bot, in the order lists offer them."""
    folder = resources.files("raidbot.raids") / "data"
    return tuple(
        template
        for name in _FILES
        for template in _templates(tomllib.loads((folder / f"{name}.toml").read_text("utf-8")))
    )


def find(text: str) -> Template | None:
    """The built-in template with this key, label or name, in upper or lower case."""
    named = {template.name.casefold(): template for template in builtin()}
    labelled = {template.label.casefold(): template for template in builtin()}
    keyed = {template.key.casefold(): template for template in builtin()}
    return (named | labelled | keyed).get(text.strip().casefold())


def spoken_length(minutes: int) -> str:
    """As players say it: 1.5 hours, 45 minutes."""
    hours, rest = divmod(minutes, 60)
    if minutes == 60:
        return "1 hour"
    if minutes < 60:
        return f"{minutes} minutes" if minutes != 1 else "1 minute"
    if rest in (0, 30):
        return f"{minutes / 60:g} hours"
    return f"{hours} h {rest} min"


def accept(template: Template) -> Template:
    """The template, if a board can be made from it. Raises TemplateRefused with every reason."""
    if reasons := check(template):
        raise TemplateRefused(template, reasons)
    return template


def check(template: Template) -> tuple[str, ...]:
    """A sentence for every reason why Discord would refuse the template's board or its place in a list."""
    found = [*_wrong_texts(template), *_wrong_lists(template), *_wrong_emoji(template)]
    for strategy in (None, *template.strategies):
        played = template.played_as(strategy)
        where = f" with the strategy “{strategy.name}”" if strategy else ""
        found += [f"{reason}{where}." for reason in (*_wrong_roles(played), *_too_long(played))]
    return tuple(dict.fromkeys(found))


def _templates(file: dict[str, Any]) -> Iterator[Template]:
    for entry in file["templates"]:
        roles = tuple(_role(fields, group.get("name", "")) for group in entry["groups"] for fields in group["roles"])
        yield Template(
            key=entry["key"],
            name=entry["name"],
            label=entry.get("label", entry["name"]),
            game=file["game"],
            emoji=entry.get("emoji", ""),
            description=entry.get("description", ""),
            colour=int(entry["colour"].removeprefix("#"), 16) if "colour" in entry else DEFAULT_COLOUR,
            roles=roles,
            lengths=tuple(entry.get("lengths", ())),
            strategies=tuple(_strategy(fields, roles) for fields in entry.get("strategies", ())),
            sides=tuple(entry.get("sides", ())),
        )


def _role(fields: dict[str, Any], group: str) -> Role:
    return Role(
        key=RoleKey(fields["key"]),
        name=fields["name"],
        emoji=fields["emoji"],
        seats=fields.get("seats", 1),
        group=group,
        icon=fields.get("icon", ""),
    )


def _strategy(fields: dict[str, Any], roles: tuple[Role, ...]) -> Strategy:
    originals = {role.key: role for role in roles}
    changed = tuple(replace(originals[change["key"]], **change) for change in fields.get("roles", ()))
    return Strategy(fields["name"], fields.get("description", ""), changed)


def _wrong_texts(template: Template) -> Iterator[str]:
    yield from _wrong_text("The name", template.name, LABEL_MOST)
    if len(template.title) > TITLE_MOST:
        yield f"The title has {len(template.title)} characters; Discord allows {TITLE_MOST}."
    for text in (template.description, *(strategy.description for strategy in template.strategies)):
        if len(text) > DESCRIPTION_MOST:
            yield f"A description has {len(text)} characters; a board has room for {DESCRIPTION_MOST}."
    for strategy in template.strategies:
        yield from _wrong_text("A strategy's name", strategy.name, LABEL_MOST)
    for side in template.sides:
        yield from _wrong_text("A side's name", side, LABEL_MOST)
    for group in template.groups:
        if group:
            yield from _wrong_text("A group's name", group, LABEL_MOST)
    if not 0 <= template.colour <= 0xFFFFFF:
        yield "The colour is not one of #000000 to #FFFFFF."


def _wrong_text(what: str, text: str, most: int) -> Iterator[str]:
    if not text.strip():
        yield f"{what} is empty."
    elif len(text) > most:
        yield f"{what} has {len(text)} characters; at most {most} are possible."


def _wrong_lists(template: Template) -> Iterator[str]:
    for what, choices in (
        ("lengths", template.lengths),
        ("strategies", tuple(strategy.name for strategy in template.strategies)),
        ("sides", template.sides),
    ):
        if len(choices) > CHOICES_MOST:
            yield f"There are {len(choices)} {what}; Discord lets people choose from {CHOICES_MOST}."
        if len(set(choices)) < len(choices):
            yield f"Two {what} are the same."
    if any(not 0 < length <= DAY for length in template.lengths):
        yield "A length is not between one minute and 24 hours."
    if len(template.groups) > GROUPS_MOST:
        yield f"There are {len(template.groups)} groups; a board has room for {GROUPS_MOST}."
    known = {role.key for role in template.roles}
    for strategy in template.strategies:
        for role in strategy.roles:
            if role.key not in known:
                yield f"The strategy “{strategy.name}” changes a role “{role.key}”, which the template does not have."


def _wrong_emoji(template: Template) -> Iterator[str]:
    changed = [role for strategy in template.strategies for role in strategy.roles]
    roles = (*template.roles, *changed)
    optional = (template.emoji, *(role.icon for role in roles))
    for text in (*(role.emoji for role in roles), *(text for text in optional if text)):
        try:
            parse(text)
        except NotAnEmoji as refusal:
            yield str(refusal)


def _wrong_roles(template: Template) -> Iterator[str]:
    """Without the full stop, because a strategy's name may follow."""
    if not template.roles:
        yield "There are no roles"
    if len(template.roles) > ROLES_MOST:
        yield f"There are {len(template.roles)} roles; a board has room for {ROLES_MOST}"
    for role in template.roles:
        for reason in _wrong_text("A role's name", role.name, ROLE_NAME_MOST):
            yield reason.removesuffix(".")
        if not 1 <= role.seats <= SEATS_MOST:
            yield f"“{role.name}” has {role.seats} seats; 1 to {SEATS_MOST} are possible"
    for key in _repeated(role.key for role in template.roles):
        yield f"Two roles have the key “{key}”"
    spelled = {key_of(role.emoji): role.emoji for role in template.roles}
    for key in _repeated(key_of(role.emoji) for role in template.roles):
        yield f"Two roles have the emoji {spelled[key]}"


def _repeated(values: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)


def _too_long(template: Template) -> Iterator[str]:
    """Whether a board with every seat taken could not name everybody in it."""
    side = max(map(len, template.sides), default=0)
    seats = sum(role.seats for role in template.roles)
    length = _ELSEWHERE_ON_BOARD + len(template.title) + len(template.description) + seats * (_PER_NAME + side)
    length += sum(len(group) + _BESIDE_ROLE for group in template.groups)
    length += sum(len(role.emoji) + len(role.icon) + len(role.name) + _BESIDE_ROLE for role in template.roles)
    if length > TOTAL_MOST:
        yield (
            f"With all {seats} seats taken the board needs about {length} characters; Discord allows {TOTAL_MOST}."
            " Use fewer seats or shorter texts"
        )
