"""The store: transactions are whole or not at all, and reading sees one state."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from scheduler.store.directory_tables import device, person, site
from scheduler.store.engine import Store, StoreError


async def write(store: Store, table: Table, **row: object) -> None:
    async with store.begin() as connection:
        await connection.execute(insert(table).values(row))


async def count_persons(store: Store) -> int:
    async with store.read() as connection:
        return len((await connection.execute(select(person.c.id))).all())


async def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    async def fail_half_way() -> None:
        async with store.begin() as connection:
            await connection.execute(insert(person).values(id="p1", name="示例一"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await fail_half_way()
    assert await count_persons(store) == 0


async def test_a_reader_sees_one_state_while_another_writes(store: Store) -> None:
    async with store.read() as reader:
        assert (await reader.execute(select(person.c.id))).all() == []
        async with store.begin() as writer:
            await writer.execute(insert(person).values(id="p1", name="示例一"))
        assert (await reader.execute(select(person.c.id))).all() == []
    assert await count_persons(store) == 1


async def test_writing_in_a_reading_transaction_fails(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.read() as connection:
            await connection.execute(insert(person).values(id="p1", name="示例一"))
    assert await count_persons(store) == 0


async def test_writers_of_one_process_queue_and_lose_no_update(store: Store) -> None:
    await write(store, person, id="p1", name="0")

    async def add_one() -> None:
        async with store.begin() as connection:
            row = select(person.c.name).where(person.c.id == "p1").with_for_update()
            value = int((await connection.execute(row)).scalar_one())
            await connection.execute(update(person).values(name=str(value + 1)))

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with store.read() as connection:
        assert (await connection.execute(select(person.c.name))).scalar_one() == "20"


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    begun = asyncio.Event()

    async def write_and_wait() -> None:
        async with store.begin() as connection:
            await connection.execute(insert(person).values(id="p1", name="示例一"))
            begun.set()
            await asyncio.Event().wait()

    async def wait_for_the_writer() -> None:
        await write(store, person, id="p2", name="示例二")

    writing = asyncio.create_task(write_and_wait())
    await begun.wait()
    waiting = asyncio.create_task(wait_for_the_writer())
    await asyncio.sleep(0)
    waiting.cancel()
    writing.cancel()
    await asyncio.gather(writing, waiting, return_exceptions=True)
    await write(store, person, id="p3", name="示例三")
    assert await count_persons(store) == 1


async def test_a_transaction_cancelled_at_any_moment_blocks_nobody(store: Store) -> None:
    for steps in range(40):
        task = asyncio.create_task(write(store, person, id=f"n{steps}", name="示例"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await write(store, person, id="p1", name="示例一")
    assert await count_persons(store) >= 1


async def test_many_may_read_at_once_and_within_a_transaction(store: Store) -> None:
    async def read_twice() -> int:
        async with store.read():
            return await count_persons(store)

    counts = await asyncio.gather(*(read_twice() for _ in range(10)))
    assert counts == [0] * 10


async def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await write(store, site, id="s1", name="示范", kind="village", unit="nowhere")


async def test_a_point_in_time_comes_back_aware_in_utc(store: Store) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))
    await write(store, device, id="d1", kind="mobile", name="手机", revoked_at=noon)
    async with store.read() as connection:
        found = (await connection.execute(select(device.c.revoked_at))).scalar_one()
        earlier = select(device.c.id).where(device.c.revoked_at < noon + timedelta(seconds=1))
        assert (await connection.execute(earlier)).all() == [("d1",)]
    assert found == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert found.tzinfo is UTC


async def test_a_point_in_time_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 11, 23, 12)  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a zone"):
        await write(store, device, id="d1", kind="mobile", name="手机", revoked_at=naive)


async def test_sqlite_keeps_what_was_committed_through_a_power_cut(tmp_path: Path) -> None:
    """WAL with synchronous=FULL: every commit is on the disk before it is answered."""
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'liancun.db'}")
    async with store.begin() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
    await store.close()


@pytest.mark.parametrize(
    "url",
    [
        "not an address",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///file.db",
        "mysql+aiomysql://host/db",
        "sqlite+aiosqlite:////proc/nowhere/liancun.db",
        "postgresql+asyncpg://someone:secret@/db?host=/nowhere",
    ],
)
async def test_an_unusable_address_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        await Store.open(url)
    assert "secret" not in str(caught.value)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database, " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"notes\.db"):
        await Store.open(f"sqlite+aiosqlite:///{path}")


async def test_a_database_of_a_newer_program_is_refused(store_url: str, tmp_path: Path) -> None:
    store = await Store.open(store_url)
    async with store.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(StoreError, match="9999"):
        await Store.open(store_url)


async def test_another_process_may_read_while_the_store_is_open(tmp_path: Path) -> None:
    path = tmp_path / "liancun.db"
    store = await Store.open(f"sqlite+aiosqlite:///{path}")
    await write(store, person, id="p1", name="示例一")
    other = sqlite3.connect(path)
    assert other.execute("SELECT id FROM person").fetchall() == [("p1",)]
    other.close()
    await store.close()


async def test_who_is_cancelled_in_the_middle_keeps_nobody_from_writing(store: Store) -> None:
    async def write_and_read() -> None:
        async with store.begin() as connection:
            await connection.execute(insert(person).values(id="p1", name="示例一"))
            await connection.execute(select(person.c.id))
            await connection.execute(select(person.c.name))
            raise asyncio.CancelledError

    for turns in range(60):
        task = asyncio.create_task(write_and_read())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(5):  # less than SQLite waits for a lock
            assert await count_persons(store) == 0
            await write(store, person, id="p2", name="示例二")
            async with store.begin() as connection:
                await connection.execute(person.delete())
