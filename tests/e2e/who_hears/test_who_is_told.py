"""Everybody who has to hear of a deed hears of it once, and nobody else; waits end with a word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.raids.model import CancelReason, RaidId
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.settings import GuildSettings
from tests.conftest import EITHER_INTENT, Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.e2e.who_hears.evening import DAMAGE, HEALER, TANK, Evening
from tests.raid_boards import board_text, dm_text

pytestmark = EITHER_INTENT


@pytest.fixture
async def evening(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> AsyncIterator[Evening]:
    async with start() as bot:
        yield await Evening.begin(sandbox, guild, bot, database)


async def audit_of(evening: Evening, member: Person) -> list[tuple[str, str | None]]:
    """Return what the audit has about the member: the action, and the value before."""
    rows = await evening.bot.state.db.read(rows_in_words)
    return [(row.action, row.before) for row in rows if row.member == member.id]


async def test_a_wait_that_ends_with_a_seat_elsewhere_is_told_and_written_down(evening: Evening) -> None:
    await evening.will.react(evening.board, DAMAGE)
    await evening.noted()
    await evening.settle()

    assert ("no longer waits", "Tank") in await audit_of(evening, evening.will)
    assert "no longer wait for **Tank**" in evening.will.dms[-1].content


async def test_a_wait_that_a_leader_ends_is_told_and_written_down(evening: Evening) -> None:
    given = await evening.edit("assign", member=evening.will, role="damage")
    await evening.settle()

    assert "**Will** no longer waits for **Tank**" in given.content
    assert ("no longer waits", "Tank") in await audit_of(evening, evening.will)
    assert "no longer wait for **Tank**" in evening.will.dms[-1].content


async def test_who_is_put_in_another_line_hears_which_wait_ended(evening: Evening) -> None:
    await evening.edit("assign", member=evening.mia, role="healer")
    await evening.settle()

    await evening.edit("waitlist", member=evening.will, role="healer")
    await evening.settle()

    assert ("no longer waits", "Tank") in await audit_of(evening, evening.will)
    assert "in line for **Healer**" in evening.will.dms[-1].content
    assert "no longer wait for **Tank**" in evening.will.dms[-1].content


async def test_who_moves_up_hears_which_other_wait_ended(evening: Evening) -> None:
    await evening.edit("assign", member=evening.mia, role="healer")
    await evening.will.react(evening.board, HEALER)
    await evening.guild.until(lambda: len(evening.will.dms) == 2)

    await evening.sam.unreact(evening.board, TANK)
    await evening.guild.until(lambda: "A seat opened" in dm_text(evening.will))

    assert ("no longer waits", "Healer") in await audit_of(evening, evening.will)
    assert "no longer wait for **Healer**" in evening.will.dms[-1].content


@pytest.mark.parametrize("deed", ["time", "cancel", "length"])
async def test_leader_and_creator_off_the_roster_are_told_and_counted(evening: Evening, deed: str) -> None:
    panel = await evening.panel()

    if deed == "time":
        await (await panel.click("Change time")).submit(when="in 8 hours")
        assert "5 people are notified" in panel.text()
    elif deed == "length":
        await (await panel.click("Change length")).submit(length="2 hours")
    else:
        form = await panel.click("Cancel raid")
        assert "5 people will be notified" in form.text()
        await form.submit()
    await evening.settle()

    said = {"time": "has a new time", "length": "changed the length", "cancel": "cancelled"}[deed]
    for name in ("sam", "will", "ash", "lena", "cleo"):
        told = [message.content for message in evening.people[name].dms if said in message.content]
        assert len(told) == 1, name
        assert f"<@{evening.mara.id}>" in told[0]
    assert dm_text(evening.mara) == ""
    assert dm_text(evening.otto) == ""


async def test_messages_name_the_server(evening: Evening) -> None:
    await evening.edit("remove", member=evening.sam)
    await evening.settle()

    assert evening.sam.dms[-1].content.startswith("Ravenwood · ")


async def test_who_is_taken_off_reads_by_whom_and_why(evening: Evening) -> None:
    await evening.edit("remove", member=evening.sam, reason="*Third* time late")
    await evening.settle()

    assert f"<@{evening.mara.id}> took you off" in evening.sam.dms[-1].content
    assert r"“\*Third\* time late”" in evening.sam.dms[-1].content
    rows = await evening.bot.state.db.read(rows_in_words)
    assert [row.after for row in rows if row.action == "removed"] == ["*Third* time late"]


async def test_a_new_length_and_new_texts_are_said_in_the_thread(evening: Evening) -> None:
    panel = await evening.panel()
    await (await panel.click("Change length")).submit(length="2 hours")
    await (await panel.click("Change text")).submit(title="Blackwing Lair", description="Bring cloaks.")
    await panel.click("Undo: title changed")
    await evening.settle()

    said = [message.content for message in evening.thread.messages.values()]
    assert any("New length: 2 hours" in one for one in said)
    assert any("New title: **Blackwing Lair**" in one and "description" in one for one in said)
    assert any("New title: **Molten Core**" in one for one in said)


async def test_a_leader_who_is_replaced_hears_who_leads_now(evening: Evening) -> None:
    panel = await evening.panel()
    await (await panel.click("Leader")).select("Who leads this raid?", [evening.mia])
    await evening.settle()

    assert f"<@{evening.mia.id}> leads it now" in dm_text(evening.lena)
    assert f"<@{evening.mara.id}> chose you" in dm_text(evening.mia)


async def test_who_filled_the_raid_by_a_button_reads_it_in_the_answer(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot:
        evening = await Evening.begin(sandbox, guild, bot, database)
        await evening.edit("assign", member=evening.mia, role="healer")
        await evening.edit("assign", member=evening.otto, role="damage")
        answer = await evening.cleo.slash(guild.channel("raid-signups"), "mysignups")
        code = (await evening.raid()).code
        answer = await evening.edit("assign", member=evening.cleo, role="damage")
        await evening.settle()

    assert "Every seat is taken now" in answer.content
    assert code in dm_text(evening.lena)
    assert "Every seat" in dm_text(evening.lena)
    assert len(evening.cleo.dms) == 1


@pytest.mark.parametrize("seated", ["cleo", "lena"])
async def test_who_is_responsible_and_seated_gets_one_reminder(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, seated: str
) -> None:
    def reminding(settings: GuildSettings) -> GuildSettings:
        return replace(settings, threads=True, leader_leads=(ReminderLead(10),), member_leads=(ReminderLead(10),))

    async with start() as bot:
        evening = await Evening.begin(sandbox, guild, bot, database, rule=reminding)
        await evening.people[seated].react(evening.board, DAMAGE)
        await evening.noted()
        await evening.settle()
        sandbox.advance(timedelta(hours=4, minutes=51))
        await guild.until(lambda: "starts <t:" in dm_text(evening.sam))
        await evening.settle()

    for name in ("sam", "lena", "cleo"):
        assert dm_text(evening.people[name]).count("starts <t:") == 1, name
    assert "Your role: **Damage**" in dm_text(evening.people[seated])
    assert "starts <t:" not in dm_text(evening.will)


async def test_a_copy_that_was_never_posted_tells_nobody_that_it_is_cancelled(
    sandbox: Sandbox, evening: Evening
) -> None:
    panel = await evening.panel()
    page = await (await panel.click("Duplicate")).submit(when="in 2 days")
    outage = sandbox.faults.answer(503, route="POST /channels/{}/messages", about=evening.guild.channel("raid-signups"))
    press = page.click("With its roster (1)")
    await press
    copy = await evening.bot.state.raid(max(await all_raids(evening)))
    cancelling = await evening.mara.slash(evening.guild.channel("raid-signups"), "raid", code=copy.code)
    form = await cancelling.click("Cancel raid")
    assert "Nobody else will be notified" in form.text()
    await form.submit()
    outage.lift()
    await evening.settle()

    assert (await evening.bot.state.raid(copy.id)).cancelled_reason is CancelReason.MANUAL
    assert all("cancelled" not in dm_text(person) for person in evening.people.values())
    assert "Sam" in board_text(evening.board)


async def all_raids(evening: Evening) -> list[RaidId]:
    found = await evening.bot.state.db.read(lambda connection: connection.execute("SELECT id FROM raids").fetchall())
    return [RaidId(number) for (number,) in found]
