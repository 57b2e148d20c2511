"""Signing up by the buttons and menus under a board, and switching the signup style."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Raid, RaidId, Role, RoleKey, Seat, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count, run_create
from tests.raids.builders import roles, unposted_raid

_SETTING = Cause(Source.COMMAND)
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
_ICONS = [chr(code) for code in range(0x1F400, 0x1F400 + 50)]


async def choose(bot: RaidBot, guild: SandboxGuild, style: SignupStyle) -> None:
    await bot.state.change_settings(GuildId(guild.id), partial(_styled, style), _SETTING)


def _styled(style: SignupStyle, settings: GuildSettings) -> GuildSettings:
    return replace(settings, signup_style=style)


async def post(bot: RaidBot, guild: SandboxGuild, of: tuple[Role, ...], seats: tuple[Seat, ...] = ()) -> Message:
    """Create a raid with these roles and seats and return its board."""
    now = bot.state.now()
    plan = replace(
        unposted_raid(of=of),
        guild=GuildId(guild.id),
        channel=ChannelId(guild.channel("raid-signups").id),
        creator=MemberId(guild.owner.id),
        starts_at=now + timedelta(hours=3),
        created_at=now,
        seats=seats,
        next_place=len(seats) + 1,
    )
    raid = await bot.state.create(plan, Cause(Source.COMMAND, MemberId(guild.owner.id)))
    await guild.until(lambda: raid.id in bot.state.boards.values())
    await bot.delivery.boards.idle()
    message = (await bot.state.raid(raid.id)).message
    return next(one for one in guild.messages(guild.channel("raid-signups")) if one.id == message)


def many(count: int) -> tuple[Role, ...]:
    return tuple(
        Role(key=RoleKey(f"role-{n}"), name=f"Role {n}" + "x" * 70, emoji=_ICONS[n], seats=1, group=f"Group {n // 5}")
        for n in range(count)
    )


async def the_raid(bot: RaidBot, number: int = 1) -> Raid:
    return await bot.state.raid(RaidId(number))


def places(raid: Raid) -> dict[int, str]:
    return {seat.member: seat.role for seat in raid.seats}


async def test_joining_waiting_moving_and_leaving_by_button_across_restarts(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "settings")
        await panel.click("Signups")
        await panel.select("Signing up", ["Signing up: by buttons"])
        assert "by buttons" in panel.text()
        board = await post(bot, guild, roles(tank=1, healer=1))
        assert board.reactions == {}
        assert board.embeds[0]["footer"]["text"].startswith("Press a button to sign up · raid ")

        joined = await alice.click(board, "Tank")
        waiting = await bob.click(board, "Tank")
        again = await alice.click(board, "Tank")

        assert joined.ephemeral
        assert "You have the seat Tank in “Molten Core”" in joined.text()
        assert "Tank in “Molten Core”" in waiting.text()
        assert "is full: you are number 1 in line" in waiting.text()
        assert "You have the seat Tank" in again.text()
        await guild.until(lambda: "Alice" in board_text(board) and "⏳ Bob" in board_text(board))
    async with start() as bot:
        assert "You are number 1 of 1 in line" in (await bob.click(board, "My place")).text()
        moved = await alice.click(board, "Healer")
        assert "You moved from Tank to Healer" in moved.text()
        assert places(await the_raid(bot)) == {alice.id: "healer", bob.id: "tank"}
        assert {seat.source for seat in (await the_raid(bot)).seats} == {Source.BUTTON}
    async with start() as bot:
        assert "You left Healer" in (await alice.click(board, "Leave")).text()
        assert "You have not signed up" in (await alice.click(board, "Leave")).text()
        assert "You have not signed up" in (await alice.click(board, "My place")).text()
        await guild.until(lambda: "Alice" not in board_text(board))
        await guild.until(lambda: "A seat opened: you are now" in dm_text(bob))
        assert "in line" not in dm_text(bob)
        assert dm_text(alice) == ""


async def test_switching_the_style_redraws_open_boards_and_loses_nobody(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        closed = await post_raid(guild)
        code = (await the_raid(bot, 2)).code
        await (await guild.owner.slash(board.channel_id, "raid", code=code)).click("Close signups")
        await guild.until(lambda: "Signups closed" in board_text(closed))
        await alice.react(board, "1️⃣")
        await guild.until(lambda: "Alice" in board_text(board))

        await choose(bot, guild, SignupStyle.BUTTONS)
        await guild.until(lambda: board.components and not board.reactions)
        await bob.click(board, "Team 1")
        await carol.click(board, "Team 1")
        await guild.until(lambda: "⏳ Carol" in board_text(board))
        assert places(await the_raid(bot)) == {alice.id: "team-1", bob.id: "team-1"}

        await choose(bot, guild, SignupStyle.BOTH)
        await guild.until(lambda: reaction_count(board, "1️⃣") == reaction_count(board, "2️⃣") == 1)
        assert board.components
        await carol.react(board, "2️⃣")
        await guild.until(lambda: "⏳" not in board_text(board))
    async with start() as bot:
        await choose(bot, guild, SignupStyle.REACTIONS)
        await guild.until(lambda: not board.components)
        assert reaction_count(board, "1️⃣") == 1
        assert places(await the_raid(bot)) == {alice.id: "team-1", bob.id: "team-1", carol.id: "team-2"}
        await alice.react(board, "1️⃣")
        await alice.unreact(board, "1️⃣")
        await guild.until(lambda: "Alice" not in board_text(board))
        assert closed.components == []
        assert reaction_count(closed, "✅") == 1


async def test_a_style_chosen_while_the_bot_is_away_shows_after_the_start(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await choose(bot, guild, SignupStyle.BUTTONS)
    async with start() as bot:
        await guild.until(lambda: board.components and not board.reactions)
        assert places(await the_raid(bot)) == {alice.id: "museum"}


async def test_a_closed_board_has_buttons_to_leave_only_until_the_start(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BUTTONS)
        board = await post(bot, guild, roles(tank=1))
        pressed = board.components[0]["components"][0]
        code = (await the_raid(bot)).code

        await (await guild.owner.slash(board.channel_id, "raid", code=code)).click("Close signups")
        await guild.until(lambda: "Signups closed" in board_text(board))
        late = await alice.use(board, pressed)

        assert [one.get("label") for row in board.components for one in row["components"]] == [
            "Leave",
            "My place",
            None,
        ]
        assert "are closed" in late.text()
        assert late.ephemeral
        sandbox.advance(timedelta(days=3))
        await guild.until(lambda: not board.components)
        assert (await the_raid(bot)).seats == ()


async def test_the_gate_and_the_limit_hold_for_buttons(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    raider = guild.add_role("raider")

    def gated(settings: GuildSettings) -> GuildSettings:
        return replace(settings, signup_style=SignupStyle.BOTH, signup_roles={Kind.RAID: frozenset({raider.id})})

    async with start() as bot:
        await bot.state.change_settings(GuildId(guild.id), gated, _SETTING)
        board = await post(bot, guild, roles(tank=1))
        assert "you need the role raider" in (await alice.click(board, "Tank")).text()
        for _ in range(3):
            await alice.click(board, "My place")
        await alice.react(board, "1️⃣")  # reactions and presses share one rate limit
        await guild.until(lambda: reaction_count(board, "1️⃣") == 1)

        assert "faster than I can follow" in (await alice.click(board, "Tank")).text()
        assert "raider" in (await bob.click(board, "Tank")).text()
        assert (await the_raid(bot)).seats == ()


@pytest.mark.parametrize("count", [20, 21, 50])
async def test_a_raid_of_many_roles_has_buttons_or_menus(guild: SandboxGuild, start: Start, count: int) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BUTTONS if count == 20 else SignupStyle.REACTIONS)
        board = await post(bot, guild, many(count))
        last = many(count)[-1]
        assert board.reactions == {}

        if count == 20:
            answer = await alice.click(board, f"board:join:{last.key}")
        else:
            answer = await alice.select(board, f"board:choose:{-(-count // 25)}", [last.key])

        assert f"You have the seat {last.name}" in answer.text()
        assert places(await the_raid(bot)) == {alice.id: last.key}
        await guild.until(lambda: "Alice" in board_text(board))
        code = (await the_raid(bot)).code
        panel = await guild.owner.slash(board.channel_id, "raid", code=code)
        await panel.click("Roster")
        await panel.select("Whom do you want to move or take off?", [str(alice.id)])
        assert last.name in panel.text()
        mine = await alice.slash(board.channel_id, "mysignups")
        await mine.select("Leave or change which one?", [code])
        assert last.name in mine.text()


async def test_a_custom_emoji_nobody_has_any_more_does_not_keep_a_board_down(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    lost = Role(key=RoleKey("tank"), name="Tank", emoji="<:gone:143000000000000009>", seats=1)
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BUTTONS)
        board = await post(bot, guild, (lost, *roles(healer=1)))

        assert [button.get("emoji") for button in board.components[0]["components"]] == [None, {"name": "1️⃣"}]
        await alice.click(board, "Tank")

        await guild.until(lambda: "Alice" in board_text(board))


async def test_a_raid_with_one_role_speaks_of_your_seat(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BOTH)
        board = await post_raid(guild)

        assert "You have a seat in “Museum Signup”" in (await alice.click(board, "Museum")).text()
        assert "You left “Museum Signup”" in (await alice.click(board, "Leave")).text()


async def test_the_preview_and_the_list_say_how_to_sign_up_there(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BUTTONS)
        preview = await run_create(guild)
        assert "Press a button to sign up" in preview.text()
        await post(bot, guild, roles(tank=1))
        detail = await guild.owner.slash(
            guild.channel("raid-signups"), "raidinfo detail", code=(await the_raid(bot)).code
        )
        assert "to sign up" not in detail.text()


@pytest.mark.parametrize("forged", ["board:join:nobody", "board:join", "board:choose:1", "board:place:1", "board"])
async def test_a_forged_press_is_refused(guild: SandboxGuild, start: Start, forged: str) -> None:
    async with start() as bot:
        board = await post_raid(guild)

        answer = await guild.owner.use(board, {"type": 2, "custom_id": forged})

        assert "older version of the bot" in answer.text()
        assert (await the_raid(bot)).seats == ()


async def test_a_press_means_the_raid_of_its_own_message(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    elsewhere = sandbox.add_guild("Elsewhere", owner=alice)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await post_raid(guild)
        there = await post_raid(elsewhere)
        own = await alice.slash(there.channel_id, "raidinfo list")
        assert own.message is not None

        answer = await alice.use(there, {"type": 2, "custom_id": "board:join:museum"})
        nowhere = await alice.use(own.message, {"type": 2, "custom_id": "board:join:museum"})

        assert "You have a seat in" in answer.text()
        assert "sign up here any more" in nowhere.text()
        assert (await the_raid(bot, 1)).seats == ()
        assert places(await the_raid(bot, 2)) == {alice.id: "museum"}


async def test_thirty_members_press_and_react_at_once(guild: SandboxGuild, start: Start) -> None:
    crowd = [guild.add_member(f"member{number}") for number in range(30)]
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BOTH)
        board = await post(bot, guild, roles(tank=5, healer=5))

        async def act(number: int, person: Person) -> None:
            if number % 3:
                await person.click(board, ("Tank", "Healer")[number % 2])
            else:
                await person.react(board, "1️⃣")

        await asyncio.gather(*(act(number, person) for number, person in enumerate(crowd)))
        await guild.until(lambda: "**10/10** · 20 waiting" in board_text(board))

        raid = await the_raid(bot)
        assert [len(raid.seated(role.key)) for role in raid.roles] == [5, 5]
        everybody = [*(seat.member for seat in raid.seats), *(wait.member for wait in raid.waits)]
        assert sorted(everybody) == sorted(person.id for person in crowd)


async def test_a_press_comes_behind_reactions_heard_before(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        await choose(bot, guild, SignupStyle.BOTH)
        board = await post(bot, guild, roles(tank=1))
        handled = asyncio.Event()

        async def wait() -> None:
            await handled.wait()

        bot.delivery.event_queue.put(raid_key(1), wait)
        await alice.react(board, (await the_raid(bot)).roles[0].emoji)
        await guild.until(lambda: bot.delivery.event_queue.unhandled())
        press = asyncio.create_task(bob.click(board, "Tank"))
        await guild.until(lambda: sandbox.count("POST", CALLBACK))
        handled.set()
        answer = await press

        assert places(await the_raid(bot)) == {alice.id: "tank"}
        assert "number 1 in line" in answer.text()
