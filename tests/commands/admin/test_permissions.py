"""/permissions: grants to roles, and the roles that signing up needs."""

from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.command_input import NotPossible
from discord_sandbox.people import Person, PersonResponse
from raidbot.raids.model import GuildId, Kind
from raidbot.raids.permissions import HIDDEN_COMMANDS, Grants
from tests.conftest import Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.raid_boards import board_text, dm_text, post_raid, run_create

SUBJECT, ACTION, ROLES = "What is it about?", "All of it, or one action?", "Which roles?"


async def opened(guild: SandboxGuild, by: Person | None = None) -> PersonResponse:
    return await (by or guild.owner).slash(guild.channel("raid-signups"), "permissions")


async def test_a_role_granted_a_command_may_use_it_after_a_restart(guild: SandboxGuild, start: Start) -> None:
    organiser = guild.add_role("organiser")
    alice = guild.add_member("alice", roles=[organiser])
    async with start():
        assert "You may not create raids" in (await run_create(guild, alice)).text()
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/create"])
        await panel.select(ROLES, [organiser])
        assert "Who may create raids" in panel.text()
        assert "@organiser" in panel.text()
    async with start() as bot:
        assert await post_raid(guild, alice)
        await panel.select(ROLES, [])

        assert "You need the Manage Server permission." in (await run_create(guild, alice)).text()
        assert (await bot.state.settings(GuildId(guild.id))).grants == Grants()


async def test_whoever_is_granted_a_hidden_command_is_shown_it_on_the_integrations_page(
    sandbox: Sandbox, start: Start
) -> None:
    guild = sandbox.add_guild("Strict")
    channel, keeper = guild.add_channel("raid-signups"), guild.add_role("keeper")
    alice = guild.add_member("alice", roles=[keeper])
    async with start():
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/setchannel"])
        assert "Integrations" not in panel.text()
        await panel.select(ROLES, [keeper])
        assert "Discord hides `/setchannel` from members without Manage Server." in panel.text()
        assert "Server Settings → Integrations → RaidBot" in panel.text()
        with pytest.raises(NotPossible, match="sees no command"):
            await alice.slash(channel, "setchannel show")

        guild.allow_command("setchannel", keeper)

        assert "Raid signups: " in (await alice.slash(channel, "setchannel show")).text()
        needed = {
            command.name: command.payload["default_member_permissions"] for command in sandbox.store.commands.values()
        }
        assert {name for name, rights in needed.items() if rights is not None} == {*HIDDEN_COMMANDS}


async def test_admin_roles_may_do_everything_but_make_admins(guild: SandboxGuild, start: Start) -> None:
    admin, other = guild.add_role("admin"), guild.add_role("other")
    alice = guild.add_member("alice", roles=[admin])
    async with start() as bot:
        await (await opened(guild)).select(ROLES, [admin])
        panel = await opened(guild, alice)

        refused = await panel.select(ROLES, [admin, other])
        assert "Only people with the Manage Server permission" in refused.text()
        await panel.select(SUBJECT, ["/permissions"])
        assert "Only people with" in (await panel.select(ROLES, [other])).text()
        await panel.select(SUBJECT, ["/raid"])
        await panel.select(ACTION, ["Close a raid’s signups"])
        await panel.select(ROLES, [other])

        grants = (await bot.state.settings(GuildId(guild.id))).grants
        assert grants == Grants(frozenset({admin.id}), {"raid.close": frozenset({other.id})})


async def test_nobody_grants_what_they_do_not_hold(guild: SandboxGuild, start: Start) -> None:
    clerk = guild.add_role("clerk")
    alice = guild.add_member("alice", roles=[clerk])
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/permissions"])
        await panel.select(ROLES, [clerk])
        theirs = await opened(guild, alice)
        await theirs.select(SUBJECT, ["/settings"])

        assert "what you do not hold yourself" in (await theirs.select(ROLES, [clerk])).text()
        assert (await bot.state.settings(GuildId(guild.id))).grants.roles == {"permissions": frozenset({clerk.id})}


async def test_a_refused_grant_is_in_the_audit(guild: SandboxGuild, start: Start) -> None:
    clerk = guild.add_role("clerk")
    alice = guild.add_member("alice", roles=[clerk])
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/permissions"])
        await panel.select(ROLES, [clerk])

        refused = await (await opened(guild, alice)).select(ROLES, [clerk])

        assert "Only people with the Manage Server permission" in refused.text()
        rows = await bot.state.db.read(rows_in_words)
        assert [(row.actor, row.action, row.after) for row in rows[1:]] == [
            (alice.id, "grant refused", f"Who may do everything: <@&{clerk.id}>")
        ]


async def test_a_role_taken_away_ends_what_its_panel_can_do(guild: SandboxGuild, start: Start) -> None:
    admin = guild.add_role("admin")
    alice = guild.add_member("alice", roles=[admin])
    async with start():
        await (await opened(guild)).select(ROLES, [admin])
        panel = await opened(guild, alice)
        await guild.take_role(alice, admin)

        assert "You may not decide who may do what here" in (await panel.select(SUBJECT, ["/raid"])).text()


