"""Audit entries for changes to a guild's templates."""

from collections.abc import Iterator, Sequence

from raidbot.raids.audit.entry import Argument, AuditAction, Entry
from raidbot.raids.model import Role
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.catalogue import Entry as Listed
from raidbot.raids.templates.model import Strategy, Template


def template_entries(before: Catalogue, after: Catalogue) -> tuple[Entry, ...]:
    """Return one entry per template added, deleted, enabled or disabled, and per field that differs."""
    return tuple(_entries(before, after))


def _entries(before: Catalogue, after: Catalogue) -> Iterator[Entry]:
    was = {listed.key: listed for listed in before.entries}
    for listed in after.entries:
        if old := was.pop(listed.key, None):
            yield from _changes(old, listed)
        else:
            yield _about(AuditAction.TEMPLATE_ADDED, listed)
    for gone in was.values():
        yield _about(AuditAction.TEMPLATE_DELETED, gone)


def _about(action: AuditAction, listed: Listed) -> Entry:
    return Entry(action, None, {"template": listed.template.name})


def _changes(before: Listed, after: Listed) -> Iterator[Entry]:
    if before.enabled != after.enabled:
        yield _about(AuditAction.TEMPLATE_ENABLED if after.enabled else AuditAction.TEMPLATE_DISABLED, after)
    was, becomes = before.template, after.template
    if was.name != becomes.name:
        yield Entry(AuditAction.TEMPLATE_RENAMED, None, {"before": was.name, "after": becomes.name})
    fields = dict(_fields(becomes))
    for field, parts in _fields(was):
        others = fields[field]
        if parts != others:
            changed: dict[str, Argument] = {
                "field": field,
                "before": {"template": was.name, "parts": _differing(parts, others)},
                "after": {"template": becomes.name, "parts": _differing(others, parts)},
            }
            yield Entry(AuditAction.TEMPLATE_CHANGED, None, changed)


def _differing(parts: Sequence[Argument], others: Sequence[Argument]) -> Sequence[Argument]:
    """Return the parts that are not among the others, or all parts if only their order differs."""
    own = [part for part in parts if part not in others]
    return own if own or any(other not in parts for other in others) else parts


def _fields(template: Template) -> Iterator[tuple[str, Sequence[Argument]]]:
    """Yield the template's fields in parts, which are compared one by one."""
    yield "label", [template.label]
    yield "emoji", [template.emoji]
    yield "description", [template.description]
    yield "colour", [template.colour]
    yield "picture", [] if (shown := template.picture) is None else [[shown.url, int(shown.is_large), shown.text]]
    yield "roles", [_role(role) for role in template.roles]
    yield "lengths", list(template.lengths)
    yield "signup_deadline", [] if (lead := template.signup_lead) is None else [[lead.days, lead.minutes]]
    yield "signup_text", [template.signup_text]
    yield "strategies", [_strategy(strategy) for strategy in template.strategies]
    yield "sides", list(template.sides)


def _role(role: Role) -> dict[str, Argument]:
    return {"name": role.name, "emoji": role.emoji, "icon": role.icon, "group": role.group, "seats": role.seats}


def _strategy(strategy: Strategy) -> dict[str, Argument]:
    roles = [_role(role) for role in strategy.roles]
    return {"name": strategy.name, "description": strategy.description, "roles": roles}
