"""A local stand-in for Discord."""

from raidbot.sandbox.builders import SandboxGuild
from raidbot.sandbox.clock import SandboxClock
from raidbot.sandbox.sandbox import FactMissing, Sandbox

__all__ = ["FactMissing", "Sandbox", "SandboxClock", "SandboxGuild"]
