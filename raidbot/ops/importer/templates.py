"""Import the guilds' own templates and their changes to the templates that came with the old bot."""

import sqlite3
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from raidbot.db import templates as rows
from raidbot.ops.importer import columns, legacy_templates
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.legacy_database import LegacyDatabase
from raidbot.ops.importer.legacy_templates import LegacyTemplate
from raidbot.ops.importer.report import Report, RowNotes
from raidbot.ops.importer.role_layouts import LegacyTemplates
from raidbot.ops.importer.rosters import Cells
from raidbot.ops.importer.unmapped_rows import keep, read_json
from raidbot.raids.model import GuildId
from raidbot.raids.templates import catalogue
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, MAX_LABEL_LENGTH, Template
from raidbot.utils.errors import Refusal

FILE = "raid_templates.json"
TABLES = ("custom_templates", "template_overrides")


@dataclass(slots=True)
class CatalogueChanges:
    """Each guild's catalogue before and after the import."""

    tx: sqlite3.Connection
    before: dict[GuildId, Catalogue] = field(default_factory=dict)
    after: dict[GuildId, Catalogue] = field(default_factory=dict)

    def was(self, guild: GuildId) -> Catalogue:
        if guild not in self.before:
            self.before[guild] = self.after[guild] = rows.catalogue(self.tx, guild)
        return self.before[guild]

    def has_changed(self, guild: GuildId, key: str) -> bool:
        """Return True if the guild had its own or a changed template with this key before the import."""
        found = [entry for entry in self.was(guild).entries if entry.key == key]
        return any(entry.is_own or entry.is_changed or not entry.enabled for entry in found)

    def put(self, guild: GuildId, template: Template) -> None:
        """Add or replace a template. Raises Refusal, and then changes nothing."""
        self.was(guild)
        self.after[guild] = catalogue.put(self.after[guild], (template,))

    def save(self) -> None:
        for guild, after in self.after.items():
            rows.save(self.tx, guild, self.before[guild], after)


def known(path: Path | None, report: Report) -> LegacyTemplates:
    """Return the templates of the old bot's file, if one is given. Raises Unusable for any other file."""
    if path is None:
        return LegacyTemplates({}, legacy_templates.SHARED_TEMPLATES)
    listed = _listed(path)
    found: dict[str, LegacyTemplate] = {}
    rows: dict[str, RowNotes] = {}
    order = []
    for number, entry in enumerate(listed):
        notes = report.row(FILE, f"template {number}")
        read = legacy_templates.read(columns.mapping(entry), notes.repair)
        order.append(
            read.slug if read.slug in legacy_templates.SHARED_TEMPLATES else legacy_templates.own_key(read.slug)
        )
        if not read.roles:
            notes.left("it has no roles")
        elif read.slug in found:
            notes.left(f"another one is called like it: {read.slug}")
        else:
            found[read.slug], rows[read.slug] = _with_our_keys(read), notes
    return LegacyTemplates(found, tuple(order), rows)


def _listed(path: Path) -> list[Any]:
    """Return the file's templates: its list under `raids`, or the file itself if it is a list. Raises Unusable."""
    given = read_json(path)
    listed = given.get("raids") if isinstance(given, dict) else given
    if not isinstance(listed, list):
        raise Unusable(f"{path} is no list of templates.")
    return listed


def take(
    source: LegacyDatabase, changes: CatalogueChanges, file: LegacyTemplates, guilds: set[GuildId], report: Report
) -> None:
    """Import the file's templates, then each guild's changes and its own templates."""
    _take_file(changes, file, guilds, report)
    for table, read in (("template_overrides", _override), ("custom_templates", _own)):
        for row in source.rows(table):
            notes = report.row(table, source.name(table, row))
            try:
                guild = columns.snowflake(row.get("guild_id"))
            except Unusable as why:
                notes.left(f"its server {why}")
                continue
            if guild is None:
                notes.left("it names no server")
                continue
            try:
                outcome = read(changes, GuildId(guild), row, file, notes)
            except Unusable as why:
                notes.left(f"its content {why}")
            except Refusal as refusal:
                keep(source, changes.tx, table, row, notes)
                report.note(table, notes.name, f"kept aside: {_on_one_line(refusal)}")
            else:
                notes.taken() if outcome else notes.unchanged()
    changes.save()


