"""Discord's errors with their HTTP status, JSON code and message."""

from discord_sandbox.store import Json


class ApiError(Exception):
    """An error response: HTTP `status`, JSON `code` and `message`; code 50035 adds the tree of `errors`."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.retry_after: float | None = None

    def as_json(self) -> Json:
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        if self.retry_after is not None:
            body |= {"retry_after": round(self.retry_after, 3), "global": False}
        return body


class Unsupported(Exception):  # noqa: N818 - a limit of the sandbox, not a client error
    """The sandbox does not model this request; it is answered with 501."""


_KNOWN: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10009: (404, "Unknown Permission Overwrite"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20012: (403, "You are not authorized to perform this action on this application"),
    20026: (
        403,
        (
            "Your bot has been flagged by our anti-spam system for abusive behavior. While your bot is quarantined, it"
            " is unable to join any more guilds, or send any direct messages to users it has not messaged before."
        ),
    ),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40003: (403, "You are opening direct messages too fast."),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (
        400,
        "Provided too few or too many messages to delete. Must provide at least 2 and at most 100 messages to delete",
    ),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


def refused(code: int, errors: Json | None = None) -> ApiError:
    """Return Discord's error for a JSON error code."""
    status, message = _KNOWN[code]
    return ApiError(status, code, message, errors)


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def invalid(path: str, code: str, message: str) -> ApiError:
    """Return a 50035 with one error at a dotted path ("" is the body itself), e.g. `invalid("limit", …)`."""
    tree: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".") if path else ()):
        tree = {part: tree}
    return refused(50035, tree)
