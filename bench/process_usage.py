"""Read a process's CPU time and memory from Linux's /proc."""

import asyncio
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SAMPLE_SECONDS = 0.1


def has_proc() -> bool:
    """Return True if this system has /proc."""
    return Path("/proc/self/statm").exists()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all threads so far in seconds, in steps of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6


async def until_idle(pid: int, *, still: float = 1.0) -> None:
    """Wait until the process has used no more than one clock tick of CPU time for `still` seconds."""
    used, quiet = cpu_seconds(pid), 0.0
    while quiet < still:
        await asyncio.sleep(_SAMPLE_SECONDS)
        now = cpu_seconds(pid)
        quiet = 0.0 if now - used > 1 / _TICKS else quiet + _SAMPLE_SECONDS
        used = now if quiet == 0.0 else used
