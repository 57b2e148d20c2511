"""Permissions of every command, subcommand and panel action, tested for every kind of member.

A new command or panel fails here until it has a line in COMMANDS or PRESSES.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from discord import AppCommandType, app_commands

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.command_input import NotPossible
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from discord_sandbox.store import Role as ServerRole
from raidbot.bot import RaidBot
from raidbot.commands.ui.router import Router
from raidbot.raids.model import GuildId, MemberId, Raid, Source
from raidbot.raids.notifications import REPLY
from raidbot.raids.permissions import Grants, Permission, commands
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.chaos import cases
from tests.commands.permission_tables import ALSO, COMMANDS, MENUS, PRESSES, SUBJECT_SEGMENTS
from tests.conftest import Start
from tests.e2e.recurring.series_steps import create_series, only_series
from tests.raid_boards import board_text, post_raid


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A command or a panel action; any of `permissions` is enough."""

    name: str
    permissions: tuple[Permission, ...]
    options: dict[str, Any] | None = None
    also: Permission | None = None
    is_menu: bool = False

    @property
    def is_about_a_raid(self) -> bool:
        return self.is_menu or self.name.split(" ")[0] == "raid" or self.name.startswith(("raid:", "announce:raid-"))

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for entry points of a kind: in the suite everybody tries the first, and four try the others."""
        return self.name.split(":")[0], self.permissions, self.also


def entry_points() -> Iterator[EntryPoint]:
    for command, (permissions, options) in COMMANDS.items():
        yield EntryPoint(command, permissions, options, ALSO[""].get(command))
    for command, permissions in MENUS.items():
        yield EntryPoint(command, permissions, is_menu=True)
    for panel, actions in PRESSES.items():
        for action, permissions in actions.items():
            address = ":".join(filter(None, (panel, SUBJECT_SEGMENTS.get(panel), action)))
            yield EntryPoint(address, permissions, also=ALSO.get(panel, {}).get(action))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A guild with a raid, a spare board to press any component on, and the bot."""

    guild: SandboxGuild
    bot: RaidBot
    raid: Raid
    spare: Message
    series: str

    async def ask(self, person: Person, way: EntryPoint, *, on: Message | None = None) -> PersonResponse:
        """Use the command, or press the panel's component."""
        message = on or self.spare
        if way.is_menu:
            board = self.guild.sandbox.world.store.message(message.channel_id, self.raid.message or 0)
            assert board is not None
            return await person.context(board, way.name)
        if way.options is None:
            made_up = way.name.replace("CODE", self.raid.code).replace("DRAFT", "1").replace("SERIES", self.series)
            return await person.use(message, {"type": 2, "custom_id": made_up})
        known = {"CODE": self.raid.code, "SERIES": self.series, "CHANNEL": message.channel_id, "MEMBER": person}
        return await person.slash(
            message.channel_id, way.name, **{name: known.get(value, value) for name, value in way.options.items()}
        )

    async def grant(self, roles: "Roles", way: EntryPoint) -> None:
        """Grant the command to one role, the action to another and every other command to a third.

        What the entry point needs besides is granted to a fourth only, and not with the third's commands.
        """
        needed = way.permissions[0]
        others = {command: frozenset({roles.other.id}) for command in commands() if command != needed.command}
        if way.also is not None:
            others[way.also.command] = frozenset()
            others[way.also.value] = frozenset({roles.also.id})
        granted = {needed.command: frozenset({roles.command.id})}
        if needed.value != needed.command:
            granted[needed.value] = frozenset({roles.action.id})
        grants = Grants(frozenset({roles.admin.id}), others | granted)
        rule = partial(_granting, grants)
        await self.bot.state.change_settings(GuildId(self.guild.id), rule, Cause(Source.COMMAND))


