"""`liancun config`: check the settings, show what holds."""

import argparse
import json
import re
from typing import Any

from config.settings import Settings
from signaling.commands.shared import Commands

_PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@]*):[^@]*@")


def add_commands(commands: Commands) -> None:
    """Add `config check` and `config show`."""
    config = commands.add_parser("config", help="check or show the settings")
    actions = config.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="say whether the settings can be used")
    check.set_defaults(command=_check)
    show = actions.add_parser("show", help="print all settings, secrets hidden")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.set_defaults(command=_show)


def _check(settings: Settings, options: argparse.Namespace) -> int:
    print("the settings are good")
    return 0


def _show(settings: Settings, options: argparse.Namespace) -> int:
    shown = visible(settings.model_dump(mode="json"))
    if options.json:
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0
    top = {name: value for name, value in shown.items() if not isinstance(value, dict)}
    for name, value in top.items():
        print(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    for name, section in shown.items():
        if isinstance(section, dict):
            print(f"\n[{name}]")
            for key, value in section.items():
                print(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return 0


def visible(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the passwords inside addresses and all secrets hidden."""
    return {name: _visible(name, value) for name, value in settings.items()}


def _visible(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return visible(value)
    if value and any(word in name for word in ("secret", "password", "token", "key")):
        return "********"
    if isinstance(value, str):
        return _PASSWORD_IN_URL.sub(r"\1:********@", value)
    return value
