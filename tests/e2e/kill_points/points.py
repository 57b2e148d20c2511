"""Points at which a process can be killed: before and after every `await` of a function."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KillPoint:
    """A moment before an `await`, or after it returned. `expression` is what is awaited, for messages and exceptions.

    The process is killed when it comes there for the time that `times` says.
    """

    file: Path
    line: int
    column: int
    function: str
    expression: str
    after: bool
    times: int = 1

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.function}: {self.expression}"

    @property
    def address(self) -> str:
        """The point as the hook reads it from the environment."""
        name, side = self.function.rpartition(".")[2], "after" if self.after else "before"
        return f"{self.file}:{self.line}:{self.column}:{name}:{side}:{self.times}"


def kill_points(
    functions: Iterable[Callable[..., object]], *, besides: frozenset[str] = frozenset(), times: int = 1
) -> tuple[KillPoint, ...]:
    """Return all points of the functions, and of functions inside them, in order of the lines.

    `besides` are awaited calls that the story does not reach: “self._find”, or where other functions do reach it
    “_send: self._find”; what follows may narrow it down. Raises ValueError for one that is not there.
    """
    found = [replace(point, times=times) for function in functions for point in _points(function)]
    left_out = {name: [point for point in found if _is_named(point, name)] for name in besides}
    if unknown := sorted(name for name, points in left_out.items() if not points):
        raise ValueError(f"nothing awaits {', '.join(unknown)}")
    return tuple(point for point in found if not any(point in points for points in left_out.values()))


def described(points: Iterable[KillPoint]) -> str:
    """Return the points of one story in words, in the order in which the process is killed at them."""
    return ", ".join(map(str, points))


def _is_named(point: KillPoint, name: str) -> bool:
    call = point.expression.partition("(")[0]
    return name == call or f"{point.function}: {point.expression}".startswith(name)


def _points(function: Callable[..., object]) -> Iterator[KillPoint]:
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    margin = len(lines[0]) - len(lines[0].lstrip())
    file = Path(inspect.getsourcefile(function) or "")
    for owner, node in _awaits(tree, function.__name__):
        line, column = first + node.lineno - 1, margin + node.col_offset
        for after in (False, True):
            yield KillPoint(file, line, column, owner, ast.unparse(node.value), after)


def _awaits(node: ast.AST, owner: str) -> Iterator[tuple[str, ast.Await]]:
    """Yield the awaits with the name of the innermost function around each."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Await):
            yield owner, child
        inner = child.name if isinstance(child, ast.AsyncFunctionDef) else owner
        yield from _awaits(child, inner)
