"""Places between SAVEPOINT, COMMIT and answer, found in the code, at which a process can be made to die."""

import ast
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple, TypeAlias

from raidbot.db import shared_commits

FILE = Path(shared_commits.__file__)
FUNCTIONS = ("attempt", "__call__", "tell", "_run")
"""Of `raidbot/db/shared_commits.py`: all that a write goes through from its SAVEPOINT to its answer."""

_Tracer: TypeAlias = Callable[[FrameType, str, object], "_Tracer | None"]


class Seam(NamedTuple):
    """The moment before this line is executed."""

    line: int
    text: str


def seams() -> list[Seam]:
    """Return the moments before every statement of these functions."""
    source = FILE.read_text(encoding="utf-8")
    lines = source.splitlines()
    return [Seam(line, lines[line - 1].strip()) for line in sorted(set(_statements(ast.parse(source))))]


def _statements(tree: ast.Module) -> Iterator[int]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name in FUNCTIONS:
            for node in ast.walk(function):
                is_documentation = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
                if isinstance(node, ast.stmt) and node not in (function, *_tries(function)) and not is_documentation:
                    yield node.lineno


def _tries(function: ast.AST) -> Iterator[ast.Try]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Try))


def die_at(line: int, is_armed: Callable[[], bool]) -> None:
    """Kill this process before it executes the line of `FILE`, once armed, in this thread or one started later."""

    def in_file(frame: FrameType, event: str, _: object) -> "_Tracer | None":
        if event == "line" and frame.f_lineno == line and is_armed():
            os.kill(os.getpid(), signal.SIGKILL)
        return in_file

    def everywhere(frame: FrameType, _: str, __: object) -> "_Tracer | None":
        return in_file if frame.f_code.co_filename == str(FILE) and frame.f_code.co_name in FUNCTIONS else None

    threading.settrace(everywhere)
    sys.settrace(everywhere)
