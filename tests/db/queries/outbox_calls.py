"""Calls of the functions for the outbox, and of those with which the demo looks on, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from raidbot.db import audit_overview, outbox, outbox_rows
from raidbot.raids.model import MemberId, RaidId
from raidbot.raids.purposes import Purpose
from tests.db.queries.long_history import FIRST_MEMBER, FIRST_MESSAGE
from tests.raids.builders import CHANNEL, GUILD, NOW

Call = Callable[[sqlite3.Connection], object]

MEMBER = MemberId(FIRST_MEMBER + 5)
LONG_AGO = NOW - timedelta(days=30)
_TEXT = "never"


def outbox_calls() -> Iterator[tuple[str, Call]]:
    yield "enqueue", partial(outbox.enqueue, owed=message("enqueue"))
    yield "claim", partial(outbox.claim, kind="dm", limit=5, now=NOW)
    yield "claim (posts)", partial(outbox.claim, kind="post", limit=5, now=NOW)
    yield "sent", partial(outbox.sent, row=1, message=FIRST_MESSAGE + 1, now=NOW)
    yield "refused", partial(outbox.refused, row=2, error=_TEXT, now=NOW)
    yield "postpone", partial(outbox.postpone, row=3, error=_TEXT, until=NOW)
    yield "expire", partial(outbox.expire, kind="dm", now=NOW)
    yield "put_back", partial(outbox.put_back, row=3, error=_TEXT, until=NOW)
    yield "recover", outbox.recover
    yield "drop_damaged", outbox_rows.drop_damaged
    yield "bring_forward", partial(outbox_rows.bring_forward, rows=[3], now=NOW)
    yield "end", partial(outbox.end, row=1, reason="over", now=NOW)
    yield "reword", partial(outbox.reword, row=1, payload={"content": "Hello"})
    yield "unknown", partial(outbox.unknown, row=4, error=_TEXT, now=NOW)
    yield "return_entries", partial(outbox.return_entries, row=4)
    yield "last_returned", partial(outbox.last_returned, channel=CHANNEL)
    yield "undelivered", partial(outbox.undelivered, raid=RaidId(7))
    yield "is_sent_message", partial(outbox.is_sent_message, message=1)
    yield "request_of", partial(outbox.request_of, row=1)
    yield "has_pending_posts", partial(outbox.has_pending_posts, channel=1)
    yield "next_due", partial(outbox.next_due, kind="dm")
    yield "counts", outbox.counts
    yield "done_before", partial(outbox.done_before, before=LONG_AGO, after=0, window=1000)
    yield "delete_done", partial(outbox.delete_done, ids=[1], before=LONG_AGO)


def message(dedupe: str) -> outbox.OutboxMessage:
    return outbox.OutboxMessage(
        kind="dm",
        target=MEMBER,
        payload={},
        dedupe=dedupe,
        due_at=NOW,
        guild=GUILD,
        raid=RaidId(7),
        purpose=Purpose.COURTESY,
    )


def overview_calls() -> Iterator[tuple[str, Call]]:
    yield "last_noted", partial(audit_overview.last_noted, limit=10)
    yield "newest_entry", audit_overview.newest_entry
    for one in (audit_overview.roster_changes, audit_overview.happened):
        yield one.__name__, partial(one, after=0)