def _take_file(changes: CatalogueChanges, file: LegacyTemplates, guilds: set[GuildId], report: Report) -> None:
    for slug, read in file.templates.items():
        key = slug if slug in legacy_templates.SHARED_TEMPLATES else legacy_templates.own_key(slug)
        is_new, refused = False, ""
        for guild in sorted(guilds):
            if changes.has_changed(guild, key):
                continue
            original = legacy_templates.of_builtin(key)
            template = _over(original, read) if original else legacy_templates.template_of(read, key)
            before = changes.after[guild]
            try:
                changes.put(guild, template)
            except Refusal as refusal:
                refused = _on_one_line(refusal)
                report.note(FILE, slug, f"not used by server {guild}: {refused}")
            is_new = is_new or changes.after[guild] != before
        notes = file.rows[slug]
        if refused and not is_new:
            notes.left(refused)
        else:
            notes.taken() if is_new else notes.unchanged()


def _on_one_line(refusal: Refusal) -> str:
    return " ".join(str(refusal).replace("\n- ", " ").split())


def _over(original: Template, read: LegacyTemplate) -> Template:
    """Return the template of this bot with the changes of the old bot's file."""
    made = legacy_templates.template_of(read, original.key)
    return replace(
        original.with_roles(made.roles),
        name=made.name,
        emoji=made.emoji,
        description=made.description,
        colour=made.colour,
        strategies=made.strategies,
    )


def _with_our_keys(read: LegacyTemplate) -> LegacyTemplate:
    """Give roles the keys of this bot's template where position and emoji are the same."""
    ours = legacy_templates.of_builtin(read.slug)
    if ours is None:
        return read
    by_place = dict(enumerate(ours.roles))
    roles = tuple(
        replace(one, role=replace(one.role, key=by_place[n].key))
        if n in by_place and by_place[n].emoji == one.role.emoji
        else one
        for n, one in enumerate(read.roles)
    )
    return replace(read, roles=roles)


def _override(changes: CatalogueChanges, guild: GuildId, row: Cells, file: LegacyTemplates, notes: RowNotes) -> bool:
    key = file.by_id(row.get("template_id"))
    changes.was(guild)
    if key is None or not changes.after[guild].has(key):
        raise Refusal(
            f"it is about {columns.shown(row.get('template_id'))}, which is no template that comes with the bot."
        )
    if changes.has_changed(guild, key):
        return False
    template = changes.after[guild].entry(key).template
    name = columns.line(row.get("name"), MAX_LABEL_LENGTH)
    if name is not None and name != template.name:
        free = _free(changes.after[guild], key, name, notes)
        template = template.renamed(free)
    if emoji := columns.line(row.get("emoji"), 64):
        template = replace(template, emoji=legacy_templates.decoration(emoji, "title", notes.repair) or template.emoji)
    if description := columns.text(row.get("description")):
        template = replace(template, description=description[:MAX_DESCRIPTION_LENGTH])
    if row.get("color"):
        template = replace(template, colour=legacy_templates.colour(row.get("color"), notes.repair))
    disabled = columns.flag(row.get("disabled"), default=False)
    changes.put(guild, template)
    if disabled:
        changes.after[guild] = catalogue.set_enabled(changes.after[guild], key, enabled=False)
    return True


def _own(changes: CatalogueChanges, guild: GuildId, row: Cells, _file: LegacyTemplates, notes: RowNotes) -> bool:
    key = legacy_templates.own_key(columns.line(row.get("id"), MAX_LABEL_LENGTH) or "")
    if changes.was(guild).has(key):
        return False
    given: dict[str, Any] = {name: row.get(name) for name in ("name", "emoji", "description", "color")}
    given["roleGroups"] = columns.parsed(row.get("role_groups"))
    read = legacy_templates.read(given, notes.repair)
    name = _free(changes.after[guild], key, read.name, notes)
    changes.put(guild, replace(legacy_templates.template_of(read, key), name=name))
    return True


def _free(shelf: Catalogue, key: str, name: str, notes: RowNotes) -> str:
    """Return the name, or a similar free one if another template of the guild has it."""
    others = Catalogue(tuple(entry for entry in shelf.entries if entry.key != key))
    free = catalogue.free_name(others, name)
    if free != name:
        notes.repair(f"something else is called “{name}” already, so this is “{free}” now")
    return free
