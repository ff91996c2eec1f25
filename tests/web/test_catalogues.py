"""Texts for people stand in catalogues, in both languages, and none is missing or left over."""

import re
from pathlib import Path

import pytest

from tests.web.files import LANGUAGES, WEB, catalogue, modules, source

# Keys that code puts together: t(`line.${word}`) uses the family "line.*".
_LITERAL = re.compile(r"\bt\(\s*'([^']+)'")
_QUOTED = re.compile(r"'([a-z_]+(?:\.[a-z_0-9]+)+)'")
_FAMILY = re.compile(r"\b(?:t\(\s*)?`([a-z_]+(?:\.[a-z_]+)*\.)\$\{[^}]*\}([._a-z]*)`")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def used_keys() -> set[str]:
    return {key for path in modules() for key in _LITERAL.findall(source(path))}


def families() -> set[tuple[str, str]]:
    return {family for path in modules() for family in _FAMILY.findall(source(path))}


def test_both_catalogues_have_the_same_keys_in_the_same_order() -> None:
    first, second = (list(catalogue(language)) for language in LANGUAGES)
    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip()] == []


def test_both_languages_fill_in_the_same_names() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    for key, text in chinese.items():
        assert set(_PLACEHOLDER.findall(text)) == set(_PLACEHOLDER.findall(english[key])), key


def test_every_key_used_exists() -> None:
    known = catalogue(LANGUAGES[0])
    assert sorted(used_keys() - set(known)) == []
    for prefix, suffix in families():
        assert any(key.startswith(prefix) and key.endswith(suffix) for key in known), prefix


def test_no_key_is_unused() -> None:
    """Errors are used by their code, wherever it is raised; notices are written by the server."""
    # A key may wait in a table or a variable before it is asked for.
    quoted = {key for path in modules() for key in _QUOTED.findall(source(path))}
    used, made = used_keys() | quoted, families()
    left_over = [
        key
        for key in catalogue(LANGUAGES[0])
        if key not in used
        and not key.startswith(("error.", "calendar.", "notice."))
        and not any(key.startswith(start) and key.endswith(end) for start, end in made)
    ]
    assert left_over == []


def test_no_text_for_people_stands_in_the_code() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    found = [
        f"{path.relative_to(WEB)}: {line.strip()}"
        for path in [*modules(), *sorted(WEB.rglob("*.css"))]
        for line in source(path).splitlines()
        if chinese.search(line)
    ]
    assert found == []


def error_codes(folder: Path) -> set[str]:
    raised = re.compile(
        r"\b(?:NotFound|Invalid|Conflict|Refused|BadMessage|DomainError)\(\s*\"([a-z_]+)\""
    )
    return {
        code
        for path in folder.rglob("*.py")
        for code in raised.findall(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("folder", ["scheduler", "signaling"])
def test_every_error_that_is_raised_has_a_text(folder: str) -> None:
    known = catalogue(LANGUAGES[0])
    missing = {code for code in error_codes(WEB.parent / folder) if f"error.{code}" not in known}
    assert sorted(missing) == []
