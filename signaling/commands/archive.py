"""`liancun archive`: export the pack of an archived record, and prove that one is untouched."""

import argparse
import os
import re
from pathlib import Path

from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.clock import SystemClock
from scheduler.records.building import packs_of, records_of
from scheduler.records.pack.reading import PackRefused
from scheduler.records.pack.verifying import verify
from scheduler.records.paper.font import FontUnusable
from scheduler.store.engine import Store
from signaling.commands.failure import BAD_CONFIG, BAD_INPUT, CommandFailed
from signaling.commands.shared import Commands, with_store

_HASH = re.compile(r"[0-9a-fA-F]{16,64}")


def add_commands(commands: Commands) -> None:
    """Add `archive export` and `archive verify`."""
    archive = commands.add_parser("archive", help="packs of archived meeting records")
    actions = archive.add_subparsers(required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write the pack of an archived record")
    export.add_argument("occurrence", metavar="OCCURRENCE", help="id of the meeting")
    export.add_argument("file", type=Path, metavar="FILE", help="where to write the ZIP file")
    export.set_defaults(command=_export)
    check = actions.add_parser(
        "verify", help="prove that a pack is untouched; needs no store and no network"
    )
    check.add_argument("pack", type=Path, metavar="PACK", help="the ZIP file")
    check.add_argument(
        "--hash",
        type=_hash,
        metavar="HASH",
        help="the last entry's hash, or its first 16 digits, as on the signed paper",
    )
    check.set_defaults(command=_verify)


def _export(settings: Settings, options: argparse.Namespace) -> int:
    target: Path = options.file
    if target.exists():
        raise CommandFailed(f"{target}: is there already", BAD_INPUT)

    async def work(store: Store) -> bytes:
        clock = SystemClock()
        accounts = Accounts(store, clock, settings.http.session_days)
        records = records_of(store, clock, settings, accounts)
        return (await packs_of(records, settings).pack(options.occurrence))[1]

    try:
        content = with_store(settings, work)
    except FontUnusable as error:
        raise CommandFailed(str(error), BAD_CONFIG) from error
    partial = target.with_name(f"{target.name}.part")
    try:
        partial.write_bytes(content)
        os.replace(partial, target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise CommandFailed(f"{target}: {error.strerror}") from error
    print(f"{target}: {len(content)} bytes")
    return 0


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    """Print what was found; exit with 0 for a whole pack, 1 for a changed one, 4 for none."""
    try:
        found = verify(options.pack, options.hash)
    except PackRefused as error:
        raise CommandFailed(f"{options.pack}: {error}", BAD_INPUT) from error
    for problem in found.problems:
        print(problem)
    if not found.whole:
        raise CommandFailed(f"{options.pack}: {len(found.problems)} problems: it was changed")
    print(f"whole: {found.entries} entries, {found.files} files, meeting {found.occurrence}")
    print(f"last entry {found.last}")
    if options.hash is None:
        print(
            "compare this hash with the one at the foot of the signed paper, or pass it as --hash"
        )
    return 0


def _hash(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise argparse.ArgumentTypeError("16 to 64 hexadecimal digits")
    return text.lower()
