"""`liancun demo`: the server with Ruzhou's directory, some weeks behind it, and a weekly meeting in
progress."""

import argparse
import sys
from typing import Final

from config.settings import Settings
from scheduler.clock import SystemClock
from scheduler.store.engine import Store
from signaling import keys, logs
from signaling.app import create_app
from signaling.commands.serving import run, serve
from signaling.commands.shared import Commands
from signaling.demo import show
from signaling.demo.demo import DEMO, MOST_PARTICIPANTS, PARTICIPANTS, add_demo, demo_settings
from signaling.demo.past import live_past
from signaling.http.addresses import Addresses

PREPARING: Final = "Preparing the demonstration; the first time it takes some seconds ..."


def add_commands(commands: Commands) -> None:
    """Add `demo`."""
    demo = commands.add_parser("demo", help="show a weekly meeting in progress")
    demo.add_argument("--json", action="store_true", help="print one line of JSON")
    demo.add_argument(
        "--participants",
        type=_participants,
        default=PARTICIPANTS,
        metavar="N",
        help=f"synthetic village phones, 0 to {MOST_PARTICIPANTS} (default {PARTICIPANTS})",
    )
    demo.add_argument("--no-past", action="store_true", help="without the weeks that lie behind it")
    demo.set_defaults(command=_demo)


def _demo(settings: Settings, options: argparse.Namespace) -> int:
    settings = demo_settings(settings)
    logs.configure(settings.log)
    if not options.no_past:
        print(PREPARING, file=sys.stderr, flush=True)
        run(_live_past(settings))
    app = create_app(settings)
    add_demo(app, options.participants)

    async def announce(addresses: Addresses) -> None:
        demo = app[DEMO]
        await demo.start(addresses)
        links = await demo.links()
        text = (
            show.as_json(addresses, demo.occurrence, links)
            if options.json
            else show.as_text(addresses, demo.occurrence, links, demo.participants, app[keys.ZONE])
        )
        print(text, flush=True)

    run(serve(app, settings, announce))
    return 0


async def _live_past(settings: Settings) -> None:
    store = await Store.open(settings.store.url)
    try:
        await live_past(store, settings, SystemClock().now())
    finally:
        await store.close()


def _participants(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_PARTICIPANTS:
        raise argparse.ArgumentTypeError(f"must be 0 to {MOST_PARTICIPANTS}")
    return number
