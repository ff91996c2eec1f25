"""`liancun account` and `liancun device`: the first keys, before anybody can sign in."""

import argparse
import getpass
import os
import sys

from config.settings import Settings
from scheduler.accounts import Accounts, PairingCode
from scheduler.clock import SystemClock
from scheduler.store.engine import Store
from signaling.commands.failure import BAD_INPUT, CommandFailed
from signaling.commands.shared import Commands, with_store


def add_commands(commands: Commands) -> None:
    """Add `account set-password` and `device pairing-code`."""
    account = commands.add_parser("account", help="accounts of persons")
    account_actions = account.add_subparsers(required=True, metavar="ACTION")
    password = account_actions.add_parser(
        "set-password", help="give a person a sign-in name and a password (asked, or from stdin)"
    )
    password.add_argument("person", help="id of the person in the directory")
    password.add_argument("--login", help="sign-in name; the person's id when left out")
    password.set_defaults(command=_set_password)
    pin = account_actions.add_parser(
        "set-pin", help="give a person a PIN of 4 to 8 digits (asked, or from stdin)"
    )
    pin.add_argument("person", help="id of the person in the directory")
    pin.set_defaults(command=_set_pin)

    device = commands.add_parser("device", help="devices")
    device_actions = device.add_subparsers(required=True, metavar="ACTION")
    code = device_actions.add_parser("pairing-code", help="print a code that enrols a device once")
    code.add_argument("device", help="id of the device in the directory")
    code.set_defaults(command=_pairing_code)


def _set_password(settings: Settings, options: argparse.Namespace) -> int:
    login, password = options.login or options.person, _read_secret("Password")

    async def work(store: Store) -> None:
        accounts = Accounts(store, SystemClock(), settings.http.session_days)
        await accounts.set_password(options.person, login, password)

    with_store(settings, work)
    print(f"{options.person} signs in as {login}")
    return 0


def _set_pin(settings: Settings, options: argparse.Namespace) -> int:
    pin = _read_secret("PIN")

    async def work(store: Store) -> None:
        accounts = Accounts(store, SystemClock(), settings.http.session_days)
        await accounts.set_pin(options.person, pin)

    with_store(settings, work)
    print(f"{options.person} has a PIN")
    return 0


def _pairing_code(settings: Settings, options: argparse.Namespace) -> int:
    async def work(store: Store) -> PairingCode:
        accounts = Accounts(store, SystemClock(), settings.http.session_days)
        return await accounts.issue_pairing_code(options.device, None)

    issued = with_store(settings, work)
    print(f"{issued.code}  (until {issued.expires_at.astimezone():%H:%M})")
    return 0


def _read_secret(what: str) -> str:
    if not os.isatty(sys.stdin.fileno()):
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"{what}: ")
    if first != getpass.getpass("Again: "):
        raise CommandFailed("the two do not agree", BAD_INPUT)
    return first
