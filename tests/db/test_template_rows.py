import json
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from raidbot.db import templates as rows
from raidbot.db.cells import SetAside
from raidbot.raids.model import GuildId
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.catalogue import Catalogue, untouched
from raidbot.raids.templates.model import Template, TemplateRefused
from tests.chaos import rounds
from tests.db.memory_database import memory_database
from tests.raids.builders import GUILD
from tests.raids.templates.any_template import any_template
from tests.raids.templates.test_catalogue import FISHING, WITH_FISHING

ELSEWHERE = GuildId(GUILD + 1)


def save(tx: sqlite3.Connection, after: Catalogue) -> None:
    rows.save(tx, GUILD, rows.catalogue(tx, GUILD), after)


def stored_payloads(tx: sqlite3.Connection) -> dict[str, dict[str, object]]:
    return {key: json.loads(payload) for key, payload in tx.execute("SELECT key, payload FROM templates ORDER BY id")}


def polaris() -> Template:
    return untouched().entry("polaris").template


def test_a_server_never_seen_has_what_comes_with_the_bot(tx: sqlite3.Connection) -> None:
    assert rows.catalogue(tx, GUILD) == untouched()


def test_every_change_survives_and_is_the_server_s_alone(tx: sqlite3.Connection) -> None:
    catalogue = rules.duplicate(WITH_FISHING, "dragonspyre", "custom-copy")
    catalogue = rules.save(catalogue, replace(polaris(), colour=7, lengths=(), sides=("Left", "Right")))
    catalogue = rules.set_enabled(catalogue, "lemuria", enabled=False)
    catalogue = rules.set_enabled(catalogue, "custom-fishing", enabled=False)

    save(tx, catalogue)

    assert rows.catalogue(tx, GUILD) == catalogue
    assert rows.catalogue(tx, ELSEWHERE) == untouched()

    save(tx, untouched())
    assert rows.catalogue(tx, GUILD) == untouched()
    assert stored_payloads(tx) == {}


def test_own_templates_keep_their_order_when_they_are_changed(tx: sqlite3.Connection) -> None:
    catalogue = rules.put(untouched(), [replace(FISHING, key=f"custom-{n}", name=f"Trip {n}") for n in "cab"])
    save(tx, catalogue)
    changed = rules.edit(catalogue, "custom-c", lambda template: template.renamed("Voyage"))
    save(tx, changed)

    assert rows.catalogue(tx, GUILD) == changed
    assert [entry.key for entry in rows.catalogue(tx, GUILD).entries[-3:]] == ["custom-c", "custom-a", "custom-b"]


def test_of_what_comes_with_the_bot_only_the_difference_is_kept(tx: sqlite3.Connection) -> None:
    catalogue = rules.save(untouched(), replace(polaris(), colour=0x123456))
    save(tx, rules.set_enabled(catalogue, "lemuria", enabled=False))

    assert stored_payloads(tx) == {"polaris": {"version": 1, "colour": "#123456"}, "lemuria": {"version": 1}}


def test_strategies_that_only_follow_changed_roles_are_not_kept(tx: sqlite3.Connection) -> None:
    void = untouched().entry("dragonspyre").template
    first, *others = void.roles
    followed = void.with_roles((replace(first, emoji="🏹"), *others))
    save(tx, rules.save(untouched(), followed))

    assert set(stored_payloads(tx)["dragonspyre"]) == {"version", "roles"}
    assert rows.catalogue(tx, GUILD).entry("dragonspyre").template == followed

    left = replace(followed, strategies=void.strategies)
    save(tx, rules.save(untouched(), left))
    assert rows.catalogue(tx, GUILD).entry("dragonspyre").template == left


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=rounds(20, 1000))
@given(any_template(), st.booleans())
def test_whatever_is_accepted_survives_there_and_back(template: Template, own: bool) -> None:
    try:
        catalogue = rules.put(untouched(), [template if own else replace(template, key="dragonspyre")])
    except TemplateRefused:
        assume(False)
        raise
    with memory_database() as tx:
        save(tx, catalogue)

        assert rows.catalogue(tx, GUILD) == catalogue


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "[]",
        "7",
        '{"version": 2, "name": "From the future"}',
        '{"version": 1, "name": 5}',
        '{"version": 1, "smell": "sweet"}',
        '{"version": 1, "roles": []}',
        '{"version": 1, "roles": "none"}',
        '{"version": 1, "name": ""}',
    ],
)
@pytest.mark.parametrize("key", ["polaris", "custom-fishing"])
def test_a_row_that_cannot_be_read_takes_no_other_down_and_is_named(
    tx: sqlite3.Connection, key: str, payload: str
) -> None:
    own = key.startswith("custom-")
    catalogue = rules.add(WITH_FISHING, replace(FISHING, key="custom-other", name="Other"))
    catalogue = rules.edit(catalogue, "polaris", lambda template: replace(template, colour=3))
    catalogue = rules.edit(catalogue, "lemuria", lambda template: replace(template, colour=5))
    save(tx, catalogue)
    tx.execute("UPDATE templates SET payload = ? WHERE key = ?", (payload, key))

    faults: list[SetAside] = []
    read = rows.catalogue(tx, GUILD, faults)

    assert read == (rules.remove(catalogue, key) if own else rules.reset(catalogue, key))
    assert [(fault.table, fault.row) for fault in faults] == [("templates", f"{GUILD} {key}")]
    save(tx, rules.set_enabled(read, "lemuria", enabled=False))
    assert tx.execute("SELECT payload FROM templates WHERE key = ?", (key,)).fetchone() == (payload,)


def test_a_change_to_what_no_longer_comes_with_the_bot_is_left_out(tx: sqlite3.Connection) -> None:
    save(tx, rules.edit(untouched(), "polaris", lambda template: replace(template, colour=3)))
    tx.execute("UPDATE templates SET key = 'gone'")

    assert rows.catalogue(tx, GUILD) == untouched()
