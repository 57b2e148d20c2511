"""Settings from the environment, `.env` and TOML, in this order of precedence."""

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from raidbot.utils.errors import Refusal

PREFIX = "RAIDBOT_"
_SECRET = ("alert_webhook",)
"""Settings whose value an error message does not repeat, besides the token."""
_MAX_SHOWN_LENGTH = 60
"""Characters of a wrong value that an error message repeats."""


class WrongSettings(Refusal):
    """The settings cannot be used; `sentences` holds one sentence per problem."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _switch(value: object) -> object:
    """TOML has `true` and `false`, too."""
    return {True: "on", False: "off"}.get(value) if isinstance(value, bool) else _lower(value)


def _listed(value: object) -> object:
    """Split `1, 2` from the environment into a list; a TOML list passes through. Entries are checked later."""
    return [entry for part in value.split(",") if (entry := part.strip())] if isinstance(value, str) else value


def _bare_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not token or any(char.isspace() for char in token):
        raise ValueError
    return SecretStr(token)


def _http_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.path.strip("/") or parts.query:
        raise ValueError
    return value.strip().rstrip("/")


def _host(value: str) -> str:
    host = value.strip().removeprefix("[").removesuffix("]")
    if not host or any(char.isspace() or char in "/@" for char in host):
        raise ValueError
    return host


def _websocket_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.query:
        raise ValueError
    return value.strip()


def _webhook_address(value: SecretStr, given: ValidationInfo) -> SecretStr:
    address = value.get_secret_value().strip()
    parts = urlsplit(address)
    allowed = ("https", "http") if given.data.get("alert_webhook_private") == "on" else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.port == 0:
        raise ValueError
    return SecretStr(address)


_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3])(:[0-5]\d)?|off", re.ASCII)


def _time_of_day(value: object) -> object:
    """Check an hour, or hour and minute, or “off”; return it as text."""
    text = str(value).strip().lower()
    if not _TIME_OF_DAY.fullmatch(text):
        raise ValueError
    return text


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, LookupError):
        raise ValueError from None
    return value


def _one_of(*values: float) -> AfterValidator:
    """Limits that a histogram of the metrics has, so that whatever is above is known."""

    def check(value: float) -> float:
        if value not in values:
            raise ValueError
        return value

    return AfterValidator(check)


Snowflake = Annotated[int, Field(ge=10**14, lt=2**63)]
Seconds = Annotated[float, Field(ge=0.05, le=3600, allow_inf_nan=False)]


class Settings(BaseSettings):
    """All settings. A field's description states its valid values and ends the error message about a wrong one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        validate_default=False,
    )

    config: FilePath = Field(Path("raidbot.toml"), description="the path of a TOML file that exists")
    token: Annotated[SecretStr, AfterValidator(_bare_token)] = Field(
        description="the bot's token from Discord's developer portal, as it was copied"
    )
    database: Path = Field(Path("data/raidbot.db"), description="the path of a file")
    discord_api_url: Annotated[str, AfterValidator(_http_address)] | None = Field(
        None, description="an http:// or https:// address with its path, such as https://discord.com/api/v10"
    )
    discord_gateway_url: Annotated[str, AfterValidator(_websocket_address)] | None = Field(
        None, description="a ws:// or wss:// address, such as wss://gateway.discord.gg"
    )
    allowed_guilds: Annotated[tuple[Snowflake, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="a list of server ids (15 to 19 digits each), with commas between them in the environment"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        "info", description="one of debug, info, warning, error"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
        "console", description="console or json"
    )
    log_file: Path | None = Field(None, description="the path of a file")
    heartbeat_seconds: Seconds = Field(15.0, description="a number of seconds from 0.05 to 3600")
    dm_batch: int = Field(5, ge=1, le=50, description="a whole number from 1 to 50")
    dm_pause_seconds: Seconds = Field(1.2, description="a number of seconds from 0.05 to 3600")
    dm_opening_seconds: Seconds = Field(1.6, description="a number of seconds from 0.05 to 3600")
    reaction_limit: int = Field(5, ge=1, le=1000, description="a whole number from 1 to 1000")
    reaction_window_seconds: Seconds = Field(10.0, description="a number of seconds from 0.05 to 3600")
    web_port: int | None = Field(None, ge=1, le=65535, description="a whole number from 1 to 65535")
    web_host: Annotated[str, AfterValidator(_host)] = Field(
        "127.0.0.1", description="an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
    )

    owner_id: Snowflake | None = Field(None, description="the id of a Discord user (15 to 19 digits)")
    alert_webhook_private: Annotated[Literal["on", "off"], BeforeValidator(_switch)] = Field(
        "off", description="on or off"
    )
    alert_webhook: Annotated[SecretStr, AfterValidator(_webhook_address)] | None = Field(
        None, description="an https:// address (http:// only with RAIDBOT_ALERT_WEBHOOK_PRIVATE=on)"
    )
    alert_latency_seconds: Annotated[float, _one_of(0.5, 1.0, 1.5, 2.0, 2.5, 3.0)] = Field(
        2.0, description="one of 0.5, 1, 1.5, 2, 2.5, 3"
    )
    alert_dm_failure_percent: int = Field(15, ge=1, le=99, description="a whole number from 1 to 99")
    alert_job_failures: int = Field(3, ge=1, le=1000, description="a whole number from 1 to 1000")
    alert_stall_seconds: Annotated[float, _one_of(0.3, 1.0, 3.0)] = Field(1.0, description="one of 0.3, 1, 3")
    alert_write_seconds: Annotated[float, _one_of(0.1, 0.3, 1.0, 3.0)] = Field(1.0, description="one of 0.1, 0.3, 1, 3")
    alert_backup_hours: int = Field(36, ge=1, le=8760, description="a whole number from 1 to 8760")
    alert_backup_megabytes: int = Field(5000, ge=1, le=10**9, description="a whole number from 1 to 1000000000")
    alert_raids: int = Field(50, ge=0, le=10**6, description="a whole number from 0 to 1000000")
    alert_memory_megabytes: int = Field(512, ge=1, le=10**6, description="a whole number from 1 to 1000000")
    report_hour: Annotated[str, BeforeValidator(_time_of_day)] = Field(
        "9", description="an hour such as 9, a time such as 02:30, or off"
    )
    report_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="the name of a time zone, such as Europe/Berlin"
    )
    backups: Annotated[Literal["on", "off"], BeforeValidator(_lower)] = Field("on", description="on or off")
    command_limits: bool = Field(True, description="on or off")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del file_secret_settings
        chosen = {**dotenv_settings(), **env_settings()}.get("config", "raidbot.toml")
        return (
            init_settings,
            env_settings,
            _token_of(EnvSettingsSource(settings_cls, env_prefix="DISCORD_")),
            dotenv_settings,
            _token_of(DotEnvSettingsSource(settings_cls, env_prefix="DISCORD_", dotenv_filtering="only_existing")),
            TomlConfigSettingsSource(settings_cls, Path(chosen)),
        )


