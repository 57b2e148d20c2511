"""The list of all jobs of the heartbeat."""

from collections.abc import Callable
from functools import partial

from raidbot.delivery.service import DeliveryService
from raidbot.jobs.absences import end_absences
from raidbot.jobs.announcements import Announcing
from raidbot.jobs.closing import close_due
from raidbot.jobs.database_probe import probe_database
from raidbot.jobs.due_messages import wake_outbox
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.jobs.heartbeat import Job
from raidbot.jobs.members import AskingForMembers
from raidbot.jobs.reminders import Reminding
from raidbot.jobs.retention import (
    NamePruning,
    OutboxPruning,
    PicturePruning,
    forget_boards,
    prune_audit,
    prune_drafts,
    prune_marks,
    prune_raids,
    prune_refused_forms,
    shrink_log,
)
from raidbot.jobs.series import SeriesPosting
from raidbot.state import State

JOB_NAMES = (
    *("series", "closing", "reminders", "due messages", "announcements", "damaged raids", "log channels", "drafts"),
    *("refused forms", "boards", "database", "audit", "marks", "sent messages", "absent servers", "write-ahead log"),
    *("token", "members", "backups", "forgetting", "raids", "names", "pictures"),
)
"""The names of all jobs of the heartbeat, for `raidbot check`."""


def all_jobs(
    state: State, delivery: DeliveryService, *, serves: Callable[[int | None], bool] = lambda _guild: True
) -> dict[str, Job]:
    """Return the jobs by the names that the log has for them, in the order in which they run.

    `serves` returns True for guilds that the bot works in.
    """
    knows = delivery.departures.knows
    return {
        "series": SeriesPosting(state, delivery.posting_places, knows=knows).run,
        "closing": partial(close_due, state, failing=FailingRaids(), knows=knows),
        "reminders": Reminding(state, delivery.outbox.message_choices, knows=knows).run,
        "due messages": partial(wake_outbox, state),
        "announcements": Announcing(state).run,
        "members": AskingForMembers(state, delivery.departures, serves=serves).run,
        "damaged raids": delivery.damaged_boards.follow,
        "log channels": delivery.audit_feed.report,
        "drafts": partial(prune_drafts, state),
        "pictures": PicturePruning(state).run,
        "refused forms": partial(prune_refused_forms, state),
        "boards": partial(forget_boards, state, delivery.boards),
        "database": partial(probe_database, state),
        "forgetting": delivery.forgetting.run,
        "raids": partial(prune_raids, state),
        "names": NamePruning(state).run,
        "audit": partial(prune_audit, state),
        "marks": partial(prune_marks, state),
        "sent messages": OutboxPruning(state).run,
        "absent servers": partial(end_absences, state),
        "write-ahead log": partial(shrink_log, state),
        "token": delivery.token_sharing.watch,
    }
