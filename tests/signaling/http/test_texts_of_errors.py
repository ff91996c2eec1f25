"""Whatever can go wrong has a text for people, in every language."""

import ast
from collections.abc import Iterator
from pathlib import Path

from signaling.app import WEB_FOLDER
from signaling.http.problems import CODE_OF_STATUS, STATUS_OF_CODE
from signaling.http.texts import Texts

ROOT = Path(__file__).parents[3]
ERRORS = {"NotFound", "Invalid", "Conflict", "Refused", "NotReady"}


def codes_raised() -> Iterator[str]:
    """Codes given to the domain's errors, as literals, anywhere in the code."""
    for folder in ("scheduler", "signaling"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    code = node.args[0]
                    if node.func.id in ERRORS and isinstance(code, ast.Constant):
                        yield str(code.value)


def test_every_code_that_is_raised_has_a_text() -> None:
    texts = Texts.load(WEB_FOLDER / "i18n", "zh-CN")
    codes = {*codes_raised(), *CODE_OF_STATUS.values(), *STATUS_OF_CODE, "bad_input", "internal"}
    assert sorted(code for code in codes if not texts.knows(f"error.{code}")) == []