def _token_of(source: PydanticBaseSettingsSource) -> InitSettingsSource:
    """Limit a source to the token: `DISCORD_TOKEN` is the only setting with a second name."""
    return InitSettingsSource(source.settings_cls, {name: value for name, value in source().items() if name == "token"})


def load(*, connects: bool = True) -> Settings:
    """Load the settings from the environment and the working directory.

    Without `connects` no token is needed. Raises WrongSettings listing every problem.
    """
    given = {} if connects else {"token": SecretStr("none")}
    wrong = [_no_such_setting(name) for name in _unknown_variables()]
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong += [_sentence(detail) for detail in error.errors()]
    except tomllib.TOMLDecodeError as error:
        wrong.append(f"The TOML file cannot be read: {error}.")
    except UnicodeDecodeError:
        wrong.append("The settings cannot be read: .env and TOML files must be UTF-8 text.")
    except OSError as error:
        wrong.append(f"The settings cannot be read: {error.strerror} ({error.filename}).")
    if wrong:
        raise WrongSettings(list(dict.fromkeys(wrong)))
    return settings


def _unknown_variables() -> list[str]:
    names = [name[len(PREFIX) :].lower() for name in sorted(os.environ) if name.upper().startswith(PREFIX)]
    return [name for name in names if name not in Settings.model_fields]


def _no_such_setting(name: str) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1)
    hint = f" Did you mean {variable(near[0])}?" if near else f" There are: {', '.join(Settings.model_fields)}."
    return f"There is no setting {variable(name)} ({name} in TOML).{hint}"


def _sentence(detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    if name not in Settings.model_fields:
        return _no_such_setting(name)
    allowed = Settings.model_fields[name].description
    if detail["type"] == "missing":
        return f"{variable(name)} (or DISCORD_TOKEN) is missing. It must be {allowed}."
    if name in _SECRET:
        return f"{variable(name)} ({name} in TOML) cannot be used. It must be {allowed}."
    if name == "token":
        return f"{variable(name)} cannot be a token. It must be {allowed}."
    return f"{variable(name)} ({name} in TOML) is {_shown(detail['input'])}. It must be {allowed}."


def variable(name: str) -> str:
    """Return the name of a setting's environment variable."""
    return PREFIX + name.upper()


def _shown(value: object) -> str:
    text = repr(str(value) if isinstance(value, Path) else value)
    return text if len(text) <= _MAX_SHOWN_LENGTH else f"{text[:_MAX_SHOWN_LENGTH]}…"
