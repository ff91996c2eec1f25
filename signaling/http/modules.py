"""The modules a page needs, named in its head so that they load at once.

Without it a browser asks for a module only when the one that imports it has arrived: on a thin
line that is one round trip for each step. Imports of ES modules are static, so the server knows
them all.
"""

import posixpath
import re
from pathlib import Path
from typing import Final

_ENTRY: Final = re.compile(r'^([ \t]*)<script type="module" src="/static/([^"]+)"></script>', re.M)
_IMPORT: Final = re.compile(
    r"^\s*(?:import|export)\b[^;]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'", re.M
)
_COMMENT: Final = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.S | re.M)


def with_modules(page: str, folder: Path) -> str:
    """Return the HTML of a page with a `modulepreload` for everything that its module scripts
    import, directly or not, before the first of them. `folder` is what `/static/` shows."""
    entries = [(match.start(), match[1], match[2]) for match in _ENTRY.finditer(page)]
    if not entries:
        return page
    needed = needed_by([name for _, _, name in entries], folder)
    named = sorted(set(needed) - {name for _, _, name in entries})
    start, indent, _ = entries[0]
    links = "".join(
        f'{indent}<link rel="modulepreload" href="/static/{name}" />\n' for name in named
    )
    return page[:start] + links + page[start:]


def needed_by(modules: list[str], folder: Path) -> list[str]:
    """Return the modules and all that they import, as paths inside the folder, once each."""
    waiting, found = list(modules), []
    while waiting:
        name = waiting.pop(0)
        if name not in found and (folder / name).is_file():
            found.append(name)
            waiting += imported_by(name, folder)
    return found


def imported_by(name: str, folder: Path) -> list[str]:
    """Return what one module imports by relative paths; comments do not count."""
    code = _COMMENT.sub("", (folder / name).read_text(encoding="utf-8"))
    paths = [one or other for one, other in _IMPORT.findall(code)]
    inside = (posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) for path in paths)
    return [path for path in inside if not path.startswith("..")]
