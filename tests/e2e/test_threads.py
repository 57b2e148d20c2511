"""Discussion threads through a raid's life."""

from raidbot.sandbox import Sandbox, SandboxGuild
from raidbot.sandbox.store import Channel
from tests.conftest import Start
from tests.scene import put_up


def introduced(thread: Channel) -> bool:
    """A message posted later would take the thread out again."""
    return any("belong here" in message.content for message in thread.messages.values())


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
        await guild.until(lambda: introduced(thread))
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
        await guild.until(lambda: len(guild.facts.threads) == len(boards))
        threads = [guild.facts.threads[board.id] for board in boards]
        await guild.until(lambda: all(map(introduced, threads)))
        sandbox.faults.answer(403, route="PATCH /channels/{}", calls=1)
        for board in boards:
            raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
            await (await guild.owner.slash(channel, "raid", code=raid.code)).click("Close signups")

        await guild.until(lambda: [thread.state.archived for thread in threads] == [False, True])
