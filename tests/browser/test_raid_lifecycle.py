"""A server's setup and a raid's whole lifecycle on the page, in the windows of a manager and two members."""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, expect

from discord_sandbox import SandboxGuild
from tests.browser.conftest import OpenPage
from tests.browser.screen import Screen
from tests.conftest import Start

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

TANK = "🛡️"
CODE = re.compile(r"[Rr]aid ([A-Z2-9]{6})")


@dataclass
class Windows:
    """The browser tabs of three people."""

    mara: Screen
    ana: Screen
    ben: Screen

    def board(self, screen: Screen) -> Locator:
        """Return the newest board on the screen."""
        return screen.page.locator("#messages > .message:not(.is-private)").filter(has_text=CODE).last

    async def code(self) -> str:
        found = CODE.search(await self.board(self.mara).text_content() or "")
        assert found is not None
        return found[1]

    async def panel(self) -> Locator:
        """Open the raid's panel as Mara and return it."""
        before = await self.mara.messages.count()
        await self.mara.slash("raid", code=await self.code())
        await expect(self.mara.messages).to_have_count(before + 1)
        return self.mara.messages.nth(before)

    async def until_board_says(self, *texts: str) -> None:
        """Wait until the board shows all these texts on every screen."""
        for screen in (self.mara, self.ana, self.ben):
            for text in texts:
                await expect(self.board(screen)).to_contain_text(text)


async def test_a_servers_and_a_raids_life_on_the_page(guild: SandboxGuild, start: Start, open_page: OpenPage) -> None:
    guild.add_channel("reports")
    guild.add_role("Organiser")
    async with start():
        windows = Windows(*[await open_page(be=name) for name in ("Mara", "Ana", "Ben")])
        for screen in (windows.mara, windows.ana, windows.ben):
            await screen.open("raid-signups")
        await the_server_is_set_up(windows)
        await a_template_is_made(windows)
        await a_raid_is_put_up(windows)
        await members_sign_up_and_move_up(windows)
        await the_raid_is_changed(windows)
        await it_begins_and_who_did_not_come_is_noted(windows)
        await it_is_put_up_again_and_cancelled(windows)
        await the_audit_has_told_of_it(windows)


async def the_server_is_set_up(windows: Windows) -> None:
    mara = windows.mara
    await mara.slash("setup")
    setup = mara.message("Set up RaidBot")
    await mara.press(setup, "Another zone")
    await mara.submit("Time zone", "Berlin")
    await expect(setup).to_contain_text("Europe/Berlin: it is")
    await mara.press(setup, "Log channels")
    await mara.pick(setup, "Audit log: choose a channel", "reports")
    await expect(setup).to_contain_text("Audit log: #reports")

    await mara.slash("settings")
    settings = mara.message("Settings of Night Owls")
    await mara.press(settings, "Signups")
    await mara.pick(settings, "Signing up", "Signing up: by reactions and buttons")
    await expect(settings).to_contain_text("by reactions and buttons")

    await mara.slash("permissions")
    permissions = mara.message("Who may do everything")
    await mara.pick(permissions, "What is it about?", "/create")
    permissions = mara.message("Who may create raids")
    await mara.pick_several(permissions, "Which roles?", "Organiser")
    await expect(permissions).to_contain_text("@Organiser")


async def a_template_is_made(windows: Windows) -> None:
    mara = windows.mara
    await mara.slash("templates create")
    await mara.submit("Name", "Night Watch")
    template = mara.message("Offered by /create")
    await mara.press(template, "Lengths")
    await mara.submit("Lengths in hours", "1.5, 3")
    await expect(template).to_contain_text("1.5 hours, 3 hours")
    await mara.slash("templates edit", template="Five-Player Dungeon")
    await mara.press(mara.message("Five-Player Dungeon"), "Disable")
    await expect(mara.message("does not offer it any more")).to_be_visible()


async def a_raid_is_put_up(windows: Windows) -> None:
    mara = windows.mara
    await mara.slash("create", activity="Night Watch", when="in 6 hours", length="1.5")
    preview = mara.message("“in 6 hours” is")
    await expect(preview).to_contain_text("in Berlin")
    await mara.press(preview, "Confirm")
    await windows.until_board_says("Night Watch", "0/5", "–")


