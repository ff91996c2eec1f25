"""`python -m benchmarks.overview`: how long the city waits for the overview of a whole year.

A year of 461 branches and 12,000 members is in the store. `liancun serve` runs as a process of its
own; readers beside it ask for the city's overview as the page does, one alone and then several at
once who also look into townships and branches. On SQLite and on PostgreSQL.
"""

import argparse
import asyncio
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import insert

from benchmarks import cpu
from benchmarks.year.county import FULL, found
from benchmarks.year.filling import fill
from benchmarks.year.plan import YearPlan, plan_year
from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.clock import SystemClock
from scheduler.store.directory_tables import role_grant
from scheduler.store.engine import Store
from tests.support.databases import Cluster, binaries
from tests.support.server import ServerProcess

RESULTS: Final = Path(__file__).parent / "results"
YEAR, SEED = 2026, 4
BUDGET_MS: Final = 300
WARM_S: Final = 2.0


@dataclass(frozen=True)
class Measured:
    """Times of one kind of request, milliseconds."""

    store: str
    readers: int
    what: str
    requests: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    kilobytes: float


async def prepared(url: str, plan: YearPlan) -> str:
    """Fill an empty store; return the token of the city's organizer."""
    store = await Store.open(url)
    try:
        await fill(store, plan)
        organizer = plan.county.persons[0]
        async with store.begin() as connection:
            grant = {"id": "organizer", "person": organizer, "role": "city_org_admin"}
            await connection.execute(insert(role_grant).values(**grant))
        accounts = Accounts(store, SystemClock(), Settings().http.session_days)
        link = await accounts.issue_link(person=organizer, lifetime=timedelta(hours=1))
        return (await accounts.redeem_link(link)).token
    finally:
        await store.close()


async def read(
    url: str, token: str, plan: YearPlan, readers: int, seconds: float, pause_s: float
) -> dict[str, list[tuple[float, int]]]:
    """Let readers read for so long; return (seconds, bytes) of each answer by what was asked."""
    times: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    begun = time.monotonic()

    async def ask(http: aiohttp.ClientSession, what: str, path: str) -> None:
        start = time.monotonic()
        async with http.get(path) as answer:
            content = await answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status} {content[:200]!r}")
        if start - begun > WARM_S:
            times[what].append((time.monotonic() - start, len(content)))

    async def reader(number: int) -> None:
        chance = random.Random(number)
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(url, headers=headers) as http:
            while time.monotonic() - begun < WARM_S + seconds:
                await ask(http, "city", f"/api/clock?year={plan.year}")
                await asyncio.sleep(chance.uniform(0, 2 * pause_s))
                if readers == 1:
                    continue
                township = chance.choice(plan.county.townships)
                branch = chance.choice(plan.county.branches).id
                await ask(http, "township", f"/api/clock?year={plan.year}&unit={township}")
                await asyncio.sleep(chance.uniform(0, 2 * pause_s))
                await ask(http, "branch", f"/api/units/{branch}/clock?year={plan.year}")
                await asyncio.sleep(chance.uniform(0, 2 * pause_s))

    await asyncio.gather(*(reader(number) for number in range(readers)))
    return times


async def measure(
    name: str, url: str, plan: YearPlan, readers: int, seconds: float
) -> list[Measured]:
    """Measure one store: a reader alone without a pause, then several with half a second each."""
    print(f"{name}: writing the year …", flush=True)
    token = await prepared(url, plan)
    results = []
    with tempfile.TemporaryDirectory(prefix="liancun-overview-") as folder:
        async with ServerProcess(Path(folder), LIANCUN_STORE__URL=url) as server:
            await server.start()
            for number, pause_s in ((1, 0.0), (readers, 0.5)):
                print(f"{name}: {number} reading …", flush=True)
                times = await read(server.url, token, plan, number, seconds, pause_s)
                results += [_measured(name, number, what, one) for what, one in times.items()]
            await server.end()
    return results


def _measured(store: str, readers: int, what: str, times: Sequence[tuple[float, int]]) -> Measured:
    milliseconds = sorted(1000 * one for one, _ in times)
    parts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return Measured(
        store,
        readers,
        what,
        len(times),
        round(parts[49], 1),
        round(parts[94], 1),
        round(parts[98], 1),
        round(statistics.mean(size for _, size in times) / 1000, 1),
    )


def table(results: Sequence[Measured]) -> str:
    """Return the figures as a table."""
    lines = [
        "| store | readers | what | answers | p50 ms | p95 ms | p99 ms | KB |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    rows = [[str(value) for value in asdict(one).values()] for one in results]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


@asynccontextmanager
async def _stores(only: str | None) -> AsyncIterator[list[tuple[str, str]]]:
    """Yield name and address of an empty store of each kind that is installed."""
    with tempfile.TemporaryDirectory(prefix="liancun-stores-") as folder:
        found = []
        if only in (None, "sqlite"):
            found.append(("sqlite", f"sqlite+aiosqlite:///{folder}/year.db"))
        cluster = None
        if only in (None, "postgresql") and (where := binaries()) is not None:
            at = tempfile.mkdtemp(prefix="liancun-overview-pg-")
            cluster = Cluster(where, Path(at))
            found.append(("postgresql", cluster.url(await cluster.create())))
        try:
            yield found
        finally:
            if cluster is not None:
                cluster.stop()
                shutil.rmtree(at, ignore_errors=True)


async def _run(readers: int, seconds: float, only: str | None) -> list[Measured]:
    plan = plan_year(found(FULL, SEED, YEAR), SEED, YEAR)
    results = []
    async with _stores(only) as stores:
        for name, url in stores:
            results += await measure(name, url, plan, readers, seconds)
    return results


def main() -> int:
    """Measure; 1 where the city waits longer than the budget."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overview", description=__doc__)
    parser.add_argument("--readers", type=int, default=8, help="at once")
    parser.add_argument("--seconds", type=float, default=20.0, help="of one measured window")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    options = parser.parse_args()
    results = asyncio.run(_run(options.readers, options.seconds, options.store))
    print(f"\nThe city's overview of {YEAR}\n\n{table(results)}\n")
    options.results.mkdir(parents=True, exist_ok=True)
    document = {
        "what": "overview",
        "machine": cpu.machine(),
        "budget_ms": BUDGET_MS,
        "results": [asdict(one) for one in results],
    }
    (options.results / "overview.json").write_text(json.dumps(document, indent=2) + "\n")
    (options.results / "overview.md").write_text(table(results) + "\n")
    return int(any(one.p95_ms > BUDGET_MS for one in results if one.what == "city"))


if __name__ == "__main__":
    sys.exit(main())
