"""Import a file of templates into a guild's catalogue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from raidbot.raids.permissions import Permission
from raidbot.raids.templates.catalogue import (
    Catalogue,
    NameTaken,
    emoji_of,
    is_own_key,
    put,
    set_enabled,
    unknown_emoji,
)
from raidbot.raids.templates.file_format import FileEntry, FileRefused
from raidbot.raids.templates.model import Template

NewKey = Callable[[], str]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """Template names of a file by what the import did: added, changed, or left as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


def import_templates(catalogue: Catalogue, filed: tuple[FileEntry, ...], new_key: NewKey) -> Catalogue:
    """Import every template of the file, replacing or adding it; if one is refused, none is imported.

    Raises FileRefused for names that are taken, TemplateRefused, NoSuchTemplate or TooManyTemplates.
    """
    keyed = _keyed(catalogue, filed, new_key)
    try:
        after = put(catalogue, (one.template for one in keyed))
    except NameTaken as taken:
        raise FileRefused(_taken_names(keyed, taken)) from None
    for one in keyed:
        after = set_enabled(after, one.template.key, enabled=one.is_enabled)
    return after


def needed_for(before: Catalogue, after: Catalogue) -> tuple[Permission, ...]:
    """Return the permissions for what an import does: add, change, enable and disable templates."""
    was = {entry.key: entry for entry in before.entries}
    known = [(was[entry.key], entry) for entry in after.entries if entry.key in was]
    done = {
        Permission.TEMPLATES_CREATE: len(known) < len(after.entries),
        Permission.TEMPLATES_EDIT: any(old.template != new.template for old, new in known),
        Permission.TEMPLATES_ENABLE: any(old.enabled != new.enabled for old, new in known),
    }
    return tuple(permission for permission, is_done in done.items() if is_done)


def check_emoji(catalogue: Catalogue, filed: tuple[FileEntry, ...], ids: frozenset[int]) -> None:
    """Raise FileRefused for custom emoji that are neither among the guild's (`ids`) nor already in the template."""
    present = {entry.key: entry for entry in catalogue.entries}
    faults = []
    for number, one in enumerate(filed):
        entry = present.get(one.template.key)
        kept = frozenset(emoji_of(entry.template)) if entry else frozenset()
        unknown = unknown_emoji(one.template, ids, entry.original if entry else None)
        if unknown := tuple(text for text in unknown if text not in kept):
            faults.append(f"templates[{number}]: these emoji are not of this server: {', '.join(unknown)}.")
    if faults:
        raise FileRefused(faults)


def summarise(before: Catalogue, after: Catalogue, filed: tuple[FileEntry, ...]) -> ImportSummary:
    was = {entry.key: entry for entry in before.entries}
    named = {one.template.name for one in filed}
    touched = [entry for entry in after.entries if entry.template.name in named]
    return ImportSummary(
        added=tuple(entry.template.name for entry in touched if entry.key not in was),
        changed=tuple(entry.template.name for entry in touched if entry.key in was and was[entry.key] != entry),
        left=tuple(entry.template.name for entry in touched if was.get(entry.key) == entry),
    )


def _taken_names(keyed: tuple[FileEntry, ...], taken: NameTaken) -> Iterator[str]:
    places = {one.template.key: number for number, one in enumerate(keyed)}
    for key, name in taken.clashes:
        yield f"templates[{places[key]}]: something else on this server is called “{name}” already."


def _keyed(catalogue: Catalogue, filed: tuple[FileEntry, ...], new_key: NewKey) -> tuple[FileEntry, ...]:
    """Give each template the key of the one it replaces, or a key for a new one."""
    return tuple(replace(one, template=replace(one.template, key=key)) for one, key in _keys(catalogue, filed, new_key))


def _keys(catalogue: Catalogue, filed: tuple[FileEntry, ...], new_key: NewKey) -> Iterator[tuple[FileEntry, str]]:
    claimed = {one.template.key for one in filed if catalogue.has(one.template.key)}
    for one in filed:
        key = one.template.key
        if key not in claimed:
            key = _same_name(catalogue, one.template, claimed) or (key if is_own_key(key) else new_key())
            claimed.add(key)
        yield one, key


def _same_name(catalogue: Catalogue, template: Template, claimed: set[str]) -> str | None:
    """Return the key of the guild's own template with this name that no other template in the file replaces."""
    wanted = template.name.casefold()
    own = (entry for entry in catalogue.entries if entry.is_own and entry.key not in claimed)
    return next((entry.key for entry in own if entry.template.name.casefold() == wanted), None)
