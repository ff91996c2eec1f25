"""The files of `web/` as tests read them: pages, what they load, texts and their keys."""

import json
import posixpath
import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
LANGUAGES = ("zh-CN", "en")
_IMPORT = re.compile(r"^\s*(?:import|export)\b[^;]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'", re.M)
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.S | re.M)
_LOADED = re.compile(r'(?:src|href)="/static/([^"]+)"')
_STYLESHEET = re.compile(r'rel="(\w+)"[^>]*href="/static/([^"]+)"')


def modules() -> list[Path]:
    return sorted(WEB.rglob("*.js"))


def pages() -> list[Path]:
    return sorted(WEB.glob("*.html"))


def catalogue(language: str) -> dict[str, str]:
    content = json.loads((WEB / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def source(path: Path) -> str:
    """Return the code of a module without its comments."""
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def imported(path: Path) -> list[str]:
    """Return the modules a module imports, as paths inside `web/`."""
    folder = path.relative_to(WEB).parent.as_posix()
    found = [one or other for one, other in _IMPORT.findall(source(path))]
    return [posixpath.normpath(posixpath.join(folder, name)) for name in found]


def loaded_at_first(page: str) -> list[str]:
    """Return every file that opening a page loads, the page itself first."""
    html = (WEB / page).read_text(encoding="utf-8")
    waiting = [page, *_LOADED.findall(html), f"i18n/{LANGUAGES[0]}.json"]
    found: list[str] = []
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            if name.endswith(".js"):
                waiting += imported(WEB / name)
    return found
