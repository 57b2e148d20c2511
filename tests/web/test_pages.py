"""The pages of a whole bot: what they say, and when."""

from datetime import timedelta

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import RaidBot
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import GuildId
from tests.conftest import Start
from tests.raid_boards import post_raid
from tests.web.serving import pages_of, summed


async def test_the_metrics_are_as_prometheus_reads_them(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot, pages_of(bot) as pages:
        before = await pages.metrics()
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in str(board.embeds))

        edits = summed(before, "raidbot_board_edits_total")
        after = await pages.until(lambda found: summed(found, "raidbot_board_edits_total") > edits)
        async with pages.session.get(f"{pages.url}/metrics") as answer:
            assert answer.headers["Content-Type"] == CONTENT_TYPE_PLAIN_0_0_4

    def grown(name: str, **labels: str) -> float:
        return summed(after, name, **labels) - summed(before, name, **labels)

    assert grown("raidbot_signups_total", change="joined") == 1
    assert grown("raidbot_signups_total") == 1
    assert grown("raidbot_reactions_total", outcome="taken") == 1
    assert grown("raidbot_raid_events_total", event="created") == grown("raidbot_boards_posted_total") == 1
    assert grown("raidbot_interactions_total", kind="command", asked="create") == 1
    assert grown("raidbot_interactions_total", kind="component", asked="create") == 1
    assert grown("raidbot_interaction_answer_seconds_count") == 2
    assert grown("raidbot_interaction_failures_total") == 0
    assert grown("raidbot_board_marks_total") >= 1
    assert summed(after, "raidbot_gateway_shards_connected") == summed(after, "raidbot_gateway_shards") == 1
    assert summed(after, "raidbot_servers") == 1
    assert summed(after, "raidbot_database_bytes", file="main") > 0
    assert summed(after, "raidbot_cache_entries", cache="raid") >= 1
    assert not any(value < before.get(series, 0) for series, value in after.items() if series[0].endswith("_total"))


async def test_what_is_open_is_looked_up_when_somebody_asks(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in str(board.embeds))

    async with start() as bot, pages_of(bot) as pages:
        found = await pages.metrics()
        assert summed(found, "raidbot_raids_open") == 1
        assert summed(found, "raidbot_participants") == 1
        assert summed(found, "raidbot_audit_newest_entry") >= 2

        sandbox.advance(timedelta(hours=4))
        bot.heartbeat.wake()
        await guild.until(lambda: _is_closed(bot))
        bot.watching.facts.look_at_once()

        assert summed(await pages.metrics(), "raidbot_raids_open") == 0


def _is_closed(bot: RaidBot) -> bool:
    return all(
        (raid := bot.state.cached_raid(one)) and raid.status.value == "closed" for one in bot.state.boards.values()
    )


async def test_nobody_who_asks_for_pages_calls_discord(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot, pages_of(bot) as pages:
        await pages.until_ready_but()
        calls = len(sandbox.calls)

        for path in ("/metrics", "/healthz", "/readyz") * 20:
            bot.watching.facts.look_at_once()
            assert (await pages.get(path))[0] == 200

        assert len(sandbox.calls) == calls


async def test_it_is_ready_when_everything_runs(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot, pages_of(bot) as pages:
        assert await pages.until_ready_but() == {}
        assert await pages.get("/healthz") == (200, "ok\n")
        assert await pages.get("/readyz") == (200, '{"ready": true, "reasons": {}}')


async def test_it_is_not_ready_before_it_is_connected_and_its_jobs_ran(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    said: list[dict[str, str]] = []

    async def ask(bot: RaidBot) -> None:
        async with pages_of(bot) as pages:
            said.append(await pages.reasons())
            assert await pages.get("/healthz") == (200, "ok\n")

    async with start(prepare=ask):
        pass

    assert said == [{"gateway": "not connected to Discord yet", "jobs": "not run yet"}]


async def test_a_lost_connection_is_named_until_it_is_back(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot, pages_of(bot) as pages:
        await pages.until_ready_but()
        connections = summed(await pages.metrics(), "raidbot_gateway_connections_total")
        lost = summed(await pages.metrics(), "raidbot_gateway_disconnections_total")

        await sandbox.gateway.drop()

        found = await pages.until(lambda found: summed(found, "raidbot_gateway_connections_total") == connections + 1)
        await pages.until_ready_but()
        assert summed(found, "raidbot_gateway_disconnections_total") == lost + 1


async def test_jobs_that_no_longer_run_are_named(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        overdue: list[float | None] = [0.0]
        async with pages_of(bot, missed_for=lambda: overdue[0]) as pages:
            await pages.until_ready_but()

            overdue[0] = 75.4

            assert await pages.until_ready_but("jobs") == {"jobs": "overdue for 75 seconds"}


async def test_a_message_that_waits_for_long_is_named(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    fault = sandbox.faults.answer(503, route="POST /channels/{}/messages")
    async with start() as bot, pages_of(bot) as pages:
        message = OutboxMessage(
            kind="post",
            target=guild.channel("raid-signups").id,
            payload={"content": "hello"},
            dedupe="a test",
            due_at=bot.state.now(),
            guild=GuildId(guild.id),
        )
        await bot.state.enqueue([message])
        await sandbox.until(lambda: fault.met)
        sandbox.advance(timedelta(minutes=11))
        bot.watching.facts.look_at_once()

        (said,) = (await pages.until_ready_but("outbox")).values()
        assert said.startswith("a message has been waiting for 6")
        assert summed(await pages.metrics(), "raidbot_outbox_oldest_seconds", kind="post") > 600

        fault.lift()
