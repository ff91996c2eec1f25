"""`liancun token`: keys for encoders and players."""

import argparse
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.settings import Settings
from scheduler.accounts import StreamTokens
from scheduler.clock import SystemClock
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from signaling.commands.shared import Commands, with_store
from signaling.http.addresses import Addresses

_LABELS = {
    "zh-CN": {"whip": "视频信号", "whep": "播放设备"},
    "en": {"whip": "Video source", "whep": "Player"},
}


def add_commands(commands: Commands) -> None:
    """Add `token whip`, `token whep` and `token withdraw`."""
    token = commands.add_parser("token", help="keys for encoders (WHIP) and players (WHEP)")
    actions = token.add_subparsers(required=True, metavar="ACTION")
    for scope, text in (
        ("whip", "print a key to send into a meeting"),
        ("whep", "print a key to watch a meeting"),
    ):
        action = actions.add_parser(scope, help=text)
        action.add_argument("room", metavar="ROOM", help="id of the occurrence")
        action.add_argument("--label", help="what people read under the picture")
        action.add_argument(
            "--hours",
            type=_hours,
            metavar="N",
            help="how long it holds; a day beyond the planned end when left out",
        )
        action.add_argument("--json", action="store_true", help="print one line of JSON")
        action.set_defaults(command=_issue, scope=scope)
    withdraw = actions.add_parser("withdraw", help="make all keys of a meeting void")
    withdraw.add_argument("room", metavar="ROOM", help="id of the occurrence")
    withdraw.set_defaults(command=_withdraw)


def _issue(settings: Settings, options: argparse.Namespace) -> int:
    label = options.label or _LABELS[settings.language][options.scope]
    lifetime = timedelta(hours=options.hours) if options.hours is not None else None
    zone = ZoneInfo(settings.time_zone)

    async def work(store: Store) -> tuple[str, datetime]:
        clock = SystemClock()
        meetings = Meetings(store, clock, settings.meeting, zone)
        occurrence = await meetings.occurrence(options.room)
        return await StreamTokens(store, clock).issue(occurrence, options.scope, label, lifetime)

    token, expires_at = with_store(settings, work)
    addresses = Addresses.of(settings.http, settings.http.port)
    address = addresses.network or addresses.local
    shown = {
        "url": f"{address}/{options.scope}/{options.room}",
        "token": token,
        "until": expires_at.astimezone(zone).isoformat(timespec="minutes"),
    }
    if options.json:
        print(json.dumps(shown, ensure_ascii=False))
    else:
        for name, value in shown.items():
            print(f"{name:6}{value}")
    return 0


def _withdraw(settings: Settings, options: argparse.Namespace) -> int:
    async def work(store: Store) -> int:
        return await StreamTokens(store, SystemClock()).withdraw(options.room)

    print(f"{with_store(settings, work)} keys are void")
    return 0


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours <= 24 * 365:
        raise argparse.ArgumentTypeError("must be more than 0 and at most a year")
    return hours
