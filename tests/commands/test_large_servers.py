"""The largest servers: every list can be paged to its end, and Discord accepts every payload."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bench.large import CLOSED_RAIDS, RAIDS, Large, fill, offering_options
from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from discord_sandbox.store import Json
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId
from tests.chaos import rounds
from tests.commands.test_permission_checks import COMMANDS
from tests.conftest import Start

STRING_SELECT = 3
OPEN_RAIDS = rounds(80, RAIDS)


@pytest.fixture
async def large(sandbox: Sandbox, guild: SandboxGuild, database: Path) -> Large:
    """With more raids than a select takes; the boards of all of them are drawn behind a test's back."""
    return await fill(database, guild, sandbox.clock.now, raids=rounds(30, RAIDS))


@pytest.fixture
async def largest(sandbox: Sandbox, guild: SandboxGuild, database: Path) -> Large:
    return await fill(database, guild, sandbox.clock.now, raids=OPEN_RAIDS)


async def text_of_all_pages(answer: PersonResponse, button: str = "Next page") -> list[str]:
    """Press `button` until the last page and return the text of every page."""
    texts = [answer.text()]
    while f"[{button}]" in answer.text():
        await answer.click(button)
        assert "wrong on my side" not in answer.text()
        texts.append(answer.text())
    return texts


def selects(answer: PersonResponse) -> Iterator[Json]:
    for row in answer.components:
        yield from (one for one in row["components"] if one["type"] == STRING_SELECT)


def options(answer: PersonResponse) -> list[str]:
    """Return the option values of the answer's only select."""
    (select,) = selects(answer)
    return [option["value"] for option in select["options"]]


async def open_each(panel: PersonResponse, *buttons: str) -> None:
    """Open each of the panel's pages and forms in turn, and leave pages with `Back`."""
    for button in buttons:
        answer = await panel.click(button)
        assert answer.modal or "[Back]" in panel.text(), (button, panel.text())
        if answer.modal is None:
            await panel.click("Back")


async def options_on_all_pages(panel: PersonResponse) -> list[str]:
    """Return the option values of the panel's first select on all pages."""
    offered = [option["value"] for option in next(selects(panel))["options"]]
    while "[Next page]" in panel.text():
        await panel.click("Next page")
        offered += [option["value"] for option in next(selects(panel))["options"]]
    return offered


def numbered(pages: list[str]) -> set[int]:
    """Return the numbers at the starts of lines."""
    return {int(number) for page in pages for number in re.findall(r"^│ (\d+)\. ", page, re.MULTILINE)}


def drawn(large: Large) -> Iterator[bool]:
    """Yield True for each board the bot has drawn, else False."""
    for channel in large.guild.facts.channels.values():
        boards = [message for message in channel.messages.values() if message.content == "A board"]
        yield from (bool(board.embeds) for board in boards)


async def all_drawn(bot: RaidBot, large: Large) -> None:
    """Wait until every open raid's board is drawn. A slow machine that draws does not answer in time."""
    await large.guild.until(lambda: sum(drawn(large)) == len(bot.state.boards), timeout=60)


@pytest.mark.chaos
async def test_lists_go_to_their_end_and_every_board_is_taken(largest: Large, start: Start) -> None:
    async with start(guild_ready_seconds=0.5) as bot:
        await all_drawn(bot, largest)
        ask = partial(largest.regular.slash, largest.channel)
        listed = await text_of_all_pages(await ask("raidinfo list"))
        mine = await text_of_all_pages(await ask("raidinfo list", mine=True))
        signups = await ask("mysignups")
        own = await text_of_all_pages(signups)
        history = await text_of_all_pages(await ask("raidinfo history"))

        for pages in (listed, mine, own):
            assert numbered(pages) == set(range(1, OPEN_RAIDS + 1))
        assert numbered(history) == set(range(1, CLOSED_RAIDS + 1))
        signups = await ask("mysignups")
        for code in options(signups):
            await signups.select("Leave or change which one?", [code])
            assert "[Leave this raid]" in signups.text()
            await signups.click("All my signups")
        assert sum(drawn(largest)) == len(bot.state.boards) == OPEN_RAIDS


