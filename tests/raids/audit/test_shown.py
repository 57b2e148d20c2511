"""Every entry is shown as it was when rows held English, in both log channels and on the panel of /raid."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args

from raidbot.raids import events as ev
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.audit.old_entries import OldEntry
from raidbot.raids.audit.words import words
from tests.db.next_release_database import migrate
from tests.raids.audit.examples import EVENTS
from tests.raids.audit.golden import DATA, ENTRIES, VERSION_09, entries_now, read, shown_in


def test_every_entry_is_shown_as_before() -> None:
    assert entries_now() == read(ENTRIES)


def test_whoever_was_signed_is_present_today() -> None:
    old = OldEntry("attendance marked", None, "signed", "no-show")
    coded = Entry(AuditAction.PRESENCE_MARKED, None, {"before": "no-show", "after": "signed"})

    assert (words(old).before, words(old).after) == ("present", "no-show")
    assert (words(coded).before, words(coded).after) == ("no-show", "present")


def test_there_is_an_example_of_every_event() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(ev.Event))


def test_entries_of_an_old_database_are_shown_as_before(tmp_path: Path) -> None:
    path = Path(shutil.copy(DATA / "version-09.db", tmp_path))
    migrate(path)

    with closing(sqlite3.connect(path)) as connection:
        shown = list(shown_in(connection))

    assert shown == read(VERSION_09)
