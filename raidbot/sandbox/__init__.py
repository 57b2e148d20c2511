"""A local stand-in for Discord."""

from raidbot.sandbox.builders import SandboxGuild as SandboxGuild
from raidbot.sandbox.clock import SandboxClock as SandboxClock
from raidbot.sandbox.sandbox import FactMissing as FactMissing
from raidbot.sandbox.sandbox import Sandbox as Sandbox
