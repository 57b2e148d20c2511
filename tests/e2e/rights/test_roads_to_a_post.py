"""A raid is put up only by whoever may create raids, by whatever road."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

import raidbot
from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import RaidBot
from raidbot.raids.model import RaidId, Status
from tests.commands.raid.panel_helpers import panel_of, press_hidden, stored_raid
from tests.conftest import Start
from tests.e2e.rights.granting import grant
from tests.raid_boards import board_text, post_raid, run_create

MAY_NOT_CREATE = "you may not create raids here"


async def raids_of(bot: RaidBot) -> int:
    """Return the number of raids."""
    return await bot.state.db.read(
        lambda connection: int(connection.execute("SELECT count(*) FROM raids").fetchone()[0])
    )


async def test_create_and_confirm_ask_each_time(guild: SandboxGuild, start: Start) -> None:
    host = guild.add_role("host")
    alice = guild.add_member("alice", roles=[host])
    async with start() as bot:
        await grant(bot, guild, create=host)
        preview = await run_create(guild, alice)
        await guild.take_role(alice, host)

        refused = await preview.click("Confirm")

        assert MAY_NOT_CREATE in refused.text().casefold()
        assert MAY_NOT_CREATE in (await run_create(guild, alice)).text().casefold()
        assert await raids_of(bot) == 0


async def test_who_created_a_raid_once_does_not_duplicate_it_for_ever(guild: SandboxGuild, start: Start) -> None:
    host = guild.add_role("host")
    alice = guild.add_member("alice", roles=[host])
    async with start() as bot:
        await grant(bot, guild, create=host)
        board = await post_raid(guild, alice)
        page = await (await (await panel_of(guild, board, alice)).click("Duplicate")).submit(when="in 2 days")
        form = await (await panel_of(guild, board, alice)).click("Duplicate")
        await guild.take_role(alice, host)

        confirmed = await page.click("Without anybody")
        submitted = await form.submit(when="in 2 days")
        pressed = await press_hidden(guild, board, alice, "ask-copy")

        for answer in (confirmed, submitted, pressed):
            assert MAY_NOT_CREATE in answer.text().casefold()
        assert await raids_of(bot) == 1
        await (await panel_of(guild, board, alice)).click("Close signups")
        assert (await stored_raid(bot)).status is Status.CLOSED


@pytest.mark.parametrize("road", ["leads it", "may duplicate raids", "may do everything with raids"])
async def test_leading_or_duplicating_alone_puts_up_nothing(guild: SandboxGuild, start: Start, road: str) -> None:
    helper, host = guild.add_role("helper"), guild.add_role("host")
    alice = guild.add_member("alice", roles=[helper])
    async with start() as bot:
        board = await post_raid(guild)
        if road == "leads it":
            panel = await panel_of(guild, board)
            await panel.click("Leader")
            await panel.select("Who leads this raid?", [alice])
        alone = {"may duplicate raids": "raid_duplicate", "may do everything with raids": "raid"}.get(road)
        await grant(bot, guild, **({alone: helper} if alone else {}), create=host)

        refused = await press_hidden(guild, board, alice, "ask-copy")

        assert MAY_NOT_CREATE in refused.text().casefold()
        assert await raids_of(bot) == 1
        await guild.give_role(alice, host)
        page = await (await (await panel_of(guild, board, alice)).click("Duplicate")).submit(when="in 2 days")
        await page.click("Without anybody")
        await guild.until(lambda: "is posted in" in page.text())
        assert (await bot.state.raid(RaidId(2))).creator == alice.id


async def test_a_cancelled_raid_is_put_up_again_only_by_whoever_may_create(guild: SandboxGuild, start: Start) -> None:
    host = guild.add_role("host")
    alice = guild.add_member("alice", roles=[host])
    async with start() as bot:
        await grant(bot, guild, create=host)
        board = await post_raid(guild, alice)
        await guild.take_role(alice, host)
        panel = await panel_of(guild, board, alice)
        await (await panel.click("Cancel raid")).submit()

        version = (await stored_raid(bot)).version
        refused = await press_hidden(guild, board, alice, f"undo:{version}")

        assert MAY_NOT_CREATE in refused.text().casefold()
        assert (await stored_raid(bot)).status is Status.CANCELLED
        await guild.give_role(alice, host)
        panel = await panel_of(guild, board, alice)
        await panel.click("Undo: cancelled")
        assert (await stored_raid(bot)).status is Status.OPEN
        await guild.until(lambda: "ancelled" not in board_text(board))


async def test_what_did_not_take_place_after_all_is_undone_without_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    host = guild.add_role("host")
    alice = guild.add_member("alice", roles=[host])
    async with start() as bot:
        await grant(bot, guild, create=host)
        board = await post_raid(guild, alice)
        await guild.take_role(alice, host)
        sandbox.advance(timedelta(hours=6))
        await guild.until(lambda: "the raid has" in board_text(board))
        panel = await panel_of(guild, board, alice)
        await panel.click("Did not take place")

        await panel.click("Undo: did not take place")

        assert not (await stored_raid(bot)).not_held


def test_raids_are_created_in_one_place_which_asks() -> None:
    """A new road has to come by `post`. The clock posts what somebody with the right has set up.

    Whoever has a raid of a series posted early is asked in `raidbot/commands/recurring/trigger.py`; see
    tests/e2e/recurring/test_rights.py.
    """
    package = Path(raidbot.__file__).parent
    places = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "create"
        and ast.unparse(node.func.value).endswith("state")
    ]

    assert sorted(places) == ["commands/posting/post.py", "jobs/series_poster.py"]
