"""Kill this process at the point that KILL_AT names; see `KillPoint.address`.

KILLED_AT is a file that is written first, so that nobody waits in vain. Nothing of the tests is imported: the forked
process that calls `install` is the bot.
"""

import dis
import os
import signal
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import TraceFunction


def install() -> None:
    """Trace the function that KILL_AT names, and kill the process when it comes to the point the given time."""
    point = os.environ["KILL_AT"]
    file, line, column, function, side, times = point.rsplit(":", 5)
    place, after = (int(line), int(column)), side == "after"
    offsets: dict[CodeType, frozenset[int]] = {}
    left = int(times)

    def called(frame: FrameType, _event: str, _arg: object) -> "TraceFunction | None":
        code = frame.f_code
        if code.co_name != function or code.co_filename != file:
            return None
        if code not in offsets:
            offsets[code] = _offsets(code, place, after=after)
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return inside

    def inside(frame: FrameType, event: str, _arg: object) -> "TraceFunction":
        nonlocal left
        if event == "opcode" and frame.f_lasti in offsets[frame.f_code]:
            left -= 1
            if left == 0:
                Path(os.environ["KILLED_AT"]).write_text(point)
                os.kill(os.getpid(), signal.SIGKILL)
        return inside

    sys.settrace(called)


def _offsets(code: CodeType, place: tuple[int, int], *, after: bool) -> frozenset[int]:
    """Return where the code begins to await at this line and column, or goes on `after` it; twice in a `finally`."""
    found, is_here = set(), False
    for step in dis.get_instructions(code):
        if step.opname == "GET_AWAITABLE" and step.positions is not None:
            is_here = (step.positions.lineno, step.positions.col_offset) == place
            if is_here and not after:
                found.add(step.offset)
        elif step.opname == "SEND" and is_here:
            is_here = False
            if after:
                found.add(step.argval)
    return frozenset(found)
