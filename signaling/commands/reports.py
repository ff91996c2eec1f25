"""`liancun report`: the main reports as a table, CSV or JSON."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from config.settings import Settings
from scheduler.attendance.export import to_csv
from scheduler.attendance.reports import Reports
from scheduler.attendance.sheet import Sheet, occurrence_sheet, period_sheet
from scheduler.branch_clock.alerts import Alerts
from scheduler.branch_clock.service import Clocks
from scheduler.branch_clock.sheets import branch_sheet, overview_sheet
from scheduler.branch_clock.study import Study
from scheduler.branch_clock.study_sheets import alert_sheet, study_sheet
from scheduler.clock import SystemClock
from scheduler.directory.service import Directory
from scheduler.rules.rulebook import rules_on
from scheduler.store.engine import Store
from signaling.commands.failure import CommandFailed
from signaling.commands.shared import Commands, with_store
from signaling.commands.table import lines_of
from signaling.demo.demo import demo_settings
from signaling.http.attendance_views import occurrence_report_view, period_report_view
from signaling.http.branch_clock_views import branch_clock_view, overview_view
from signaling.http.clock_alerts import alerts_view
from signaling.http.study import study_view

NO_DIRECTORY = (
    "there is no directory in this store: import one with `liancun directory import`, name another "
    "store by LIANCUN_STORE__URL, or add --demo for what the demonstration wrote"
)
Found: TypeAlias = tuple[Sheet, BaseModel]
Report: TypeAlias = Callable[[Settings, argparse.Namespace, Store], Awaitable[Found]]


def add_commands(commands: Commands) -> None:
    """Add `report clock`, `branch`, `study`, `alerts`, `meeting` and `attendance`."""
    report = commands.add_parser("report", help="reports as a table, CSV or JSON")
    actions = report.add_subparsers(required=True, metavar="REPORT")

    def add(name: str, text: str, made: Report) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=text)
        form = action.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print JSON, as the API answers")
        form.add_argument("--csv", action="store_true", help="print CSV, as the pages give it")
        action.add_argument("--demo", action="store_true", help="of what `liancun demo` wrote")
        action.set_defaults(command=lambda settings, options: _print(settings, options, made))
        return action

    clock = add("clock", "what is due, held and late in a year, by unit", _clock)
    clock.add_argument("--unit", help="with all below it; the whole Party tree when left out")
    branch = add("branch", "the periods of one branch in a year", _branch)
    branch.add_argument("unit", metavar="UNIT", help="id of the unit")
    for action in (clock, branch):
        action.add_argument("--year", type=int, help="this year when left out")
    study = add("study", "study hours of a year", _study)
    study.add_argument("--year", type=int, help="this year when left out")
    study.add_argument("--unit", help="with all below it; all when left out")
    alerts = add("alerts", "what should be looked at", _alerts)
    alerts.add_argument("--unit", help="with all below it; all when left out")
    meeting = add("meeting", "who was in one meeting", _meeting)
    meeting.add_argument("occurrence", metavar="OCCURRENCE", help="id of the occurrence")
    attendance = add("attendance", "persons over a period", _attendance)
    attendance.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    attendance.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    attendance.add_argument("--unit", help="with all below it; all when left out")


def _print(settings: Settings, options: argparse.Namespace, made: Report) -> int:
    chosen = demo_settings(settings) if options.demo else settings

    async def work(store: Store) -> Found:
        if not await Directory(store, SystemClock(), ZoneInfo(chosen.time_zone)).units():
            raise CommandFailed(NO_DIRECTORY)
        return await made(chosen, options, store)

    sheet, view = with_store(chosen, work)
    if options.json:
        print(view.model_dump_json(indent=2))
    elif options.csv:
        sys.stdout.write(to_csv(sheet).decode("utf-8-sig"))
    else:
        print("\n".join(lines_of(sheet)))
    return 0


def _clocks(settings: Settings, store: Store) -> Clocks:
    return Clocks(store, SystemClock(), settings.rules, ZoneInfo(settings.time_zone))


async def _clock(settings: Settings, options: argparse.Namespace, store: Store) -> Found:
    clocks = _clocks(settings, store)
    units = None if options.unit is None else {options.unit}
    found = await clocks.overview(options.year or clocks.today().year, units)
    rules = dict(rules_on(date(found.year, 12, 31), settings.rules))
    return overview_sheet(found), overview_view(found, rules)


async def _branch(settings: Settings, options: argparse.Namespace, store: Store) -> Found:
    clocks = _clocks(settings, store)
    found = await clocks.branch(options.year or clocks.today().year, options.unit)
    rules = dict(rules_on(date(found.year, 12, 31), settings.rules))
    return branch_sheet(found), branch_clock_view(found, rules)


async def _study(settings: Settings, options: argparse.Namespace, store: Store) -> Found:
    zone = ZoneInfo(settings.time_zone)
    study = Study(store, SystemClock(), settings.rules, settings.study, zone)
    units = await _below(settings, options.unit, store)
    found = await study.hours(options.year or study.today().year, units=units)
    return study_sheet(found), study_view(found)


async def _alerts(settings: Settings, options: argparse.Namespace, store: Store) -> Found:
    """The alerts are looked for anew: the command may run where no server does."""
    clock, zone = SystemClock(), ZoneInfo(settings.time_zone)
    alerts = Alerts(store, clock, settings.rules, settings.alerts, zone)
    await alerts.look()
    found = await alerts.standing(await _below(settings, options.unit, store))
    directory = Directory(store, clock, zone)
    units = {one.id: one.name for one in await directory.units(ids={one.unit for one in found})}
    known = await directory.persons({one.person for one in found if one.person})
    persons = {one.id: one.name for one in known.values()}
    return alert_sheet(found, units, persons), alerts_view(found, units, persons)


async def _below(settings: Settings, unit: str | None, store: Store) -> frozenset[str] | None:
    if unit is None:
        return None
    zone = ZoneInfo(settings.time_zone)
    return await Directory(store, SystemClock(), zone).subtree(unit)


async def _meeting(settings: Settings, options: argparse.Namespace, store: Store) -> Found:
    zone = ZoneInfo(settings.time_zone)
    found = await Reports(store, SystemClock(), zone).occurrence(options.occurrence)
    return occurrence_sheet(found, zone), occurrence_report_view(found)


async def _attendance(settings: Settings, options: argparse.Namespace, store: Store) -> Found:
    clock, zone = SystemClock(), ZoneInfo(settings.time_zone)
    units = await _below(settings, options.unit, store)
    reports = Reports(store, clock, zone)
    found = await reports.period(options.first, options.last, units=units)
    return period_sheet(found), period_report_view(found)
