"""Audit entries for changes to a guild's templates."""

from collections.abc import Iterator
from dataclasses import dataclass

from raidbot.raids.audit.entry import Entry
from raidbot.raids.model import Role
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.catalogue import Entry as Listed
from raidbot.raids.templates.model import Strategy, Template, spoken_length

_NAME = "name"


@dataclass(frozen=True, slots=True)
class _FieldInWords:
    """A template field in words; `parts` are compared one by one, and entries show only those that differ."""

    field: str
    parts: tuple[str, ...]


def template_entries(before: Catalogue, after: Catalogue) -> tuple[Entry, ...]:
    """Return one entry per template added, deleted, enabled or disabled, and per field that differs."""
    return tuple(_entries(before, after))


def _entries(before: Catalogue, after: Catalogue) -> Iterator[Entry]:
    was = {listed.key: listed for listed in before.entries}
    for listed in after.entries:
        if old := was.pop(listed.key, None):
            yield from _changes(old, listed)
        else:
            yield Entry("template added", None, None, listed.template.name)
    for gone in was.values():
        yield Entry("template deleted", None, gone.template.name, None)


def _changes(before: Listed, after: Listed) -> Iterator[Entry]:
    if before.enabled != after.enabled:
        yield Entry(f"template {'enabled' if after.enabled else 'disabled'}", None, None, after.template.name)
    for was, becomes in zip(_said(before.template), _said(after.template), strict=True):
        if was != becomes and was.field == _NAME:
            yield Entry("template name changed", None, before.template.name, after.template.name)
        elif was != becomes:
            told = (_differing_parts(before.template, was, becomes), _differing_parts(after.template, becomes, was))
            yield Entry(f"template {was.field} changed", None, *told)


def _differing_parts(template: Template, said: _FieldInWords, other: _FieldInWords) -> str:
    """Return the parts that `other` does not have, or all parts if only their order differs."""
    parts = said.parts if set(said.parts) == set(other.parts) else [one for one in said.parts if one not in other.parts]
    return f"{template.name}: {'; '.join(filter(None, parts)) or 'nothing'}"


def _said(template: Template) -> Iterator[_FieldInWords]:
    yield _FieldInWords(_NAME, (template.name,))
    yield _FieldInWords("label", (template.label,))
    yield _FieldInWords("emoji", (template.emoji,))
    yield _FieldInWords("description", (template.description,))
    yield _FieldInWords("colour", (f"#{template.colour:06X}",))
    yield _FieldInWords("roles", tuple(map(_role, template.roles)))
    yield _FieldInWords("lengths", tuple(map(spoken_length, template.lengths)))
    yield _FieldInWords("strategies", tuple(map(_strategy, template.strategies)))
    yield _FieldInWords("sides", template.sides)


def _role(role: Role) -> str:
    group = f"{role.group} · " if role.group else ""
    icon = f" {role.icon}" if role.icon else ""
    return f"{group}{role.emoji}{icon} {role.name} ({role.seats})"


def _strategy(strategy: Strategy) -> str:
    described = f" “{strategy.description}”" if strategy.description else ""
    roles = f" with {', '.join(map(_role, strategy.roles))}" if strategy.roles else ""
    return f"{strategy.name}{described}{roles}"
