"""Messages that wait for the end of an outage go out when it ends, whatever time each would wait yet."""

from tests.delivery.harness import DeliveryWorld, until
from tests.delivery.messages.test_outbox import OPEN_DM, until_outbox


async def test_what_waits_out_an_outage_goes_out_when_it_ends(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.answer(503, route=OPEN_DM)
    for number in range(8):
        await harness.enqueue_dm(world.member(f"member{number}"), "hello")

    async def all_wait() -> object:
        query = "SELECT count(*) FROM outbox WHERE state = 'pending' AND last_error IS NOT NULL"
        (waiting,) = await harness.db.read(lambda tx: tx.execute(query).fetchone())
        return waiting == 8

    await until(all_wait)
    await harness.db.write(lambda tx: tx.execute("UPDATE outbox SET due_at = due_at + 3600 WHERE state = 'pending'"))
    fault.lift()

    await harness.enqueue_dm(world.member("one more"), "hello")

    await until_outbox(harness, sent=9)
