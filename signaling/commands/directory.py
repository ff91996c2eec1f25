"""`liancun directory`: check files of the directory, import them all or nothing."""

import argparse
import asyncio
import os
from pathlib import Path

from config.settings import Settings
from scheduler.directory.imports.importing import apply, check
from scheduler.directory.imports.messages import Language
from scheduler.directory.imports.report import CheckReport, DirectoryRefused
from scheduler.store.engine import Store
from signaling.commands.failure import BAD_INPUT, CommandFailed
from signaling.commands.shared import Commands, with_store


def add_commands(commands: Commands) -> None:
    """Add `directory check` and `directory import`."""
    directory = commands.add_parser("directory", help="units, sites, devices, persons, roles")
    actions = directory.add_subparsers(required=True, metavar="ACTION")
    for name, command, text in (
        ("check", _check, "report every bad row; write nothing"),
        ("import", _import, "import files, all or nothing"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument(
            "files", type=Path, nargs="+", metavar="FILE", help="CSV, XLSX, or a folder of them"
        )
        action.add_argument(
            "--language",
            choices=("zh-CN", "en"),
            default=_terminal_language(),
            help="of the report",
        )
        action.set_defaults(command=command)
        if name == "check":
            action.add_argument(
                "--alone",
                action="store_true",
                help="do not look into the store for what the files refer to",
            )


def _check(settings: Settings, options: argparse.Namespace) -> int:
    if options.alone:
        report = asyncio.run(check(options.files))
    else:

        async def work(store: Store) -> CheckReport:
            return await check(options.files, store)

        report = with_store(settings, work)
    return _print(report, options.language)


def _import(settings: Settings, options: argparse.Namespace) -> int:
    try:
        report = with_store(settings, lambda store: apply(store, options.files))
    except DirectoryRefused as error:
        return _print(error.report, options.language)
    for line in report.lines(options.language):
        print(line)
    return 0


def _print(report: CheckReport, language: Language) -> int:
    """Bad rows go to standard output, which can be kept; the failure is one line."""
    for line in report.lines(language):
        print(line)
    if not report.ok:
        raise CommandFailed(f"{report.total} bad rows; nothing was imported", BAD_INPUT)
    return 0


def _terminal_language() -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh-CN" if value.lower().startswith("zh") else "en"
    return "en"
