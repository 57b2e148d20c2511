"""Posts about every change in the log channels."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Channel, Json
from raidbot.bot import RaidBot
from raidbot.db import audit
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.audit.words import title
from raidbot.raids.model import ChannelId, GuildId, MemberId, Source
from raidbot.raids.templates import catalogue
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


@pytest.fixture
def reports(guild: SandboxGuild) -> Channel:
    return guild.add_channel("reports")


async def choose(
    bot: RaidBot, guild: SandboxGuild, *, audit: Channel | None = None, live: Channel | None = None
) -> None:
    await bot.state.change_settings(
        GuildId(guild.id),
        lambda before: replace(
            before,
            audit_channel=ChannelId(audit.id) if audit else None,
            debug_channel=ChannelId(live.id) if live else None,
        ),
        Cause(Source.COMMAND, MemberId(guild.owner.id)),
    )


async def record_entries(bot: RaidBot, guild: SandboxGuild, *entries: Entry) -> None:
    """Record audit entries of no raid and no actor."""
    await bot.state.db.write(
        lambda tx: audit.record(
            tx, entries, guild=GuildId(guild.id), raid=None, at=bot.state.now(), actor=None, source=Source.CLOCK
        )
    )


def embeds(guild: SandboxGuild, channel: Channel) -> list[Json]:
    return [embed for message in guild.messages(channel) for embed in message.embeds]


def titles(guild: SandboxGuild, channel: Channel) -> list[str]:
    return [embed["title"] for embed in embeds(guild, channel)]


async def test_the_audit_channel_hears_after_two_minutes_who_did_what(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, reports: Channel
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        assert embeds(guild, reports) == []

        sandbox.advance(timedelta(minutes=2, seconds=1))

        await guild.until(lambda: len(embeds(guild, reports)) == 4)
        assert titles(guild, reports) == ["Audit log changed", "Created", "Posted", "Joined"]
        joined = embeds(guild, reports)[3]
        assert joined["color"] == 0x57F287
        assert joined["description"].startswith(
            f"**By:** <@{alice.id}>\n**Raid:** [Museum Signup](https://discord.com/"
        )
        assert "**From:** a reaction" in joined["description"]
        assert len(guild.messages(reports)) == 1


async def test_ten_entries_do_not_wait(guild: SandboxGuild, start: Start, reports: Channel) -> None:
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        deeds = list(AuditAction)[:25]

        await record_entries(bot, guild, *map(Entry, deeds))

        await guild.until(lambda: len(embeds(guild, reports)) == 26)
        assert [len(message.embeds) for message in guild.messages(reports)] == [10, 10, 6]
        assert titles(guild, reports)[1:] == [title(deed).capitalize() for deed in deeds]


async def test_the_live_log_hears_within_seconds(guild: SandboxGuild, start: Start, reports: Channel) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await choose(bot, guild, live=reports)
        board = await post_raid(guild)
        await alice.react(board, "✅")

        await guild.until(lambda: any("Joined" in message.content for message in guild.messages(reports)))

        said = "\n".join(message.content for message in guild.messages(reports))
        assert "📝 **Joined** <t:" in said
        assert f"<@{alice.id}>" in said
        assert said.count("Joined") == 1


async def test_the_live_log_hears_of_templates_without_waiting_for_the_heartbeat(
    guild: SandboxGuild, start: Start, reports: Channel
) -> None:
    async with start(heartbeat_seconds=600) as bot:
        await choose(bot, guild, live=reports)
        await guild.until(lambda: guild.messages(reports))

        await bot.state.change_templates(
            GuildId(guild.id),
            partial(catalogue.set_enabled, key="polaris", enabled=False),
            Cause(Source.COMMAND, MemberId(guild.owner.id)),
        )

        await guild.until(lambda: "Template disabled" in guild.messages(reports)[-1].content)


async def test_what_was_not_told_before_the_end_is_told_after_the_start_and_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, reports: Channel
) -> None:
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        await record_entries(bot, guild, Entry(AuditAction.THREAD_OPENED))
    assert embeds(guild, reports) == []

    sandbox.advance(timedelta(minutes=3))
    async with start():
        await guild.until(lambda: titles(guild, reports) == ["Audit log changed", "Thread opened"])
    sandbox.advance(timedelta(minutes=3))
    async with start() as bot:
        await record_entries(bot, guild, Entry(AuditAction.THREAD_LOST))
        sandbox.advance(timedelta(minutes=3))
        await guild.until(lambda: titles(guild, reports) == ["Audit log changed", "Thread opened", "Thread lost"])


async def test_entries_wait_for_a_channel_that_can_be_written_to(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, reports: Channel
) -> None:
    other = guild.add_channel("other")
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        guild.deny(reports, "send_messages")
        await record_entries(bot, guild, Entry(AuditAction.THREAD_OPENED))
        sandbox.advance(timedelta(minutes=3))
        await bot.delivery.audit_feed.report(bot.state.now())
        assert embeds(guild, reports) == []

        await choose(bot, guild, audit=other)

        await guild.until(lambda: "Thread opened" in titles(guild, other))


async def test_a_server_that_wants_no_log_is_owed_none(
    guild: SandboxGuild, start: Start, reports: Channel, database: Path
) -> None:
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        await choose(bot, guild)
        await record_entries(bot, guild, Entry(AuditAction.THREAD_OPENED))
        await bot.delivery.audit_feed.report(bot.state.now() + timedelta(minutes=3))
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*), sum(owed_to_audit) FROM audit").fetchone() == (3, 0)
    assert embeds(guild, reports) == []


async def test_large_entries_are_dealt_out_over_messages(guild: SandboxGuild, start: Start, reports: Channel) -> None:
    async with start() as bot:
        await choose(bot, guild, audit=reports, live=reports)
        large = Entry(AuditAction.TITLE_CHANGED, None, {"before": "x" * 990, "after": "y" * 990})

        await record_entries(bot, guild, *[large] * 12)

        await guild.until(lambda: len(embeds(guild, reports)) == 14)
