"""Every task of the bot is guarded, or listed here with the reason why it need not be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import raidbot

PACKAGE = Path(raidbot.__file__).parent
STARTERS = {"create_task", "start_detached", "spawn"}
GUARDS = {"guarded", "retry_until_done"}
UNGUARDED = {
    "bot.py: registration": "a name for `retry_until_done`",
    "bot.py: reconciling": "a name for `retry_until_done`",
    "bot.py: self._close()": "ends the bot, and its error is its caller's",
    "db/shared_commits.py: self._run()": "lasts as long as writes are asked for, and hands its errors to their askers",
    "delivery/token_sharing/watch.py: self._look(now)": "one look, whose failure is logged",
    "delivery/token_sharing/watch.py: self._note()": "one note, whose failure is logged",
    "ops/alerts/sinks.py: self._send(text, nonce)": "one message, whose failure is its caller's",
    "ops/backups/job.py: self._back_up(now)": "one backup, whose failure is logged and kept",
    "commands/privacy/cog.py: delete_at_once(self._state, permissions.guild_id(interaction))": "one deletion, whose"
    " error is its caller's",
    "delivery/members/listing.py: self._read(guild)": "one list, whose error is for all who wait for it",
    "delivery/boards/comparison_rounds.py: work": "a name for `retry_until_done`",
    "delivery/boards/reconcile.py: self.compare(key, in_full=True)": "one comparison, whose failure is logged",
    "delivery/event_queue.py: one.wait()": "waits only",
    "delivery/event_queue.py: self._tell([event])": "one message, whose failure is logged",
    "commands/ui/responses.py: _acknowledge_later(interaction)": "lasts as long as one press",
    "delivery/boards/raid_boards.py: self._restyle(after.guild)": "lasts as long as one change of settings",
    "delivery/keyed_workers.py: self._run(key)": "catches what the work raises, and runs it again",
    "delivery/messages/best_effort_dm.py: self._say(member, text)": "one message, whose failure is logged",
    "delivery/messages/outbox.py: self._send_beside(mine)": "one recipient's messages, whose failure is logged",
    "process.py: _connect(bot, token)": "ends the process with its error",
    "process.py: stop_requested.wait()": "waits only",
    "utils/aggregate.py: work": "one change, whose error is its caller's",
    "utils/tasks.py: work": "what is started is looked at where it is started",
}


def test_every_task_is_guarded() -> None:
    assert set(unguarded()) == UNGUARDED.keys()


def unguarded() -> Iterator[str]:
    """Yield the file and the work of each task that is started without a guard."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith("demo/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in STARTERS and not _is_guarded(node.args[0]):
                yield f"{place}: {ast.unparse(node.args[0])}"


def _is_guarded(work: ast.expr) -> bool:
    return isinstance(work, ast.Call) and _name(work.func) in GUARDS


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
