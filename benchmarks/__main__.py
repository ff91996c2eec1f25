"""`python -m benchmarks`: measure, print the table, write it and the JSON to results/."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks import forwarding, janus
from benchmarks.forwarding import FRAMES, SINGLE, Profile, Result
from benchmarks.server import WorkerServer

RESULTS = Path(__file__).parent / "results"
_BESIDES_S = 60.0
"""What one measurement may take besides its windows: starting, connecting, ending."""


def main() -> None:
    """Run all measurements; two to three minutes by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--receivers", default="50,100,235", help="numbers, with commas")
    parser.add_argument("--seconds", type=float, default=5.0, help="of one measured window")
    parser.add_argument("--rounds", type=int, default=2, help="windows of each kind, alternating")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument("--no-janus", action="store_true", help="leave Janus out")
    options = parser.parse_args()
    numbers = [int(word) for word in options.receivers.split(",")]
    results = asyncio.run(
        _measure(numbers, options.seconds, options.rounds, others=not options.no_janus)
    )
    document = forwarding.document(results, options.seconds, options.rounds)
    table = forwarding.table(results)
    print(f"\nCPU per forwarded packet\n\n{table}\n")
    for profile, times in forwarding.beside(results, "liancun", "janus").items():
        print(f"{profile}: Janus needs {times} times as much")
    options.results.mkdir(parents=True, exist_ok=True)
    written = options.results / "forwarding.json"
    written.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    written.with_suffix(".md").write_text(table + "\n")
    print(f"written to {written} and {written.with_suffix('.md')}")


async def _measure(
    numbers: Sequence[int], seconds: float, rounds: int, *, others: bool
) -> list[Result]:
    most = max(numbers)
    plan: list[tuple[str, Profile, int]] = [("liancun", SINGLE, number) for number in numbers]
    plan.append(("liancun", FRAMES, most))
    if others and not janus.installed():
        print(janus.HOW_TO_GET)
    elif others:
        plan += [("janus", SINGLE, most), ("janus", FRAMES, most)]
    results = []
    for name, profile, number in plan:
        print(f"{name}: 1 speaker to {number} receivers, {profile} …", flush=True)
        server = WorkerServer() if name == "liancun" else janus.JanusServer()
        async with asyncio.timeout(2 * rounds * (seconds + 1) + _BESIDES_S):
            results.append(await forwarding.measure(name, server, profile, number, seconds, rounds))
    return results


if __name__ == "__main__":
    main()
