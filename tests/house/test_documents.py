"""The documents keep up with the code: settings, commands, packages and folders are described."""

import argparse
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.settings import Settings
from signaling.cli import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "config" / "OPERATING.md").read_text(encoding="utf-8")


def settings_keys() -> list[str]:
    keys = []
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            keys += [f"{name}.{key}" for key in section.model_fields]
        else:
            keys.append(name)
    return keys


@pytest.mark.parametrize("key", settings_keys())
def test_every_setting_is_in_the_table_of_settings(key: str) -> None:
    assert f"| `{key}` |" in GUIDE


def test_the_table_of_settings_has_no_key_that_is_gone() -> None:
    documented = re.findall(r"^\| `([a-z_.]+)` \|", GUIDE, re.MULTILINE)
    keys = {key for key in documented if not key.endswith(".csv") and key[:8] != "liancun_"}
    assert keys <= set(settings_keys())


def test_every_runtime_package_is_in_the_readme_with_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.split(r"[=<>\[ ;]", requirement)[0]
        assert re.search(rf"^\|.*\b{re.escape(name)}\b.*\|.+\|$", README, re.MULTILINE), name


def test_every_make_target_is_in_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE):
        assert f"make {target}" in README


def test_every_folder_is_in_the_readme() -> None:
    for folder in ("config", "media", "scheduler", "signaling", "web", "tests", "benchmarks"):
        assert re.search(rf"^\| `{folder}/` \|", README, re.MULTILINE), folder


def test_the_links_of_the_documents_lead_somewhere() -> None:
    for document in ROOT.glob("*/*.md"), ROOT.glob("*.md"):
        for path in document:
            for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
                if not target.startswith(("http:", "https:", "mailto:")):
                    assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_command_is_in_the_guide() -> None:
    for words in commands_of(parser()):
        assert f"liancun {words}" in GUIDE + README, words


def commands_of(command: argparse.ArgumentParser, before: str = "") -> list[str]:
    """Return the words of every command and its actions, as they are typed."""
    found = []
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                words = f"{before} {name}".strip()
                found += commands_of(below, words) or [words]
    return found
