"""/raid: finding the raid, opening its panel, permissions, and forged presses."""

from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import Status
from tests.commands.raid.panel_helpers import code_of, panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid


async def test_the_code_is_offered_with_title_and_time(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        board = await post_raid(guild)
        typed = code_of(board)[:3].lower()

        (offered,) = await guild.owner.autocomplete(channel, "raid", {"code": typed}, focused="code")
        by_title = await guild.owner.autocomplete(channel, "raid", {"code": " museum "}, focused="code")

        assert offered.value == code_of(board)
        assert offered.name.startswith(f"{code_of(board)} — Museum Signup — ")
        assert [choice.value for choice in by_title] == [offered.value]


async def test_a_code_is_trimmed_and_taken_in_lower_case(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await post_raid(guild)

        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=f"  {code_of(board).lower()} ")

        assert "Museum Signup" in panel.text()
        assert "Signups: 🟢 open" in panel.text()
        assert panel.ephemeral


async def test_unknown_codes_and_those_of_other_servers_are_refused(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    channel = elsewhere.add_channel("raid-signups")
    async with start():
        board = await post_raid(guild)

        unknown = await guild.owner.slash(guild.channel("raid-signups"), "raid", code="ZZZZZZ")
        foreign = await guild.owner.slash(channel, "raid", code=code_of(board))
        offered = await guild.owner.autocomplete(channel, "raid", {"code": ""}, focused="code")

        assert "no raid with the code “ZZZZZZ”" in unknown.text()
        assert f"no raid with the code “{code_of(board)}”" in foreign.text()
        assert offered == []


async def test_a_forged_press_reaches_no_raid_of_another_server(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await post_raid(guild)
        panel = await panel_of(elsewhere, await post_raid(elsewhere))
        assert panel.message is not None
        panel.message.components[0]["components"][1]["custom_id"] = f"raid:{(await stored_raid(bot)).code}:close"

        refused = await panel.click("Close signups")

        assert "no raid with the code" in refused.text()
        assert (await stored_raid(bot)).is_open


async def test_members_may_not_and_the_leader_may(guild: SandboxGuild, start: Start) -> None:
    alice, boss = guild.add_member("alice"), guild.add_member("boss", permissions=["manage_guild"])
    async with start():
        board = await post_raid(guild, by=boss)

        refused = await panel_of(guild, board, by=alice)

        assert "Manage Server" in refused.text()
        assert "the raid’s leader or creator" in refused.text()


async def test_rights_are_asked_at_every_press(guild: SandboxGuild, start: Start) -> None:
    lead = guild.add_role("lead", permissions=["manage_guild"])
    boss = guild.add_member("boss", roles=[lead])
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board, by=boss)
        await guild.take_role(boss, lead)

        refused = await panel.click("Close signups")

        assert "You may not close a raid’s signups here" in refused.text()
        assert (await stored_raid(bot)).is_open


async def test_a_raid_long_gone_still_has_a_panel(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        sandbox.advance(timedelta(days=30))
        bot.heartbeat.wake()
        await guild.until(lambda: "Signups closed" in board_text(board))
    async with start():
        panel = await panel_of(guild, board)

        assert "Signups: 🔒 closed" in panel.text()


async def test_nothing_leads_to_a_board_that_was_deleted(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    channel = guild.channel("raid-signups")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        code, gone = code_of(board), f"/{board.id}"
        assert gone in panel.text()

        await sandbox.delete_message(board)
        await guild.until(lambda: "its signup message was deleted" in dm_text(alice))
        await panel.click("Refresh")
        detail = await alice.slash(channel, "raidinfo detail", code=code)
        sandbox.advance(timedelta(hours=4))
        history = await alice.slash(channel, "raidinfo history")

        assert (await stored_raid(bot)).status is Status.CANCELLED
        assert "Museum Signup" in history.text()
        assert not any(gone in shown.text() for shown in (panel, detail, history))


@pytest.mark.parametrize("number", ["9" * 20, "9" * 40, "00019999", "-1", "²"])
async def test_a_forged_number_is_no_bug_and_changes_nothing(guild: SandboxGuild, start: Start, number: str) -> None:
    forged = (
        "leader",
        "who",
        "length",
        "seat:{}",
        "force:1:{}",
        "take-off:{}",
        "sub-ask:1",
        "sub-ask:{}",
        "copy-go:{}:x",
    )
    async with start() as bot:
        panel = await panel_of(guild, await post_raid(guild))
        before = await stored_raid(bot)
        assert panel.message is not None
        for action in forged:
            options = [{"label": "?", "value": number}]
            select = {"type": 3, "custom_id": f"raid:{before.code}:{action.format(number)}", "options": options}

            answer = await guild.owner.use(panel.message, select, [number])

            assert "went wrong" not in answer.text(), action
        assert await stored_raid(bot) == before
