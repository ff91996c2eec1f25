"""`python -m benchmarks.year`: let the year of the whole county pass through the real store, and
compare what the clock of the branches says with the independent count."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from benchmarks.year.agreement import disagreements, done_twice_or_never
from benchmarks.year.county import FULL, Size, found
from benchmarks.year.plan import plan_year
from benchmarks.year.running import live
from scheduler.store.engine import Store

YEAR, SEED = 2026, 4


async def year(url: str, size: Size, longest_s: float) -> int:
    """Run it on an empty store; return how many figures disagree."""
    plan = plan_year(found(size, SEED, YEAR), SEED, YEAR)
    print(
        f"{size.townships} townships, {size.branches} branches, {size.members} members, "
        f"{len(plan.meetings)} meetings",
        flush=True,
    )
    store = await Store.open(url)
    try:
        begun, busy = time.monotonic(), time.process_time()
        async with asyncio.timeout(longest_s):
            lived = await live(store, plan)
        print(
            f"lived in {time.monotonic() - begun:.0f} s "
            f"({time.process_time() - busy:.0f} s of CPU): {len(lived.deeds)} deeds of the agenda",
            flush=True,
        )
        differing = done_twice_or_never(plan, lived) + await disagreements(store, plan)
    finally:
        await store.close()
    print("\n".join(differing[:50]) or "the clock agrees with the independent count")
    return len(differing)


def part_of_county(townships: int) -> Size:
    """Return so many townships' worth of the county."""
    share = townships / FULL.townships
    return Size(
        townships,
        max(8, round(FULL.branches * share)),
        max(100, round(FULL.members * share)),
        max(1, round(FULL.network_branches * share)),
        max(3, round(FULL.first_secretaries * share)),
    )


def main() -> int:
    """Run the year; 1 where anything disagrees."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__)
    parser.add_argument("--townships", type=int, default=FULL.townships, help="of 21")
    parser.add_argument("--store", help="address of an empty store; a temporary file if left out")
    parser.add_argument("--minutes", type=float, default=90.0, help="give up after so long")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="liancun-year-") as folder:
        url = options.store or f"sqlite+aiosqlite:///{Path(folder) / 'year.db'}"
        size = part_of_county(options.townships)
        return 1 if asyncio.run(year(url, size, 60 * options.minutes)) else 0


if __name__ == "__main__":
    sys.exit(main())
