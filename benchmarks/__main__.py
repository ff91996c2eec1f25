"""`python -m benchmarks`: measure, print the tables, write them and the JSON to results/."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks import forwarding, workers
from benchmarks.forwarding import Result
from benchmarks.peers import known
from benchmarks.scenes import FRAMES, SINGLE, Profile
from benchmarks.server import WorkerServer

RESULTS = Path(__file__).parent / "results"
PARTS = ("forwarding", "lecture", "workers")
BESIDE = 235
"""Receivers with frames, and of other servers: where the budgets are."""
_BESIDES_S = 90.0
"""What one measurement may take besides its windows: starting, connecting, ending."""


def main() -> None:
    """Run the parts asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--receivers", default="25,50,100,235,470", help="numbers, with commas")
    parser.add_argument("--people", type=int, default=235, help="of the lecture")
    parser.add_argument("--seconds", type=float, default=4.0, help="of one measured window")
    parser.add_argument("--rounds", type=int, default=2, help="windows of each kind, alternating")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument(
        "--beside",
        default=",".join(known.PEERS),
        help='other servers, with commas, "" for none; those that are not here are left out',
    )
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    try:
        options.beside = known.named(options.beside)
    except ValueError as error:
        parser.error(str(error))
    options.results.mkdir(parents=True, exist_ok=True)
    for part in parts:
        {"forwarding": _forwarding, "lecture": _lecture, "workers": _workers}[part](options)


def _forwarding(options: argparse.Namespace) -> None:
    numbers = [int(word) for word in options.receivers.split(",")]
    beside = BESIDE if BESIDE in numbers else max(numbers)
    plan: list[tuple[str, Profile | None, int]] = [(forwarding.OURS, SINGLE, n) for n in numbers]
    plan.append((forwarding.OURS, FRAMES, beside))
    for peer in known.present(options.beside):
        plan += [(peer.name, SINGLE, beside), (peer.name, FRAMES, beside)]
    results = asyncio.run(_measure(plan, options))
    document = forwarding.document(results, options.seconds, options.rounds)
    table = forwarding.table(results)
    print(f"\nCPU per forwarded packet\n\n{table}\n")
    for name, times in forwarding.times_as_much(results).items():
        for profile, ratio in times.items():
            print(f"{profile}: {name} needs {ratio} times as much")
    _write(options.results / "forwarding.json", document, table)


def _lecture(options: argparse.Namespace) -> None:
    results = asyncio.run(_measure([(forwarding.OURS, None, options.people)], options))
    document = forwarding.document(results, options.seconds, options.rounds)
    table = forwarding.lecture_table(results)
    print(f"\nLecture\n\n{table}\n")
    _write(options.results / "lecture.json", document, table)


async def _measure(
    plan: Sequence[tuple[str, Profile | None, int]], options: argparse.Namespace
) -> list[Result]:
    """Measure one after the other; another server that fails does not take our figures along."""
    seconds, rounds = options.seconds, options.rounds
    results = []
    for name, profile, number in plan:
        what = f"1 speaker, {profile}" if profile else "a lecture"
        print(f"{name}: {number} receivers, {what} …", flush=True)
        server = WorkerServer() if name == forwarding.OURS else known.PEERS[name].server()
        try:
            async with asyncio.timeout(2 * rounds * (seconds + 2) + _BESIDES_S):
                results.append(
                    await forwarding.measure(name, server, profile, number, seconds, rounds)
                )
        except (RuntimeError, TimeoutError) as error:
            if name == forwarding.OURS:
                raise
            print(f"{name}: not measured; {error or 'it took too long'}", flush=True)
    return results


def _workers(options: argparse.Namespace) -> None:
    steps = []
    for packets in workers.STEPS:
        for layout in workers.LAYOUTS:
            print(f"{layout.name}, {packets} packets a picture …", flush=True)
            steps.append(
                asyncio.run(workers.measure(layout, workers.RECEIVERS, options.seconds, packets))
            )
    table = workers.table(steps)
    print(f"\nTwo workers against one\n\n{table}\n")
    for layout in (workers.EACH, workers.SPANNING):
        for what, ratio in workers.gains(steps, layout).items():
            print(f"{layout.name}: {what.replace('_', ' ')} {ratio} times that of one worker")
    _write(options.results / "workers.json", workers.document(steps, options.seconds), table)


def _write(path: Path, document: dict[str, object], table: str) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    path.with_suffix(".md").write_text(table + "\n")
    print(f"written to {path} and {path.with_suffix('.md')}")


if __name__ == "__main__":
    main()