async def members_sign_up_and_move_up(windows: Windows) -> None:
    ana, ben = windows.ana, windows.ben
    await ana.react(windows.board(ana), TANK)
    await windows.until_board_says("Tank 1/1", "Ana")
    await ben.press(windows.board(ben), f"{TANK} Tank")
    await expect(ben.message("number 1 in line")).to_contain_text("Only you can see this")
    await windows.until_board_says("1 waiting")

    await ana.react(windows.board(ana), TANK, on=False)

    await ben.open("RaidBot")
    await expect(ben.message("A seat opened")).to_be_visible()
    await ben.open("raid-signups")
    await windows.until_board_says("1/5", "Ben")


async def the_raid_is_changed(windows: Windows) -> None:
    mara, ana = windows.mara, windows.ana
    panel = await windows.panel()
    await mara.press(panel, "Change time")
    await mara.submit("When does it begin?", "in 3 hours")
    await expect(panel).to_contain_text("The raid now begins")

    await mara.press(panel, "Roster")
    await mara.pick(panel, "Or choose somebody else", "ana")
    await expect(panel).to_contain_text("Ana: not signed up")
    await mara.pick(panel, "Give them the seat", "Healer")
    await windows.until_board_says("2/5")
    await mara.press(panel, "Back")
    await mara.press(panel, "Undo: assigned")
    await expect(panel).to_contain_text("Undone: assigned")
    await windows.until_board_says("1/5")
    await ana.open("RaidBot")
    await expect(ana.message("undid the last change")).to_be_visible()
    await ana.open("raid-signups")

    await mara.press(panel, "🟢 Close signups")
    await windows.until_board_says("Signups closed")
    await mara.press(panel, "🔒 Reopen signups")
    await expect(windows.board(ana).locator(".reaction")).to_have_count(3)


async def it_begins_and_who_did_not_come_is_noted(windows: Windows) -> None:
    mara, ben = windows.mara, windows.ben
    panel = await windows.panel()
    await mara.press(panel, "Change time")
    await mara.submit("When does it begin?", "in 1 hour")
    await expect(panel).to_contain_text("The raid now begins")
    clock = mara.page.get_by_role("complementary").get_by_role("button", name="+10 min")
    for _ in range(5):
        await clock.click()
    await ben.open("RaidBot")
    await expect(ben.message("seats taken.")).to_be_visible()
    await ben.open("raid-signups")
    await clock.click()
    await windows.until_board_says("Signups closed", "the raid has started")

    panel = await windows.panel()
    await mara.press(panel, "Attendance")
    await mara.pick(panel, "Who did not come?", "Ben")
    await expect(panel).to_contain_text("No-show: 1 · Ben")


async def it_is_put_up_again_and_cancelled(windows: Windows) -> None:
    mara, ben = windows.mara, windows.ben
    panel, first = await windows.panel(), await windows.code()
    await mara.press(panel, "Duplicate")
    await mara.submit("When does it begin?", "in 2 days")
    await mara.press(panel, "With its roster (1)")
    await expect(windows.board(mara)).not_to_contain_text(first)
    await ben.open("RaidBot")
    await ben.press(ben.message("takes place again"), "I cannot come")
    await expect(ben.message("You left")).to_be_visible()
    await ben.open("raid-signups")
    await windows.until_board_says("0/5")

    panel = await windows.mara.manage(windows.board(windows.mara))
    await mara.press(panel, "Cancel raid")
    await mara.submit("Why? Nobody else will be notified.", "Servers are down")
    await windows.until_board_says("Cancelled by Mara: Servers are down")


async def the_audit_has_told_of_it(windows: Windows) -> None:
    mara = windows.mara
    await mara.page.get_by_role("complementary").get_by_role("button", name="+10 min").click()
    await mara.open("reports")
    for said in ("Created", "Joined", "Promoted", "Time changed", "Undone", "Closed", "Attendance marked", "Cancelled"):
        await expect(mara.message(said)).to_be_visible()
