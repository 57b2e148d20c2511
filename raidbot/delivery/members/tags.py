"""Tags of members by the key beside the database."""

import asyncio
from pathlib import Path

import structlog

from raidbot.utils import member_tags

log = structlog.get_logger(__name__)


class MemberTags:
    def __init__(self, database: Path) -> None:
        self._database = database
        self._key: bytes | None = None
        self._making_key = asyncio.Lock()

    async def of(self, member: int) -> str | None:
        """Return the member's tag, or None while there is no key beside the database and none can be made."""
        key = await self.key()
        return None if key is None else member_tags.tag(key, member)

    async def key(self) -> bytes | None:
        async with self._making_key:
            if self._key is None:
                try:
                    self._key = await asyncio.to_thread(member_tags.ensure_key, self._database)
                except OSError as error:
                    log.warning("no key for tags of members", error=repr(error))
                    return None
        return self._key