def _granting(grants: Grants, settings: GuildSettings) -> GuildSettings:
    return replace(settings, grants=grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    admin: ServerRole
    command: ServerRole
    action: ServerRole
    other: ServerRole
    also: ServerRole


async def set_scene(guild: SandboxGuild, bot: RaidBot, creator: Person, leader: Person) -> Scene:
    spare = await post_raid(guild)
    board = await post_raid(guild)
    raid = await bot.state.raid(bot.state.boards[board.id])  # type: ignore[index]
    led = replace(raid, creator=MemberId(creator.id), leader=MemberId(leader.id))
    await bot.state.db.write(
        lambda tx: tx.execute(
            "UPDATE raids SET creator = ?, leader = ? WHERE id = ?", (led.creator, led.leader, led.id)
        )
    )
    bot.state._raids.store(led.id, led)
    await create_series(guild, start="1 february")
    return Scene(guild=guild, bot=bot, raid=led, spare=spare, series=(await only_series(bot, guild)).code)


@pytest.mark.chaos
async def test_everybody_may_what_they_may_and_nothing_else(guild: SandboxGuild, start: Start) -> None:
    roles = Roles(**{name: guild.add_role(name) for name in ("admin", "command", "action", "other", "also")})
    person = guild.add_member
    leader, creator, revoked = person("leader"), person("creator"), person("revoked", roles=[roles.admin])
    manager = person("manager", permissions=["manage_guild"])
    always = (guild.owner, manager, person("admin", roles=[roles.admin]))
    by_role = person("commander", roles=[roles.command])
    by_action = person("actor", roles=[roles.action])
    by_both = person("both", roles=[roles.command, roles.also])
    by_other_half = person("besides", roles=[roles.also])
    never = (person("member"), person("other", roles=[roles.other]), revoked)
    telling = (by_both, by_role, creator, never[0])
    kinds = set()
    wrong: list[str] = []
    async with start() as bot:
        scene = await set_scene(guild, bot, creator, leader)
        await scene.grant(roles, EntryPoint("settings", (Permission.SETTINGS,)))
        assert "Settings of" in (await revoked.slash(scene.spare.channel_id, "settings")).text()
        await guild.take_role(revoked, roles.admin)
        for way in entry_points():
            single = any(permission.value != permission.command for permission in way.permissions)
            alone = way.also is None
            expected = {
                **dict.fromkeys((*always, by_both), True),
                by_role: alone,
                by_action: (single and alone) or not way.permissions,
                **dict.fromkeys((leader, creator), (way.is_about_a_raid and alone) or not way.permissions),
                **dict.fromkeys(never, not way.permissions),
                by_other_half: not way.permissions,
            }
            tried = cases(tuple(expected), short=telling if way.kind in kinds else tuple(expected))
            kinds.add(way.kind)
            for who in tried:
                may = expected[who]
                if way.permissions:
                    await scene.grant(roles, way)
                answer = await scene.ask(who, way)
                said = answer.text()
                refused = "You may not" in said and "Manage Server" in said
                if answer.failed or refused == may or "went wrong" in said:
                    wrong.append(f"{way.name} by {who.name}: {said[:200]}")

    assert wrong == []


async def test_every_command_and_panel_is_in_the_tables(start: Start) -> None:
    async with start() as bot:
        leaves = {
            command.qualified_name
            for command in bot.tree.walk_commands()
            if not isinstance(command, app_commands.Group)
        }
        router = bot.get_cog("Router")

        assert isinstance(router, Router)
        assert leaves == COMMANDS.keys()
        assert {menu.name for menu in bot.tree.get_commands(type=AppCommandType.message)} == MENUS.keys()
        assert router.panels.keys() - {REPLY} == PRESSES.keys()  # DM replies need no permission


async def test_nothing_of_another_server_is_within_reach(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    elsewhere = sandbox.add_guild("Elsewhere")
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        scene = await set_scene(guild, bot, guild.owner, guild.owner)
        await guild.owner.slash(scene.spare.channel_id, "create", activity="museum", when="in 2 hours")
        spare = await post_raid(elsewhere)
        await bot.heartbeat.tick(bot.state.now())  # notes when each has its next announcement
        before = await bot.state.raid(scene.raid.id)
        written = await _written(bot, guild)
        for way in entry_points():
            if not any(one in f"{way.name}{way.options}" for one in ("CODE", "SERIES", "DRAFT")):
                continue
            for number in range(1, 5) if "DRAFT" in way.name else (0,):
                asked = replace(way, name=way.name.replace("DRAFT", str(number)))
                said = (await scene.ask(elsewhere.owner, asked, on=spare)).text()

                assert any(sentence in said for sentence in OUT_OF_REACH), asked
        assert await bot.state.raid(scene.raid.id) == before
        assert await _written(bot, guild) == written


OUT_OF_REACH = (
    "has no raid with the code",
    "no longer there",
    "created already",
    "No series",
    "This series was deleted",
    "This draft is gone",
    "from an older version",
)


_SERIES = "code, name, schedule, rotation, channel, leader, mention, roster, old_boards, failures, trouble FROM series"


async def _written(bot: RaidBot, guild: SandboxGuild) -> list[Any]:
    """Return all rows of the guild's raids, drafts, audit, outbox and series, but when the clock looks at a series."""
    told = (*(f"* FROM {table}" for table in ("raids", "drafts", "audit", "outbox")), _SERIES)
    queries = [f"SELECT {what} WHERE guild = ? ORDER BY id" for what in told]
    return await bot.state.db.read(lambda read: [read.execute(query, (guild.id,)).fetchall() for query in queries])


async def test_a_server_no_longer_allowed_is_left_alone(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
    async with start(allowed_guilds=frozenset({1})) as bot:
        await alice.react(board, "✅")
        for refused in (
            await alice.slash(board.channel_id, "ping"),
            await guild.owner.use(board, {"type": 2, "custom_id": "settings:page:1"}),
        ):
            assert "do not work on this server" in refused.text()
        with pytest.raises(NotPossible, match="Loading options failed"):
            await guild.owner.autocomplete(board.channel_id, "create", {"activity": "m"}, focused="activity")
        assert (await bot.state.raid(bot.state.boards[board.id])).seats == ()  # type: ignore[index]
    async with start():
        await guild.until(lambda: "Alice" in board_text(board))


async def test_what_happens_on_a_server_not_allowed_is_found_out_once_it_is(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    elsewhere = sandbox.add_guild("Elsewhere")
    channel, other = guild.channel("raid-signups"), elsewhere.add_channel("raid-signups")
    async with start():
        board, gone, heard = await post_raid(guild), await post_raid(guild), await post_raid(elsewhere)
        await bob.react(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board))
    async with start(allowed_guilds=frozenset({elsewhere.id})) as bot:
        before = await _written(bot, guild)
        await sandbox.delete_message(gone)
        await sandbox.remove_member(guild, bob)
        guild.deny(channel, "view_channel")
        await alice.react(board, "✅")
        guild.allow(channel, "view_channel")
        await sandbox.delete_message(heard)
        await guild.until(lambda: heard.id not in bot.state.boards)
        assert guild.messages(other) == []
        assert await _written(bot, guild) == before
    async with start() as bot:
        await guild.until(lambda: "Alice" in board_text(board) and "Bob" not in board_text(board))
        await guild.until(lambda: gone.id not in bot.state.boards)


@pytest.mark.parametrize("forged", ["raid", "raid:", "create:x:confirm", "settings", "nothing:1", ":", "x" * 100])
async def test_a_custom_id_that_means_nothing_does_nothing(guild: SandboxGuild, start: Start, forged: str) -> None:
    async with start():
        board = await post_raid(guild)

        answer = await guild.owner.use(board, {"type": 2, "custom_id": forged})

        assert "older version of the bot" in answer.text()
