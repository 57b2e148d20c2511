"""The words of alerts."""

import math
from datetime import datetime, timedelta

from raidbot.ops.alerts.facts import Attempts, Recent
from raidbot.ops.alerts.model import Alert, Key
from raidbot.utils.text import clip
from raidbot.utils.words import Instant, Length, Name, Raw, Text, count, say

_MAX_REASON_LENGTH = 200
_MEGABYTE = 1_000_000


def no_answer(calls: str, error: str) -> Text:
    return say(
        "🔴 **Discord does not answer** ({calls}). I try again by myself, and nothing is lost. Last error: {error}",
        calls=Name(calls),
        error=_reason(error),
    )


_ASKED = {"command": say("commands"), "component": say("buttons"), "form": say("forms")}


def slow_answers(kind: str, found: Recent, limit: float) -> Text:
    return say(
        "🟡 **Slow answers:** one in 20 {asked} waits for {seconds} s or longer (limit {limit} s, {number} measured).",
        asked=_ASKED.get(kind, Name(kind)),
        seconds=_seconds(found, limit),
        limit=_number(limit),
        number=found.number,
    )


def lost_messages(attempts: Attempts, limit: float) -> Text:
    return say(
        "🟡 **Direct messages fail:** {failed} of the last {tried} did not arrive ({percent} %, limit {limit} %).",
        failed=attempts.failed,
        tried=attempts.tried,
        percent=_number(100 * attempts.failed / attempts.tried),
        limit=_number(limit),
    )


def failing_job(job: str, failures: int) -> Text:
    return say(
        "🔴 **The job “{job}” fails:** {failures} runs in 5 minutes, and none worked. The log says why.",
        failures=failures,
        job=Name(job),
    )


def standstill() -> Text:
    return say("🔴 **No job has run for 5 minutes.** Restart the bot, and report this with its log.")


def stalls(found: Recent, limit: float) -> Text:
    return say(
        "🟡 **The bot stalls** for {seconds} s or longer, again and again (limit {limit} s). Is the machine too busy?",
        seconds=_seconds(found, limit),
        limit=_number(limit),
    )


def unwritable(reason: str) -> Text:
    return say(
        "🔴 **The database can't be written** ({reason}). Make room on its disk, or close the program that locks it. "
        "I go on by myself.",
        reason=_reason(reason),
    )


def slow_disk(found: Recent, limit: float) -> Text:
    return say(
        "🟡 **The disk is slow:** one in 20 writes takes {seconds} s or longer (limit {limit} s).",
        seconds=_seconds(found, limit),
        limit=_number(limit),
    )


def rows_set_aside(rows: int) -> Text:
    return count(
        "🔴 **{n} row of the database can't be read.** I leave it alone; `raidbot check` names it.",
        "🔴 **{n} rows of the database can't be read.** I leave them alone; `raidbot check` names them.",
        rows,
    )


def backup_overdue(last_good: datetime | None) -> Text:
    if last_good is None:
        return say("🔴 **There is no good backup.** The log says why. `raidbot backup` makes one.")
    return say(
        "🔴 **The last good backup is of {last}.** The log says why. `raidbot backup` makes one.",
        last=Instant(last_good),
    )


def large_backups(size: int, limit: int) -> Text:
    return say(
        "🟡 **Backups take {size} MB** (limit {limit} MB). Delete those of your own that you no longer need.",
        size=megabytes(size),
        limit=limit,
    )


def many_raids(raids: int, limit: int) -> Text:
    return count(
        "🔵 **Many raids:** {n} is open (limit {limit}).",
        "🔵 **Many raids:** {n} are open (limit {limit}).",
        raids,
        limit=limit,
    )


def much_memory(size: int, limit: int) -> Text:
    return say("🔴 **Much memory:** {size} MB in use (limit {limit} MB).", size=megabytes(size), limit=limit)


def late(trouble: str, began_at: datetime) -> Text:
    """Return an alert that could not be delivered at once, with the time at which its trouble began."""
    return say("{trouble} Since {began}.", trouble=Raw(trouble), began=Instant(began_at))


def over(key: Key, lasted: timedelta) -> Text:
    """Return the news that a trouble is over."""
    return say("🟢 {what}, after {lasted}.", what=_over(key), lasted=length(lasted))


def _over(key: Key) -> Text:
    name = Name(key.subject)
    return {
        Alert.DISCORD: say("**Discord answers again** ({calls})", calls=name),
        Alert.LATENCY: say("**Answers are fast again** ({asked})", asked=_ASKED.get(key.subject, name)),
        Alert.DIRECT_MESSAGES: say("**Direct messages arrive again**"),
        Alert.JOB: say("**The job “{job}” works again**", job=name),
        Alert.STANDSTILL: say("**Jobs run again**"),
        Alert.EVENT_LOOP: say("**The bot no longer stalls**"),
        Alert.UNWRITABLE: say("**The database can be written again**"),
        Alert.SLOW_DISK: say("**The disk is fast again**"),
        Alert.SET_ASIDE: say("**No unreadable row was found since the start**"),
        Alert.BACKUP: say("**There is a good backup again**"),
        Alert.BACKUP_SIZE: say("**Backups are below the limit again**"),
        Alert.RAIDS: say("**Fewer raids are open again**"),
        Alert.MEMORY: say("**Memory is below the limit again**"),
    }[key.alert]


def name_of(key: Key) -> Text:
    """Return a short name for lists."""
    if not key.subject:
        return say("{alert}", alert=Name(key.alert))
    return say("{alert} ({subject})", alert=Name(key.alert), subject=Name(key.subject))


def length(lasted: timedelta) -> Text:
    """Return a length of time in words, also for seconds and days."""
    seconds = max(round(lasted.total_seconds()), 1)
    if seconds < 60:
        return count("{n} second", "{n} seconds", seconds)
    if lasted < timedelta(days=2):
        return say("{length}", length=Length(round(seconds / 60)))
    return count("{n} day", "{n} days", lasted.days)


def megabytes(size: int) -> int:
    return round(size / _MEGABYTE)


def _reason(error: str) -> Name:
    return Name(clip(error, _MAX_REASON_LENGTH))


def _seconds(found: Recent, limit: float) -> Raw:
    """Return the limit of the quantile's bucket, or if it has none that of what is no trouble."""
    return _number(limit if math.isinf(found.seconds) else found.seconds)


def _number(value: float) -> Raw:
    return Raw(f"{value:.1f}".removesuffix(".0"))
