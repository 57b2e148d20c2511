"""A local stand-in for Discord."""

from discord_sandbox.builders import SandboxGuild as SandboxGuild
from discord_sandbox.clock import SandboxClock as SandboxClock
from discord_sandbox.sandbox import FactMissing as FactMissing
from discord_sandbox.sandbox import Sandbox as Sandbox
