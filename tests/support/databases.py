"""Databases for tests: every test gets one to itself, with the newest schema and no rows.

SQLite files are copied from one that was migrated once per run; databases of PostgreSQL, where a
copy is slow, are emptied and used again.

PostgreSQL is a cluster of Debian's binaries in a temporary folder, reached by a Unix socket, and
stopped at the end of the run. Root starts it as the user `postgres`, because PostgreSQL refuses
to run as root.
"""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from scheduler.store.engine import Store
from tests.support.templates import lay_migrated

__all__ = ["empty_store_url", "postgresql", "store", "store_url"]

_BINARIES = Path("/usr/lib/postgresql")
_START_TIMEOUT_S = 60.0
_INITDB = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=")
BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
    DO $$ DECLARE used text; BEGIN
        SELECT string_agg(format('%I', relname), ', ') INTO used FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0;
        IF used IS NOT NULL THEN
            EXECUTE 'TRUNCATE ' || used || ' RESTART IDENTITY CASCADE';
        END IF;
    END $$
"""


class Cluster:
    """One ephemeral PostgreSQL server with the databases on it."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._folder = folder
        self._user = "postgres" if os.geteuid() == 0 else None
        self._free: list[str] = []
        self._version = ""
        data = folder / "data"
        if self._user:
            shutil.chown(folder, self._user)
        self._run([binaries / "initdb", "-D", data, *_INITDB])
        options = [part for setting in _QUICK for part in ("-c", setting)]
        self._server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *options],
            user=self._user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready(binaries)

    def _run(self, command: Sequence[str | Path]) -> None:
        subprocess.run(command, user=self._user, check=True, capture_output=True)

    def _wait_until_ready(self, binaries: Path) -> None:
        until = time.monotonic() + _START_TIMEOUT_S
        command = [str(binaries / "pg_isready"), "-q", "-h", str(self._folder)]
        while subprocess.run(command, check=False).returncode:
            if self._server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.05)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self._folder}"

    async def create(self) -> str:
        """Make a database without any table; return its name."""
        name = f"test_{uuid.uuid4().hex}"
        await self._execute("postgres", f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    async def drop(self, name: str) -> None:
        await self._execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    async def lend(self) -> str:
        """Return the name of a database with the newest schema and no rows."""
        if self._free:
            return self._free.pop()
        name = await self.create()
        await (await Store.open(self.url(name))).close()
        self._version = await self._version_of(name)
        return name

    async def give_back(self, name: str) -> None:
        """End what is still connected and empty the database for the next test."""
        await self._execute(name, _END_OTHERS, _EMPTY)
        if await self._version_of(name) == self._version:
            self._free.append(name)
        else:
            await self.drop(name)

    async def _version_of(self, name: str) -> str:
        return str(await self._execute(name, "SELECT version_num FROM alembic_version"))

    async def _execute(self, database: str, *statements: str) -> object:
        """Return the first value of the last statement, if it has any."""
        engine = create_async_engine(self.url(database), poolclass=NullPool)
        options = {"isolation_level": "AUTOCOMMIT"}
        async with engine.execution_options(**options).connect() as connection:
            for statement in statements:
                result = await connection.exec_driver_sql(statement)
            value = result.scalar() if result.returns_rows else None
        await engine.dispose()
        return value

    def stop(self) -> None:
        self._server.send_signal(2)  # SIGINT: fast shutdown
        self._server.wait(_START_TIMEOUT_S)


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL installed, None where there is none."""
    found = sorted(_BINARIES.glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    found = binaries()
    if found is None:
        pytest.skip("PostgreSQL's server is not installed: run tests/prepare.sh")
    folder = Path(tempfile.mkdtemp(prefix="liancun-pg-"))
    try:
        cluster = Cluster(found, folder)
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=BACKENDS)
async def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the test's own, with the newest schema."""
    if request.param == "sqlite":
        path = tmp_path / "liancun.db"
        await lay_migrated(path)
        yield f"sqlite+aiosqlite:///{path}"
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        name = await cluster.lend()
        yield cluster.url(name)
        await cluster.give_back(name)


@pytest.fixture(params=BACKENDS)
async def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the test's own, without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        name = await cluster.create()
        yield cluster.url(name)
        await cluster.drop(name)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An open store on a database of the test's own, on SQLite and on PostgreSQL."""
    opened = await Store.open(store_url, migrate=False)
    try:
        yield opened
    finally:
        await opened.close()
