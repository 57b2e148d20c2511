"""All that the bot knows of a member, as a file that Discord takes."""

import gzip
import json
from datetime import datetime
from functools import partial

from raidbot.db.forgetting import exporting
from raidbot.db.forgetting.exporting import Tables
from raidbot.db.forgetting.registered import NOWHERE
from raidbot.delivery.forgetting.whereabouts import servers_of
from raidbot.raids.model import MemberId
from raidbot.raids.privacy.export import file_of
from raidbot.state import State

MAX_BYTES = 9_500_000
"""Discord takes files of up to 10 MiB: https://discord.com/developers/docs/reference#uploading-files"""


async def member_file(state: State, member: MemberId, *, most_bytes: int = MAX_BYTES) -> tuple[str, bytes]:
    """Return a name and the content: JSON, compressed if it is large, and without the oldest rows if it still is."""
    servers: list[dict[str, object]] = []
    for guild in sorted(await servers_of(state.db, member)):
        tables = await state.db.read(partial(exporting.of_guild, member=member, guild=guild))
        servers.append({"server": str(guild), "tables": tables})
    elsewhere = await state.db.read(partial(exporting.of_guild, member=member, guild=NOWHERE))
    return _written(member, servers, elsewhere, state.now(), most_bytes)


def _written(
    member: MemberId, servers: list[dict[str, object]], elsewhere: Tables, now: datetime, most_bytes: int
) -> tuple[str, bytes]:
    said = file_of(member, servers, {"tables": elsewhere}, now=now)
    while True:
        plain = json.dumps(said, ensure_ascii=False, indent=1).encode()
        if len(plain) <= most_bytes:
            return "raidbot-export.json", plain
        packed = gzip.compress(plain, mtime=0)
        if len(packed) <= most_bytes:
            return "raidbot-export.json.gz", packed
        rows = max((rows for one in servers for rows in _lists(one)), key=len, default=[])
        del rows[: max(1, len(rows) // 2)]
        said["left_out"] = "The oldest rows of long tables, as the file would be too large for Discord."


def _lists(server: dict[str, object]) -> list[list[object]]:
    tables = server["tables"]
    return [rows for rows in tables.values() if rows] if isinstance(tables, dict) else []
