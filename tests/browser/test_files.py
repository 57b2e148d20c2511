"""Downloading the bot's files on the page, and choosing files for its commands."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, expect

from discord_sandbox import SandboxGuild
from discord_sandbox.world import MAX_UPLOAD_BYTES
from tests.browser.conftest import OpenPage
from tests.browser.screen import Screen
from tests.conftest import Start
from tests.raid_boards import post_raid

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop


async def _download(screen: Screen, message: Locator, kind: str) -> Path:
    """Download the message's file, whose name must end with `kind`, and return its path."""
    async with screen.page.expect_download() as waiting:
        await message.get_by_role("link", name="Download").click()
    download = await waiting.value
    assert download.suggested_filename.endswith(kind)
    return await download.path()


def _chosen(content: bytes, name: str = "templates.json") -> FilePayload:
    return {"name": name, "mimeType": "application/json", "buffer": content}


async def test_templates_are_exported_changed_and_imported_again(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    async with start():
        screen = await open_page(be="Mara")
        screen.page.on("filechooser", lambda _: None)  # from here on no press comes before the browser knows to tell us
        await screen.open("raid-signups")
        await screen.slash("templates export")
        handed_out = screen.message("takes this file in")
        await expect(handed_out).to_contain_text("Only you can see this")
        exported = json.loads((await _download(screen, handed_out, "templates.json")).read_bytes())
        exported["templates"] = exported["templates"][:1]
        exported["templates"][0]["name"] = "Ember Court"

        field = (await screen.type_command("templates import")).get_by_label("file *")
        await expect(field).to_be_focused()
        await expect(field).to_have_accessible_description(re.compile("handed out, .* · at most 10 MB$"))
        for key in ("Space", "Enter"):
            async with screen.page.expect_file_chooser() as opening:
                await screen.page.keyboard.press(key)
        await (await opening.value).set_files(_chosen(json.dumps(exported).encode()))
        await screen.page.keyboard.press("Enter")

        await expect(screen.message("Changed (1)")).to_contain_text("Ember Court")
        await expect(screen.message_input).to_be_focused()


@pytest.mark.parametrize(
    ("what", "kind", "begins"), [("One raid,", ".ics", "BEGIN:VCALENDAR"), ("One raid's roster", ".csv", "\ufeff")]
)
async def test_what_raids_are_exported_to_is_downloaded(
    guild: SandboxGuild, start: Start, open_page: OpenPage, what: str, kind: str, begins: str
) -> None:
    async with start():
        await post_raid(guild)
        screen = await open_page(be="Mara")
        await screen.open("raid-signups")
        form = await screen.type_command("raidinfo export")
        await form.get_by_label("what *").focus()
        await form.get_by_role("option", name=what).click()
        await form.get_by_label("code optional").press_sequentially("museum")
        await form.get_by_role("option", name="Museum").click()
        await form.get_by_role("button", name="Send").click()

        handed_out = screen.messages.filter(has=screen.page.get_by_role("link", name="Download"))
        assert (await _download(screen, handed_out, kind)).read_text(encoding="utf-8").startswith(begins)


async def test_a_file_too_large_is_refused_and_one_chosen_can_be_taken_back(
    guild: SandboxGuild, start: Start, open_page: OpenPage, tmp_path: Path
) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b"x" * (MAX_UPLOAD_BYTES + 1))
    async with start():
        screen = await open_page(be="Mara")
        await screen.open("raid-signups")
        form = await screen.type_command("templates import")
        field, alert = form.get_by_label("file *"), screen.composer.get_by_role("alert")

        await field.set_input_files(large)
        await expect(alert).to_have_text("“large.json” is too large: at most 10 MB can be sent.")
        await form.get_by_role("button", name="Send").click()
        await expect(alert).to_have_text("“file” is required.")

        await field.set_input_files(_chosen(b"{}"))
        await expect(alert).to_be_hidden()
        await form.get_by_role("button", name="Remove the file").click()
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
        await form.get_by_role("button", name="Send").click()
        await expect(alert).to_have_text("“file” is required.")


async def test_a_file_that_is_gone_when_it_is_sent_can_be_chosen_again(
    guild: SandboxGuild, start: Start, open_page: OpenPage, tmp_path: Path
) -> None:
    chosen = tmp_path / "templates.json"
    chosen.write_bytes(b"{}")
    async with start():
        screen = await open_page(be="Mara")
        await screen.open("raid-signups")
        form = await screen.type_command("templates import")
        await form.get_by_label("file *").set_input_files(chosen)
        chosen.unlink()
        await form.get_by_role("button", name="Send").click()
        await expect(screen.composer.get_by_role("alert")).to_contain_text(
            "could not be read. Try again, or choose it anew."
        )

        await form.get_by_label("file *").set_input_files(_chosen(b"{}"))
        await form.get_by_role("button", name="Send").click()
        await expect(form).to_have_count(0)
