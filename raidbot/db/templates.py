"""Guild templates as rows: the difference for built-in templates, the whole for a guild's own."""

import json
import sqlite3
from dataclasses import replace
from typing import Any

from raidbot.db import cells, guilds
from raidbot.db.cells import SetAside
from raidbot.raids.model import GuildId
from raidbot.raids.templates.catalogue import Catalogue, Entry, untouched
from raidbot.raids.templates.model import Template, accept
from raidbot.raids.templates.serialization import from_json, to_json
from raidbot.utils.errors import Refusal

VERSION = 1
"""The version of the format of `payload`; increase it when the format changes."""


class UnreadableTemplate(Refusal):
    """This version of the bot cannot read the row."""


def catalogue(connection: sqlite3.Connection, guild: GuildId, faults: list[SetAside] | None = None) -> Catalogue:
    """Return the guild's templates.

    A row that this version cannot read is added to `faults` and skipped; for a built-in template its `enabled` still
    counts.
    """
    rows = connection.execute(
        "SELECT key, own, enabled, payload FROM templates WHERE guild = ? ORDER BY id", (guild,)
    ).fetchall()
    chosen = connection.execute("SELECT games_chosen FROM guilds WHERE id = ?", (guild,)).fetchone()
    games_chosen = chosen is not None and chosen[0] == 1
    if not rows:
        return replace(untouched(), games_chosen=games_chosen)
    faults = [] if faults is None else faults
    originals = {entry.key: entry for entry in untouched().entries}
    changed: dict[str, Entry] = {}
    for key, own, enabled, payload in rows:
        original = None if own else originals.get(key)
        try:
            changed[key] = _entry(original, bool(own), bool(enabled), cells.from_json(payload))
        except (Refusal, ValueError) as why:
            faults.append(SetAside(table="templates", row=f"{guild} {key}", why=str(why), guild=guild))
            if original is not None:
                changed[key] = replace(original, enabled=bool(enabled))
    entries = [changed.pop(key, entry) for key, entry in originals.items()]
    return Catalogue((*entries, *changed.values()), games_chosen)


def save(tx: sqlite3.Connection, guild: GuildId, before: Catalogue, after: Catalogue) -> None:
    """Write the rows that differ."""
    was = {entry.key: entry for entry in before.entries}
    as_shipped = {entry.key: entry for entry in untouched().entries}
    for entry in after.entries:
        if was.pop(entry.key, None) == entry:
            continue
        if entry == as_shipped.get(entry.key):
            _delete(tx, guild, entry.key)
        else:
            _put(tx, guild, entry)
    for key in was:
        _delete(tx, guild, key)
    if after.games_chosen != before.games_chosen:
        settings = guilds.settings(tx, guild)
        guilds.save_settings(tx, settings, settings.with_fields({"games_chosen": after.games_chosen}))


def _put(tx: sqlite3.Connection, guild: GuildId, entry: Entry) -> None:
    payload = json.dumps({"version": VERSION} | _payload(entry), ensure_ascii=False)
    tx.execute(
        "INSERT INTO templates (guild, key, own, enabled, payload) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (guild, key) DO UPDATE SET enabled = excluded.enabled, payload = excluded.payload",
        (guild, entry.key, entry.is_own, entry.enabled, payload),
    )


def _delete(tx: sqlite3.Connection, guild: GuildId, key: str) -> None:
    tx.execute("DELETE FROM templates WHERE guild = ? AND key = ?", (guild, key))


def _payload(entry: Entry) -> dict[str, Any]:
    """Return the fields to store: all of an own template, those of a built-in one that differ from the original.

    Strategies follow the roles, so they differ only if they were edited themselves.
    """
    whole = to_json(entry.template)
    if entry.original is None:
        return whole
    expected = to_json(entry.original.with_roles(entry.template.roles)) | {"roles": to_json(entry.original)["roles"]}
    return {name: value for name, value in whole.items() if value != expected[name]}


def _entry(original: Entry | None, own: bool, enabled: bool, payload: Any) -> Entry:
    """Return the entry of a row. Raises Refusal if it cannot be read."""
    if not isinstance(payload, dict) or payload.get("version") != VERSION:
        raise UnreadableTemplate("it is of another version")
    given = {name: value for name, value in payload.items() if name != "version"}
    if own:
        return Entry(template=accept(from_json(given)), enabled=enabled)
    if original is None or original.original is None:
        raise UnreadableTemplate("no such template comes with the bot")
    template = accept(_changed(original.original, given)) if given else original.original
    return Entry(template=template, original=original.original, enabled=enabled)


def _changed(original: Template, given: dict[str, Any]) -> Template:
    base = original
    if "roles" in given:
        base = original.with_roles(from_json(to_json(original) | {"roles": given["roles"]}).roles)
    return from_json(to_json(base) | given)
