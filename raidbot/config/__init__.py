"""Settings from the environment, `.env` and TOML, in this order of precedence."""

import difflib
import logging
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, ValidationError
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

from raidbot.config.values import (
    Seconds,
    Snowflake,
    bare_token,
    host,
    http_address,
    listed,
    lower,
    on_or_off,
    one_of,
    page_address,
    time_of_day,
    webhook_address,
    websocket_address,
    zone,
)
from raidbot.utils.errors import Refusal

PREFIX = "RAIDBOT_"
ENV_FILE = Path(".env")
_SHORT_NAME = "DISCORD_TOKEN"
_SECRET = ("alert_webhook",)
"""Settings whose value an error message does not repeat, besides the token."""
_MAX_SHOWN_LENGTH = 60
"""Characters of a wrong value that an error message repeats."""
_ENV_NAME = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)")


class WrongSettings(Refusal):
    """The settings cannot be used; `sentences` holds one sentence per problem."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


class Settings(BaseSettings):
    """All settings. A field's description states its valid values and ends the error message about a wrong one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        validate_default=False,
    )

    config: FilePath = Field(Path("raidbot.toml"), description="the path of a TOML file that exists")
    token: Annotated[SecretStr, AfterValidator(bare_token)] = Field(
        description="the bot's token from Discord's developer portal, as it was copied"
    )
    database: Path = Field(Path("data/raidbot.db"), description="the path of a file")
    discord_api_url: Annotated[str, AfterValidator(http_address)] | None = Field(
        None, description="an http:// or https:// address with its path, such as https://discord.com/api/v10"
    )
    discord_gateway_url: Annotated[str, AfterValidator(websocket_address)] | None = Field(
        None, description="a ws:// or wss:// address, such as wss://gateway.discord.gg"
    )
    allowed_guilds: Annotated[tuple[Snowflake, ...], NoDecode, BeforeValidator(listed)] = Field(
        (), description="a list of server ids (15 to 19 digits each), with commas between them in the environment"
    )
    members_intent: Annotated[Literal["auto", "on", "off"], BeforeValidator(on_or_off)] = Field(
        "auto", description="one of auto, on, off"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower)] = Field(
        "info", description="one of debug, info, warning, error"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(lower)] = Field(
        "console", description="console or json"
    )
    log_file: Path | None = Field(None, description="the path of a file")
    log_days: int = Field(14, ge=1, le=3650, description="a whole number of days from 1 to 3650")
    heartbeat_seconds: Seconds = Field(15.0, description="a number of seconds from 0.05 to 3600")
    dm_batch: int = Field(5, ge=1, le=50, description="a whole number from 1 to 50")
    dm_pause_seconds: Seconds = Field(1.2, description="a number of seconds from 0.05 to 3600")
    dm_opening_seconds: Seconds = Field(1.6, description="a number of seconds from 0.05 to 3600")
    reaction_limit: int = Field(5, ge=1, le=1000, description="a whole number from 1 to 1000")
    reaction_window_seconds: Seconds = Field(10.0, description="a number of seconds from 0.05 to 3600")
    backups: bool = Field(True, description="on or off")
    command_limits: bool = Field(True, description="on or off")
    takeover_seconds: Annotated[float, Field(ge=0, le=300, allow_inf_nan=False)] = Field(
        15.0, description="a number of seconds from 0 to 300"
    )
    web_port: int | None = Field(None, ge=1, le=65535, description="a whole number from 1 to 65535")
    web_host: Annotated[str, AfterValidator(host)] = Field(
        "127.0.0.1", description="an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
    )

    web_url: Annotated[str, AfterValidator(page_address)] | None = Field(
        None,
        description="an https:// or http:// address that leads to the web server, such as https://raids.example.org",
    )

    owner_id: Snowflake | None = Field(None, description="the id of a Discord user (15 to 19 digits)")
    alert_webhook_private: bool = Field(False, description="on or off")
    alert_webhook: Annotated[SecretStr, AfterValidator(webhook_address)] | None = Field(
        None, description="an https:// address (http:// only with RAIDBOT_ALERT_WEBHOOK_PRIVATE=on)"
    )
    alert_latency_seconds: Annotated[float, one_of(0.5, 1.0, 1.5, 2.0, 2.5, 3.0)] = Field(
        2.0, description="one of 0.5, 1, 1.5, 2, 2.5, 3"
    )
    alert_dm_failure_percent: int = Field(15, ge=1, le=99, description="a whole number from 1 to 99")
    alert_job_failures: int = Field(3, ge=1, le=1000, description="a whole number from 1 to 1000")
    alert_stall_seconds: Annotated[float, one_of(0.3, 1.0, 3.0)] = Field(1.0, description="one of 0.3, 1, 3")
    alert_write_seconds: Annotated[float, one_of(0.1, 0.3, 1.0, 3.0)] = Field(1.0, description="one of 0.1, 0.3, 1, 3")
    alert_backup_hours: int = Field(36, ge=1, le=8760, description="a whole number from 1 to 8760")
    alert_backup_megabytes: int = Field(5000, ge=1, le=10**9, description="a whole number from 1 to 1000000000")
    alert_raids: int = Field(50, ge=0, le=10**6, description="a whole number from 0 to 1000000")
    alert_memory_megabytes: int = Field(512, ge=1, le=10**6, description="a whole number from 1 to 1000000")
    report_hour: Annotated[str, BeforeValidator(time_of_day)] = Field(
        "9", description="an hour such as 9, a time such as 02:30, or off"
    )
    report_zone: Annotated[str, AfterValidator(zone)] = Field(
        "UTC", description="the name of a time zone, such as Europe/Berlin"
    )

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
        return (
            init_settings,
            env_settings,
            _token_of(EnvSettingsSource(settings_cls, env_prefix="DISCORD_")),
            dotenv_settings,
            _token_of(DotEnvSettingsSource(settings_cls, env_prefix="DISCORD_", dotenv_filtering="only_existing")),
            TomlConfigSettingsSource(settings_cls, _toml_file(dotenv_settings(), env_settings())),
        )


