"""Settings from the environment, `.env` and TOML, and the messages about wrong ones."""

import os
from pathlib import Path

import pytest

from raidbot.config import Settings, WrongSettings, load, places, variable


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
        "RAIDBOT_CONFIG in the environment is 'nowhere.toml'. It must be the path of a TOML file that exists."
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
        "RAIDBOT_DM_BATCHES in the environment is no setting. Did you mean RAIDBOT_DM_BATCH?",
        "raidbot.toml, line 2: log_levle is no setting. Did you mean log_level?",
        "RAIDBOT_TOKEN (or DISCORD_TOKEN) is missing.",
        "raidbot.toml, line 1: allowed_guilds is 'YOUR_GUILD_ID'. It must be a list of server ids",
        "RAIDBOT_LOG_FORMAT in the environment is 'xml'. It must be console or json.",
        "RAIDBOT_DISCORD_API_URL in the environment is 'discord.com'. It must be an http:// or https://",
        "RAIDBOT_DISCORD_GATEWAY_URL in the environment is 'http://127.0.0.1'. It must be a ws://",
        "RAIDBOT_HEARTBEAT_SECONDS in the environment is 'nan'. It must be a number of seconds",
        "RAIDBOT_DM_BATCH in the environment is '0'. It must be a whole number from 1 to 50.",
    ):
        assert [sentence for sentence in sentences if sentence.startswith(start)], start
    assert len(sentences) == 9


def test_a_wrong_value_in_a_file_is_named_with_its_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("# mine\nDISCORD_TOKEN=t\n\nexport RAIDBOT_DM_BATCH=0\nraidbot_log_level=loud\n")
    (folder / "other.toml").write_text('# log_format = "json"\n\n  "log_format" = "xml"\n[discord]\ntoken = "t"\n')
    monkeypatch.setenv("RAIDBOT_CONFIG", "other.toml")

    sentences = setting_errors()

    for start in (
        ".env, line 4: RAIDBOT_DM_BATCH is '0'.",
        ".env, line 5: RAIDBOT_LOG_LEVEL is 'loud'.",
        "other.toml, line 3: log_format is 'xml'.",
        "other.toml, line 4: discord is no setting.",
    ):
        assert [sentence for sentence in sentences if sentence.startswith(start)], start
    assert len(sentences) == 4


def test_the_place_that_counts_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "raidbot.toml").write_text('log_level = "loud"\n')
    (folder / ".env").write_text("DISCORD_TOKEN=t\nRAIDBOT_LOG_LEVEL=louder\nRAIDBOT_LOG_LEVEL=loudest\n")

    assert setting_errors() == [
        ".env, line 3: RAIDBOT_LOG_LEVEL is 'loudest'. It must be one of debug, info, warning, error."
    ]
    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "hush")
    assert setting_errors()[0].startswith("RAIDBOT_LOG_LEVEL in the environment is 'hush'.")


def test_an_unknown_name_in_the_env_file_is_named(folder: Path) -> None:
    (folder / ".env").write_text("DISCORD_TOKEN=t\nRAIDBOT_LOG_FROMAT=json\n")

    assert setting_errors() == [".env, line 2: RAIDBOT_LOG_FROMAT is no setting. Did you mean RAIDBOT_LOG_FORMAT?"]


@pytest.mark.parametrize(
    ("env_file", "said"),
    [
        ("", "Write it into .env as DISCORD_TOKEN=your-token."),
        ("A=1\nDISCORD_TOKN=secret", ".env, line 2: did you mean DISCORD_TOKEN by DISCORD_TOKN?"),
        ("BOT_TOKEN=secret", ".env, line 1: did you mean DISCORD_TOKEN by BOT_TOKEN?"),
        (
            "DISCORD_TOKEN: secret",
            ".env, line 1: DISCORD_TOKEN has no value. Write DISCORD_TOKEN=your-token in one line.",
        ),
        ("DISCORD_TOKEN=", ".env, line 1: DISCORD_TOKEN has no value. Write DISCORD_TOKEN=your-token in one line."),
    ],
)
def test_a_token_under_a_wrong_name_is_found(folder: Path, env_file: str, said: str) -> None:
    (folder / ".env").write_text(env_file)

    (sentence,) = setting_errors()

    assert sentence.endswith(said)
    assert "secret" not in sentence


