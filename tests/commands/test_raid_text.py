"""Words, leader and length on the panel of /raid."""

from raidbot.raids.model import Status
from raidbot.sandbox import SandboxGuild
from tests.commands.raid_panels import panel_of, the_raid
from tests.conftest import Start
from tests.scene import board_text, put_up, told


async def test_other_words_stand_on_the_board(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await put_up(guild, activity="key", teams=1, name="Old Keep")
        panel = await panel_of(guild, board)

        form = await panel.click("Change text")
        assert "[Old Keep]" in form.text()
        await form.submit(title="Silver Key", subject="New Keep", description="Bring **bread**")

        await guild.until(lambda: "Silver Key — New Keep" in board_text(board))
        assert r"Bring \*\*bread\*\*" in board_text(board)
        assert "title changed: Gold Key Boss → Silver Key" in panel.text()


async def test_two_who_change_words_at_once_both_win(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild, activity="key", teams=1, name="Old Keep")
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        first, second = await one.click("Change text"), await other.click("Change text")

        await second.submit(title="Silver Key")
        await first.submit(description="Bring bread")

        raid = await the_raid(bot)
        assert (raid.title, raid.subject, raid.description) == ("Silver Key", "Old Keep", "Bring bread")
        assert "description changed: Bring bread" in one.text()
        assert "title changed: Silver Key" not in one.text()


async def test_words_nobody_can_see_are_no_title(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild, await put_up(guild))

        await (await panel.click("Change text")).submit(title="\u200b\u3164")

        assert "A raid needs a title." in panel.text()
        assert (await the_raid(bot)).title == "Museum Signup"


async def test_who_leads_is_starred_told_and_may_use_the_panel(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board)
        await (await panel.click("Leader")).select("Who leads this raid?", [alice])
        await guild.until(lambda: "Led by Alice" in board_text(board))
        await guild.until(lambda: "You lead" in told(alice))

        hers = await panel_of(guild, board, by=alice)
        await hers.click("Close signups")
        assert (await the_raid(bot)).status is Status.CLOSED

        await panel.click("Leader")
        await panel.click("Nobody")
        refused = await hers.click("Reopen signups")
        assert "You may not reopen" in refused.text()
        assert (await the_raid(bot)).leader is None


async def test_a_bot_leads_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild)
        panel = await panel_of(guild, board)

        await (await panel.click("Leader")).select("Who leads this raid?", [guild.bot.user])

        assert "Bots do not play" in panel.text()
        assert (await the_raid(bot)).leader is None


async def test_another_length_is_chosen_from_those_of_the_template(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await put_up(guild, activity="lemuria", hours=1.5)
        museum = await put_up(guild)
        panel = await panel_of(guild, board)

        await (await panel.click("Change length")).select("How long does it take?", ["3 hours"])

        assert (await the_raid(bot)).length_minutes == 180
        assert "length changed: 1.5 hours → 3 hours" in panel.text()
        await guild.until(lambda: "3 hours" in board_text(board))
        assert "(Change length)" in (await panel_of(guild, museum)).text()