def _token_of(source: PydanticBaseSettingsSource) -> InitSettingsSource:
    """Limit a source to the token: `DISCORD_TOKEN` is the only setting with a second name."""
    return InitSettingsSource(source.settings_cls, {name: value for name, value in source().items() if name == "token"})


def _toml_file(*sources: Mapping[str, object]) -> Path:
    """Return the path of the TOML file; the last source that names one counts."""
    named = [source["config"] for source in sources if source.get("config")]
    return Path(str(named[-1])) if named else Path("raidbot.toml")


def load(*, connects: bool = True) -> Settings:
    """Load the settings from the environment and the working directory.

    Without `connects` no token is needed. Raises WrongSettings listing every problem.
    """
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # `lines_without_value` says it better
    given = {} if connects else {"token": SecretStr("none")}
    wrong = [_no_such_setting(name) for name in _unknown_variables()]
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong += [_sentence(detail) for detail in error.errors()]
    except tomllib.TOMLDecodeError as error:
        wrong.append(_not_toml(str(error)))
    except UnicodeDecodeError:
        wrong.append(_not_text())
    except OSError as error:
        wrong.append(f"The settings cannot be read: {error.strerror} ({error.filename}).")
    if wrong:
        raise WrongSettings(list(dict.fromkeys(wrong)))
    return settings


def places() -> list[str]:
    """Return the places that give settings values, and which, the first of each setting that counts; without values."""
    found = {name: place for name in Settings.model_fields if (place := next(_places(name), None))}
    return [f"{place.start}{place.name}{place.where}" for place in found.values()]


def lines_without_value() -> list[str]:
    """Return a sentence for each line of the .env file that names a setting, but cannot be read."""
    names = rf"\s*(?:export\s+)?({PREFIX}\w+|{_SHORT_NAME})\b(?!\s*=)"
    found = [(number, name[1]) for number, line in _lines(ENV_FILE) if (name := re.match(names, line, re.IGNORECASE))]
    return [
        f"{ENV_FILE}, line {number}: {name} has no value. Write {name}=value in one line." for number, name in found
    ]


class _Place(NamedTuple):
    """A place that gives a setting a value: how a sentence about it begins, and the setting's name there."""

    start: str
    name: str
    where: str = ""

    def like(self, field: str) -> str:
        """Return the name of another setting as it is written here."""
        return field if self.name.islower() else variable(field)


