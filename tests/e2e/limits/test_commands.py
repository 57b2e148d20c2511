"""Commands, panels and forms have limits per member, and whoever is over one reads how long to wait."""

import asyncio
import re
from collections.abc import Sequence

import pytest

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.commands.limits import rates
from raidbot.commands.limits.rates import Rate
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import dm_text, post_raid

TOO_FAST = re.compile(r"That was faster than I can follow\. Try again in (\d+) seconds?\.")


def waits(answers: Sequence[PersonResponse]) -> list[int]:
    """Return the seconds that those who were refused read."""
    return [int(said[1]) for answer in answers if (said := TOO_FAST.search(answer.text()))]


async def slash(guild: SandboxGuild, person: Person, times: int, command: str = "mysignups") -> list[PersonResponse]:
    channel = guild.channel("raid-signups")
    return await asyncio.gather(*(person.slash(channel, command) for _ in range(times)))


async def test_whoever_repeats_a_command_too_fast_reads_how_long_to_wait(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start(command_limits=True):
        answers = await slash(guild, alice, rates.COMMAND.limit + 3)
        refused = [answer for answer in answers if waits([answer])]
        others = [*await slash(guild, alice, 1, "ping"), *await slash(guild, bob, 1)]

        assert len(refused) == 3
        assert all(answer.ephemeral for answer in refused)
        assert all(9 <= wait <= 10 for wait in waits(answers))
        assert waits(others) == []

        with sped_up(20):
            await asyncio.sleep(rates.COMMAND.seconds)
        assert waits(await slash(guild, alice, rates.COMMAND.limit + 1)) != []
        assert len(waits(await slash(guild, alice, 2))) == 2


async def test_managers_may_more(guild: SandboxGuild, start: Start) -> None:
    times = rates.COMMAND.limit * rates.MANAGER_FACTOR
    async with start(command_limits=True):
        assert waits(await slash(guild, guild.owner, times)) == []
        assert len(waits(await slash(guild, guild.owner, 1))) == 1


async def test_many_different_commands_are_too_many_in_the_end(
    guild: SandboxGuild, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "ALL", Rate(5, 10.0))
    alice = guild.add_member("alice")
    async with start(command_limits=True):
        assert waits(await slash(guild, alice, 3)) == []
        assert waits(await slash(guild, alice, 2, "ping")) == []

        assert len(waits(await slash(guild, alice, 1, "raidinfo list"))) == 1


async def test_leafing_through_a_panel_is_never_too_fast_for_a_person(guild: SandboxGuild, start: Start) -> None:
    async with start(command_limits=True):
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        for _ in range(15):
            page = await panel.click("Roster")
            panel = await page.click("Back")
            assert waits([page, panel]) == []


async def test_looking_for_a_word_is_free(guild: SandboxGuild, start: Start) -> None:
    channel, alice = guild.channel("raid-signups"), guild.owner
    async with start(command_limits=True):
        for number in range(rates.ALL.limit * rates.MANAGER_FACTOR + 1):
            await alice.autocomplete(channel, "create", {"activity": f"{number}"}, focused="activity")

        assert waits(await slash(guild, alice, 1)) == []


@pytest.mark.parametrize("typed", ["10 minutes", "1h\nx```y", "1 hour " * 14 + "."])
async def test_what_was_typed_in_a_refused_form_is_given_back(guild: SandboxGuild, start: Start, typed: str) -> None:
    alice = guild.add_member("alice")
    async with start(command_limits=True):
        panel = await alice.slash(guild.channel("raid-signups"), "reminders")
        form = await panel.click("Type my times")
        sent = [await form.submit(typed=typed) for _ in range(rates.FORM.limit + 1)]

        assert waits(sent[:-1]) == []
        last = sent[-1]
        assert waits([last]) != []
        assert "Nothing was saved. This is what you typed" in last.text()
        assert last.ephemeral
        assert last.message is not None
        files = [attachment.content.decode() for attachment in last.message.attachments]
        assert typed in "\n".join([*files, *(embed["description"] for embed in last.embeds)])


async def test_signing_up_has_one_limit_for_reactions_and_buttons(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start(command_limits=True, reaction_limit=2):
        board = await post_raid(guild)
        for _ in range(2):
            await alice.react(board, "✅")
            await guild.until(lambda: alice.id in board.reactors("✅"))
            await alice.unreact(board, "✅")
        await alice.react(board, "✅")

        await guild.until(lambda: "You react faster than I can follow" in dm_text(alice))


async def test_of_mashing_members_nothing_reaches_the_database_and_others_are_answered(
    guild: SandboxGuild, start: Start
) -> None:
    mashers = [guild.add_member(f"masher{number}") for number in range(10)]
    alice, statements = guild.add_member("alice"), list[str]()
    async with start(command_limits=True, heartbeat_seconds=3600.0) as bot:
        panels = [(await slash(guild, masher, 1, "reminders"))[0] for masher in mashers]
        for masher, panel in zip(mashers, panels, strict=True):
            await slash(guild, masher, rates.COMMAND.limit)
            await asyncio.gather(*(panel.click("Type my times") for _ in range(rates.PANEL.limit)))
        await bot.state.wait_for_writes()
        await bot.state.db.read(lambda reader: reader.set_trace_callback(statements.append))
        await bot.state.db.write(lambda tx: tx.set_trace_callback(statements.append))
        statements.clear()

        mashing = asyncio.gather(
            *(slash(guild, masher, 10) for masher in mashers),
            *(asyncio.gather(*(panel.click("Type my times") for _ in range(10))) for panel in panels),
        )
        refused = [answer for answers in await mashing for answer in answers]
        before = list(statements)
        answer = await alice.slash(guild.channel("raid-signups"), "mysignups")

        assert len(waits(refused)) == 200
        assert before == []
        assert statements != []
        assert waits([answer]) == []
