"""Settings from the environment, `.env` and TOML, and the messages about wrong ones."""

import os
from pathlib import Path

import pytest

from raidbot.config import Settings, WrongSettings, load, variable


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty working directory, with every setting unset."""
    for name in list(os.environ):
        if name.startswith(("RAIDBOT_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def setting_errors() -> list[str]:
    with pytest.raises(WrongSettings) as caught:
        load()
    return list(caught.value.sentences)


def test_a_token_is_all_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", " a.b.c\n")

    settings = load()

    assert settings.token.get_secret_value() == "a.b.c"
    assert settings.database == Path("data/raidbot.db")
    assert settings.allowed_guilds == ()


def test_a_missing_token_says_where_one_comes_from() -> None:
    (sentence,) = setting_errors()

    assert sentence.startswith("RAIDBOT_TOKEN (or DISCORD_TOKEN) is missing.")
    assert "developer portal" in sentence


def test_the_environment_beats_the_env_file_which_beats_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "raidbot.toml").write_text('token = "t"\nlog_level = "error"\ndm_batch = 2\nheartbeat_seconds = 3\n')
    (folder / ".env").write_text("RAIDBOT_LOG_LEVEL=warning\nRAIDBOT_DM_BATCH=3\nCOMPOSE_PROJECT_NAME=x\n")
    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "DEBUG")

    settings = load()

    assert (settings.log_level, settings.dm_batch, settings.heartbeat_seconds) == ("debug", 3, 3.0)


@pytest.mark.parametrize(
    ("environment", "env_file", "toml", "token"),
    [
        ({"DISCORD_TOKEN": "env"}, "RAIDBOT_TOKEN=file", 'token = "toml"', "env"),
        ({"DISCORD_TOKEN": "second", "RAIDBOT_TOKEN": "first"}, "", "", "first"),
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN=file", 'token = "toml"', "file"),
        ({}, "DISCORD_TOKEN=\n", 'token = "toml"', "toml"),
    ],
)
def test_the_token_has_two_names_everywhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], env_file: str, toml: str, token: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (folder / ".env").write_text(env_file)
    (folder / "raidbot.toml").write_text(toml)

    assert load().token.get_secret_value() == token


def test_another_toml_file_can_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "raidbot.toml").write_text('token = "wrong file"')
    (folder / "other.toml").write_text('token = "right"\nallowed_guilds = [123456789012345678]')
    monkeypatch.setenv("RAIDBOT_CONFIG", "other.toml")

    settings = load()

    assert settings.token.get_secret_value() == "right"
    assert settings.allowed_guilds == (123456789012345678,)


def test_a_named_toml_file_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("RAIDBOT_CONFIG", "nowhere.toml")

    assert setting_errors() == [
        "RAIDBOT_CONFIG (config in TOML) is 'nowhere.toml'. It must be the path of a TOML file that exists."
    ]


def test_guilds_in_the_environment_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("RAIDBOT_ALLOWED_GUILDS", "123456789012345678, 223456789012345678,")

    assert load().allowed_guilds == (123456789012345678, 223456789012345678)


def test_every_wrong_value_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "raidbot.toml").write_text('allowed_guilds = "YOUR_GUILD_ID"\nlog_levle = "debug"\n')
    monkeypatch.setenv("RAIDBOT_LOG_FORMAT", "xml")
    monkeypatch.setenv("RAIDBOT_DISCORD_API_URL", "discord.com")
    monkeypatch.setenv("RAIDBOT_DISCORD_GATEWAY_URL", "http://127.0.0.1")
    monkeypatch.setenv("RAIDBOT_HEARTBEAT_SECONDS", "nan")
    monkeypatch.setenv("RAIDBOT_DM_BATCHES", "3")
    monkeypatch.setenv("RAIDBOT_DM_BATCH", "0")

    sentences = setting_errors()

    for start in (
        "There is no setting RAIDBOT_DM_BATCHES (dm_batches in TOML). Did you mean RAIDBOT_DM_BATCH?",
        "There is no setting RAIDBOT_LOG_LEVLE (log_levle in TOML). Did you mean RAIDBOT_LOG_LEVEL?",
        "RAIDBOT_TOKEN (or DISCORD_TOKEN) is missing.",
        "RAIDBOT_ALLOWED_GUILDS (allowed_guilds in TOML) is 'YOUR_GUILD_ID'. It must be a list of server ids",
        "RAIDBOT_LOG_FORMAT (log_format in TOML) is 'xml'. It must be console or json.",
        "RAIDBOT_DISCORD_API_URL (discord_api_url in TOML) is 'discord.com'. It must be an http:// or https://",
        "RAIDBOT_DISCORD_GATEWAY_URL (discord_gateway_url in TOML) is 'http://127.0.0.1'. It must be a ws://",
        "RAIDBOT_HEARTBEAT_SECONDS (heartbeat_seconds in TOML) is 'nan'. It must be a number of seconds",
        "RAIDBOT_DM_BATCH (dm_batch in TOML) is '0'. It must be a whole number from 1 to 50.",
    ):
        assert [sentence for sentence in sentences if sentence.startswith(start)], start
    assert len(sentences) == 9


@pytest.mark.parametrize(
    ("host", "taken"), [("192.0.2.1", "192.0.2.1"), (" localhost ", "localhost"), ("[::1]", "::1"), ("::1", "::1")]
)
def test_pages_are_served_where_somebody_says(monkeypatch: pytest.MonkeyPatch, host: str, taken: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    assert (load().web_port, load().web_host) == (None, "127.0.0.1")

    monkeypatch.setenv("RAIDBOT_WEB_PORT", "9464")
    monkeypatch.setenv("RAIDBOT_WEB_HOST", host)

    assert (load().web_port, load().web_host) == (9464, taken)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("RAIDBOT_WEB_PORT", "0", "It must be a whole number from 1 to 65535."),
        ("RAIDBOT_WEB_PORT", "65536", "It must be a whole number from 1 to 65535."),
        ("RAIDBOT_WEB_PORT", "http", "It must be a whole number from 1 to 65535."),
        ("RAIDBOT_WEB_HOST", "http://127.0.0.1", "It must be an address of this machine"),
        ("RAIDBOT_WEB_HOST", "127.0.0.1 0.0.0.0", "It must be an address of this machine"),
    ],
)
def test_what_is_no_port_or_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, value)

    (sentence,) = setting_errors()

    assert name in sentence
    assert allowed in sentence


def test_a_broken_toml_file_says_where(folder: Path) -> None:
    (folder / "raidbot.toml").write_text("token =\n")

    assert setting_errors() == ["The TOML file cannot be read: Invalid value (at line 1, column 8)."]


def test_a_file_that_is_not_text_says_so(folder: Path) -> None:
    (folder / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe")

    assert setting_errors() == ["The settings cannot be read: .env and TOML files must be UTF-8 text."]


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    assert "very-secret" not in f"{load()!r} {load()} {load().model_dump_json()}"

    monkeypatch.setenv("DISCORD_TOKEN", "very-secret with a blank")
    assert not any("secret" in sentence for sentence in setting_errors())


def test_settings_cannot_be_changed_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")

    with pytest.raises(ValueError, match="frozen"):
        load().dm_batch = 9


def test_every_setting_says_what_it_may_be() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert variable("log_level") == "RAIDBOT_LOG_LEVEL"
