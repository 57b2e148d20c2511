"""Text, leader and length on the panel of /raid."""

from discord_sandbox import SandboxGuild
from raidbot.raids.model import Status
from tests.commands.raid.panel_helpers import form_values, panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid


async def test_other_words_stand_on_the_board(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await post_raid(guild, activity="key", teams=1, name="Old Keep")
        panel = await panel_of(guild, board)

        form = await panel.click("Change text")
        assert "[Old Keep]" in form.text()
        await form.submit(title="Silver Key", subject="New Keep", description="Bring **bread**")

        await guild.until(lambda: "Silver Key — New Keep" in board_text(board))
        assert r"Bring \*\*bread\*\*" in board_text(board)
        assert "title changed: Gold Key Boss → Silver Key" in panel.text()


async def test_two_who_change_words_at_once_both_win(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=1, name="Old Keep")
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        first, second = await one.click("Change text"), await other.click("Change text")

        await second.submit(title="Silver Key")
        await first.submit(description="Bring bread")

        raid = await stored_raid(bot)
        assert (raid.title, raid.subject, raid.description) == ("Silver Key", "Old Keep", "Bring bread")
        assert "description changed: Bring bread" in one.text()
        assert "title changed: Silver Key" not in one.text()


async def test_words_nobody_can_see_are_no_title(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, await post_raid(guild))

        await (await panel.click("Change text")).submit(title="\u200b\u3164")

        assert "A raid needs a title." in panel.text()
        assert (await stored_raid(bot)).title == "Museum Signup"


async def test_who_leads_is_starred_told_and_may_use_the_panel(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board)
        await (await panel.click("Leader")).select("Who leads this raid?", [alice])
        await guild.until(lambda: "led by Alice" in board_text(board))
        await guild.until(lambda: "You lead" in dm_text(alice))

        hers = await panel_of(guild, board, by=alice)
        await hers.click("Close signups")
        assert (await stored_raid(bot)).status is Status.CLOSED

        await panel.click("Leader")
        await panel.click("Nobody")
        refused = await hers.click("Reopen signups")
        assert "You may not reopen" in refused.text()
        assert (await stored_raid(bot)).leader is None


async def test_a_bot_leads_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild)
        panel = await panel_of(guild, board)

        await (await panel.click("Leader")).select("Who leads this raid?", [guild.bot.user])

        assert "Bots do not play" in panel.text()
        assert (await stored_raid(bot)).leader is None


async def test_another_length_is_chosen_from_those_of_the_template(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild, activity="lemuria", length="1.5")
        museum = await post_raid(guild)
        panel = await panel_of(guild, board)

        await (await panel.click("Change length")).submit(length="3 hours")

        assert (await stored_raid(bot)).length_minutes == 180
        assert "length changed: 1.5 hours → 3 hours" in panel.text()
        await guild.until(lambda: " · 3 h · " in board_text(board))
        other = await panel_of(guild, museum)
        await (await other.click("Change length")).submit(length="1h15")
        assert (await stored_raid(bot, 2)).length_minutes == 75
        await (await other.click("Change length")).submit(length="long")
        assert "“long” is no length" in other.text()


LONG = "Bring ```bread```, **water** and\n\n`friends`. " * 30


async def test_a_text_that_was_refused_is_kept_as_typed_also_after_a_restart(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, await post_raid(guild, activity="key", teams=1, name="Old Keep"))

        await (await panel.click("Change text")).submit(title="\u200b\u3164", description=LONG)

        assert "A raid needs a title." in panel.text()
        assert "Nothing was saved" in panel.text()
        assert (await stored_raid(bot)).description == ""
    async with start() as bot:
        form = await panel.click("Try again")
        assert form_values(form)["description"].strip() == LONG.strip()
        assert form_values(form)["subject"] == "Old Keep"
        await form.submit(title="Silver Key")

        assert "Board updated." in panel.text()
        raid = await stored_raid(bot)
        assert (raid.title, raid.subject) == ("Silver Key", "Old Keep")
        assert "```bread```" in raid.description


async def test_trying_a_refused_text_again_takes_back_nothing_others_changed(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=1, name="Old Keep")
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        await (await one.click("Change text")).submit(title="\u200b\u3164", description=LONG)
        await (await other.click("Change text")).submit(title="Silver Key", subject="New Keep")

        form = await one.click("Try again")
        assert form_values(form)["subject"] == "New Keep"
        await form.submit(title="Silver Key")

        raid = await stored_raid(bot)
        assert (raid.title, raid.subject, bool(raid.description)) == ("Silver Key", "New Keep", True)


async def test_a_refused_text_can_be_given_up(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await panel_of(guild, await post_raid(guild))
        await (await panel.click("Change text")).submit(title="\u200b\u3164")

        await panel.click("Give up")

        assert "[Change text]" in panel.text()
        assert "Nothing was saved" not in panel.text()


async def test_a_text_for_a_raid_cancelled_meanwhile_can_still_be_copied(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await post_raid(guild)
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        form = await one.click("Change text")
        await (await other.click("Cancel raid")).submit()

        await form.submit(description=LONG)

        assert "was cancelled" in one.text()
        assert "Bring ```bread```" in one.text()
        assert "[Try again]" not in one.text()
