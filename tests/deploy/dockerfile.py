"""Read the Dockerfile and the `.dockerignore`."""

import json
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = ROOT / "Dockerfile"


class Instruction(NamedTuple):
    """One instruction; `value` has no line breaks."""

    name: str
    value: str

    def words(self) -> list[str]:
        """The words of the shell form, or the list of the exec form."""
        return list(json.loads(self.value)) if self.value.startswith("[") else self.value.split()


def instructions(text: str | None = None) -> list[Instruction]:
    """Read all instructions in order; without `text` those of the repository's Dockerfile."""
    lines = (DOCKERFILE.read_text(encoding="utf-8") if text is None else text).splitlines()
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in lines if not line.lstrip().startswith("#")))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def last(name: str) -> Instruction:
    """The instruction of this name that holds for the image."""
    return [found for found in instructions() if found.name == name][-1]


def variables(found: Iterable[Instruction]) -> Iterator[tuple[str, str]]:
    """The variables that ENV instructions set."""
    for instruction in found:
        if instruction.name == "ENV":
            for word in instruction.words():
                name, _, value = word.partition("=")
                yield name, value


def health_check() -> list[str]:
    """The command of the health check."""
    options, _, command = last("HEALTHCHECK").value.partition("CMD ")
    assert options
    return list(json.loads(command))


def copied() -> list[str]:
    """The files and folders of this repository that the image is made of."""
    sources = [found.words()[:-1] for found in instructions() if found.name == "COPY" and "--from=" not in found.value]
    return [word.rstrip("/") for words in sources for word in words]


def is_sent(path: str) -> bool:
    """Return True if `.dockerignore` lets this file into the build; the last line that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip().lstrip("!")
        if not pattern or pattern.startswith("#"):
            continue
        parts = path.split("/")
        if any(_fits("/".join(parts[:count]), pattern) for count in range(1, len(parts) + 1)):
            sent = line.startswith("!")
    return sent


def _fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)
