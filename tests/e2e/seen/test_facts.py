"""Facts that managers and members see: names, seats, experience, messages and the reasons of refusals."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, RoleKey
from raidbot.raids.templates import catalogue as rules
from tests.commands.create.test_create_templates import change
from tests.commands.raid.panel_helpers import code_of, panel_of, panel_option, stored_raid
from tests.conftest import Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count, run_create
from tests.raids.templates.test_catalogue import FISHING, TANK

SEND = "POST /channels/{}/messages"


async def test_a_reminder_that_the_bot_was_away_for_is_written_down(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
    sandbox.advance(timedelta(hours=3, minutes=30))
    async with start() as bot:
        await guild.until(lambda: "Signups closed" in board_text(board))

        rows = await bot.state.db.read(rows_in_words)
        missed = [(row.action.split(" while")[0], row.after) for row in rows if "missed" in row.action]
        assert missed == [("reminder missed", "creator: 1"), ("reminder missed", "participants: 1")]
        assert "eminder missed" in (await panel_of(guild, board)).text()


async def test_the_board_shows_the_creator_s_new_name(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await post_raid(guild)

        await guild.rename_member(guild.owner, "Boss")

        await guild.until(lambda: "by Boss" in board_text(board))


async def test_a_creator_renamed_while_the_bot_was_away_has_the_new_name(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await post_raid(guild)
    await guild.rename_member(guild.owner, "Boss")

    async with start():
        await guild.until(lambda: "by Boss" in board_text(board))


async def test_two_requests_declined_by_leaving_the_server_are_two_messages(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, activity="dungeon-5")
        panel = await panel_of(guild, board)
        for role in ("1. Tank", "2. Healer"):
            await panel.click("Find substitute")
            await panel.select("Which role?", [panel_option(panel, role)])
            await panel.select("Or ask others", [alice])
        await guild.until(lambda: len(alice.dms) == 2)

        await sandbox.remove_member(guild, alice)

        await guild.until(lambda: dm_text(guild.owner).count("can’t make it as a substitute") == 2)


async def test_raids_to_come_and_no_shows_are_no_experience(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    future, absent, tank = (guild.add_member(name) for name in ("future", "absent", "tank"))
    async with start():
        past = await post_raid(guild, activity="dungeon-5")
        await guild.until(lambda: len(past.reactions) == 3)
        emoji = [entry.name for entry in past.reactions.values()][2]
        for member in (absent, tank):
            await member.react(past, emoji)
        await guild.until(lambda: "Absent" in board_text(past) and "Tank" in board_text(past))
        sandbox.advance(timedelta(hours=8))
        await guild.until(lambda: "Signups closed" in board_text(past))
        panel = await panel_of(guild, past)
        await panel.click("Attendance")
        await panel.select("Who did not come?", ["Absent"])
        ahead = await post_raid(guild, activity="dungeon-5", when="in 5 days")
        await future.react(ahead, emoji)
        await guild.until(lambda: "Future" in board_text(ahead))
        board = await post_raid(guild, activity="dungeon-5")
        panel = await panel_of(guild, board)
        await panel.click("Find substitute")
        await panel.select("Which role?", [panel_option(panel, "3. ")])

        shown = json.dumps(panel.components)

        assert "Tank" in shown
        assert "Future" not in shown
        assert "Absent" not in shown


@pytest.mark.parametrize("form", ["`{}`", "“{}”", "({})", "Raid {}", " `{}` "])
async def test_a_code_is_accepted_as_the_bot_prints_it(guild: SandboxGuild, start: Start, form: str) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        board = await post_raid(guild)
        typed = form.format(code_of(board))

        assert "no raid with the code" not in (await guild.owner.slash(channel, "raid", code=typed)).text()
        export = await guild.owner.slash(channel, "raidinfo export", what="raid", code=typed)
        assert export.message is not None
        assert export.message.attachments


async def test_a_right_lost_after_confirming_is_named(guild: SandboxGuild, start: Start, sandbox: Sandbox) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        preview = await run_create(guild)
        held = sandbox.faults.hold(route=SEND, about=channel, calls=1)
        pressed = await preview.click("Confirm")
        await guild.until(lambda: held.met)
        guild.deny(channel, "send_messages")
        held.lift()

        await guild.until(lambda: "so it is cancelled. I lack Send Messages in" in pressed.text())


async def test_a_raid_with_a_dead_emoji_is_put_up_again_with_the_template_s_new_one(
    guild: SandboxGuild, start: Start
) -> None:
    emoji = guild.add_emoji("tank")
    async with start() as bot:
        own = replace(
            FISHING, roles=(replace(TANK, emoji=f"<:tank:{emoji.id}>"), *FISHING.roles[1:]), strategies=(), lengths=()
        )
        await change(bot, guild, rules.add, template=own)
        board = await post_raid(guild, activity=FISHING.key)
        await guild.delete_emoji(emoji)
        panel = await panel_of(guild, board)
        refused = await (await panel.click("Duplicate")).submit(when="in 2 days")
        assert "`/templates edit`" in refused.text()
        edited = replace(own, roles=(replace(own.roles[0], emoji="🐢"), *own.roles[1:]))
        await change(bot, guild, rules.save, template=edited)

        panel = await panel_of(guild, board)
        page = await (await panel.click("Duplicate")).submit(when="in 2 days")
        await page.click("Without anybody")

        await guild.until(lambda: "is posted in" in page.text())
        assert (await stored_raid(bot, 2)).roles[0].emoji == "🐢"


async def test_a_raid_with_a_dead_emoji_whose_template_is_gone_says_what_can_help(
    guild: SandboxGuild, start: Start
) -> None:
    emoji = guild.add_emoji("tank")
    async with start() as bot:
        own = replace(
            FISHING, roles=(replace(TANK, emoji=f"<:tank:{emoji.id}>"), *FISHING.roles[1:]), strategies=(), lengths=()
        )
        await change(bot, guild, rules.add, template=own)
        board = await post_raid(guild, activity=FISHING.key)
        await change(bot, guild, rules.remove, key=own.key)
        await guild.delete_emoji(emoji)
        panel = await panel_of(guild, board)

        refused = await (await panel.click("Duplicate")).submit(when="in 2 days")

        assert "`/templates edit`" not in refused.text()
        assert "`/create`" in refused.text()


async def test_roles_of_one_name_are_listed_once(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        roles = tuple(
            replace(TANK, key=RoleKey(f"mob-{number}"), name="Mob Pulling", emoji=emoji)
            for number, emoji in enumerate("🐉🐲🦎")
        )
        await change(bot, guild, rules.add, template=replace(FISHING, roles=roles, strategies=(), lengths=()))
        board = await post_raid(guild, activity=FISHING.key)

        answer = await guild.owner.slash(
            guild.channel("raid-signups"),
            "raidsignup assign",
            raid=f"`{code_of(board)}`",
            member=alice,
            role="Mob Pulling",
        )

        assert answer.text().count("Mob Pulling") == 1
        assert GuildId(guild.id) == (await stored_raid(bot)).guild


async def test_a_reaction_on_a_cancelled_board_is_taken_off_and_answered(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        await (await panel.click("Cancel raid")).submit()
        await guild.until(lambda: "**Cancelled**" in board_text(board) and not board.reactions)

        await alice.react(board, "✅")

        await guild.until(lambda: "was cancelled" in dm_text(alice))
        await guild.until(lambda: reaction_count(board, "✅") == 0)


async def test_a_reaction_on_a_long_closed_board_is_taken_off_and_answered(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        sandbox.advance(timedelta(hours=4))
        await guild.until(lambda: "Signups closed" in board_text(board) and not board.reactions)
    sandbox.advance(timedelta(days=30))
    async with start():
        await alice.react(board, "✅")

        await guild.until(lambda: "are closed" in dm_text(alice))
        await guild.until(lambda: reaction_count(board, "✅") == 0)
