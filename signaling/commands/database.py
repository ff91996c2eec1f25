"""`liancun db`: the schema of the store."""

import argparse

from config.settings import Settings
from scheduler.store.engine import Store
from signaling.commands.shared import Commands, with_store


def add_commands(commands: Commands) -> None:
    """Add `db upgrade`."""
    database = commands.add_parser("db", help="the database")
    actions = database.add_subparsers(required=True, metavar="ACTION")
    upgrade = actions.add_parser("upgrade", help="bring the schema to the newest version")
    upgrade.set_defaults(command=_upgrade)


def _upgrade(settings: Settings, options: argparse.Namespace) -> int:
    async def nothing_more(store: Store) -> None:
        """Opening the store has brought it up to date."""

    with_store(settings, nothing_more)
    print("the schema is the newest")
    return 0
