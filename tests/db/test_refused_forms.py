"""Rows of refused forms: whose they are, and when they go."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

from raidbot.db import refused_forms
from raidbot.db.refused_forms import FormKey
from raidbot.raids.model import GuildId, MessageId
from tests.raids.builders import ALICE, BOB, GUILD, NOW

KEY = FormKey(GUILD, ALICE, MessageId(9_001))
OTHERS = (replace(KEY, guild=GuildId(8)), replace(KEY, member=BOB), replace(KEY, panel=MessageId(9_002)))
TYPED = {"title": "Käse 😀", "description": "```\nBring bread.\n```", "subject": ""}
BETTER = {"title": "Brot"}


def test_what_was_typed_is_there_for_its_writer_and_panel_only(tx: sqlite3.Connection) -> None:
    refused_forms.keep(tx, KEY, TYPED, NOW)

    assert refused_forms.load(tx, KEY) == TYPED
    assert [refused_forms.load(tx, other) for other in OTHERS] == [{}, {}, {}]


def test_a_form_refused_again_takes_the_place_of_the_first(tx: sqlite3.Connection) -> None:
    refused_forms.keep(tx, KEY, TYPED, NOW)

    refused_forms.keep(tx, KEY, BETTER, NOW)

    assert refused_forms.load(tx, KEY) == BETTER


def test_an_accepted_form_takes_no_other_with_it(tx: sqlite3.Connection) -> None:
    for key in (KEY, *OTHERS):
        refused_forms.keep(tx, key, TYPED, NOW)

    refused_forms.delete(tx, KEY)

    assert [refused_forms.load(tx, key) for key in (KEY, *OTHERS)] == [{}, TYPED, TYPED, TYPED]


def test_old_forms_are_deleted_in_steps(tx: sqlite3.Connection) -> None:
    before = NOW - timedelta(days=1)
    refused_forms.keep(tx, KEY, TYPED, before)
    for other in OTHERS:
        refused_forms.keep(tx, other, TYPED, before - timedelta(seconds=1))

    assert [refused_forms.prune(tx, before=before, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [refused_forms.load(tx, key) for key in (KEY, *OTHERS)] == [TYPED, {}, {}, {}]
