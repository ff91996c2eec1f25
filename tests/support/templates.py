"""SQLite files that are made once per run and copied: with the newest schema, and with Ruzhou."""

import atexit
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from config.ruzhou import FOLDER
from scheduler.directory.imports.importing import apply
from scheduler.store.engine import Store

_made: dict[str, Path] = {}


async def lay_migrated(file: Path) -> None:
    """Put a database with the newest schema and no rows there."""
    await _lay("migrated", file, _migrate)


async def lay_ruzhou(file: Path) -> None:
    """Put a database with the demo directory of Ruzhou there."""
    await _lay("ruzhou", file, _import_ruzhou)


async def _migrate(store: Store) -> None:
    """Opening it is enough."""


async def _import_ruzhou(store: Store) -> None:
    await apply(store, [FOLDER])


async def _lay(name: str, file: Path, make: Callable[[Store], Awaitable[None]]) -> None:
    if name not in _made:
        folder = Path(tempfile.mkdtemp(prefix="liancun-template-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        template = folder / f"{name}.db"
        store = await Store.open(f"sqlite+aiosqlite:///{template}")
        try:
            await make(store)
        finally:
            await store.close()
        _made[name] = template
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_made[name], file)
