"""Every job that exists runs, and its last run is known afterwards."""

import ast
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from discord_sandbox import SandboxGuild
from raidbot.db import job_runs
from raidbot.jobs import schedule
from tests.conftest import Start
from tests.web.serving import pages_of, summed

JOBS = Path(schedule.__file__).parent
NO_JOBS = {"__init__", "heartbeat", "schedule"}


def jobs_of(module: Path) -> Iterator[str]:
    """Yield the names of functions and classes that are jobs: coroutines whose last argument is the present instant."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        match node:
            case ast.AsyncFunctionDef(name=name) if not name.startswith("_") and takes_now(node):
                yield name
            case ast.ClassDef(name=name, body=body):
                methods = [one for one in body if isinstance(one, ast.AsyncFunctionDef) and one.name == "run"]
                yield from (name for one in methods if takes_now(one))


def takes_now(function: ast.AsyncFunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[-1].arg.strip("_") == "now"


def imported_by_schedule() -> dict[str, set[str]]:
    """Return the names that the schedule imports of each module of the folder."""
    found: dict[str, set[str]] = {}
    for node in ast.parse((JOBS / "schedule.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("raidbot.jobs."):
            found.setdefault((node.module or "").rpartition(".")[2], set()).update(name.name for name in node.names)
    return found


def test_every_job_is_in_the_schedule_and_the_schedule_has_no_other() -> None:
    there = {module.stem: set(jobs_of(module)) for module in JOBS.glob("*.py") if module.stem not in NO_JOBS}
    scheduled = imported_by_schedule()
    own = {name for name in scheduled if name not in NO_JOBS}

    assert {module: jobs for module, jobs in there.items() if jobs - scheduled.get(module, set())} == {}
    assert {module for module in own if not scheduled[module] & there.get(module, set())} == {"failing_raids"}


async def test_the_last_run_of_every_job_is_known_after_the_end(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot, pages_of(bot) as pages:
        await pages.until_ready_but()
        names = set(schedule.all_jobs(bot.state, bot.delivery))
        found = await pages.metrics()
        runs = {name: summed(found, "raidbot_job_runs_total", job=name, outcome="done") for name in names}
        last = {name: summed(found, "raidbot_job_last_success_timestamp_seconds", job=name) for name in names}

    assert all(runs.values())
    assert all(last.values())
    with closing(connect(database)) as connection:
        known = job_runs.all_runs(connection)
    assert {run.job for run in known} >= names
    assert all(run.ran_at is not None and run.failed_at is None and run.failures == 0 for run in known)
