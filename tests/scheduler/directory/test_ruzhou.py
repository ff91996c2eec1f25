"""The demo directory has the figures of the county and nobody who could be real."""

from collections import Counter

import pytest

from config import ruzhou
from scheduler.clock import SystemClock
from scheduler.directory.imports.importing import apply
from scheduler.directory.service import Directory
from scheduler.store.engine import Store


@pytest.fixture
async def directory(store: Store) -> Directory:
    await apply(store, [ruzhou.FOLDER])
    return Directory(store, SystemClock())


async def test_it_is_the_county(directory: Directory) -> None:
    units = {unit.id: unit for unit in await directory.units("admin")}
    assert units["410482"].name == "汝州市"
    kinds = Counter(unit.kind for unit in units.values() if unit.parent == "410482")
    assert (kinds["subdistrict"], kinds["town"], kinds["township"]) == (6, 13, 2)
    assert [name.name for name in await directory.unit_names("a-dayu")] == ["大峪乡", "大峪镇"]


async def test_it_has_the_devices(directory: Directory) -> None:
    devices = (await directory.devices()).values()
    kinds = Counter(device.kind for device in devices)
    assert (kinds["meeting_room"], kinds["video_phone"]) == (23, 212)
    sites = await directory.sites()
    rooms = [sites[device.site or ""] for device in devices if device.kind == "meeting_room"]
    assert Counter(site.kind for site in rooms) == {"city": 2, "township": 21}


async def test_its_first_secretaries_are_in_six_network_branches_with_a_home_and_a_phone(
    directory: Directory,
) -> None:
    units = await directory.units("party")
    branches = [unit for unit in units if unit.kind == "network_branch"]
    assert [unit.name for unit in branches][:2] == ["第一网络党支部", "第二网络党支部"]
    members = [await directory.members(unit.id) for unit in branches]
    assert sorted(len(each) for each in members) == [16, 16, 16, 16, 17, 17]
    persons = {member.person for each in members for member in each}
    assert len(persons) == 98
    homes = [each for each in await directory.memberships(persons) if each.kind == "home"]
    assert {each.person for each in homes} == persons
    sites = await directory.home_sites(persons)
    phones = [
        each for each in await directory.devices_held_by(persons) if each.kind == "video_phone"
    ]
    assert {phone.holder: phone.site for phone in phones} == sites
    assert len(set(sites.values())) == 98


async def test_every_role_of_a_meeting_is_there(directory: Directory) -> None:
    found = {
        role: len(await directory.grants_of(role))
        for role in ("city_org_admin", "township_admin", "recorder", "site_operator",
                     "hospital_dispatcher", "tech_admin", "auditor")
    }  # fmt: skip
    assert found == {
        "city_org_admin": 2, "township_admin": 21, "recorder": 6, "site_operator": 23,
        "hospital_dispatcher": 1, "tech_admin": 1, "auditor": 1,
    }  # fmt: skip
    mobiles = [each for each in (await directory.devices()).values() if each.kind == "mobile"]
    assert all(device.holder for device in mobiles)


async def test_a_township_organizer_reaches_all_villages_of_the_township(
    directory: Directory,
) -> None:
    reach = await directory.subtree("p-dayu", follow_links=True)
    sites = await directory.sites_of(reach)
    assert len(sites) == 12
    assert {device.kind for device in await directory.devices_at({site.id for site in sites})} == {
        "video_phone", "meeting_room"
    }  # fmt: skip


async def test_people_are_plainly_made_up_and_villages_too(directory: Directory) -> None:
    people = await directory.find_persons("0", limit=100)
    people += await directory.find_persons("示例书记")
    for person in people:
        assert person.name.startswith("示例")
        assert person.phone is None
    for unit in await directory.units():
        if unit.kind in ("village", "community"):
            assert "示范" in unit.name
