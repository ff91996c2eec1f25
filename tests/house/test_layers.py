"""The arrows between the folders run one way, as the README's layout says, without circles."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "config": {"config"},
    "media": {"config", "media"},
    "scheduler": {"config", "scheduler"},
    "signaling": {"config", "media", "scheduler", "signaling"},
}


def imports_of(path: Path) -> set[str]:
    """Dotted names of our own modules that the file imports, type-only imports included."""
    package = list(path.relative_to(ROOT).with_suffix("").parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            origin = ".".join(part for part in (base, node.module or "") if part)
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in MAY_IMPORT}


def modules() -> dict[str, Path]:
    found = {}
    for folder in MAY_IMPORT:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            found[".".join(parts)] = path
    return found


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_stands_below_it(folder: str) -> None:
    for name, path in modules().items():
        if name.split(".")[0] == folder:
            strangers = {i for i in imports_of(path) if i.split(".")[0] not in MAY_IMPORT[folder]}
            assert not strangers, f"{name} imports {sorted(strangers)}"


def test_no_file_stands_in_a_circle_of_imports() -> None:
    known = modules()
    graph = {name: {i for i in imports_of(path) if i in known} for name, path in known.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, "circle: " + " → ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in graph[name] - {name}:
                visit(other, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_media_core_stands_alone() -> None:
    """The core is standard library only: no I/O, no clock, no foreign package."""
    import sys

    for path in (ROOT / "media" / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                allowed = (
                    name.startswith("media.core") or name.split(".")[0] in sys.stdlib_module_names
                )
                assert allowed, f"{path.name} imports {name}"
                assert name not in {"asyncio", "socket", "time", "threading"}, (
                    f"{path.name}: {name}"
                )
