"""Rows of the audit and of undo steps hold codes and data, and no words."""

import json
import re
import sqlite3
from collections.abc import Iterator

import pytest

from raidbot.db import audit
from raidbot.db.audit import entry_of
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.audit.old_entries import OLD_TEXTS, OldEntry, action_of, action_of_text
from raidbot.raids.audit.words import Words, title, words
from raidbot.raids.model import MemberId, RaidId, Source
from tests.raids.audit.examples import COOK, FISHER, FULL, OTHERS, RAID, RENAMED, REORDERED, TRIP, examples
from tests.raids.audit.golden import ENTRIES, Shown, read, shown_entry
from tests.raids.builders import GUILD, NOW

CODE = re.compile(r"[a-z]+([._-][a-z]+)*")
LEADS = re.compile(r"\d+[dm](,\d+[dm])*")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)?T?(\d\d:\d\d(:\d\d(\+00:00)?)?)?")
"""An instant, a date, a time of day, or both as clocks show them."""
PLAYERS_WROTE = {
    *(role.name for role in (*RAID.roles, *REORDERED.roles, FISHER, COOK)),
    *(text for role in (*REORDERED.roles, FISHER) for text in (role.emoji, role.icon, role.group)),
    *(text for one in (TRIP, FULL, RENAMED) for text in (one.name, one.label, one.emoji, one.description)),
    *(text for one in (*FULL.strategies, *REORDERED.strategies) for text in (one.name, one.description)),
    "Be *there*",
    *(*FULL.sides, "left", "right", RAID.name, RAID.link, "XYZ234"),
    *("New *text* for <@&5>", "Old\ntext " * 30, "New text", "Old text", "Too *late*, three times"),
    *("Frost *Blood*", "Frost", "Blood", "Servers are *down*, <@5>", "https://example.org/a.png"),
}
ELSEWHERE = {
    *("America/New_York", "Asia/Tokyo", "Send Messages", "Embed Links", "Missing *Access*"),
    *("7 (ABCD)", "sides: '5' is no list", "id rec-1", "24 hours"),
    *("Europe/London", "wow-10", "Raid night", "Old *name*", "A *title*", "Alt run", "No consumables"),
}
"""Names of time zones and of Discord's permissions, what Discord said, and what a row holds that cannot be read."""
NEVER_WORDS = {"set aside", "WaitEnded", "ReminderMissed", "AskUndelivered", "DeadlineChanged", "PictureLost", "series"}
NEVER_WORDS |= {name for name in OTHERS if name.startswith(("announce", "mention"))}
"""Examples of actions that no row of before knows."""
NEVER_REWORDED = AuditAction.SIGNUP_TEXT_CHANGED


Columns = tuple[str, MemberId | None, str | None, str | None, str]


def stored(tx: sqlite3.Connection, entry: Entry) -> Columns:
    """Return the entry's columns after it was written."""
    tx.execute("DELETE FROM audit")
    audit.record(tx, [entry], guild=GUILD, raid=RaidId(1), at=NOW, actor=None, source=Source.CLOCK)
    row: Columns = tx.execute("SELECT action, member, before, after, arguments FROM audit").fetchone()
    return row


def texts(value: object) -> Iterator[str]:
    """Yield all texts in an argument, also the names of arguments."""
    match value:
        case str():
            yield value
        case list():
            for element in value:
                yield from texts(element)
        case dict():
            for name, element in value.items():
                yield from texts(name)
                yield from texts(element)


def golden() -> dict[str, Shown]:
    told = read(ENTRIES)
    assert isinstance(told, dict)
    return told


def old_entry(shown: Shown) -> OldEntry:
    match shown:
        case {"words": [str(action), str() | None as before, str() | None as after], "member": int() | None as member}:
            return OldEntry(action, None if member is None else MemberId(member), before, after)
    raise AssertionError(shown)


def test_no_row_holds_words(tx: sqlite3.Connection) -> None:
    found: set[str] = set()
    for _, entry in examples():
        action, _, before, after, arguments = stored(tx, entry)
        assert (before, after) == (None, None)
        assert CODE.fullmatch(action)
        assert isinstance(json.loads(arguments), dict)
        found |= set(texts(json.loads(arguments)))

    unknown = found - PLAYERS_WROTE - ELSEWHERE
    assert [
        text for text in unknown if not (CODE.fullmatch(text) or INSTANT.fullmatch(text) or LEADS.fullmatch(text))
    ] == []


def test_no_argument_is_a_word_of_the_edge(tx: sqlite3.Connection) -> None:
    values = {text for _, entry in examples() for text in texts([*json.loads(stored(tx, entry)[4]).values()])}

    assert values & {"none", "nobody", "waiting", "off", "on", "no place", "nothing", "no", "yes"} == set()
    assert values & set(OLD_TEXTS.values()) <= {"closed", "full", "left"}  # a status, a reason and a side


def test_what_was_written_is_read_and_shown_as_before(tx: sqlite3.Connection) -> None:
    assert {name: shown_entry(entry_of(*stored(tx, entry))) for name, entry in examples()} == golden()


def test_the_same_entry_in_a_row_of_before_is_shown_alike() -> None:
    for name, shown in golden().items():
        old = old_entry(shown)
        never = name.lstrip("0123456789 ") in NEVER_WORDS or old.action == words(Entry(NEVER_REWORDED)).title
        assert never or shown_entry(old) == shown


def test_there_is_an_example_of_every_action() -> None:
    assert {entry.action for _, entry in examples()} == set(AuditAction)


def test_old_texts_stand_for_their_codes() -> None:
    for name, entry in examples():
        if entry.action in OLD_TEXTS:
            assert name.lstrip("0123456789 ") in NEVER_WORDS or action_of(OldEntry(words(entry).title)) is entry.action
    assert {action_of_text(text) for text in OLD_TEXTS.values()} == set(OLD_TEXTS)
    assert action_of_text("something else") is None


@pytest.mark.parametrize("action", AuditAction)
def test_an_entry_without_arguments_has_words(action: AuditAction) -> None:
    assert words(Entry(action)).title
    assert title(action)


def test_an_old_entry_keeps_its_words() -> None:
    assert words(OldEntry("what it was called", None, "then", "now")) == Words("what it was called", "then", "now")


def test_a_row_without_arguments_is_an_old_entry() -> None:
    assert entry_of("joined", None, None, "Tank", None) == OldEntry("joined", None, None, "Tank")


def test_a_code_of_a_newer_version_is_shown_as_it_is() -> None:
    undone = entry_of(AuditAction.UNDONE, None, None, None, '{"action": "raid.merged"}')

    assert words(entry_of("raid.merged", None, None, None, '{"with": "ABC234"}')) == Words("raid.merged")
    assert words(undone) == Words("undone", "raid.merged")
