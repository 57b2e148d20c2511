"""The page in a real browser, used as a person would: by its visible text."""

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

REPORTED_IMPACTS = ("serious", "critical")
_COUNTING = """() => {
  if (window.acts === undefined) {
    let typed = new WeakSet();
    const isText = (at) => at.matches("input[type=text], textarea");
    const isPicker = (at) => at.closest(".picker, .message-tools, [aria-haspopup]") && !at.closest("[role=menuitem]");
    const press = (event) => {
      if (!event.isTrusted || isText(event.target) || isPicker(event.target)) return;
      window.acts += 1;
      typed = new WeakSet();
    };
    addEventListener("pointerdown", press, true);
    addEventListener("click", (event) => event.detail === 0 && press(event), true);
    addEventListener("input", (event) => {
      if (typed.has(event.target)) return;
      typed.add(event.target);
      window.acts += 1;
    }, true);
    window.forget = () => { typed = new WeakSet(); };
  }
  window.acts = 0;
  window.forget();
}"""


class Screen:
    """A browser tab with the sandbox page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer")

    @property
    def message_input(self) -> Locator:
        """The message input."""
        return self.composer.get_by_role("combobox")

    @property
    def messages(self) -> Locator:
        return self.page.locator("#messages > .message")

    def message(self, text: str) -> Locator:
        """Return the newest message with this text."""
        return self.messages.filter(has_text=text).last

    def channel(self, name: str) -> Locator:
        return self.page.get_by_role("navigation").get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b"))

    def person(self, name: str) -> Locator:
        return self.page.get_by_role("radio", name=re.compile(rf"^Be {name}\b"))

    def reaction(self, message: Locator, emoji: str) -> Locator:
        return message.get_by_role("group", name="Reactions").get_by_role("button", name=re.compile(f"^{emoji}"))

    async def act_as(self, name: str) -> None:
        """Act as the person with this name; on a small screen people are behind a button."""
        opener = self.page.get_by_role("button", name="You are")
        if await opener.is_visible():
            await opener.click()
        await self.person(name).click()
        await expect(self.page.locator(".person[aria-checked=true]")).to_contain_text(name)

    async def open(self, channel: str) -> None:
        await self.channel(channel).click()
        await expect(self.channel(channel)).to_have_attribute("aria-current", "page")

    async def react(self, message: Locator, emoji: str, *, on: bool = True) -> None:
        """Press an existing reaction, and expect it to be pressed (`on`) or released afterwards."""
        await self.reaction(message, emoji).click()
        await expect(self.reaction(message, emoji)).to_have_attribute("aria-pressed", str(on).lower())

    async def type_command(self, command: str) -> Locator:
        """Choose a slash command by typing and return its form of options."""
        await self.message_input.press_sequentially(f"/{command}")
        await self.composer.get_by_role("option", name=f"/{command}").first.click()
        form = self.page.get_by_role("form", name=f"/{command}")
        await expect(form).to_be_visible()
        return form

    async def slash(self, command: str, **options: str) -> None:
        """Use a slash command with typed options."""
        form = await self.type_command(command)
        for name, value in options.items():
            await form.get_by_label(re.compile(f"^{name} ")).fill(value)
        await form.get_by_role("button", name="Send").click()

    async def press(self, message: Locator, button: str) -> None:
        await message.get_by_role("button", name=button, exact=True).click()

    async def manage(self, board: Locator) -> Locator:
        """Open the raid's panel in the menu of its board, by keyboard, and return it."""
        before = await self.messages.count()
        await board.get_by_role("button", name="More", exact=True).press("Enter")
        entry = self.page.get_by_role("menuitem", name="Apps › Manage raid")
        await expect(entry).to_be_focused()
        await entry.press("Enter")
        await expect(self.messages).to_have_count(before + 1)
        return self.messages.nth(before)

    async def pick(self, message: Locator, select: str, option: str) -> None:
        """Open a select and choose an option."""
        await message.get_by_role("button", name=re.compile(f"^{re.escape(select)}")).click()
        await self.page.get_by_role("option", name=option).click()

    async def pick_several(self, message: Locator, select: str, *options: str) -> None:
        """Open a select, choose several options and press Done."""
        await message.get_by_role("button", name=re.compile(f"^{re.escape(select)}")).click()
        for option in options:
            await self.page.get_by_role("option", name=option).click()
        await self.page.get_by_role("button", name="Done").click()

    async def submit(self, field: str, text: str) -> None:
        """Fill in one field of the open form and submit it."""
        form = self.page.get_by_role("dialog")
        await form.get_by_label(field).fill(text)
        await form.get_by_role("button", name="Submit").click()
        await expect(form).to_have_count(0)

    async def look_behind_the_scenes(self) -> Locator:
        """Unfold what the bot does, and return the panel with the clock and the bot."""
        panel = self.page.get_by_role("complementary")
        await panel.get_by_text("What it does behind the scenes").click()
        return panel

    async def problems(self, axe: str) -> list[str]:
        """Return the serious and critical violations that axe finds, with their elements."""
        await self.page.evaluate(axe)
        found: dict[str, Any] = await self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{one['id']} ({one['impact']}): {one['help']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in REPORTED_IMPACTS
            for node in one["nodes"]
        ]


class Clicks:
    """Counts acts on a screen: to press, to choose and to send are one each, and so is each field typed in.

    To open a list or menu belongs to choosing from it.
    """

    def __init__(self, screen: Screen) -> None:
        self._page = screen.page

    async def start(self) -> None:
        """Count from 0."""
        await self._page.evaluate(_COUNTING)

    async def count(self) -> int:
        counted: int = await self._page.evaluate("window.acts")
        return counted
