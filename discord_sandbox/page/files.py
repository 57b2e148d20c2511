"""Uploads from a browser, kept until a command uses them."""

from aiohttp import web

from discord_sandbox.command_input import NotPossible, Upload
from discord_sandbox.store import Json, Store
from discord_sandbox.world import MAX_UPLOAD_BYTES

MAX_NAME_LENGTH = 255
MAX_PENDING_FILES = 10
_REFUSED_FROM = ("/", "\\", "\0")


class Files:
    """Uploaded files that no command has used yet; beyond ten, the oldest are dropped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, Upload] = {}

    async def receive(self, request: web.Request) -> web.Response:
        """Store the request's body as a file with the name in its query."""
        name = request.query.get("name", "")
        if not 0 < len(name) <= MAX_NAME_LENGTH or any(sign in name for sign in _REFUSED_FROM):
            return _refused(400, f"A file's name has 1 to {MAX_NAME_LENGTH} characters and no slash.")
        if (request.content_length or 0) > MAX_UPLOAD_BYTES:
            return _too_large()
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _too_large()
        number = str(self._store.next_id())
        self._waiting[number] = Upload(name, content, request.content_type)
        while len(self._waiting) > MAX_PENDING_FILES:
            del self._waiting[next(iter(self._waiting))]
        return web.json_response({"file": number})

    def take(self, given: Json) -> Upload:
        """Return and remove the file that an option names. Raises NotPossible if it is gone."""
        found = self._waiting.pop(str(given["file"]), None)
        if found is None:
            raise NotPossible("the file is not here any more; choose it again")
        return found


def _too_large() -> web.Response:
    return _refused(413, f"The file is too large: at most {MAX_UPLOAD_BYTES >> 20} MB can be sent.")


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
