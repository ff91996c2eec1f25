"""A small directory with two devices and two persons, and accounts that hash quickly."""

from collections.abc import Mapping, Sequence

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Table, insert

from scheduler.accounts import Accounts
from scheduler.store.directory_tables import FROM_THE_BEGINNING as BEGINNING
from scheduler.store.directory_tables import device, person, role_grant, site, unit, unit_name
from scheduler.store.engine import Store
from tests.support.clock import MovableClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


ROWS: Sequence[tuple[Table, *tuple[Mapping[str, object], ...]]] = (
    (unit, {"id": "u1", "tree": "admin", "kind": "village"}),
    (unit_name, {"unit": "u1", "since": BEGINNING, "name": "示范一村"}),
    (site, {"id": "s1", "name": "示范一村", "kind": "village", "unit": "u1"}),
    (person, {"id": "p1", "name": "示例书记001"}, {"id": "p2", "name": "示例书记002"}),
    (device, {"id": "d1", "kind": "video_phone", "name": "电话一", "site": "s1"}),
    (device, {"id": "d2", "kind": "mobile", "name": "手机二"}),
    (role_grant, {"id": "g1", "person": "p1", "role": "first_secretary", "site": "s1"}),
)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def accounts(store: Store, clock: MovableClock) -> Accounts:
    async with store.begin() as connection:
        for table, *rows in ROWS:
            await connection.execute(insert(table), rows)
    return Accounts(store, clock, 30, hasher=CHEAP)
