"""Kill this process at the point that KILL_AT names. Python imports it at its start if its folder is on the path.

KILL_AT is FILE:LINE:FUNCTION:before|after, KILLED_AT a file that is written first, so that nobody waits in vain.
"""

import dis
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import TraceFunction

_RETURN = dis.opmap["RETURN_VALUE"]
_passed: set[int] = set()


def _install(point: str, note: Path) -> None:
    file, line, function, side = point.rsplit(":", 3)
    number = int(line)

    def die() -> None:
        note.write_text(point)
        os.kill(os.getpid(), signal.SIGKILL)

    def called(frame: FrameType, _event: str, _arg: object) -> "TraceFunction | None":
        code = frame.f_code
        return inside if code.co_name == function and code.co_filename == file else None

    def inside(frame: FrameType, event: str, _arg: object) -> "TraceFunction | None":
        if event == "line" and frame.f_lineno == number and side == "before":
            die()
        is_end = event == "return" and frame.f_code.co_code[frame.f_lasti] == _RETURN
        if id(frame) in _passed and (is_end or (event == "line" and frame.f_lineno != number)):
            die()
        if event == "line" and frame.f_lineno == number:
            _passed.add(id(frame))
        return inside

    sys.settrace(called)


if "KILL_AT" in os.environ:
    _install(os.environ["KILL_AT"], Path(os.environ["KILLED_AT"]))
