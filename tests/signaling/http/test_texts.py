"""Texts by language, with something to say for every key."""

from pathlib import Path

import pytest

from signaling.http.texts import Texts

TEXTS = Texts({"zh-CN": {"a": "甲", "error.x": "错"}, "en": {"a": "A", "b": "B"}}, "zh-CN")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("zh-TW", "zh-CN"),
        ("fr,en;q=0.2,zh;q=0.1", "en"),
        ("en;q=0, zh;q=0.1", "zh-CN"),
        ("en;q=abc", "zh-CN"),
        (";;;,,,", "zh-CN"),
    ],
)
def test_the_language_is_the_best_that_is_there(header: str | None, language: str) -> None:
    assert TEXTS.choose(header) == language


def test_a_missing_text_falls_back_to_english_then_to_the_key() -> None:
    assert TEXTS.text("zh-CN", "a") == "甲"
    assert TEXTS.text("zh-CN", "b") == "B"
    assert TEXTS.text("zh-CN", "c") == "c"
    assert TEXTS.text("en", "error.x") == "错"


def test_a_catalogue_that_is_not_flat_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.json").write_text('{"a": {"b": "c"}}', "utf-8")
    with pytest.raises(ValueError, match=r"en\.json"):
        Texts.load(tmp_path, "en")
