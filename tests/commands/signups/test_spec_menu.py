"""Members are asked what they play once they have a seat: in answers, under direct messages, and on /mysignups."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from discord_sandbox.validation.components import walk
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MemberId, Raid, RaidId, Role, Source
from raidbot.raids.rosters import substitutes
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.commands.signups.test_board_buttons import choose, post, the_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text
from tests.raids.builders import CREATOR, HEALER, roles

SPECS = {"tank": ("Blood", "Guardian"), "healer": ("Restoration", "Guardian")}
AS_TANK, AS_HEALER = "What will you play as Tank? (optional)", "What will you play as Healer? (optional)"


def with_specs(**seats: int) -> tuple[Role, ...]:
    return tuple(replace(role, specs=SPECS.get(role.key, ())) for role in roles(**seats))


def spec_of(raid: Raid, person: Person) -> str | None:
    held = raid.seat_of(MemberId(person.id))
    assert held is not None
    return held.spec


def menus(message: Message) -> list[str]:
    return [str(one["placeholder"]) for _, one in walk(message.components) if "placeholder" in one]


async def ask_by_dm(bot: RaidBot, guild: SandboxGuild) -> None:
    rule = partial(_by_dm, style=SignupStyle.BOTH)
    await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))


def _by_dm(settings: GuildSettings, style: SignupStyle) -> GuildSettings:
    return replace(settings, signup_style=style, signup_text_by_dm=True)


async def test_answers_ask_what_one_plays_and_it_is_remembered(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, channel = guild.add_member("alice"), guild.channel("raid-signups")
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BOTH)
        board = await post(bot, guild, with_specs(tank=1, healer=1, damage=1))
        joined = await alice.click(board, "Tank")
        assert "You have the seat Tank in" in joined.text()
    async with start() as bot:
        await joined.select(AS_TANK, ["Blood"])
        assert "You have the seat Tank · Blood in" in joined.text()
        assert spec_of(await the_raid(bot), alice) == "Blood"

        shown = await alice.click(board, "My place")
        await alice.click(board, "Healer")
        await shown.select(AS_TANK, ["Guardian"])
        assert "You’re Healer in" in shown.text()
        assert AS_HEALER in shown.text()
        assert spec_of(await the_raid(bot), alice) is None

        panel = await alice.slash(channel, "mysignups")
        await panel.select("Leave or change which one?", ["Molten Core"])
        await panel.select(AS_HEALER, ["Guardian"])
        assert "Healer · Guardian" in panel.text()
        await panel.select(AS_HEALER, [])
        assert "Guardian" not in panel.text().split("Take another role")[0]
        assert spec_of(await the_raid(bot), alice) is None
        await panel.select(AS_HEALER, ["Restoration"])

        other = await post(bot, guild, with_specs(tank=1, healer=1))
        await alice.react(other, "2️⃣")
        await guild.until(lambda: "Alice" in board_text(other))
        assert spec_of(await the_raid(bot, 2), alice) == "Restoration"
        assert dm_text(alice) == ""
        await alice.click(other, "Leave")
        sandbox.advance(timedelta(minutes=1))
        assert "You have the seat Healer · Restoration in" in (await alice.click(other, "Healer")).text()


async def test_direct_messages_ask_once_and_late_answers_are_told_why_not(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        await ask_by_dm(bot, guild)
        board = await post(bot, guild, with_specs(tank=1, healer=1, damage=1))
        await alice.react(board, "1️⃣")
        await guild.until(lambda: "You’re in: **Tank** in" in dm_text(alice))
        await bob.react(board, "1️⃣")
        await guild.until(lambda: "number 1 in line" in dm_text(bob))
        (asked,) = alice.dms
        assert menus(asked) == [AS_TANK]
    async with start() as bot:
        answer = await alice.select(asked, AS_TANK, ["Blood"])
        assert "You have the seat Tank · Blood in" in answer.text()
        assert "You’re in: **Tank** in" in asked.content

        await alice.react(board, "3️⃣")
        await guild.until(lambda: "A seat opened: you are now **Tank**" in dm_text(bob))
        promoted = bob.dms[-1]
        assert menus(promoted) == [AS_TANK]
        assert "Guardian" in (await bob.select(promoted, AS_TANK, ["Guardian"])).text()
        assert spec_of(await the_raid(bot), bob) == "Guardian"
        assert "You’re Damage in" in (await alice.select(asked, AS_TANK, ["Guardian"])).text()

        ask = partial(substitutes.ask, key=HEALER, members=[MemberId(carol.id)], by=CREATOR, now=bot.state.now())
        await bot.state.change(RaidId(1), ask, Cause(Source.COMMAND, CREATOR))
        await guild.until(lambda: "as a substitute" in dm_text(carol))
        await carol.click(carol.dms[-1], "I come")
        assert menus(carol.dms[-1]) == [AS_HEALER]

        await bob.click(board, "Leave")
        assert "You have no seat in" in (await bob.select(promoted, AS_TANK, ["Blood"])).text()
        await alice.click(board, "Tank")
        sandbox.advance((await the_raid(bot)).starts_at - bot.state.now())
        assert "has started" in (await alice.select(asked, AS_TANK, ["Guardian"])).text()