async def test_deleted_roles_are_shown_as_such_and_ignored(guild: SandboxGuild, start: Start) -> None:
    gone, kept = guild.add_role("gone"), guild.add_role("kept")
    alice = guild.add_member("alice", roles=[gone])
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/create"])
        await panel.select(ROLES, [gone, kept])
        await guild.delete_role(gone)
        await guild.until(lambda: bot.get_guild(guild.id).get_role(gone.id) is None)  # type: ignore[union-attr]

        shown = await panel.select(SUBJECT, ["/create"])

        assert f"deleted role {gone.id}" in shown.text().replace("`", "")
        refused = await run_create(guild, alice)
        assert "the role kept." in refused.text()


async def test_a_gate_whose_roles_are_gone_says_what_that_means(guild: SandboxGuild, start: Start) -> None:
    gone = guild.add_role("gone")
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(SUBJECT, ["Signing up: raid"])
        await panel.select(ROLES, [gone])
        await guild.delete_role(gone)
        await guild.until(lambda: bot.get_guild(guild.id).get_role(gone.id) is None)  # type: ignore[union-attr]

        await panel.select(SUBJECT, ["Signing up: raid"])

        assert "Nobody can sign up until you choose another role, or none." in panel.text()
        await panel.select(ROLES, [])
        assert "│ Everybody." in panel.text()


async def test_a_gate_asks_for_a_role_and_raids_gate_counts_for_the_others(guild: SandboxGuild, start: Start) -> None:
    raider = guild.add_role("raider")
    alice, bob = guild.add_member("alice"), guild.add_member("bob", roles=[raider])
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(SUBJECT, ["Signing up: raid"])
        assert "Everybody." in panel.text()
        await panel.select(ROLES, [raider])
        await panel.select(SUBJECT, ["Signing up: museum"])
        assert "As for raids: @raider" in panel.text()
        board = await post_raid(guild)

        await alice.react(board, "✅")
        await bob.react(board, "✅")

        await guild.until(lambda: "you need the role" in dm_text(alice))
        await guild.until(lambda: "Bob" in board_text(board))
        assert (await bot.state.settings(GuildId(guild.id))).signup_roles == {Kind.RAID: frozenset({raider.id})}


async def test_everyone_is_no_role_to_choose_for_everything(guild: SandboxGuild, start: Start) -> None:
    everyone = guild.facts.roles[guild.id]
    async with start() as bot:
        panel = await opened(guild)
        assert "@everyone cannot be chosen" in (await panel.select(ROLES, [everyone])).text()
        panel = await opened(guild)
        await panel.select(SUBJECT, ["Signing up: raid"])
        assert "@everyone cannot be chosen" in (await panel.select(ROLES, [everyone])).text()

        assert (await bot.state.settings(GuildId(guild.id))).grants == Grants()


async def test_a_kind_can_be_open_to_everybody_whatever_raids_ask_for(guild: SandboxGuild, start: Start) -> None:
    raider, alice = guild.add_role("raider"), guild.add_member("alice")
    async with start():
        panel = await opened(guild)
        await panel.select(SUBJECT, ["Signing up: raid"])
        await panel.select(ROLES, [raider])
        await panel.select(SUBJECT, ["Signing up: museum"])
        await panel.select(ROLES, [guild.facts.roles[guild.id]])
        assert "Everybody, whatever raids ask for." in panel.text()
        board = await post_raid(guild)

        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))


async def test_everybody_may_use_a_command_granted_to_everyone(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/create"])
        await panel.select(ROLES, [guild.facts.roles[guild.id]])

        assert "│ @everyone" in panel.text()
        assert "will look like this" in (await run_create(guild, alice)).text()


async def test_a_role_the_bot_does_not_know_changes_nothing(guild: SandboxGuild, start: Start) -> None:
    kept, gone = guild.add_role("kept"), guild.add_role("gone")
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(SUBJECT, ["/create"])
        await panel.select(ROLES, [kept])
        bot.get_guild(guild.id)._remove_role(gone.id)  # type: ignore[union-attr]

        refused = await panel.select(ROLES, [gone])

        assert "One of these roles is gone, or Discord has not told me about it yet." in refused.text()
        grants = (await bot.state.settings(GuildId(guild.id))).grants
        assert grants.of("create") == {kept.id}


async def test_every_grant_is_in_the_audit(guild: SandboxGuild, start: Start, database: Path) -> None:
    role = guild.add_role("organiser")
    async with start() as bot:
        panel = await opened(guild)
        await panel.select(ROLES, [role])
        await panel.select(ROLES, [])

        rows = await bot.state.db.read(rows_in_words)
        assert [(row.actor, row.action, row.before, row.after) for row in rows] == [
            (guild.owner.id, "admin roles changed", None, f"<@&{role.id}>"),
            (guild.owner.id, "admin roles changed", f"<@&{role.id}>", None),
        ]


async def test_every_view_of_a_large_server_is_valid(guild: SandboxGuild, start: Start) -> None:
    many = [guild.add_role(f"{number:03} " + "x" * 96) for number in range(100)]
    async with start():
        panel = await opened(guild)
        for number, command in enumerate(("Everything", "/raid", "/templates", "/create", "Signing up: key boss")):
            await panel.select(SUBJECT, [command])
            await panel.select(ROLES, many[number * 20 : number * 20 + 20])

        assert not (await panel.select(SUBJECT, ["Everything"])).failed
        assert "Who may do everything" in panel.text()
