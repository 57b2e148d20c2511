"""Discussion threads through a raid's life."""

from raidbot.sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.scene import put_up


async def test_a_thread_is_put_away_on_closing_and_taken_out_on_reopening(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        settings = await guild.owner.slash(channel, "settings")
        await settings.click("More settings")
        await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
        board = await put_up(guild)
        (thread,) = await guild.until(lambda: list(guild.facts.threads.values()))
        await guild.until(lambda: thread.messages)
        raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
        panel = await guild.owner.slash(channel, "raid", code=raid.code)

        sandbox.faults.answer(503, route="PATCH /channels/{}", calls=1)
        await panel.click("Close signups")
        await guild.until(lambda: thread.state.archived)

        await panel.click("Reopen signups")
        await guild.until(lambda: not thread.state.archived)


async def test_a_thread_the_bot_may_not_edit_holds_nothing_up(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        settings = await guild.owner.slash(channel, "settings")
        await settings.click("More settings")
        await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
        boards = [await put_up(guild), await put_up(guild)]
        await guild.until(lambda: [bool(thread.messages) for thread in guild.facts.threads.values()] == [True, True])
        threads = [guild.facts.threads[board.id] for board in boards]
        sandbox.faults.answer(403, route="PATCH /channels/{}", calls=1)
        for board in boards:
            raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
            await (await guild.owner.slash(channel, "raid", code=raid.code)).click("Close signups")

        await guild.until(lambda: [thread.state.archived for thread in threads] == [False, True])
