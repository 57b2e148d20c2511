"""Reports that are not repeated while their cause lasts."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class ReportOnce(Generic[K]):
    """Remembers which error codes were reported about a key, until the key works again."""

    def __init__(self) -> None:
        self._reported: dict[K, set[int]] = {}

    def is_new(self, key: K, code: int = 0) -> bool:
        """Return True the first time that this code is reported about the key."""
        codes = self._reported.setdefault(key, set())
        if code in codes:
            return False
        codes.add(code)
        return True

    def forget(self, key: K) -> None:
        """Report everything about the key anew, because it works again."""
        self._reported.pop(key, None)
