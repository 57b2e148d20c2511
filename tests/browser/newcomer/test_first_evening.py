"""A raid leader's first evening with the bot on a server that nobody has set up, with every act counted."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from discord_sandbox import Sandbox
from tests.browser.conftest import OpenPage
from tests.browser.screen import Clicks, Screen
from tests.conftest import Start
from tests.raid_boards import board_text

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

MOST_ACTS = 40
DUNGEON = "World of Warcraft Dungeon (5)"
WARM_UP, KEYS = "Warm-up run", "Key push"
TANK, HEALER, DAMAGE = "🛡️", "💚", "⚔️"
REASON = "Too few people this week"


async def test_a_first_evening_takes_at_most_40_acts(sandbox: Sandbox, start: Start, open_page: OpenPage) -> None:
    guild = sandbox.add_guild("Night Owls", owner="mara")
    for name in ("raids", "keys"):
        guild.add_channel(name)
    guild.add_role("Raiders")
    people = [guild.add_member(name) for name in ("ana", "ben", "cleo", "dora", "emil", "finn", "greta")]
    for user in sandbox.store.users.values():
        user.locale = "de"
    async with start():
        mara, ana, ben = [await open_page(be=name) for name in ("Mara", "Ana", "Ben")]
        counts = [Clicks(screen) for screen in (mara, ana, ben)]
        for clicks in counts:
            await clicks.start()

        await the_server_is_set_up(mara)
        await members_may_react_and_press(mara)
        warm_up = await create(mara, WARM_UP, "in 3 hours", channel="raids", mention="Raiders")
        keys = await create(mara, KEYS, "in 3 days", channel="keys")
        await the_time_is_changed(mara, warm_up)
        await it_is_cancelled(mara, keys)

        board = guild.messages(guild.channel("raids"))[0]
        for person, emoji in zip(people, (TANK, HEALER, DAMAGE, DAMAGE, DAMAGE, TANK, HEALER), strict=True):
            await person.react(board, emoji)
        await sandbox.until(lambda: "**5/5** · 2 waiting" in board_text(board))
        sandbox.advance(timedelta(hours=1, minutes=30))
        await people_drop_out(ana, ben)
        for text in (f"{TANK} Tank 1/1", f"{HEALER} Healer 1/1", "Finn", "Greta", "5/5"):
            await expect(ana.message(WARM_UP)).to_contain_text(text)
        await expect(ana.message(WARM_UP)).not_to_contain_text("waiting")
        assert f"Cancelled** by Mara: {REASON}" in board_text(guild.messages(guild.channel("keys"))[0])

        counted = [await clicks.count() for clicks in counts]
        assert counted[1:] == [1, 1]
        assert sum(counted) <= MOST_ACTS, counted


async def the_server_is_set_up(mara: Screen) -> None:
    await mara.slash("setup")
    setup = mara.message("Set up RaidBot")
    await setup.get_by_role("button", name=re.compile("^Berlin")).click()
    await mara.pick_several(setup, "Which games do you play?", "World of Warcraft")
    await mara.pick(setup, "Raid signups: choose a channel", "raids")
    await expect(setup).to_contain_text("You’re set")


async def members_may_react_and_press(mara: Screen) -> None:
    await mara.slash("settings")
    settings = mara.message("Settings of Night Owls")
    await mara.press(settings, "Signups")
    await mara.pick(settings, "Signing up", "Signing up: by reactions and buttons")
    await expect(settings).to_contain_text("by reactions and buttons")


async def create(mara: Screen, title: str, when: str, **chosen: str) -> Locator:
    """Create a raid in one line, choosing what can be chosen, and return the answer with its handle."""
    form = await mara.type_command("create")
    await form.get_by_role("option", name=DUNGEON).click()
    await form.get_by_label("when ").fill(when)
    await form.get_by_label("title ").fill(title)
    for option, value in chosen.items():
        await form.get_by_label(re.compile(f"^{option} ")).click()
        await form.get_by_role("option", name=value).click()
    await form.get_by_role("button", name="Send").click()
    preview = mara.message(title)
    await expect(preview).to_contain_text("Pings @Raiders")
    await mara.press(preview, "Confirm")
    posted = mara.message(f"Posted in #{chosen['channel']}")
    await expect(posted).to_be_visible()
    return posted


async def the_time_is_changed(mara: Screen, posted: Locator) -> None:
    await mara.press(posted, "Manage")
    panel = mara.message("Last changes")
    await mara.press(panel, "Change time")
    await mara.submit("When does it begin?", "in 2 hours")
    await expect(panel).to_contain_text("The raid now begins")


async def it_is_cancelled(mara: Screen, posted: Locator) -> None:
    await mara.press(posted, "Manage")
    panel = mara.message(KEYS)
    await mara.press(panel, "Cancel raid")
    await mara.submit("Why? Nobody else will be notified.", REASON)
    await expect(panel).to_contain_text(REASON)


async def people_drop_out(ana: Screen, ben: Screen) -> None:
    """Leave with half an hour to go: one takes the reaction away, one presses the button."""
    await ana.react(ana.message(WARM_UP), TANK, on=False)
    await ben.press(ben.message(WARM_UP), "Leave")
    await expect(ben.message("You left")).to_be_visible()
