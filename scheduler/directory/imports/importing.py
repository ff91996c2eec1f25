"""Check files of the directory, or import them in one transaction."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from scheduler.directory.imports.lines import Line, read_lines
from scheduler.directory.imports.plan import Plan, make_plan
from scheduler.directory.imports.report import (
    BadRows,
    CheckReport,
    Counts,
    DirectoryRefused,
    ImportReport,
)
from scheduler.store import directory_import
from scheduler.store.engine import Store


async def check(paths: Sequence[Path], store: Store | None = None) -> CheckReport:
    """Read the CSV and XLSX files (a folder means those in it) and report what is wrong.

    With a store, what the files refer to may stand there; without, in the files alone. Nothing is
    written, and whatever the files hold, nothing is raised.
    """
    bad = BadRows()
    lines = await asyncio.to_thread(read_lines, paths, bad)
    loaded: dict[str, list[directory_import.TableRow]] = {}
    if store is not None:
        async with store.read() as connection:
            loaded = await directory_import.load(connection)
    plan = await asyncio.to_thread(make_plan, lines, loaded, bad)
    return _report(bad, plan)


async def apply(store: Store, paths: Sequence[Path]) -> ImportReport:
    """Import the files, all or nothing; raise DirectoryRefused with the report of the bad rows.

    Rows are found again by their keys: what is new is created, what differs is changed, what the
    files do not mention stays.
    """
    bad = BadRows()
    lines: list[Line] = await asyncio.to_thread(read_lines, paths, bad)
    async with store.begin() as connection:
        await directory_import.lock(connection)
        loaded = await directory_import.load(connection)
        plan = await asyncio.to_thread(make_plan, lines, loaded, bad)
        if bad.total:
            raise DirectoryRefused(_report(bad, plan))
        for table in directory_import.TABLES:
            await directory_import.create(connection, table, plan.created[table])
        for table in directory_import.TABLES:
            await directory_import.change(connection, table, plan.changed[table])
    total = sum(plan.counts.values(), Counts())
    return ImportReport(total.created, total.changed, total.unchanged, plan.counts)


def _report(bad: BadRows, plan: Plan) -> CheckReport:
    return CheckReport(bad.in_order(), bad.total, plan.counts)
