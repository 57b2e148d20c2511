import asyncio

from structlog.testing import capture_logs

from raidbot.utils.tasks import TaskSet


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