async def test_everything_that_is_asked_is_answered_and_refusals_are_readable(large: Large, start: Start) -> None:
    known = {"CODE": large.full, "CHANNEL": large.channel, "MEMBER": large.regular}
    wrong: list[str] = []
    async with start(guild_ready_seconds=0.5) as bot:
        await all_drawn(bot, large)
        for who in (large.guild.owner, large.stranger):
            for command, (_, given) in COMMANDS.items():
                chosen = {name: known.get(value, value) for name, value in given.items()}
                answer = await who.slash(large.channel, command, **chosen)
                said = answer.text()
                if answer.failed or "wrong on my side" in said or "does not let me" in said:
                    wrong.append(f"{command}: {said[:300]}")

        assert wrong == []
        raid = await bot.state.find(GuildId(large.guild.id), large.full)
        board = large.guild.sandbox.store.message(raid.channel, raid.message or 0)
        assert board is not None

        refused = await large.stranger.use(board, {"type": 2, "custom_id": f"board:join:{raid.roles[0].key}"})
        forbidden = await large.stranger.slash(large.channel, "raid", code=large.full)

        assert "you need the role 000 WWWW" in refused.text()
        assert "You may not" in forbidden.text()
        assert "Manage Server" in forbidden.text()


async def test_every_autocomplete_offers_something(large: Large, start: Start) -> None:
    async with start(guild_ready_seconds=0.5) as bot:
        await all_drawn(bot, large)
        for command, option, given in offering_options(large):
            for typed in ("", "0", "no such thing"):
                offered = await large.guild.owner.autocomplete(
                    large.channel, command, given | {option: typed}, focused=option
                )
                assert offered or typed, (command, option)


async def test_every_page_of_raids_and_of_what_roles_may_do_opens(large: Large, start: Start) -> None:
    async with start(guild_ready_seconds=0.5) as bot:
        await all_drawn(bot, large)
        ask = partial(large.guild.owner.slash, large.channel)
        full, closed = await ask("raid", code=large.full), await ask("raid", code=large.closed)
        await full.click("Roster")
        people = await options_on_all_pages(full)
        await closed.click("Attendance")
        present = await options_on_all_pages(closed)
        subjects = await ask("permissions")
        for subject in options(subjects):
            await subjects.select("What is it about?", [subject])
            assert "…" in subjects.text() or "@000 WWW" in subjects.text()

        assert len(set(people)) == 60
        assert len(set(present)) == 60  # fifty with a seat, and ten who waited

        for code in (large.full, large.closed, large.sided, large.wide):
            panel = await large.guild.owner.slash(large.channel, "raid", code=code)
            for button in ("Change time", "Change length", "Change text", "Leader", "Find substitute", "Duplicate"):
                if f"[{button}]" in panel.text():
                    await panel.click(button)
                    if "[Back]" in panel.text():
                        await panel.click("Back")
                    assert "[Refresh]" in panel.text(), button
            await panel.click("Roster")
            await panel.select("Or choose somebody else", [large.regular])
            assert "[Take off the raid]" in panel.text()
            if "[Put in line]" in panel.text():
                await panel.click("Put in line")
            await panel.click("Back to the roster")


async def test_templates_of_every_size_are_shown_and_opened_for_change(large: Large, start: Start) -> None:
    async with start(guild_ready_seconds=0.5) as bot:
        await all_drawn(bot, large)
        listed = await large.guild.owner.slash(large.channel, "templates list")
        offered = await options_on_all_pages(listed)
        assert {template.key for template in large.templates} < set(offered)
        for template in large.templates[:10]:
            panel = await large.guild.owner.slash(large.channel, "templates edit", template=template.key)
            await open_each(panel, "Words and look", "Lengths", "Sides", "Roles", "Strategies", "Preview")
            await panel.click("Roles")
            if "[Edit as text]" in panel.text():
                await panel.click("Edit as text")
            role = list(selects(panel))[-1]
            await panel.select(role["custom_id"], [role["options"][-1]["value"]])
            assert (await panel.click("Edit")).modal
            await panel.click("Back")
            await panel.click("Back")
            await panel.click("Strategies")
            plan = next(selects(panel))
            await panel.select(plan["custom_id"], [plan["options"][-1]["value"]])
            assert (await panel.click("Edit")).modal
        exported = await large.guild.owner.slash(large.channel, "templates export")
        assert "templates.json" in exported.text()
