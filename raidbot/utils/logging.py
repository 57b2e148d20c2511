"""Logging as console lines or JSON, including discord.py's records, with secrets redacted and members tagged."""

import logging
import re
import sys
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from raidbot.utils.member_tags import TAG, new_key, tag
from raidbot.utils.text import whole

_MAX_FILE_BYTES = 5_000_000
_KEPT_FILES = 5
_HIDDEN = "[hidden]"
# A bot token, or the token in an interaction's or webhook's URL.
_TOKENS = re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=/)((?:webhooks|interactions)/\d+)/[\w.%-]{20,}")
_MEMBER_FIELDS = ("member", "members", "actor", "user")
_secrets: set[str] = set()  # process-wide, as logging is
_member_keys: list[bytes] = []  # the last one counts


def hide(secret: str) -> None:
    """Replace this value in every log line from now on."""
    if secret:
        _secrets.add(secret)


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
        if not _member_keys:
            tag_members_with(new_key())
        return tag(_member_keys[0], value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_tagged(one) for one in value]
    return _HIDDEN


def configure(*, level: str, json: bool, file: Path | None = None) -> None:
    """Log to standard error, and as JSON to `file` if given (rotated at 5 MB, five old files kept).

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
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(_formatter(shared, json=json))
    handlers: list[logging.Handler] = [console]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        rotating = RotatingFileHandler(file, maxBytes=_MAX_FILE_BYTES, backupCount=_KEPT_FILES, encoding="utf-8")
        rotating.setFormatter(_formatter(shared, json=True))
        handlers.append(rotating)
    _replace_handlers(handlers, level.upper())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _replace_handlers(handlers: list[logging.Handler], level: str) -> None:
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, _Redacting):
            root.removeHandler(old)
            old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)


def _formatter(shared: list[Processor], *, json: bool) -> "_Redacting":
    render: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=repr)]
        if json
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    return _Redacting(foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, *render])


class _Redacting(ProcessorFormatter):
    """Redacts secrets in the rendered line, so tracebacks and other libraries' messages are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        line: Any = whole(super().format(record))
        for secret in sorted(_secrets, key=len, reverse=True):
            line = line.replace(secret, _HIDDEN)
        return _TOKENS.sub(lambda found: f"{found[1]}/{_HIDDEN}" if found[1] else _HIDDEN, line)