def test_a_token_under_a_wrong_name_in_the_environment_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "secret")

    (sentence,) = setting_errors()

    assert sentence.endswith("Did you mean DISCORD_TOKEN by DISCORD_BOT_TOKEN in the environment?")


def test_the_places_of_all_values_are_told_without_the_values(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("DISCORD_TOKEN=secret\n")
    (folder / "raidbot.toml").write_text("dm_batch = 7\nlog_level = 'debug'\n")
    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "info")

    assert places() == [
        ".env, line 1: DISCORD_TOKEN",
        "RAIDBOT_LOG_LEVEL in the environment",
        "raidbot.toml, line 1: dm_batch",
    ]


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
    ("url", "taken"),
    [
        (" http://127.0.0.1:9464/ ", "http://127.0.0.1:9464"),
        ("https://[2001:db8::1]:8443/raid-bot/", "https://[2001:db8::1]:8443/raid-bot"),
        ("https://xn--rids-zoa.example", "https://xn--rids-zoa.example"),
    ],
)
def test_feeds_are_reached_where_somebody_says(monkeypatch: pytest.MonkeyPatch, url: str, taken: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("RAIDBOT_WEB_URL", url)

    assert load().web_url == taken


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("RAIDBOT_WEB_PORT", "0", "It must be a whole number from 1 to 65535."),
        ("RAIDBOT_WEB_PORT", "65536", "It must be a whole number from 1 to 65535."),
        ("RAIDBOT_WEB_PORT", "http", "It must be a whole number from 1 to 65535."),
        *(
            ("RAIDBOT_WEB_URL", value, "It must be an https:// or http:// address")
            for value in (
                *(
                    "r.example",
                    "ftp://r.example",
                    "https://",
                    "https://me:secret@r.example",
                    "https://[::1",
                    "https://a b",
                ),
                *(
                    f"https://r.example{end}"
                    for end in ["?x=1", "#x", "/../x", "/./x", "//x", "/%2e%2e", "\\x", ":0", ":99999", "/" + "x" * 500]
                ),
            )
        ),
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
    (folder / "raidbot.toml").write_text("\ntoken =\n")

    assert setting_errors() == ["raidbot.toml, line 2: this is not TOML (Invalid value, column 8)."]


def test_a_toml_file_that_ends_too_soon_is_named(folder: Path) -> None:
    (folder / "raidbot.toml").write_text('token = """x')

    (sentence,) = setting_errors()

    assert sentence.startswith("raidbot.toml: this is not TOML (")


@pytest.mark.parametrize("name", [".env", "raidbot.toml"])
def test_a_file_that_is_not_text_is_named_with_its_line(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"# two lines\nDISCORD_TOKEN=\xff\xfe")

    assert setting_errors() == [f"{name}, line 2: this is not UTF-8 text. Save the file as UTF-8."]


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


@pytest.mark.parametrize(("toml", "chosen"), [('"ON"', "on"), ("true", "on"), ("false", "off"), ('"auto"', "auto")])
def test_the_members_intent_is_a_switch_with_a_third_position(folder: Path, toml: str, chosen: str) -> None:
    (folder / "raidbot.toml").write_text(f'token = "t"\nmembers_intent = {toml}\n')

    assert load().members_intent == chosen


def test_a_wrong_choice_of_the_members_intent_is_named(folder: Path) -> None:
    (folder / ".env").write_text("DISCORD_TOKEN=t\nRAIDBOT_MEMBERS_INTENT=maybe\nRAIDBOT_LOG_DAYS=0\n")

    assert setting_errors() == [
        ".env, line 2: RAIDBOT_MEMBERS_INTENT is 'maybe'. It must be one of auto, on, off.",
        ".env, line 3: RAIDBOT_LOG_DAYS is '0'. It must be a whole number of days from 1 to 3650.",
    ]


WRONG_ALERTS = {
    "OWNER_ID": ("me", "is 'me'. It must be the id of a Discord user (15 to 19 digits)."),
    "ALERT_WEBHOOK_PRIVATE": ("maybe", "is 'maybe'. It must be on or off."),
    "ALERT_LATENCY_SECONDS": ("2.1", "is '2.1'. It must be one of 0.5, 1, 1.5, 2, 2.5, 3."),
    "ALERT_DM_FAILURE_PERCENT": ("0", "is '0'. It must be a whole number from 1 to 99."),
    "ALERT_JOB_FAILURES": ("x", "is 'x'. It must be a whole number from 1 to 1000."),
    "ALERT_STALL_SECONDS": ("nan", "is 'nan'. It must be one of 0.3, 1, 3."),
    "ALERT_WRITE_SECONDS": ("-1", "is '-1'. It must be one of 0.1, 0.3, 1, 3."),
    "ALERT_BACKUP_HOURS": ("0", "is '0'. It must be a whole number from 1 to 8760."),
    "ALERT_BACKUP_MEGABYTES": ("-5", "is '-5'. It must be a whole number from 1 to 1000000000."),
    "ALERT_RAIDS": ("many", "is 'many'. It must be a whole number from 0 to 1000000."),
    "ALERT_MEMORY_MEGABYTES": ("1.5", "is '1.5'. It must be a whole number from 1 to 1000000."),
    "REPORT_HOUR": ("24", "is '24'. It must be an hour such as 9, a time such as 02:30, or off."),
    "REPORT_ZONE": ("Berlin", "is 'Berlin'. It must be the name of a time zone, such as Europe/Berlin."),
}


@pytest.mark.parametrize("name", WRONG_ALERTS)
def test_a_wrong_setting_of_alerts_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    value, said = WRONG_ALERTS[name]
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(f"RAIDBOT_{name}", value)

    assert setting_errors() == [f"RAIDBOT_{name} in the environment {said}"]


@pytest.mark.parametrize("hour", ["25", "-1", "9:60", "9:", ":30", "nine", "9.5", "12:30:00", "٩"])
def test_an_hour_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, hour: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("RAIDBOT_REPORT_HOUR", hour)

    assert [sentence.split()[0] for sentence in setting_errors()] == ["RAIDBOT_REPORT_HOUR"]


@pytest.mark.parametrize(
    ("address", "private", "is_right"),
    [
        ("https://discord.com/api/webhooks/1/secret", "off", True),
        ("https://10.0.0.7/secret", "on", True),
        ("http://10.0.0.7/secret", "on", True),
        ("http://discord.com/api/webhooks/1/secret", "off", False),
        ("ftp://discord.com/secret", "on", False),
        ("https:///secret", "on", False),
        ("https://discord.com:x/secret", "on", False),
        ("secret", "on", False),
    ],
)
def test_a_webhook_needs_https_and_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, address: str, private: str, is_right: bool
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("RAIDBOT_ALERT_WEBHOOK", address)
    monkeypatch.setenv("RAIDBOT_ALERT_WEBHOOK_PRIVATE", private)

    if is_right:
        assert "secret" not in f"{load()!r} {load()} {load().model_dump_json()}"
    else:
        (sentence,) = setting_errors()
        assert sentence.startswith("RAIDBOT_ALERT_WEBHOOK in the environment cannot be used. It must be an https://")
        assert "secret" not in sentence


def test_alerts_can_be_set_in_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    (folder / "raidbot.toml").write_text(
        "owner_id = 123456789012345678\nreport_hour = 7\nalert_webhook_private = true\nalert_latency_seconds = 1\n"
    )

    settings = load()

    assert (settings.owner_id, settings.report_hour, settings.alert_webhook_private) == (123456789012345678, "7", True)
    assert settings.alert_latency_seconds == 1.0
