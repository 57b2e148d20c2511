"""The delays between retries."""

_MAX_DOUBLINGS = 30


class Backoff:
    """Delays in seconds that start at `first` and double up to `maximum`."""

    def __init__(self, first: float, maximum: float) -> None:
        self._first = first
        self._maximum = maximum
        self.failures = 0

    def after(self, failures: int) -> float:
        """Return the delay after this many failures in a row, at least 1."""
        return min(self._first * 2.0 ** min(failures - 1, _MAX_DOUBLINGS), self._maximum)

    def next(self) -> float:
        """Count a failure and return the delay after it."""
        self.failures += 1
        return self.after(self.failures)

    def reset(self) -> None:
        """Start over after a success."""
        self.failures = 0
