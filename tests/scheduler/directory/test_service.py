"""Reading the directory: names by date, two trees with links, devices, members, roles."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scheduler.accounts import Accounts
from scheduler.directory.imports.importing import apply
from scheduler.directory.model import (
    Device,
    Membership,
    OrgUnit,
    Person,
    RoleGrant,
    Site,
    UnitName,
)
from scheduler.directory.service import Directory
from scheduler.errors import NotFound
from scheduler.store.directory_tables import FROM_THE_BEGINNING
from scheduler.store.engine import Store
from tests.scheduler.directory.builders import write_files
from tests.support.clock import MovableClock

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(MARCH)


@pytest.fixture
async def directory(store: Store, clock: MovableClock, tmp_path: Path) -> Directory:
    await apply(store, [write_files(tmp_path / "files")])
    return Directory(store, clock)


async def test_a_unit_has_the_name_of_the_day(directory: Directory) -> None:
    assert await directory.unit("town") == OrgUnit("town", "admin", "town", "示范镇", "city")
    assert (await directory.unit("town", on=date(2017, 12, 31))).name == "示范乡"
    assert (await directory.unit("town", on=date(2018, 1, 1))).name == "示范镇"
    assert await directory.unit_names("town") == (
        UnitName("town", FROM_THE_BEGINNING, "示范乡"),
        UnitName("town", date(2018, 1, 1), "示范镇"),
    )


async def test_before_its_first_name_a_unit_has_its_first_name(
    store: Store, clock: MovableClock, tmp_path: Path
) -> None:
    units = "id,tree,kind,name,since\nnew,admin,town,新镇,2030-01-01\n"
    path = tmp_path / "units.csv"
    path.write_text(units, encoding="utf-8")
    await apply(store, [path])
    assert (await Directory(store, clock).unit("new")).name == "新镇"


async def test_the_day_changes_at_local_midnight(directory: Directory) -> None:
    clock = MovableClock(datetime(2026, 12, 31, 16, 30, tzinfo=UTC))
    assert Directory(directory._store, clock).today() == date(2027, 1, 1)


async def test_units_come_by_tree(directory: Directory) -> None:
    assert [unit.id for unit in await directory.units("admin")] == ["city", "town", "village"]
    assert {unit.tree for unit in await directory.units("party")} == {"party"}
    assert len(await directory.units()) == 7
    assert [unit.id for unit in await directory.units(ids=["town", "none"])] == ["town"]


async def test_a_subtree_is_the_unit_and_all_below_and_across_links_if_asked(
    directory: Directory,
) -> None:
    assert await directory.subtree("p-town") == {"p-town", "p-village"}
    everything = {"p-town", "p-village", "town", "village"}
    assert await directory.subtree("p-town", follow_links=True) == everything
    assert await directory.subtree("city") == {"city", "town", "village"}
    assert await directory.subtree("p-net", follow_links=True) == {"p-net"}


async def test_sites_and_devices_are_found_by_id_place_and_holder(directory: Directory) -> None:
    phone = Device("phone1", "video_phone", "一村电话", "s-village", "fs1", revoked=False)
    assert await directory.device("phone1") == phone
    assert await directory.devices_at(["s-village"]) == (phone,)
    assert await directory.devices_held_by(["fs1", "nobody"]) == (phone,)
    assert set(await directory.devices()) == {"phone1", "room1", "mobile2"}
    village = Site("s-village", "示范一村", "village", "village")
    assert await directory.site("s-village") == village
    assert await directory.sites(["s-village", "none"]) == {"s-village": village}
    assert await directory.sites_of({"village"}) == (village,)
    assert len(await directory.sites()) == 2


async def test_persons_are_found_by_a_part_of_the_name_or_the_beginning_of_the_id(
    directory: Directory,
) -> None:
    second = Person("fs2", "示例书记002", "+86138-0000-0000")
    assert await directory.find_persons("002") == (second,)
    assert await directory.find_persons(" FS2 ") == (second,)
    assert len(await directory.find_persons("书记")) == 2
    assert len(await directory.find_persons("书记", limit=1)) == 1
    for nothing in ("", "%", "_", "\\", "\0", "' OR 1=1"):
        assert await directory.find_persons(nothing) == ()
    assert await directory.persons(["fs2", "nobody"]) == {"fs2": second}
    assert await directory.person("fs2") == second


async def test_members_are_those_of_the_day(directory: Directory) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    member = Membership("fs1", "p-net", "network", "full_member", True, first, last)
    assert await directory.members("p-net") == (member,)
    assert await directory.members("p-net", last) == (member,)
    assert await directory.members("p-net", date(2027, 1, 1)) == ()
    kinds = [(each.unit, each.kind) for each in await directory.memberships(["fs1"])]
    assert kinds == [("p-net", "network"), ("p-village", "home")]
    assert not (await directory.members("p-town"))[0].voting


async def test_grants_end_with_their_last_day(directory: Directory, clock: MovableClock) -> None:
    grant = RoleGrant("fs2", "township_admin", "p-town", None)
    assert await directory.grants("fs2") == (grant,)
    assert await directory.grants_of("township_admin") == (grant,)
    clock.advance(days=180)
    assert await directory.grants("fs2") == ()


async def test_a_first_secretary_sits_in_the_village_posted_to_others_at_their_device(
    directory: Directory,
) -> None:
    assert await directory.home_sites(["fs1", "fs2", "nobody"]) == {"fs1": "s-village"}


async def test_what_is_not_there_is_named(directory: Directory) -> None:
    for ask, code in (
        (directory.unit, "unknown_unit"),
        (directory.unit_names, "unknown_unit"),
        (directory.subtree, "unknown_unit"),
        (directory.site, "unknown_site"),
        (directory.device, "unknown_device"),
        (directory.person, "unknown_person"),
    ):
        for asked in ("nobody", "", "\0", "\ud800", "长" * 100):
            with pytest.raises(NotFound, match=code):
                await ask(asked)


async def test_a_revoked_device_says_so(
    directory: Directory, store: Store, clock: MovableClock, tmp_path: Path
) -> None:
    await Accounts(store, clock, 30).revoke_device("phone1")
    assert (await directory.device("phone1")).revoked
    await apply(store, [tmp_path / "files"])  # no file says it is in use again
    assert (await directory.device("phone1")).revoked


async def test_very_many_ids_are_asked_in_batches(directory: Directory) -> None:
    ids = [f"n{number}" for number in range(70_000)]
    assert set(await directory.persons([*ids, "fs1"])) == {"fs1"}
