"""What the roles of the domain reach, and what none of them may."""

from typing import cast

import pytest

from scheduler.accounts import Identity
from scheduler.directory.model import ROLE_SCOPES
from scheduler.directory.service import Directory
from scheduler.errors import Refused
from scheduler.meetings.service import Meetings
from signaling.access import Access
from signaling.handlers.table import ACTIONS
from signaling.protocol import client
from signaling.roles import ROLE_PERMISSIONS, ROLE_REACH, Permission, Reach
from tests.signaling import builders
from tests.signaling.http import fakes

CONTENT = {
    Permission.MEETINGS_READ,
    Permission.MEETING_JOIN,
    Permission.ATTENDANCE_READ,
    Permission.STATISTICS_READ,
    Permission.RECORDS_REVIEW,
    Permission.DIRECTORY_READ,
    Permission.CONSULTATIONS,
}
MEDICAL = {"village_doctor", "hospital_dispatcher", "hospital_doctor"}


@pytest.fixture
def meetings() -> fakes.FakeMeetings:
    return fakes.meetings()


@pytest.fixture
def access(meetings: fakes.FakeMeetings) -> Access:
    return Access(cast("Directory", fakes.FakeDirectory()), cast("Meetings", meetings))


def test_every_role_of_the_directory_is_in_the_table() -> None:
    assert set(ROLE_SCOPES) <= set(ROLE_PERMISSIONS)
    assert set(ROLE_PERMISSIONS) == set(ROLE_REACH)


def test_no_party_role_sees_a_consultation() -> None:
    holders = {r for r, held in ROLE_PERMISSIONS.items() if Permission.CONSULTATIONS in held}
    assert holders == MEDICAL


def test_who_keeps_the_machines_sees_no_content() -> None:
    assert not ROLE_PERMISSIONS["tech_admin"] & CONTENT
    assert ROLE_PERMISSIONS["auditor"] == {Permission.LOGS_READ}


def test_nobody_needs_a_grant_for_what_is_public_and_nobody_is_given_it() -> None:
    assert not any(Permission.PUBLIC in held for held in ROLE_PERMISSIONS.values())


async def test_a_role_that_is_not_in_the_table_gives_nothing(access: Access) -> None:
    king = fakes.granted("someone", "king", unit="county", site=None)
    for permission in Permission:
        if permission is not Permission.PUBLIC:
            assert not await access.allows(king, permission, unit="county")


async def test_a_stranger_is_asked_to_sign_in_and_a_member_is_refused(access: Access) -> None:
    with pytest.raises(Refused, match="not_signed_in"):
        await access.require(None, Permission.MEETINGS_READ)
    with pytest.raises(Refused, match="not_allowed"):
        await access.require(builders.identity(None, "me"), Permission.MEETINGS_SCHEDULE)


async def test_a_township_reaches_what_is_below_it_and_nothing_beside(access: Access) -> None:
    town = fakes.granted("clerk", "township_admin", unit="town", site=None)
    for unit, reached in {
        "town": True,
        "branch": True,
        "county": False,
        "other-town": False,
    }.items():
        assert await access.allows(town, Permission.MEETINGS_RUN, unit=unit) is reached
    assert await access.allows(town, Permission.DEVICES_ENROL, site="own-site")
    assert not await access.allows(town, Permission.DEVICES_ENROL, site="other-site")
    assert await access.units(town, Permission.MEETINGS_READ) == fakes.SUBTREES["town"]


async def test_the_city_reaches_everything(access: Access) -> None:
    city = fakes.granted("org", "city_org_admin", unit=None, site=None)
    assert await access.units(city, Permission.MEETINGS_READ) is None
    assert await access.allows(city, Permission.MEETINGS_RUN, unit="other-branch")


async def test_a_grant_over_a_unit_that_is_gone_reaches_nothing(access: Access) -> None:
    gone = fakes.granted("clerk", "township_admin", unit="dissolved", site=None)
    assert not await access.allows(gone, Permission.MEETINGS_RUN, unit="town")


async def test_all_that_is_named_must_be_reached_by_one_role(
    access: Access, meetings: fakes.FakeMeetings
) -> None:
    room = builders.identity(fakes.DEVICES["own-room"])
    own, other = meetings.all["own"], meetings.all["other"]
    roll = Permission.ROLL_CALL
    assert await access.allows(room, roll, occurrence=own, site="own-site")
    assert not await access.allows(room, roll, occurrence=own, site="other-site")
    assert not await access.allows(room, roll, occurrence=other, site="own-site")


async def test_a_phone_may_join_where_its_site_or_its_holder_is_expected(
    access: Access, meetings: fakes.FakeMeetings
) -> None:
    join, own = Permission.MEETING_JOIN, meetings.all["own"]
    by_site = builders.identity(builders.phone(site="own-site"))
    by_holder = builders.identity(builders.phone(holder="me"))
    neither = builders.identity(builders.phone(site="other-site", holder="stranger"))
    assert await access.allows(by_site, join, occurrence=own)
    assert await access.allows(by_holder, join, occurrence=own)
    assert not await access.allows(neither, join, occurrence=own)


def test_every_message_of_the_protocol_names_its_permission() -> None:
    messages = {kind for kind in vars(client).values() if _is_message(kind)}
    assert messages - {client.Hello} == set(ACTIONS)
    assert all(action.needs is not Permission.PUBLIC for action in ACTIONS.values())


@pytest.mark.parametrize("role", sorted(ROLE_PERMISSIONS))
async def test_a_message_is_refused_to_roles_without_its_permission(
    access: Access, role: str
) -> None:
    """The walk over the messages, with one role and nothing that follows from a person."""
    grant = fakes.granted("me", role, unit="branch", site="own-site").grants
    alone = Identity(None, None, grant, builders.START)
    for action in ACTIONS.values():
        allowed = await access.allows(alone, action.needs)
        assert allowed is (action.needs in ROLE_PERMISSIONS[role])


def test_only_roles_without_scope_reach_everywhere() -> None:
    for role, reach in ROLE_REACH.items():
        if Reach.EVERYWHERE in reach:
            assert ROLE_SCOPES[role] is None


def _is_message(kind: object) -> bool:
    return (
        isinstance(kind, type) and issubclass(kind, client.Request) and kind is not client.Request
    )
