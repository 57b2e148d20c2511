"""Posts of the outbox go to their channels."""

from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import ChannelId
from tests.delivery.harness import DeliveryWorld
from tests.delivery.messages.test_outbox import until_outbox


async def test_a_post_goes_to_its_channel(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    post = OutboxMessage(
        kind="post",
        target=ChannelId(world.channel.id),
        payload={"content": "news", "embeds": [{"description": "more"}]},
        dedupe="post",
        due_at=harness.state.now(),
    )

    await harness.state.enqueue([post])
    harness.outbox.wake()
    await until_outbox(harness, sent=1)

    assert [(m.content, m.embeds[0]["description"]) for m in world.boards()] == [("news", "more")]
