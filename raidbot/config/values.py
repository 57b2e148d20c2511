"""Check and read single values of settings. Each function raises ValueError for a value that cannot be used."""

import re
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

Snowflake = Annotated[int, Field(ge=10**14, lt=2**63)]
Seconds = Annotated[float, Field(ge=0.05, le=3600, allow_inf_nan=False)]

_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._~-]+)*", re.ASCII)
_MAX_ADDRESS_LENGTH = 500
"""Characters of an address that members are shown, with more behind it: a field of an embed has 1024."""
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3])(:[0-5]\d)?|off", re.ASCII)


def lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def on_or_off(value: object) -> object:
    """Take a TOML `true` or `false` for on and off."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else lower(value)


def listed(value: object) -> object:
    """Split `1, 2` from the environment into a list; a TOML list passes through. Entries are checked later."""
    return [entry for part in value.split(",") if (entry := part.strip())] if isinstance(value, str) else value


def bare_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not token or any(char.isspace() for char in token):
        raise ValueError
    return SecretStr(token)


def http_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.path.strip("/") or parts.query:
        raise ValueError
    return value.strip().rstrip("/")


def host(value: str) -> str:
    host = value.strip().removeprefix("[").removesuffix("]")
    if not host or any(char.isspace() or char in "/@" for char in host):
        raise ValueError
    return host


def page_address(value: str) -> str:
    """An address that further parts of a path are added to, so that its own path has only plain parts."""
    address = value.strip().rstrip("/")
    parts = urlsplit(address)
    plain = _PLAIN_ADDRESS.fullmatch(address)
    if (
        len(address) > _MAX_ADDRESS_LENGTH
        or plain is None
        or not parts.hostname
        or parts.port == 0
        or {".", ".."} & {*parts.path.split("/")}
    ):
        raise ValueError
    return address


def websocket_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.query:
        raise ValueError
    return value.strip()


def webhook_address(value: SecretStr, given: ValidationInfo) -> SecretStr:
    address = value.get_secret_value().strip()
    parts = urlsplit(address)
    allowed = ("https", "http") if given.data.get("alert_webhook_private") else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.port == 0:
        raise ValueError
    return SecretStr(address)


def time_of_day(value: object) -> object:
    """Check an hour, or hour and minute, or “off”; return it as text."""
    text = str(value).strip().lower()
    if not _TIME_OF_DAY.fullmatch(text):
        raise ValueError
    return text


def zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, LookupError):
        raise ValueError from None
    return value


def one_of(*values: float) -> AfterValidator:
    """Limits that a histogram of the metrics has, so that whatever is above is known."""

    def check(value: float) -> float:
        if value not in values:
            raise ValueError
        return value

    return AfterValidator(check)
