"""A guild's templates in `State`: committed with their audit, changed one at a time, cached."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from raidbot.raids.audit.template_entries import template_entries
from raidbot.raids.audit.words import Words, words
from raidbot.raids.model import GuildId, Source
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.catalogue import Catalogue, NoSuchTemplate, untouched
from raidbot.raids.templates.model import Template
from raidbot.state import Cause, State
from tests.db.audit.rows_in_words import WordedRow, rows_in_words
from tests.raids.builders import GUILD, MANAGER, NOW
from tests.raids.templates.test_catalogue import FISHING, TANK, WITH_FISHING

BY_MANAGER = Cause(Source.COMMAND, MANAGER)


async def audit_rows(state: State) -> list[WordedRow]:
    return await state.db.read(rows_in_words)


async def test_a_change_is_durable_with_its_audit_and_survives_a_restart(state: State) -> None:
    added = await state.change_templates(GUILD, partial(rules.add, template=FISHING), BY_MANAGER)
    off = await state.change_templates(GUILD, partial(rules.set_enabled, key="polaris", enabled=False), BY_MANAGER)

    assert added == WITH_FISHING
    assert await state.templates(GUILD) == off == rules.set_enabled(added, "polaris", enabled=False)
    assert await State(state.db, lambda: NOW).templates(GUILD) == off
    assert await state.templates(GuildId(GUILD + 1)) == untouched()
    by = (GUILD, None, MANAGER, "command")
    assert await audit_rows(state) == [
        (*by, "template added", None, None, "Fishing Trip"),
        (*by, "template disabled", None, None, "The Cabal's Revenge Raid"),
    ]


async def test_what_changes_nothing_and_what_is_refused_leaves_no_trace(state: State) -> None:
    before = await state.templates(GUILD)

    await state.change_templates(GUILD, partial(rules.set_enabled, key="polaris", enabled=True), BY_MANAGER)
    with pytest.raises(NoSuchTemplate):
        await state.change_templates(GUILD, partial(rules.remove, key="custom-gone"), BY_MANAGER)

    assert await state.templates(GUILD) is before
    assert await audit_rows(state) == []


async def test_two_who_change_one_template_at_once_both_win(state: State) -> None:
    def paint(template: Template) -> Template:
        return replace(template, colour=7)

    def reword(template: Template) -> Template:
        return replace(template, description="North.")

    await asyncio.gather(
        *(
            state.change_templates(GUILD, partial(rules.edit, key="polaris", change=change), BY_MANAGER)
            for change in (paint, reword)
        )
    )

    template = (await state.templates(GUILD)).entry("polaris").template
    assert (template.colour, template.description) == (7, "North.")


async def test_a_change_that_cannot_be_written_changes_nothing(state: State) -> None:
    await state.db.write(
        lambda tx: tx.execute("CREATE TRIGGER no BEFORE INSERT ON audit BEGIN SELECT raise(FAIL, 'no'); END")
    )
    with pytest.raises(Exception, match="no"):
        await state.change_templates(GUILD, partial(rules.add, template=FISHING), BY_MANAGER)

    assert await state.templates(GUILD) == untouched()


def test_new_keys_are_good_for_own_templates(state: State) -> None:
    keys = {state.new_template_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(rules.add(untouched(), replace(FISHING, key=key)) for key in keys)


@pytest.mark.parametrize(
    ("after", "action", "told"),
    [
        (rules.remove(WITH_FISHING, "custom-fishing"), "deleted", ("Fishing Trip", None)),
        (replace(FISHING, name="Hunting"), "name changed", ("Fishing Trip", "Hunting")),
        (replace(FISHING, colour=0xFF), "colour changed", ("Fishing Trip: #123456", "Fishing Trip: #0000FF")),
        (replace(FISHING, label="Fish"), "label changed", ("Fishing Trip: nothing", "Fishing Trip: Fish")),
        (replace(FISHING, lengths=(60,)), "lengths changed", ("Fishing Trip: 1.5 hours", "Fishing Trip: nothing")),
        (
            replace(FISHING, roles=(replace(TANK, seats=3), FISHING.roles[1])),
            "roles changed",
            ("Fishing Trip: Front · 🛡️ Tank (2)", "Fishing Trip: Front · 🛡️ Tank (3)"),
        ),
        (
            replace(FISHING, sides=("Starboard", "Port")),
            "sides changed",
            ("Fishing Trip: Port; Starboard", "Fishing Trip: Starboard; Port"),
        ),
        (
            replace(FISHING, strategies=FISHING.strategies[1:]),
            "strategies changed",
            ("Fishing Trip: calm", "Fishing Trip: nothing"),
        ),
    ],
)
def test_the_audit_says_what_differs(after: Catalogue | Template, action: str, told: tuple[str, str]) -> None:
    changed = rules.save(WITH_FISHING, after) if isinstance(after, Template) else after

    (entry,) = template_entries(WITH_FISHING, changed)

    assert words(entry) == Words(f"template {action}", *told)
