"""Reads the command line and runs one command; every failure is one line and an exit code."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from config.settings import ConfigError, Settings
from scheduler.errors import DomainError
from scheduler.store.engine import StoreError
from signaling import logs
from signaling.commands import (
    accounts,
    archive,
    configuration,
    database,
    demonstration,
    directory,
    reports,
    serving,
    tokens,
)
from signaling.commands.failure import BAD_CONFIG, FAILED, CommandFailed
from signaling.version import VERSION

Command = Callable[[Settings, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `liancun`; return the exit code (0 done, 1 failed, 2 usage, 3 settings, 4 input)."""
    options = parser().parse_args(arguments)
    command: Command = options.command
    try:
        settings = Settings.load(options.config)
        logs.configure(settings.log)
        return command(settings, options)
    except ConfigError as error:
        return _failed(str(error), BAD_CONFIG)
    except CommandFailed as error:
        return _failed(str(error), error.exit_code)
    except (DomainError, StoreError) as error:
        return _failed(str(error), FAILED)
    except BrokenPipeError:  # `liancun … | head` is no failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    root = argparse.ArgumentParser(
        prog="liancun", description="Video meetings, village phones and attendance of a county."
    )
    root.add_argument("--config", type=Path, metavar="FILE", help="settings file (TOML)")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serving.add_commands(commands)
    demonstration.add_commands(commands)
    configuration.add_commands(commands)
    directory.add_commands(commands)
    accounts.add_commands(commands)
    tokens.add_commands(commands)
    archive.add_commands(commands)
    reports.add_commands(commands)
    database.add_commands(commands)
    version = commands.add_parser("version", help="print the version")
    version.set_defaults(command=_print_version)
    return root


def _print_version(settings: Settings, options: argparse.Namespace) -> int:
    print(f"liancun {VERSION}")
    return 0


def _failed(text: str, exit_code: int) -> int:
    print(f"liancun: {text}", file=sys.stderr)
    return exit_code
