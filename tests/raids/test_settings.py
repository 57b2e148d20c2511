"""Every setting has a descriptor, and the descriptors fit each other."""

from collections import Counter
from dataclasses import fields

from raidbot.raids.setting_kinds import Choice, Flag, LeadTimes, NumberChoice, RoleChoice, Switch, Typed
from raidbot.raids.settings import ON_PANEL, SETTINGS, GuildSettings, SignupStyle
from raidbot.raids.settings.panel import PAGES
from raidbot.raids.templates.model import MAX_CHOICES
from tests.raids.builders import GUILD

DEFAULTS = GuildSettings(guild=GUILD)
BUTTONS_PER_ROW, ROWS = 5, 5
"""Of the five rows of a message, the last one leads to the other pages: https://discord.com/developers/docs/components/reference"""


def test_every_setting_has_a_descriptor() -> None:
    assert {field.name for field in fields(GuildSettings)} - {"guild"} == SETTINGS.keys()


def test_every_switch_belongs_to_one_setting() -> None:
    switches = [one.switch for one in SETTINGS.values() if isinstance(one, NumberChoice) and one.switch]

    assert sorted(switches) == sorted(field for field, one in SETTINGS.items() if isinstance(one, Flag))


def test_names_and_keys_are_given_once() -> None:
    keys = Counter(setting.key for _, setting in ON_PANEL)
    names = Counter(setting.name for setting in SETTINGS.values() if setting.is_audited)

    assert {*keys.values()} | {*names.values()} == {1}
    assert [key for key in keys if key == "page" or key.startswith(("ask-", "no-"))] == []


def test_the_panel_s_pages_fit_into_a_message() -> None:
    assert {setting.page for _, setting in ON_PANEL} == {*range(1, len(PAGES) + 1)}
    for page in range(1, len(PAGES) + 1):
        settings = [setting for _, setting in ON_PANEL if setting.page == page]
        menus = [setting for setting in settings if isinstance(setting, Choice | LeadTimes | RoleChoice)]
        buttons = [setting for setting in settings if isinstance(setting, Typed | Switch | RoleChoice)]

        assert len(settings) > 0
        assert len(menus) + bool(buttons) + 1 <= ROWS
        assert len(buttons) <= BUTTONS_PER_ROW


def test_the_default_is_among_what_the_panel_offers() -> None:
    for field, setting in ON_PANEL:
        if isinstance(setting, Choice):
            option = setting.option(DEFAULTS.value(field))
            assert setting.options()[option] == setting.words(DEFAULTS.value(field))
            assert setting.value(option) == DEFAULTS.value(field)
            assert len(setting.options()) <= MAX_CHOICES


def test_switching_off_keeps_the_number_for_the_next_time() -> None:
    off = DEFAULTS.with_value("thread_archive_minutes", None)

    assert (off.threads, off.thread_archive_minutes) == (False, 1440)
    assert off.value("thread_archive_minutes") is None
    assert off.with_value("thread_archive_minutes", 60).value("thread_archive_minutes") == 60


def test_every_way_to_sign_up_is_offered() -> None:
    style = SETTINGS["signup_style"]

    assert isinstance(style, Choice)
    assert style.options().keys() == set(SignupStyle)
