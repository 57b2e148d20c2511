"""Wake the outbox for messages that have become due.

It sleeps for as long as its clock says, and does not notice when the machine slept or its clock was moved.
"""

from datetime import datetime
from functools import partial

from raidbot.db import outbox
from raidbot.db.outbox_rows import Kind
from raidbot.state import State


async def wake_outbox(state: State, now: datetime) -> None:
    """Wake the outbox if a message is due."""
    kinds: tuple[Kind, ...] = ("dm", "post")
    for kind in kinds:
        due = await state.db.read(partial(outbox.next_due, kind=kind))
        if due is not None and due <= now:
            state.notify_outbox()
            return
