"""The store: transactions on SQLite (default) or PostgreSQL, brought to the newest schema."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from scheduler.store.batches import Batches
from scheduler.store.migrations import MigrationError, upgrade

_BUSY_TIMEOUT_MS = 10_000
_SQLITE_READERS = 4
_SQLITE_MORE_READERS = 28  # opened when those are all in use, closed after
_POSTGRESQL_CONNECTIONS = 10

C = TypeVar("C")
A = TypeVar("A")


class StoreError(Exception):
    """The store cannot be used; the text says why, without the password of its address."""


class Store:
    """Transactions on one database.

    SQLite has one writing connection, so that writers of one process queue instead of failing, and
    a few reading ones that see the last committed state. On PostgreSQL both share one pool.
    Transactions do not nest: who waits for `begin()` inside `begin()` waits for himself.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._batches: list[Batches[Any, Any]] = []

    @classmethod
    async def open(cls, url: str, *, migrate: bool = True) -> Self:
        """Connect to `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`; raise StoreError.

        With `migrate` the schema is created or brought to the newest version first.
        """
        address = _parse(url)
        if address.get_backend_name() == "sqlite":
            store = cls(*_sqlite_engines(address))
        else:
            engine = create_async_engine(address, pool_size=_POSTGRESQL_CONNECTIONS)
            store = cls(engine, _reading(engine))
        try:
            if migrate:
                async with store.begin() as connection:
                    await connection.run_sync(upgrade)
            else:
                async with store.read():
                    pass
        except (SQLAlchemyError, OSError, MigrationError) as error:
            await store.close()
            raise StoreError(f"{address.render_as_string()}: {error}") from error
        except BaseException:
            await store.close()
            raise
        return store

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction: committed at the end of the block, rolled back on an error."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One reading transaction that sees a single state; writing in it fails."""
        async with self._reader.begin() as connection:
            yield connection

    def batches(
        self, carry_out: Callable[[Sequence[C]], Awaitable[Sequence[A | Exception]]]
    ) -> Batches[C, A]:
        """Return a way for calls to share transactions; `carry_out` is as Batches says."""
        made = Batches(carry_out)
        self._batches.append(made)
        return made

    async def close(self) -> None:
        """Close all connections, when what still shares them is done."""
        for batches in self._batches:
            await batches.finish()
        await self._reader.dispose()
        await self._writer.dispose()


def _parse(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError("the address of the store cannot be read") from error
    if address.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise StoreError(f"{address.drivername}: only sqlite+aiosqlite and postgresql+asyncpg")
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise StoreError("a store in memory forgets; name a file")
    return address


def _reading(engine: AsyncEngine) -> AsyncEngine:
    """Return the same connections, whose transactions read one state and may not write."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite_engines(address: URL) -> tuple[AsyncEngine, AsyncEngine]:
    try:
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{address.database}: {error.strerror}") from error
    # Without isolation_level=None the driver begins transactions by itself, too late and deferred.
    options: dict[str, Any] = {"connect_args": {"isolation_level": None}}
    writer = create_async_engine(address, pool_size=1, max_overflow=0, **options)
    reader = create_async_engine(
        address, pool_size=_SQLITE_READERS, max_overflow=_SQLITE_MORE_READERS, **options
    )
    _prepare(writer, begin="BEGIN IMMEDIATE", query_only=False)
    _prepare(reader, begin="BEGIN", query_only=True)
    return writer, reader


def _prepare(engine: AsyncEngine, *, begin: str, query_only: bool) -> None:
    pragmas = (
        f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA query_only={'ON' if query_only else 'OFF'}",
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def give_up_locks(connection: Any, _record: object, _error: object) -> None:
        # Who is cancelled in the middle of a query leaves a statement unfinished; SQLite keeps the
        # locks of a connection that is closed over one until that is collected as garbage.
        with contextlib.suppress(Exception, asyncio.CancelledError):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_explicitly(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
