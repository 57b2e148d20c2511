"""The checks that ask Discord, over the sandbox."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.permissions import BOT, Permission
from discord_sandbox.store import Overwrite
from raidbot.check import report, servers
from raidbot.check.application import invite_link
from raidbot.check.findings import Finding, Grade, as_json, as_text
from raidbot.cli import main
from raidbot.config import load
from raidbot.raids.model import ChannelId, GuildId, Kind, Source
from raidbot.state import Cause
from raidbot.utils.clock import utc_now
from tests.conftest import Start

LIST_COMMANDS = "/applications/{application_id}/commands"


@pytest.fixture(autouse=True)
def online(sandbox: Sandbox, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the settings to the sandbox and the test's database."""
    monkeypatch.setenv("DISCORD_TOKEN", sandbox.token)
    monkeypatch.setenv("RAIDBOT_DISCORD_API_URL", sandbox.api_url)
    monkeypatch.setenv("RAIDBOT_DATABASE", str(database))


async def found(sandbox: Sandbox) -> dict[str, Finding]:
    """Ask Discord, and return the findings by their names."""
    return {finding.check: finding for finding in await report.online_findings(load(), sandbox.world.clock.now)}


async def test_all_is_well(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        findings = await found(sandbox)

    assert {finding.grade for finding in findings.values()} == {Grade.OK}
    assert "The bot is RaidBot" in findings["token"].sentence
    assert "999 of 1000 session starts are left" in findings["session starts"].sentence
    assert findings["commands"].sentence.endswith("are registered, by this bot.")
    assert "The bot is on 1 server: Ravenwood." in findings["servers"].sentence
    assert invite_link(sandbox.application_id) in findings["invite"].sentence
    for printed in (as_text(list(findings.values())), as_json(list(findings.values()))):
        assert sandbox.token not in printed


async def test_it_only_reads(sandbox: Sandbox, guild: SandboxGuild) -> None:
    await found(sandbox)

    assert {call.method for call in sandbox.calls} == {"GET"}


async def test_a_wrong_token_is_named_and_nothing_else_is_asked(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "wrong.token.here")

    findings = await found(sandbox)

    assert findings["token"].grade is Grade.WRONG
    assert "Discord does not accept the token." in findings["token"].sentence
    assert findings.keys() == {"token", "clock"}
    assert len(sandbox.calls) == 1


async def test_a_discord_that_cannot_be_reached_is_named(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAIDBOT_DISCORD_API_URL", "http://127.0.0.1:9/api/v10")

    findings = await found(sandbox)

    assert findings.keys() == {"reachable"}
    assert findings["reachable"].grade is Grade.WRONG
    assert "Discord does not answer at http://127.0.0.1:9/api/v10: Connect" in findings["reachable"].sentence
    assert "--offline" in findings["reachable"].sentence


@pytest.mark.parametrize("status", [403, 503])
async def test_a_page_of_a_proxy_is_not_taken_for_discord(sandbox: Sandbox, status: int) -> None:
    sandbox.faults.page(status, route="GET /users/@me")

    findings = await found(sandbox)

    assert f": status {status}." in findings["reachable"].sentence


async def test_a_redirect_does_not_take_the_token_along(sandbox: Sandbox) -> None:
    sandbox.faults.page(302, route="GET /users/@me")

    assert (await found(sandbox))["reachable"].grade is Grade.WRONG


async def test_a_page_in_place_of_an_answer_is_not_taken_for_discord(sandbox: Sandbox) -> None:
    sandbox.faults.page(200, "<html>Log in to the hotel</html>", route="GET /users/@me")

    assert "the answer to GET /users/@me is not Discord's" in (await found(sandbox))["reachable"].sentence


async def test_a_short_outage_is_waited_out(sandbox: Sandbox, guild: SandboxGuild) -> None:
    sandbox.faults.answer(503, route="GET /users/@me", calls=1)
    sandbox.faults.answer(429, route="GET /gateway/bot", calls=1)

    findings = await found(sandbox)

    assert findings["token"].grade is findings["session starts"].grade is Grade.OK


async def test_an_outage_in_the_middle_is_named(sandbox: Sandbox, guild: SandboxGuild) -> None:
    sandbox.faults.answer(404, route="GET /gateway/bot")

    findings = await found(sandbox)

    assert findings["reachable"].grade is Grade.WARNING
    assert "Discord stopped answering (status 404)" in findings["reachable"].sentence


async def test_a_clock_that_is_off_is_named(sandbox: Sandbox) -> None:
    findings = await report.online_findings(load(), lambda: utc_now() - timedelta(hours=1))

    (clock,) = [finding for finding in findings if finding.check == "clock"]
    assert clock.grade is Grade.WRONG
    assert "behind Discord's" in clock.sentence


@pytest.mark.parametrize(
    ("wish", "grade", "said"),
    [
        ("on", Grade.WRONG, "Server Members Intent, by which the bot hears who leaves"),
        ("auto", Grade.WARNING, "Without it the bot learns names and roles with each act"),
        ("off", Grade.OK, "Without it the bot learns names and roles with each act"),
    ],
)
async def test_a_missing_members_intent_is_named_with_what_it_means(
    sandbox: Sandbox, guild: SandboxGuild, monkeypatch: pytest.MonkeyPatch, wish: str, grade: Grade, said: str
) -> None:
    monkeypatch.setenv("RAIDBOT_MEMBERS_INTENT", wish)
    sandbox.world.application_flags = 0

    intents = (await found(sandbox))["intents"]

    assert intents.grade is grade
    assert said in intents.sentence


async def test_few_session_starts_are_a_warning(sandbox: Sandbox, guild: SandboxGuild) -> None:
    sandbox.world.start_session()
    sandbox.world.sessions_left = 7

    starts = (await found(sandbox))["session starts"]

    assert starts.grade is Grade.WARNING
    assert "Only 7 of 1000 session starts are left until " in starts.sentence
    assert "another process with this token" in starts.sentence


async def test_a_session_of_another_process_is_named(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, tmp_path: Path
) -> None:
    async with start():
        assert "second process" not in await found(sandbox)
        sandbox.world.start_session()

        second = (await found(sandbox))["second process"]

    assert second.grade is Grade.WARNING
    assert "Another process has started a session with this token" in second.sentence


async def test_a_session_of_another_process_that_the_bot_noticed_itself_is_remembered_for_a_day(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start():
        pass
    sandbox.world.start_session()
    async with start():  # looks at its start
        second = (await found(sandbox))["second process"]
    sandbox.advance(timedelta(days=1))

    assert second.sentence.startswith("Another process used this token: seen ")
    assert "second process" not in await found(sandbox)


async def test_commands_of_another_program_are_named(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        next(iter(sandbox.store.commands.values())).version += 1

        commands = (await found(sandbox))["commands"]

    assert commands.grade is Grade.WARNING
    assert "Another program with this token has replaced the commands" in commands.sentence


async def test_before_the_first_start_commands_are_of_another_program(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No commands are registered yet" in (await found(sandbox))["commands"].sentence
    async with start():
        pass
    monkeypatch.setenv("RAIDBOT_DATABASE", str(tmp_path / "new.db"))

    commands = (await found(sandbox))["commands"]

    assert commands.grade is Grade.WARNING
    assert "of another program or another database are registered (/" in commands.sentence


async def test_missing_permissions_are_named_per_server(sandbox: Sandbox, guild: SandboxGuild) -> None:
    lacking = BOT & ~(Permission.MANAGE_MESSAGES | Permission.EMBED_LINKS)
    poor = sandbox.add_guild("Poor Place", bot_permissions=int(lacking))
    everyone = sandbox.store.guilds[poor.id].roles[poor.id]
    everyone.permissions = int(Permission(everyone.permissions) & ~Permission.EMBED_LINKS)

    permissions = (await found(sandbox))["permissions"]

    assert permissions.grade is Grade.WARNING
    assert f"On Poor Place (id {poor.id}) the bot's roles lack Embed Links and Manage Messages." in permissions.sentence
    assert "Ravenwood" not in permissions.sentence


async def choose(start: Start, guild: SandboxGuild, **channels: int) -> None:
    """Choose channels in the settings of a server, as /setchannel does."""
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id),
            lambda before: replace(
                before,
                channels={Kind.RAID: ChannelId(channels["raid"])},
                audit_channel=ChannelId(channels["audit"]),
            ),
            Cause(Source.COMMAND),
        )


async def test_missing_permissions_are_named_per_chosen_channel(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    signups, log = guild.add_channel("fights"), guild.add_channel("log")
    await choose(start, guild, raid=signups.id, audit=log.id)
    assert (await found(sandbox))["permissions"].grade is Grade.OK
    guild.deny(signups, "manage_messages", "add_reactions")
    guild.deny(log, "view_channel")

    lacking = [one.sentence for one in await report.online_findings(load(), utc_now) if one.check == "channels"]

    assert lacking == [
        f"On Ravenwood the bot lacks {what}. Give it to the bot's role there."
        for what in (
            "Manage Messages and Add Reactions in #fights (raid signups)",
            "View Channel, Send Messages and Embed Links in #log (audit log)",
        )
    ]


async def test_what_a_channel_gives_the_bot_counts(sandbox: Sandbox, start: Start) -> None:
    poor = sandbox.add_guild("Poor Place", bot_permissions=int(Permission.VIEW_CHANNEL))
    signups = poor.add_channel("fights")
    await choose(start, poor, raid=signups.id, audit=signups.id)
    assert "the bot lacks Manage Messages in #fights" in (await found(sandbox))["channels"].sentence
    member = sandbox.store.guilds[poor.id].members[sandbox.bot.id]
    channel = sandbox.store.channels[signups.id]
    channel.overwrites[member.roles[0]] = Overwrite(id=member.roles[0], kind=0, allow=int(Permission.MANAGE_MESSAGES))

    findings = await found(sandbox)

    assert findings["permissions"].grade is Grade.OK
    assert "channels" not in findings


async def test_a_chosen_channel_that_is_gone_is_named(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    log = guild.add_channel("log")
    await choose(start, guild, raid=123456789012345678, audit=log.id)

    sentence = (await found(sandbox))["channels"].sentence

    assert sentence.startswith("On Ravenwood the chosen channel is gone (raid signups).")


async def test_an_administrator_lacks_nothing(sandbox: Sandbox) -> None:
    owner = sandbox.add_guild("Trusting", bot_permissions=int(Permission.ADMINISTRATOR))
    sandbox.store.guilds[owner.id].roles[owner.id].permissions = 0

    assert (await found(sandbox))["permissions"].grade is Grade.OK


async def test_without_a_server_it_says_how_to_invite_the_bot(sandbox: Sandbox) -> None:
    findings = await found(sandbox)

    assert findings["servers"].grade is Grade.WARNING
    assert "The bot is on no server yet." in findings["servers"].sentence
    assert "permissions" not in findings


async def test_allowed_servers_without_the_bot_are_named(
    sandbox: Sandbox, guild: SandboxGuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.add_guild("Elsewhere", bot_permissions=0)
    monkeypatch.setenv("RAIDBOT_ALLOWED_GUILDS", f"{guild.id},123456789012345678")

    findings = await found(sandbox)

    assert "It works on 1 of them" in findings["servers"].sentence
    assert "RAIDBOT_ALLOWED_GUILDS names 123456789012345678" in findings["allowed servers"].sentence
    assert findings["permissions"].grade is Grade.OK


async def test_all_pages_of_servers_are_read(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "PAGE", 3)
    for number in range(7):
        sandbox.add_guild(f"Server {number}")

    assert "The bot is on 7 servers: Server 0, " in (await found(sandbox))["servers"].sentence


def test_the_command_line_asks_discord_unless_told_otherwise(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAIDBOT_DISCORD_API_URL", "http://127.0.0.1:9/api/v10")

    assert main(["check"]) == 1
    assert "Discord does not answer" in capsys.readouterr().out
    assert main(["check", "--offline"]) == 0
    assert "Discord was not asked" in capsys.readouterr().out
