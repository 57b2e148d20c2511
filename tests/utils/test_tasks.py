import asyncio

from structlog.testing import capture_logs

from raidbot.utils.tasks import TaskSet, end, guarded


async def test_tasks_are_kept_until_they_end() -> None:
    tasks, go = TaskSet(), asyncio.Event()
    task = tasks.spawn(go.wait(), name="waits")
    assert len(tasks) == 1
    assert task.get_name() == "waits"

    go.set()

    await asyncio.wait_for(task, 5)
    assert len(tasks) == 0


async def test_what_a_task_raises_is_logged_with_its_name() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    tasks = TaskSet()
    with capture_logs() as logs:
        await asyncio.wait({tasks.spawn(fail(), name="redraw")}, timeout=5)

    [entry] = logs
    assert entry["task"] == "redraw"
    assert entry["log_level"] == "error"
    assert isinstance(entry["exc_info"], ValueError)


async def test_cancelling_is_not_an_error() -> None:
    tasks = TaskSet()
    with capture_logs() as logs:
        task = tasks.spawn(asyncio.Event().wait(), name="forever")
        await tasks.cancel_all()

    assert task.cancelled()
    assert logs == []


async def test_a_long_lived_task_that_fails_says_so_and_goes_on() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise KeyError("gone")

    with capture_logs() as logs:
        await asyncio.wait_for(guarded("sweep", work), 5)

    assert runs == 2
    [entry] = logs
    assert entry["task"] == "sweep"
    assert entry["log_level"] == "error"
    assert entry["exc_info"]


async def test_a_failed_task_does_not_hold_up_a_stop() -> None:
    failed, stopping = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        failed.set()
        raise KeyError("gone")

    task = asyncio.create_task(guarded("sweep", work, stopping=stopping))
    await failed.wait()
    stopping.set()
    await end([task], within=0.5)

    assert not task.cancelled()
