"""Edits to a template. Each changes its own field only, so that simultaneous edits do not overwrite each other."""

import re
from collections.abc import Mapping
from dataclasses import replace

from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.model import DEFAULT_COLOUR, MAX_LENGTH_MINUTES, Strategy, Template
from raidbot.raids.templates.role_text import new_key, to_lines
from raidbot.utils.clean_text import clean_line
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import fingerprint
from raidbot.utils.text import clip, escape

_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")
_HOURS = re.compile(r"(\d{1,2})(?:\.(\d{1,4}))?\s*(?:h|hours?)?")


class NotAColour(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{escape(clip(text, 20))}” is not a colour. Write # and six of 0–9 and A–F, such as #1ABC9C."
        )


class NotALength(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(f"“{escape(clip(text, 20))}” is not a length. Write hours from 0.25 to 24, such as 1.5, 3.")


class RoleGone(Refusal):
    def __init__(self) -> None:
        super().__init__("The template does not have this role any more.")


class StrategyGone(Refusal):
    def __init__(self) -> None:
        super().__init__("The template does not have this strategy any more.")


class RolesChangedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed the template’s roles meanwhile. If you try again, what you write replaces theirs."
        )


class StrategyRolesDiffer(Refusal):
    def __init__(self, written: int, needed: int) -> None:
        lines = "is 1 line" if written == 1 else f"are {written} lines"
        super().__init__(
            f"There {lines} of roles, but the template has {needed} roles. A strategy has the same roles"
            " in the same order; write one line for each."
        )


def colour_of(text: str) -> int:
    """Parse a typed colour to 0xRRGGBB; blank means `DEFAULT_COLOUR`. Raises NotAColour."""
    text = text.strip()
    if not text:
        return DEFAULT_COLOUR
    match = _COLOUR.fullmatch(text)
    if match is None:
        raise NotAColour(text)
    return int(match[1], 16)


def colour_text(colour: int) -> str:
    """Format a colour for `colour_of`."""
    return f"#{colour:06X}"


def lengths_of(text: str) -> tuple[int, ...]:
    """Parse typed hours such as “1.5, 3” to minutes; blank means none. Raises NotALength."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    return tuple(dict.fromkeys(_minutes(part) for part in parts))


def hours_text(lengths: tuple[int, ...]) -> str:
    """Format lengths in minutes as hours for `lengths_of`."""
    return ", ".join(f"{minutes / 60:.4f}".rstrip("0").rstrip(".") for minutes in lengths)


def sides_of(text: str) -> tuple[str, ...]:
    """Parse one side per line; blank lines are ignored."""
    return tuple(side for line in text.splitlines() if (side := clean_line(line)))


def describe(template: Template, said: Mapping[str, str]) -> Template:
    """Set the template's texts, emoji and colour from `said` (field → typed text). Raises NotAColour."""
    template = template.renamed(said.get("name", template.name))
    changed: dict[str, object] = {key: text for key, text in said.items() if key not in ("name", "colour")}
    if "colour" in said:
        changed["colour"] = colour_of(said["colour"])
    return replace(template, **changed)  # type: ignore[arg-type]


def with_role(template: Template, role: Role) -> Template:
    """Replace the role with the same key. Raises RoleGone."""
    role_of(template, role.key)
    return template.with_roles(tuple(role if old.key == role.key else old for old in template.roles))


def adding_role(template: Template, role: Role) -> Template:
    """Add a role after the last of its group, or at the end, under a new key."""
    roles = list(template.roles)
    same = [place for place, old in enumerate(roles) if role.group and old.group == role.group]
    key = new_key(role, [old.key for old in roles])
    roles.insert(same[-1] + 1 if same else len(roles), replace(role, key=key))
    return replace(template, roles=tuple(roles))


def without_role(template: Template, key: RoleKey) -> Template:
    """Remove the role. Raises RoleGone."""
    role_of(template, key)
    return template.with_roles(tuple(role for role in template.roles if role.key != key))


def role_of(template: Template, key: str) -> Role:
    """Return the role with this key. Raises RoleGone."""
    found = next((role for role in template.roles if role.key == key), None)
    if found is None:
        raise RoleGone
    return found


def strategy_of(template: Template, name: str) -> Strategy:
    """Return the strategy with this name, ignoring case. Raises StrategyGone."""
    found = template.strategy(name)
    if found is None:
        raise StrategyGone
    return found


def strategy_roles(template: Template, written: tuple[Role, ...]) -> tuple[Role, ...]:
    """Return the roles a strategy must change for the template's roles to become `written`, line by line.

    Raises StrategyRolesDiffer.
    """
    if len(written) != len(template.roles):
        raise StrategyRolesDiffer(len(written), len(template.roles))
    played = (replace(line, key=role.key) for line, role in zip(written, template.roles, strict=True))
    return tuple(role for role, original in zip(played, template.roles, strict=True) if not _same(role, original))


def with_strategy(template: Template, strategy: Strategy, name: str | None = None) -> Template:
    """Replace the strategy called `name`, or append the strategy if `name` is None. Raises StrategyGone."""
    if name is None:
        return replace(template, strategies=(*template.strategies, strategy))
    old = strategy_of(template, name)
    kept = tuple(strategy if one is old else one for one in template.strategies)
    return replace(template, strategies=kept)


def without_strategy(template: Template, name: str) -> Template:
    """Remove the strategy. Raises StrategyGone."""
    old = strategy_of(template, name)
    return replace(template, strategies=tuple(one for one in template.strategies if one is not old))


def lost_role_changes(before: Template, after: Template) -> tuple[str, ...]:
    """Return a sentence for each role change that a strategy lost because the role was removed."""
    kept = {role.key for role in after.roles}
    return tuple(
        f"The strategy “{escape(strategy.name)}” changed the role “{escape(role.name)}”, which is gone;"
        " it does so no more."
        for strategy in before.strategies
        if after.strategy(strategy.name)
        for role in strategy.roles
        if role.key not in kept
    )


def mark_of_roles(template: Template) -> str:
    """Return a fingerprint of the roles, to detect changes between opening a form and submitting it."""
    return fingerprint(to_lines(template.roles))


def check_roles_unchanged(template: Template, mark: str) -> None:
    """Check the roles against a mark from `mark_of_roles`. Raises RolesChangedMeanwhile."""
    if mark_of_roles(template) != mark:
        raise RolesChangedMeanwhile


def _minutes(text: str) -> int:
    match = _HOURS.fullmatch(text.casefold())
    if match is None:
        raise NotALength(text)
    minutes = round(float(f"{match[1]}.{match[2] or 0}") * 60)
    if not 15 <= minutes <= MAX_LENGTH_MINUTES:
        raise NotALength(text)
    return minutes


def _same(one: Role, other: Role) -> bool:
    return replace(one, emoji=key_of(one.emoji), icon=key_of(one.icon)) == replace(
        other, emoji=key_of(other.emoji), icon=key_of(other.icon)
    )
