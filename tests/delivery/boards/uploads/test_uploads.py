"""Files of pictures go up with their boards once, stay through edits, and never hold a board up."""

from dataclasses import replace
from functools import partial

import pytest

from discord_sandbox.faults import Silence
from discord_sandbox.store import Message
from raidbot.db import pictures
from raidbot.raids import details
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import GuildId, Picture, PictureLoss, Raid, RaidId, Source
from raidbot.raids.pictures.rules import change_picture
from raidbot.state import Cause
from tests.delivery.harness import SEND, BotHarness, DeliveryWorld, until

CAUSE = Cause(Source.COMMAND)
GIF = b"GIF89a and the rest"
MAP = Picture(url="https://example.org/map.png", is_large=True, text="The *map*")


async def stored(world: DeliveryWorld, harness: BotHarness, content: bytes = GIF) -> Picture:
    add = partial(pictures.add, guild=GuildId(world.guild.id), content=content, now=harness.state.now())
    return replace(await harness.db.write(add), text="A map")


async def create(world: DeliveryWorld, harness: BotHarness, picture: Picture | None) -> Raid:
    return await harness.state.create(replace(world.plan(), picture=picture), CAUSE)


async def posted(world: DeliveryWorld, harness: BotHarness, picture: Picture | None) -> tuple[Raid, Message]:
    raid = await create(world, harness, picture)
    return raid, await until_settled(world, harness, raid)


async def until_settled(world: DeliveryWorld, harness: BotHarness, raid: Raid) -> Message:
    await world.sandbox.until(lambda: world.board(raid) is not None and world.require_board(raid).reactions)
    await harness.posting.idle()
    await harness.boards.idle()
    return world.require_board(raid)


async def show(harness: BotHarness, raid: Raid, picture: Picture | None) -> None:
    await harness.state.change(raid.id, partial(change_picture, picture=picture), CAUSE)
    await harness.boards.idle()


async def losses(harness: BotHarness, raid: RaidId) -> list[str]:
    query = "SELECT json_extract(arguments, '$.why') FROM audit WHERE raid = ? AND action = ?"
    found = await harness.db.read(lambda db: db.execute(query, (raid, AuditAction.PICTURE_LOST)).fetchall())
    return [why for (why,) in found]


async def test_an_uploaded_picture_stays_through_edits_without_another_upload(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, board = await posted(world, harness, await stored(world, harness))
    (first,) = board.attachments

    await harness.state.change(raid.id, partial(details.reword, title="Another"), CAUSE)
    await world.sandbox.until(lambda: "Another" in world.text(raid))

    (kept,) = board.attachments
    assert (kept.id, kept.content, kept.description) == (first.id, GIF, "A map")
    assert board.embeds[0]["thumbnail"]["url"] == f"attachment://{kept.filename}"
    assert world.text(raid).count("🖼️ A map") == 1


async def test_pictures_are_exchanged_and_removed_with_their_files(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, board = await posted(world, harness, None)

    await show(harness, raid, await stored(world, harness))
    await world.sandbox.until(lambda: [one.content for one in board.attachments] == [GIF])
    await show(harness, raid, await stored(world, harness, b"GIF87a"))
    await world.sandbox.until(lambda: [one.content for one in board.attachments] == [b"GIF87a"])
    await show(harness, raid, MAP)
    await world.sandbox.until(lambda: not board.attachments)

    assert board.embeds[0]["image"]["url"] == MAP.url
    assert "🖼️ The \\*map\\*" in board.embeds[0]["description"]
    await show(harness, raid, None)
    await world.sandbox.until(lambda: "image" not in board.embeds[0])
    assert "thumbnail" not in board.embeds[0]


async def test_a_restart_uploads_nothing_again(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, board = await posted(world, harness, await stored(world, harness))
    (first,) = board.attachments
    await world.crash(harness)

    harness = await world.start_bot()
    await harness.boards.idle()
    await harness.state.change(raid.id, partial(details.reword, title="Another"), CAUSE)
    await world.sandbox.until(lambda: "Another" in world.text(raid))

    assert [one.id for one in board.attachments] == [first.id]


async def test_a_lost_answer_posts_the_picture_once(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    picture = await stored(world, harness)
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await create(world, harness, picture)
    await world.sandbox.until(lambda: fault.met and world.boards())
    await world.crash(harness)
    fault.lift()

    harness = await world.start_bot()
    board = await until_settled(world, harness, raid)

    assert len(world.boards()) == 1
    assert [one.content for one in board.attachments] == [GIF]


@pytest.mark.parametrize(("code", "why"), [(40005, PictureLoss.TOO_LARGE), (50013, PictureLoss.NOT_ALLOWED)])
async def test_a_file_that_discord_refuses_is_left_out(world: DeliveryWorld, code: int, why: PictureLoss) -> None:
    harness = await world.start_bot()
    world.sandbox.faults.refuse(code, route=SEND, calls=1)

    raid, board = await posted(world, harness, await stored(world, harness))

    assert (board.attachments, "thumbnail" in board.embeds[0]) == ([], False)
    assert await losses(harness, raid.id) == [why]


async def test_without_the_permission_the_board_is_posted_and_edited_without_the_file(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    world.guild.deny(world.channel, "attach_files")
    raid, board = await posted(world, harness, await stored(world, harness))
    assert board.attachments == []

    await show(harness, raid, await stored(world, harness))

    async def is_lost_twice() -> bool:
        return await losses(harness, raid.id) == [PictureLoss.NOT_ALLOWED] * 2

    await until(is_lost_twice)
    await harness.boards.idle()
    assert (await harness.state.raid(raid.id)).picture is None


async def test_a_file_that_is_gone_is_left_out(world: DeliveryWorld) -> None:
    harness = await world.start_bot()

    raid, board = await posted(world, harness, Picture(stored=404, file_type="png"))

    assert (board.attachments, "thumbnail" in board.embeds[0]) == ([], False)
    assert await losses(harness, raid.id) == [PictureLoss.GONE]


async def test_a_file_that_the_message_has_lost_is_uploaded_again(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, board = await posted(world, harness, await stored(world, harness))
    board.attachments = []

    await harness.state.change(raid.id, partial(details.reword, title="Another"), CAUSE)
    await world.sandbox.until(lambda: "Another" in world.text(raid))

    assert [one.content for one in board.attachments] == [GIF]
    assert await losses(harness, raid.id) == []
