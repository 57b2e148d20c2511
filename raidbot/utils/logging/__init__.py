"""Logging as console lines or JSON, including other libraries' records, with secrets redacted and members tagged."""

import logging
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from raidbot.utils.logging.log_file import LogFile
from raidbot.utils.logging.redaction import HIDDEN, redacted
from raidbot.utils.logging.redaction import hide as hide
from raidbot.utils.logging.writer import Console, Writer
from raidbot.utils.logging.writer import open_standard_streams as open_standard_streams
from raidbot.utils.member_tags import TAG, new_key, tag
from raidbot.utils.text import whole

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_MEMBER_FIELDS = ("member", "members", "actor", "user")
_QUIET = {"discord": logging.INFO, "aiosqlite": logging.WARNING, "asyncio": logging.INFO}
"""The most that other libraries say, at the level debug: beyond it they write what members do, with their ids."""
_DAYS = 14
_member_keys: list[bytes] = []  # the last one counts


def tag_members_with(key: bytes) -> None:
    """Use this key for the tags of members from now on. Without one, they change with every start."""
    _member_keys[:] = [key]


def tag_members(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace the ids of members in the fields that hold them by their tags."""
    for field in _MEMBER_FIELDS:
        if field in event:
            event[field] = _tagged(event[field])
    return event


def _tagged(value: object) -> object:
    """Return tags for ids; what is neither an id, a tag nor nothing is a name or worse, and hidden."""
    if value is None or (isinstance(value, str) and TAG.fullmatch(value)):
        return value
    if isinstance(value, int):
        return _tag(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_tagged(one) for one in value]
    return HIDDEN


def _tag(member: int) -> str:
    if not _member_keys:
        tag_members_with(new_key())
    return tag(_member_keys[0], member)


def configure(*, level: str, json: bool, file: Path | None = None, days: int = _DAYS) -> None:
    """Log to standard error, and as JSON to `file` if given, which is kept for `days` days.

    Raises OSError if the file or its folder cannot be created or written.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        tag_members,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    console = Writer("standard error", Console(sys.stderr).write)
    console.setFormatter(_formatter(shared, json=json))
    handlers = [console]
    if file is not None:
        kept = Writer(str(file), LogFile(file, days=days).write)
        kept.setFormatter(_formatter(shared, json=True))
        handlers.append(kept)
    _replace_handlers(handlers)
    _set_level(getattr(logging, level.upper()))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def flush(within: float = 2.0) -> None:
    """Wait until what was logged is written, at most `within` seconds for each place."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Writer):
            handler.flush(within)


def toggle_debug(level: str) -> str:
    """Change from `level` to debug, or back; return the level that counts now."""
    chosen: int = getattr(logging, level.upper())
    now = chosen if logging.getLogger().level == logging.DEBUG else logging.DEBUG
    _set_level(now)
    return logging.getLevelName(now).lower()


def _set_level(level: int) -> None:
    logging.getLogger().setLevel(level)
    for name, most in _QUIET.items():
        # Only at the level debug their ordinary news are of interest.
        logging.getLogger(name).setLevel(max(level, most if level <= logging.DEBUG else logging.WARNING))


def log_uncaught() -> None:
    """Log what Python would print about errors that nobody catches, so that it is redacted, too."""
    log = logging.getLogger(__name__)

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught error", exc_info=(kind, error, trace))

    def unraisable(found: "UnraisableHookArgs") -> None:
        error = found.exc_value or found.exc_type()
        log.error("error that could not be raised", exc_info=(found.exc_type, error, found.exc_traceback))

    def in_thread(found: threading.ExceptHookArgs) -> None:
        error = found.exc_value or found.exc_type()
        log.error("error in a thread", exc_info=(found.exc_type, error, found.exc_traceback))

    sys.excepthook, sys.unraisablehook, threading.excepthook = uncaught, unraisable, in_thread


def _replace_handlers(handlers: list[Writer]) -> None:
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, Writer)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    logging.captureWarnings(capture=True)


def _formatter(shared: list[Processor], *, json: bool) -> "_Redacting":
    render: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=repr)]
        if json
        else [structlog.dev.ConsoleRenderer(colors=_is_terminal(), exception_formatter=structlog.dev.plain_traceback)]
    )
    return _Redacting(foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, *render])


def _is_terminal() -> bool:
    return sys.stderr is not None and not sys.stderr.closed and sys.stderr.isatty()


class _Redacting(ProcessorFormatter):
    """Redacts the rendered line, so tracebacks and other libraries' messages are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(whole(super().format(record)), _tag)
