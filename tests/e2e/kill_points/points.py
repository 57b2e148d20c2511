"""Points at which a process can be killed: before and after every `await` of a function."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KillPoint:
    """A moment before or after an `await`. `expression` is what is awaited, for messages and exceptions."""

    file: Path
    line: int
    function: str
    expression: str
    after: bool

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.function}: {self.expression}"

    @property
    def address(self) -> str:
        """The point as the hook reads it from the environment."""
        return f"{self.file}:{self.line}:{self.function.rpartition('.')[2]}:{'after' if self.after else 'before'}"


def kill_points(
    functions: Iterable[Callable[..., object]], *, besides: frozenset[str] = frozenset()
) -> tuple[KillPoint, ...]:
    """Return all points of the functions, and of functions inside them, in order of the lines.

    `besides` are awaited calls, as “self._find”, that the story does not reach. Raises ValueError for one that is not
    there.
    """
    found = [point for function in functions for point in _points(function)]
    names = {point.expression.partition("(")[0] for point in found}
    if unknown := besides - names:
        raise ValueError(f"nothing awaits {', '.join(sorted(unknown))}")
    return tuple(point for point in found if point.expression.partition("(")[0] not in besides)


def _points(function: Callable[..., object]) -> Iterator[KillPoint]:
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    file = Path(inspect.getsourcefile(function) or "")
    for owner, node in _awaits(tree, function.__name__):
        expression = ast.unparse(node.value)
        for after in (False, True):
            yield KillPoint(file, first + node.lineno - 1, owner, expression, after)


def _awaits(node: ast.AST, owner: str) -> Iterator[tuple[str, ast.Await]]:
    """Yield the awaits with the name of the innermost function around each."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Await):
            yield owner, child
        inner = child.name if isinstance(child, ast.AsyncFunctionDef) else owner
        yield from _awaits(child, inner)
