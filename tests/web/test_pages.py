"""What every page keeps to: nothing from outside, nothing inline, little to load."""

import gzip
import re

import pytest

from signaling.http.assets import Assets
from tests.web.files import WEB, loaded_at_first, modules, pages

FIRST_LOAD_BYTES = 100 * 1024
TEXT_FILES = [p for p in sorted(WEB.rglob("*")) if p.suffix in {".html", ".js", ".css", ".json"}]
NAMESPACES = ("http://www.w3.org/2000/svg",)  # an identifier; nothing is fetched from it
# Newer than Chromium 79. ("gap" alone is for flex boxes; grids have "grid-gap" since 57.)
NEW_CSS = re.compile(
    r"(?<![-\w])gap\s*:|aspect-ratio\s*:|(?<![-\w])inset\s*:|:is\(|:where\(|:focus-visible|:has\("
    r"|clamp\("
)


@pytest.mark.parametrize("path", TEXT_FILES, ids=lambda p: str(p.relative_to(WEB)))
def test_no_file_mentions_an_address_outside(path: object) -> None:
    text = (WEB / str(path)).read_text(encoding="utf-8")
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert re.findall(r"\b(?:https?|wss?):/+[\w.]+", text) == []
    assert re.findall(r"""["'(]//[\w.]+""", text) == []


@pytest.mark.parametrize("page", [p.name for p in pages()])
def test_a_page_has_no_inline_script_or_style(page: str) -> None:
    html = (WEB / page).read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html) == []
    assert "<style" not in html
    assert re.findall(r"\s(?:style|on\w+)\s*=", html) == []


@pytest.mark.parametrize("page", [p.name for p in pages()])
def test_everything_a_page_loads_exists(page: str) -> None:
    assert [name for name in loaded_at_first(page) if not (WEB / name).is_file()] == []


@pytest.mark.parametrize("page", [p.name for p in pages()])
def test_a_page_is_sent_with_the_names_of_all_its_modules(page: str) -> None:
    html = Assets(WEB).load(page).content.decode()
    named = re.findall(r'(?:modulepreload"\s+href|script[^>]*\ssrc)="/static/([^"]+)"', html)
    assert sorted(named) == sorted(n for n in loaded_at_first(page) if n.endswith(".js"))


def test_the_first_load_of_the_phone_is_small() -> None:
    sizes = {
        name: len(gzip.compress((WEB / name).read_bytes(), 9))
        for name in loaded_at_first("phone.html")
    }
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes


def test_every_module_belongs_to_a_page() -> None:
    loaded = {name for page in pages() for name in loaded_at_first(page.name)}
    only_types = {"wire.js"}
    alone = {path.relative_to(WEB).as_posix() for path in modules()} - loaded - only_types
    assert alone == set()


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.css")), ids=lambda p: p.name)
def test_styles_are_known_to_old_browsers(path: object) -> None:
    css = re.sub(r"/\*.*?\*/", "", (WEB / str(path)).read_text(encoding="utf-8"), flags=re.S)
    assert NEW_CSS.findall(css) == []
