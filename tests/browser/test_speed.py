"""The page stays responsive with many messages or reactions at once. The main thread's tasks are printed.

Tasks are measured in processor time, which does not grow on a busy machine.
"""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from discord_sandbox import SandboxGuild
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

MAX_TASK_MILLISECONDS = 100  # processor time of one task on the main thread
MESSAGES, REACTIONS, BURST_SECONDS = 500, 200, 2.0
EMOJIS = ("🛡️", "💚", "⚔️")

_TRACED = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"]


async def test_500_messages_scroll_smoothly(browser: Browser, guild: SandboxGuild, open_page: OpenPage) -> None:
    channel = guild.channel("general")
    for number in range(MESSAGES):
        text = f"**Message {number}** for <@{guild.owner.id}>, <t:1893456000:R>: `code` and _words_"
        await guild.owner.say(channel, text)

    screen = await open_page(be="Ana")
    await browser.start_tracing(page=screen.page, categories=_TRACED)

    await screen.open("general")
    await expect(screen.message(f"Message {MESSAGES - 1}")).to_be_in_viewport()
    await screen.page.locator("#scroller").hover()
    while await screen.messages.filter(has_text="Message 0 for").count() == 0:
        await screen.page.mouse.wheel(0, -4000)
        await screen.page.evaluate("new Promise(requestAnimationFrame)")

    await expect(screen.messages).to_have_count(MESSAGES)
    _report(await browser.stop_tracing(), f"{MESSAGES} messages opened and scrolled through")


async def test_200_reactions_in_two_seconds_do_not_freeze_the_page(
    browser: Browser, guild: SandboxGuild, open_page: OpenPage
) -> None:
    channel = guild.channel("raid-signups")
    crowd = [guild.add_member(f"guest{number}") for number in range(REACTIONS)]
    for number in range(100):
        await guild.owner.say(channel, f"Message {number}")
    board = await guild.owner.say(channel, "The board")
    screen = await open_page(be="Ana")
    await screen.open("raid-signups")
    await expect(screen.message("The board")).to_be_visible()
    await browser.start_tracing(page=screen.page, categories=_TRACED)

    loop = asyncio.get_running_loop()
    begin = loop.time()
    for number, guest in enumerate(crowd):
        await guest.react(board, EMOJIS[number % len(EMOJIS)])
        await asyncio.sleep(max(0.0, begin + (number + 1) * BURST_SECONDS / REACTIONS - loop.time()))

    await expect(screen.message("The board").locator(".count")).to_have_text(["67", "67", "66"])
    _report(await browser.stop_tracing(), f"{REACTIONS} reactions within {BURST_SECONDS:g} s")


def _report(trace: bytes, what: str) -> None:
    tasks = _main_thread_tasks(json.loads(trace)["traceEvents"])
    print(f"{what}: {len(tasks)} tasks, the longest {', '.join(f'{task:.0f}' for task in tasks[:3])} ms")
    assert tasks, "nothing was traced"
    assert tasks[0] < MAX_TASK_MILLISECONDS


def _main_thread_tasks(events: list[dict[str, Any]]) -> list[float]:
    """Return the processor time in milliseconds of each task on the pages' main threads, longest first."""
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = (event for event in events if event["name"] == "RunTask" and (event["pid"], event["tid"]) in threads)
    return sorted((event["tdur"] / 1000 for event in tasks if "tdur" in event), reverse=True)
