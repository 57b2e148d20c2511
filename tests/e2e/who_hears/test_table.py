"""The table of who hears what is true: each line is tried with the whole bot."""

from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.messages.who_hears import BY_DIRECT_MESSAGE, Hearer
from tests.conftest import Start
from tests.e2e.who_hears.deeds import DEEDS, RULES
from tests.e2e.who_hears.evening import Evening, Heard, quiet_reminders
from tests.e2e.who_hears.table import NOTHING, PEOPLE, PLACES, Row, rows


def heard_since(before: Heard, now: Heard) -> dict[str, str]:
    """Return the cells as they are in fact; an answer is no message."""
    cells = {}
    for name in PEOPLE.values():
        number = now.messages[name] - before.messages[name]
        cells[name] = {0: NOTHING, 1: "message"}.get(number, f"{number} messages")
    notes = now.notes - before.notes
    cells["thread"] = {0: NOTHING, 1: "note"}.get(notes, f"{notes} notes")
    cells["board"] = NOTHING if now.board == before.board else "yes"
    cells["audit"] = NOTHING if now.audit == before.audit else "yes"
    return cells


def test_every_deed_has_its_line() -> None:
    assert [row.deed for row in rows()] == list(DEEDS)


def test_every_group_of_hearers_is_used() -> None:
    assert {group for groups in BY_DIRECT_MESSAGE.values() for group in groups} == set(Hearer)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.deed)
async def test_each_person_and_place_hears_as_the_table_says(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, row: Row
) -> None:
    async with start() as bot:
        rule = RULES.get(row.deed, quiet_reminders)
        evening = await Evening.begin(sandbox, guild, bot, database, rule=rule)
        deed = DEEDS[row.deed](evening)
        await anext(deed)
        await evening.settle()
        before = evening.heard()

        with pytest.raises(StopAsyncIteration):
            await anext(deed)
        await evening.settle()

        expected = {name: NOTHING if cell == "answer" else cell for name, cell in row.cells.items()}
        assert heard_since(before, evening.heard()) == expected
        assert evening.heard().messages["otto"] == before.messages["otto"]
        assert set(expected) == {*PEOPLE.values(), *PLACES}
