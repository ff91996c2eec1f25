"""Versions of the schema, run from the program: `upgrade` brings a database to the newest one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

_ADVISORY_LOCK = 0x6C69616E  # any constant of ours: nodes that start together upgrade one by one


class MigrationError(Exception):
    """The database has a version this program does not know."""


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest version inside the connection's transaction.

    Raise MigrationError where the database was written by a newer program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise MigrationError(str(error)) from error
