"""Addresses at which feeds can be reached, and the secrets in them."""

import secrets
from dataclasses import dataclass

from raidbot.raids.feeds.model import TOKEN_BYTES
from raidbot.utils.words import Raw, Text, say


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddresses:
    """The port of the web server and the public address that leads there; either may not be set."""

    port: int | None
    url: str | None

    @property
    def lacking(self) -> Text | None:
        """The sentence about settings without which no feed can be reached; None if all are there."""
        missing = [name for name, value in (("PORT", self.port), ("URL", self.url)) if value is None]
        if not missing:
            return None
        named = " and ".join(f"`RAIDBOT_WEB_{name}`" for name in missing)
        return say(
            "Feeds need {settings}: ask whoever runs me to set that. Until then, `/raidinfo export` gives you a"
            " calendar file (.ics).",
            settings=Raw(named),
        )

    def of(self, token: str) -> str:
        return f"{self.url}/calendar/{token}.ics"


def new_token() -> str:
    """Return a secret that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)
