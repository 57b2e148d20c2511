"""The clients: which libraries there are, how each is installed, and how its script is run."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / ".clients"
"""An ignored folder with a virtual environment or node_modules for each client."""


@dataclass(frozen=True, slots=True)
class Client:
    """One library with its script; `pins` are exact versions in the words of pip or npm, the library's own first."""

    name: str
    script: Path
    pins: tuple[str, ...]

    @property
    def is_python(self) -> bool:
        return self.script.suffix == ".py"

    @property
    def folder(self) -> Path:
        return INSTALLED / self.name

    @property
    def library(self) -> str:
        """The library and its version, such as `hikari 2.7.0`."""
        return " ".join(self.pins[0].replace("==", "@").rsplit("@", 1))


def all_clients() -> list[Client]:
    """Return one client for each file of pins."""
    return [_client(pins) for pins in sorted((HERE / "pins").glob("*.txt"))]


def _client(pins: Path) -> Client:
    lines = (line.strip() for line in pins.read_text(encoding="utf-8").splitlines())
    (script,) = (HERE / "bots").glob(f"{pins.stem}_bot.*")
    return Client(pins.stem, script, tuple(line for line in lines if line and not line.startswith("#")))


def install(client: Client) -> None:
    """Install the pinned versions unless they are there. Raises CalledProcessError if pip or npm fails."""
    stamp = client.folder / "installed.txt"
    wanted = "\n".join(client.pins)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    client.folder.mkdir(parents=True, exist_ok=True)
    if client.is_python:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(client.folder / "venv")], check=True)
        pip = [str(client.folder / "venv" / "bin" / "pip"), "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *client.pins], check=True)
    else:
        npm = ["npm", "install", "--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]
        subprocess.run([*npm, "--omit=optional", "--prefix", str(client.folder), *client.pins], check=True)
    stamp.write_text(wanted, encoding="utf-8")


def command(client: Client) -> list[str]:
    """Return the command that runs the script of an installed client."""
    if client.is_python:
        return [str(client.folder / "venv" / "bin" / "python"), str(client.script)]
    return ["node", str(client.script)]


def environment(client: Client) -> dict[str, str]:
    """Return what the script needs in its environment to find its library."""
    return {} if client.is_python else {"NODE_PATH": str(client.folder / "node_modules")}
