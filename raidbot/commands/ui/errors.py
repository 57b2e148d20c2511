"""Report errors to the person whose interaction failed."""

import secrets
import sqlite3

import aiohttp
import discord
import structlog
from discord import app_commands

from raidbot.commands.ui import log_context
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.responses import send_ephemeral
from raidbot.utils.errors import Refusal
from raidbot.utils.metrics import interactions as metrics
from raidbot.utils.text import whole

log = structlog.get_logger(__name__)

_TOO_LATE = {
    10062,  # Unknown interaction: no response within three seconds, or the token is older than 15 minutes
    40060,  # Interaction has already been acknowledged
    50027,  # Invalid webhook token: the token expired
}
_EXPECTED = (
    Refusal,
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
    app_commands.NoPrivateMessage,
)
"""Errors that are answered with a sentence; the log says nothing of them."""


async def report_error(interaction: Interaction, error: Exception) -> None:
    """Tell the person what went wrong, if Discord still accepts a response; never raises.

    Autocomplete has no place for a message, so its errors are logged at most.
    """
    error = _cause(error)
    _count(interaction, error)
    if _is_too_late(error):
        log.info("answered too late", error=str(error))
        return
    text = whole(_sentence(error))
    if interaction.type is discord.InteractionType.autocomplete:
        return
    try:
        await send_ephemeral(interaction, text)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
        log.info("error not shown", error=str(failure))
    except Exception:
        log.exception("error not shown")


def _count(interaction: Interaction, error: Exception) -> None:
    labels = log_context.labels_of(interaction)
    if labels is None:
        return
    if _is_too_late(error):
        metrics.LATE.labels(labels[0]).inc()
    elif isinstance(error, _EXPECTED):
        metrics.REFUSED.labels(labels[0]).inc()
    else:
        metrics.FAILED.labels(*labels).inc()


def _cause(error: Exception) -> Exception:
    if isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError):
        inner = getattr(error, "original", None) or error.__cause__
        return inner if isinstance(inner, Exception) else error
    return error


def _is_too_late(error: Exception) -> bool:
    if isinstance(error, discord.InteractionResponded):
        return True
    return isinstance(error, discord.HTTPException) and error.code in _TOO_LATE


def _sentence(error: Exception) -> str:
    match error:
        case Refusal():
            return str(error)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return "This command has changed since Discord showed it to you. Reload Discord and try again."
        case app_commands.NoPrivateMessage():
            return "This works in a server only."
        case sqlite3.Error():
            number = _record(error)
            return f"I cannot write to my database right now, so nothing has changed. Try again later. (error {number})"
        case discord.Forbidden():
            number = _record(error)
            return f"Discord does not let me do that: {error.text}. Check my permissions here. (error {number})"
        case _:
            number = _record(error)
            return f"That went wrong on my side. If it happens again, tell whoever runs the bot: error {number}."


def _record(error: Exception) -> str:
    """Log the failure under a short number that the person can quote."""
    number = secrets.token_hex(3)
    log.error("interaction failed", number=number, exc_info=error)
    return number
