"""`python -m benchmarks`: measure, print the table, write it and the JSON to results/."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks import forwarding

RESULTS = Path(__file__).parent / "results"
_BESIDES_S = 30.0
"""What one measurement may take besides its windows: starting, connecting, ending."""


def main() -> None:
    """Run all measurements; about a minute and a half by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--receivers", default="50,100,235", help="numbers, with commas")
    parser.add_argument("--seconds", type=float, default=5.0, help="of one measured window")
    parser.add_argument("--rounds", type=int, default=2, help="windows of each kind, alternating")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    options = parser.parse_args()
    numbers = [int(word) for word in options.receivers.split(",")]
    results = asyncio.run(_measure(numbers, options.seconds, options.rounds))
    document = forwarding.document(results, options.seconds, options.rounds)
    table = forwarding.table(results)
    print(f"\nCPU per forwarded packet\n\n{table}\n")
    options.results.mkdir(parents=True, exist_ok=True)
    written = options.results / "forwarding.json"
    written.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    written.with_suffix(".md").write_text(table + "\n")
    print(f"written to {written} and {written.with_suffix('.md')}")


async def _measure(numbers: Sequence[int], seconds: float, rounds: int) -> list[forwarding.Result]:
    results = []
    async with asyncio.timeout(len(numbers) * (2 * rounds * (seconds + 1) + _BESIDES_S)):
        for number in numbers:
            print(f"1 speaker to {number} receivers …", flush=True)
            results.append(await forwarding.measure(number, seconds, rounds))
    return results


if __name__ == "__main__":
    main()
