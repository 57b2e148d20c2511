"""Pictures in /create and on the raid's panel: files from Discord, and addresses that are never asked for."""

import asyncio
import io

from PIL import Image

from discord_sandbox import SandboxGuild
from discord_sandbox.command_input import Upload
from tests.commands.raid.panel_helpers import form_values, panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, run_create


def png() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(drawn, "PNG")
    return drawn.getvalue()


async def test_a_file_is_seen_in_the_preview_and_posted_with_every_copy(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        preview = await run_create(guild, image=Upload("holiday.png", png()))
        assert preview.message is not None
        assert [one.content for one in preview.message.attachments] == [png()]
        form = await preview.click("Picture")
        assert form_values(form)["picture"] == "uploaded file"
        await form.submit(picture_text="Our *map*", picture_size="large")
        assert "🖼️ Our \\*map\\*" in preview.embeds[0]["description"]

        await preview.click("Confirm")
        channel = guild.channel("raid-signups")
        (board,) = await guild.until(lambda: [one for one in guild.messages(channel) if one.reactions])
        (file,) = board.attachments
        await guild.until(lambda: "Posted in" in preview.text())
        panel = await panel_of(guild, board)
        await (await panel.click("Duplicate")).submit(when="in 30 hours")
        await panel.click("Without anybody")
        copy = await guild.until(lambda: [one for one in guild.messages(channel) if one.reactions and one is not board])

        assert preview.message.attachments == []
        assert (file.filename, file.content, file.description) == ("picture-1.png", png(), "Our *map*")
        assert board.embeds[0]["image"]["url"] == "attachment://picture-1.png"
        assert copy[0].attachments[0].content == png()
        assert (await stored_raid(bot)).picture == (await stored_raid(bot, 2)).picture


async def test_what_is_no_picture_is_said_and_the_rest_of_the_draft_is_kept(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await run_create(guild, image=Upload("raid.png", b"<svg/>"), seats=9)
        assert "That file is no picture I can post." in panel.text()
        assert "0/9" in panel.text()

        both = await run_create(guild, image=Upload("raid.png", png()), image_url="https://example.org/raid.png")
        assert "not both" in both.text()

        form = await panel.click("Picture")
        await form.submit(picture="http://example.org/raid.png")
        assert "A picture’s address starts with https://" in panel.text()


async def test_an_address_is_shown_changed_and_removed_and_never_asked_for(guild: SandboxGuild, start: Start) -> None:
    asked: list[object] = []

    async def heard(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(heard, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/map.png"
    async with server, start() as bot:
        board = await post_raid(guild, image_url=url)
        assert board.embeds[0]["thumbnail"]["url"] == url

        panel = await panel_of(guild, board)
        await (await panel.click("Picture")).submit(picture=f"{url}?2", picture_text="A map", picture_size="large")
        await guild.until(lambda: board.embeds[0].get("image") == {"url": f"{url}?2"})
        assert "🖼️ A map" in board_text(board)
        await (await panel.click("Picture")).submit(picture="")
        await guild.until(lambda: "image" not in board.embeds[0])
        assert "Picture removed." in panel.text()
        await panel.click("Undo: picture changed")
        await guild.until(lambda: "image" in board.embeds[0])
        assert (await stored_raid(bot)).picture is not None
    assert asked == []