def _places(field: str) -> Iterator[_Place]:
    """Return the places where a setting has a value; the first one counts."""
    names = [variable(field), *([_SHORT_NAME] if field == "token" else [])]
    for name in names:
        if any(known.upper() == name and value for known, value in os.environ.items()):
            yield _Place("", name, " in the environment")
    for name in names:
        if number := _line(ENV_FILE, rf"\s*(?:export\s+)?{re.escape(name)}\s*="):
            yield _Place(f"{ENV_FILE}, line {number}: ", name)
    toml, key = _chosen_toml_file(), rf"[\"']?{re.escape(field)}[\"']?"
    if number := _line(toml, rf"\s*(?:{key}\s*[=.]|\[+\s*{key}\s*[\].])"):
        yield _Place(f"{toml}, line {number}: ", field)


def _chosen_toml_file() -> Path:
    try:
        return _toml_file(DotEnvSettingsSource(Settings)(), EnvSettingsSource(Settings)())
    except (OSError, UnicodeDecodeError):
        return _toml_file()


def _line(file: Path, pattern: str) -> int | None:
    """Return the number of the last line that begins with the pattern."""
    return max((number for number, line in _lines(file) if re.match(pattern, line, re.IGNORECASE)), default=None)


def _lines(file: Path) -> list[tuple[int, str]]:
    try:
        return list(enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1))
    except OSError:
        return []


def _not_toml(error: str) -> str:
    if found := re.fullmatch(r"(.+) \(at line (\d+), column (\d+)\)", error):
        return f"{_chosen_toml_file()}, line {found[2]}: this is not TOML ({found[1]}, column {found[3]})."
    return f"{_chosen_toml_file()}: this is not TOML ({error})."


def _not_text() -> str:
    for file in (ENV_FILE, _chosen_toml_file()):
        try:
            file.read_bytes().decode()
        except UnicodeDecodeError as error:
            number = error.object[: error.start].count(b"\n") + 1
            return f"{file}, line {number}: this is not UTF-8 text. Save the file as UTF-8."
        except OSError:
            continue
    return "The settings cannot be read: .env and TOML files must be UTF-8 text."


def _unknown_variables() -> list[str]:
    names = [name[len(PREFIX) :].lower() for name in sorted(os.environ) if name.upper().startswith(PREFIX)]
    return [name for name in names if name not in Settings.model_fields]


def _place(field: str) -> _Place:
    return next(_places(field), _Place("", variable(field)))


def _no_such_setting(name: str) -> str:
    place, near = _place(name), difflib.get_close_matches(name, Settings.model_fields, n=1)
    hint = f"Did you mean {place.like(near[0])}?" if near else f"There are: {', '.join(Settings.model_fields)}."
    return f"{place.start}{place.name}{place.where} is no setting. {hint}"


def _sentence(detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    if name not in Settings.model_fields:
        return _no_such_setting(name)
    allowed = Settings.model_fields[name].description
    if detail["type"] == "missing":
        return f"{variable(name)} (or {_SHORT_NAME}) is missing. It must be {allowed}. {_token_hint()}"
    place = _place(name)
    if name in _SECRET:
        return f"{place.start}{place.name}{place.where} cannot be used. It must be {allowed}."
    if name == "token":
        return f"{place.start}{place.name}{place.where} cannot be a token. It must be {allowed}."
    return f"{place.start}{place.name}{place.where} is {_shown(detail['input'])}. It must be {allowed}."


def _token_hint() -> str:
    """Name what looks like a token under a wrong name; values are never shown."""
    written = [(number, found[1]) for number, line in _lines(ENV_FILE) if (found := re.match(_ENV_NAME, line))]
    for number, name in written:
        if name.upper() in (_SHORT_NAME, variable("token")):
            return f"{ENV_FILE}, line {number}: {name} has no value. Write {name}=your-token in one line."
        if _looks_like_token(name):
            return f"{ENV_FILE}, line {number}: did you mean {_SHORT_NAME} by {name}?"
    if near := [name for name in sorted(os.environ) if _looks_like_token(name)]:
        return f"Did you mean {_SHORT_NAME} by {near[0]} in the environment?"
    return f"Write it into {ENV_FILE} as {_SHORT_NAME}=your-token."


def _looks_like_token(name: str) -> bool:
    near = difflib.get_close_matches(name.upper(), (_SHORT_NAME, variable("token")), n=1, cutoff=0.75)
    return bool(near) and name.upper() not in (_SHORT_NAME, variable("token"))


def variable(name: str) -> str:
    """Return the name of a setting's environment variable."""
    return PREFIX + name.upper()


def _shown(value: object) -> str:
    text = repr(str(value) if isinstance(value, Path) else value)
    return text if len(text) <= _MAX_SHOWN_LENGTH else f"{text[:_MAX_SHOWN_LENGTH]}…"
