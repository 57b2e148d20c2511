from dataclasses import replace

import pytest

from raidbot.raids.model import MemberId
from raidbot.raids.permissions import (
    Asker,
    Grants,
    Lacking,
    LeadsMore,
    ManagersOnly,
    MoreThanHeld,
    NotAllowed,
    Permission,
    allowed,
    check,
    check_may_grant,
    check_may_lead,
    check_may_post,
    commands,
    held_in,
)
from tests.raids.builders import ALICE, BOB, MANAGER, open_raid

OFFICER, CLOSER, ADMIN = 11, 12, 13
GRANTS = Grants(frozenset({ADMIN}), {"raid": frozenset({OFFICER}), "raid.close": frozenset({CLOSER})})


def asker(*roles: int, member: MemberId = ALICE, manages: bool = False) -> Asker:
    return Asker(member=member, roles=frozenset(roles), manages=manages)


@pytest.mark.parametrize("permission", Permission)
def test_managers_and_admin_roles_may_do_everything(permission: Permission) -> None:
    assert allowed(asker(manages=True), permission, Grants())
    assert allowed(asker(ADMIN), permission, GRANTS)
    assert not allowed(asker(), permission, GRANTS)


def test_a_role_may_do_what_it_was_granted() -> None:
    assert allowed(asker(OFFICER), Permission.RAID_CLOSE, GRANTS)
    assert allowed(asker(OFFICER), Permission.RAID_TIME, GRANTS)
    assert allowed(asker(CLOSER), Permission.RAID_CLOSE, GRANTS)
    assert not allowed(asker(CLOSER), Permission.RAID_TIME, GRANTS)
    assert not allowed(asker(OFFICER), Permission.CREATE, GRANTS)


@pytest.mark.parametrize("permission", Permission)
def test_leader_and_creator_may_do_what_is_on_their_raids_panel(permission: Permission) -> None:
    raid = replace(open_raid(), creator=ALICE, leader=BOB)

    assert allowed(asker(member=ALICE), permission, Grants(), raid) == permission.is_about_a_raid
    assert allowed(asker(member=BOB), permission, Grants(), raid) == permission.is_about_a_raid
    assert not allowed(asker(member=MANAGER), permission, Grants(), raid)
    assert not allowed(asker(member=ALICE), permission, Grants())


def test_nobody_gives_more_than_they_hold() -> None:
    grants = replace(GRANTS, roles={**GRANTS.roles, "permissions": frozenset({OFFICER})})

    check_may_grant(asker(OFFICER), "raid.close", grants)
    check_may_grant(asker(ADMIN), "create", grants)
    check_may_grant(asker(manages=True), None, grants)
    for target in ("create", "templates.list"):
        with pytest.raises(MoreThanHeld):
            check_may_grant(asker(OFFICER), target, grants)
    with pytest.raises(MoreThanHeld):
        check_may_grant(asker(CLOSER), "raid", grants)
    for forbidden in (None, "permissions"):
        with pytest.raises(ManagersOnly):
            check_may_grant(asker(ADMIN), forbidden, grants)


def test_only_who_may_do_everything_with_a_raid_makes_somebody_its_leader() -> None:
    chooser = 21
    grants = replace(GRANTS, roles={**GRANTS.roles, "raid.leader": frozenset({chooser})})
    raid = replace(open_raid(), creator=MANAGER, leader=BOB)
    nobody, officer = asker(member=ALICE), asker(OFFICER, member=ALICE)

    for giver in (asker(OFFICER), asker(manages=True), asker(member=MANAGER), asker(member=BOB)):
        check_may_lead(giver, nobody, raid, grants)
    for giver in (asker(chooser), asker(CLOSER), asker()):
        with pytest.raises(LeadsMore):
            check_may_lead(giver, nobody, raid, grants)
    for leader in (officer, asker(member=MANAGER), asker(member=BOB), asker(member=ALICE, manages=True)):
        check_may_lead(asker(chooser), leader, raid, grants)


def test_what_is_lacking_is_named() -> None:
    with pytest.raises(Lacking) as refused:
        check(asker(OFFICER), Permission.RAID_CLOSE, Permission.CREATE, Permission.TEMPLATES_EDIT, grants=GRANTS)

    assert "you may not create raids or edit templates here" in str(refused.value)
    check(asker(OFFICER), Permission.RAID_CLOSE, grants=GRANTS)
    with pytest.raises(Lacking):
        check_may_post(asker(OFFICER), GRANTS)


def test_a_command_holds_all_its_permissions() -> None:
    assert held_in("raid") == tuple(one for one in Permission if one.value.startswith("raid."))
    assert held_in("raid.close") == (Permission.RAID_CLOSE,)
    assert held_in("settings") == (Permission.SETTINGS,)
    assert held_in("nothing") == ()
    assert {permission for command in commands() for permission in held_in(command)} == set(Permission)


def test_the_refusal_says_what_would_do() -> None:
    said = str(NotAllowed((Permission.RAID_CLOSE,), ["Officer", "Raid*Lead"], is_of_raid=True))

    assert said == (
        "You may not close a raid’s signups here. You need the **Manage Server** permission,"
        " the role **Officer** or **Raid\\*Lead** or to be the raid’s leader or creator."
    )


def test_where_any_of_several_would_do_the_refusal_names_the_command() -> None:
    said = str(NotAllowed((Permission.TEMPLATES_LIST, Permission.TEMPLATES_EDIT), [], is_of_raid=False))

    assert said == "You may not use `/templates` here. You need the **Manage Server** permission."


def test_whoever_may_do_nothing_with_a_raid_hears_that_of_the_raid() -> None:
    said = str(NotAllowed((Permission.RAID_CLOSE, Permission.RAID_UNDO), [], is_of_raid=True))

    assert said == (
        "You may not manage this raid. You need the **Manage Server** permission or to be the raid’s leader or creator."
    )
