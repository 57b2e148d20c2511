"""Settings from the environment, `.env` and TOML, in this order of precedence."""

import difflib
import logging
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

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

from raidbot.utils.errors import Refusal

PREFIX = "RAIDBOT_"
ENV_FILE = Path(".env")
_SHORT_NAME = "DISCORD_TOKEN"
_MAX_SHOWN_LENGTH = 60
"""Characters of a wrong value that an error message repeats."""
_ENV_NAME = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)")


class WrongSettings(Refusal):
    """The settings cannot be used; `sentences` holds one sentence per problem."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _switch(value: object) -> object:
    """Take a TOML `true` or `false` for on and off."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else _lower(value)


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


def _websocket_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.query:
        raise ValueError
    return value.strip()


Snowflake = Annotated[int, Field(ge=10**14, lt=2**63)]
Seconds = Annotated[float, Field(ge=0.05, le=3600, allow_inf_nan=False)]


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
    members_intent: Annotated[Literal["auto", "on", "off"], BeforeValidator(_switch)] = Field(
        "auto", description="one of auto, on, off"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        "info", description="one of debug, info, warning, error"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
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
