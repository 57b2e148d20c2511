"""Find the metrics and labels that a PromQL expression names."""

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*")|(?P<range>\[[^\]]*\])|(?P<number>\d[\w.]*)"""
    r"""|(?P<name>[a-zA-Z_:][\w:]*)|(?P<match>=~|!~|!=|==|<=|>=|=|<|>)|(?P<mark>[(){},+\-*/%^])|(?P<space>\s+)"""
)
_LISTS_LABELS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_WORDS = _LISTS_LABELS | {"and", "or", "unless", "bool", "offset"}


class Named(NamedTuple):
    """A metric of an expression, and its labels: each with the operator and the value that it is compared with."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...] = ()


class Expression(NamedTuple):
    """The metrics of an expression, and the labels that it groups or matches by."""

    metrics: tuple[Named, ...]
    grouped: frozenset[str]


def read(expression: str) -> Expression:
    """Read an expression. Raises ValueError for what is no PromQL."""
    tokens = list(_tokens(expression))
    for opening, closing in ("()", "{}"):
        if [text for _, text in tokens].count(opening) != [text for _, text in tokens].count(closing):
            raise ValueError("a bracket is never closed")
    metrics: list[Named] = []
    grouped: set[str] = set()
    place = 0
    while place < len(tokens):
        kind, text = tokens[place]
        following = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        if kind == "name" and text in _LISTS_LABELS and following == "(":
            end = _closing(tokens, place + 1)
            grouped |= {word for kind, word in tokens[place + 2 : end] if kind == "name"}
            place = end
        elif kind == "name" and following not in ("(", "by", "without") and text not in _WORDS:
            end = _closing(tokens, place + 1) if following == "{" else place
            metrics.append(Named(text, tuple(_matchers(tokens[place + 2 : end]))))
            place = end
        place += 1
    return Expression(tuple(metrics), frozenset(grouped))


def _tokens(expression: str) -> list[tuple[str, str]]:
    found, place = [], 0
    while place < len(expression):
        token = _TOKEN.match(expression, place)
        if token is None or token.lastgroup is None:
            raise ValueError(f"unreadable at {expression[place : place + 20]!r}")
        if token.lastgroup != "space":
            found.append((token.lastgroup, token[0]))
        place = token.end()
    return found


def _closing(tokens: list[tuple[str, str]], opening: int) -> int:
    """The place of the bracket that closes the one at `opening`."""
    mark = {"(": ")", "{": "}"}[tokens[opening][1]]
    for place in range(opening, len(tokens)):
        if tokens[place][1] == mark:
            return place
    raise ValueError(f"nothing closes {tokens[opening][1]}")


def _matchers(tokens: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    parts = [text for kind, text in tokens if text != ","]
    if len(parts) % 3:
        raise ValueError(f"unreadable labels {parts}")
    return [(parts[at], parts[at + 1], parts[at + 2].strip('"')) for at in range(0, len(parts), 3)]
