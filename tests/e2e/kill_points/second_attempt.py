"""Points of `Sender._send` that only a second attempt reaches, and where the first one is killed for it."""

from dataclasses import replace

from raidbot.delivery.messages.sender import Sender
from tests.e2e.kill_points.points import KillPoint, kill_points

_ALL = kill_points((Sender._send,))
_LOOKS_AT = next(point.line for point in _ALL if "self._find" in point.expression)
_SENDS_AT = next(point.line for point in _ALL if "channel.send" in point.expression)

UNSENT = next(point for point in _ALL if point.line == _SENDS_AT)
"""Just before the first attempt sends."""
SECOND_ATTEMPT = tuple(point for point in _ALL if _LOOKS_AT <= point.line < _SENDS_AT)
"""Looking for the message of the first attempt, and making its words anew."""


def without_second_attempt(points: tuple[KillPoint, ...]) -> tuple[KillPoint, ...]:
    return tuple(point for point in points if replace(point, times=1) not in SECOND_ATTEMPT)
