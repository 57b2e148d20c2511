"""A file that grows piece by piece, for Discord: too large for it, the file goes into a ZIP archive."""

import io
import zipfile
from datetime import datetime
from typing import IO

from raidbot.utils.errors import Refusal
from raidbot.utils.words import Raw, say

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Discord's limit for each file of a message: https://discord.com/developers/docs/reference#uploading-files."""


class ExportTooLarge(Refusal):
    def __init__(self, limit: int) -> None:
        size = f"{limit / (1024 * 1024):.3g} MiB"
        super().__init__(
            say(
                "This would be larger than Discord takes ({size}), even compressed. Choose a shorter time with `since`"
                " and `until`, for example one year after the other.",
                size=Raw(size),
            )
        )


class ExportFile:
    """A file of at most `limit` bytes, named `name`. Beyond that it becomes an archive with that one file in it.

    Not more than the limit is kept in memory, and as much again of the archive.
    """

    def __init__(self, name: str, limit: int, now: datetime) -> None:
        self._name = name
        self._limit = limit
        self._now = now
        self._content = io.BytesIO()
        self._archive: zipfile.ZipFile | None = None
        self._inner: IO[bytes] | None = None

    def add(self, piece: bytes) -> None:
        """Raises ExportTooLarge."""
        if self._inner is None and self._content.tell() + len(piece) > self._limit:
            self._compress()
        if self._inner is None:
            self._content.write(piece)
            return
        self._inner.write(piece)
        self._check()

    def finished(self) -> tuple[str, bytes]:
        """Return the file's name and content; nothing can be added any more. Raises ExportTooLarge."""
        if self._inner is None or self._archive is None:
            return self._name, self._content.getvalue()
        self._inner.close()
        self._archive.close()
        self._check()
        return f"{self._name}.zip", self._content.getvalue()

    def _compress(self) -> None:
        before = self._content.getvalue()
        self._content = io.BytesIO()
        self._archive = zipfile.ZipFile(self._content, "w", zipfile.ZIP_DEFLATED)
        entry = zipfile.ZipInfo(self._name, self._now.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._inner = self._archive.open(entry, "w")
        self._inner.write(before)

    def _check(self) -> None:
        if self._content.tell() > self._limit:
            raise ExportTooLarge(self._limit)
