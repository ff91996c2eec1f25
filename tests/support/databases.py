"""Databases for tests: every test gets its own, copied from one that was migrated once per run.

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
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from scheduler.store.engine import Store

__all__ = ["empty_store_url", "postgresql", "sqlite_template", "store", "store_url"]

_BINARIES = Path("/usr/lib/postgresql")
_START_TIMEOUT_S = 60.0
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=")
BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


class Cluster:
    """One ephemeral PostgreSQL server; databases on it are made and dropped by name."""

    _TEMPLATE = "liancun_template"

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._folder = folder
        self._user = "postgres" if os.geteuid() == 0 else None
        self._template_is_ready = False
        data = folder / "data"
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ]
        )
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

    async def create(self, *, migrated: bool) -> str:
        """Make a database, empty or with the newest schema; return its name."""
        if migrated and not self._template_is_ready:
            await self._execute(f"CREATE DATABASE {self._TEMPLATE} TEMPLATE template0")
            await (await Store.open(self.url(self._TEMPLATE))).close()
            self._template_is_ready = True
        name = f"test_{uuid.uuid4().hex}"
        template = self._TEMPLATE if migrated else "template0"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(self.url("postgres"), poolclass=NullPool)
        options = {"isolation_level": "AUTOCOMMIT"}
        async with engine.execution_options(**options).connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    def stop(self) -> None:
        self._server.send_signal(2)  # SIGINT: fast shutdown
        self._server.wait(_START_TIMEOUT_S)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    found = sorted(_BINARIES.glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL's server is not installed: run tests/prepare.sh")
    folder = Path(tempfile.mkdtemp(prefix="liancun-pg-"))
    try:
        cluster = Cluster(found[-1].parent, folder)
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs it puts a migrated file for the others to copy."""
    return tmp_path_factory.mktemp("sqlite") / "template.db"


async def _migrated(template: Path) -> Path:
    if not template.exists():
        await (await Store.open(f"sqlite+aiosqlite:///{template}")).close()
    return template


@pytest.fixture(params=BACKENDS)
async def store_url(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> AsyncIterator[str]:
    """The address of a database of the test's own, with the newest schema."""
    if request.param == "sqlite":
        path = tmp_path / "liancun.db"
        shutil.copyfile(await _migrated(sqlite_template), path)
        yield f"sqlite+aiosqlite:///{path}"
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        name = await cluster.create(migrated=True)
        yield cluster.url(name)
        await cluster.drop(name)


@pytest.fixture(params=BACKENDS)
async def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the test's own, without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        name = await cluster.create(migrated=False)
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
