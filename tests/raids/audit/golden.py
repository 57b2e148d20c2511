"""Show entries on all their surfaces, and compare with what was shown in the days of English rows.

`golden.json` and `golden_version_09.json` were written by the code of those days. Whoever changes words on
purpose, or adds an example, writes them again with `python -m tests.raids.audit.golden`, and looks at every difference.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from raidbot.commands.raid import views
from raidbot.db import audit, raid_history
from raidbot.db.audit import Feed, RaidReference, Record
from raidbot.db.outbox import Undelivered
from raidbot.db.raid_history import HistoryEntry
from raidbot.delivery.audit_log import entry_format
from raidbot.raids.audit.old_entries import AnyEntry
from raidbot.raids.audit.words import words
from raidbot.raids.model import MemberId, RaidCode, RaidId, Source
from tests.db.next_release_database import migrate
from tests.raids.audit.examples import RAID, examples
from tests.raids.builders import GUILD, MANAGER, NOW

Shown = dict[str, object]
HERE = Path(__file__).parent
DATA = HERE.parent.parent / "data"
ENTRIES, VERSION_09 = HERE / "golden.json", HERE / "golden_version_09.json"
ABOUT = RaidReference(code=RaidCode("ABC234"), name="Core", link="https://discord.com/channels/1/2/3")


def shown_entry(entry: AnyEntry) -> Shown:
    """Return the entry's words, and how the log channels and the panel of /raid show it."""
    said = words(entry)
    record = Record(id=1, at=NOW, actor=MANAGER, source=Source.COMMAND, entry=entry, raid=ABOUT)
    return {
        "words": [said.title, said.before, said.after],
        "member": entry.member,
        **in_channels(record),
        "panel": on_panel(HistoryEntry(NOW, MemberId(MANAGER), entry)),
    }


def in_channels(record: Record) -> Shown:
    embed = entry_format.embed(record)
    said = [embed["title"], embed["color"], embed["description"]]
    return {"embed": said, "line": entry_format.line(record)}


def on_panel(happened: HistoryEntry) -> str:
    embed = views.embed(views.PanelData(RAID, {}, [happened], None, [], Undelivered(), NOW))
    return str(embed.fields[0].value)


def shown_in(connection: sqlite3.Connection) -> Iterator[Shown]:
    """Yield what a database's entries look like in both log channels, and then on the panels of its raids."""
    connection.execute("DELETE FROM audit WHERE action = 'commands.hidden'")  # of the migration's own time
    connection.execute("UPDATE audit SET owed_to_audit = 1, owed_to_live = 1")
    for feed in Feed:
        for record in audit.pending(connection, feed, GUILD, limit=1000):
            yield {"id": record.id} | in_channels(record)
    for (raid,) in connection.execute("SELECT id FROM raids ORDER BY id").fetchall():
        for happened in raid_history.latest(connection, RaidId(raid), limit=1000):
            yield {"raid": raid, "panel": on_panel(happened)}


def entries_now() -> dict[str, Shown]:
    return {name: shown_entry(entry) for name, entry in examples()}


def read(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def write() -> None:
    lines = partial(json.dumps, ensure_ascii=False)
    told = ",\n".join(f"{lines(name)}: {lines(shown)}" for name, shown in entries_now().items())
    ENTRIES.write_text(f"{{\n{told}\n}}\n", encoding="utf-8")
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(DATA / "version-09.db", folder))
        migrate(copy)
        with closing(sqlite3.connect(copy)) as connection:
            old = ",\n".join(map(lines, shown_in(connection)))
    VERSION_09.write_text(f"[\n{old}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    write()
