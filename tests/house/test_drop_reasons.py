"""Every reason under which something is dropped is in the operator's guide, and no other."""

import re
from pathlib import Path

from media.transports.srtp import reason_of
from signaling.figures import OUT_LOSSES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "config" / "OPERATING.md").read_text(encoding="utf-8")
CODE = [
    path.read_text(encoding="utf-8")
    for part in ("core", "plane", "transports")
    for path in (ROOT / "media" / part).glob("*.py")
]
SPOKEN = (
    r'drops\[f?"([^"]+)"\]',
    r'\.drop\("(\w+)"\)',
    r'\bMalformed\("(\w+)"',
    r'\bclose\("(\w+)"',
    r'\bclose\(.* else "(\w+)"\)',
    r'\bcounts\["(\w+)"\]',
    # What a stream says instead of what goes out.
    r'(?:\breturn|\bor) "(\w+)"$',
)
"""How a reason stands in the code; in braces is that of the cipher."""
NO_DROPS = {"sent", "gso_refused"}
BOTH_WAYS = '"empty" if length == 0 else "cut"'
"""The one place that chooses between two."""


def in_the_code() -> set[str]:
    found = {
        re.sub(r"\{[^}]*\}", "REASON", reason)
        for pattern in SPOKEN
        for text in CODE
        for reason in re.findall(pattern, text, re.MULTILINE)
    }
    assert any(BOTH_WAYS in text for text in CODE)
    ciphers = {f"srtp_{reason_of(status)}" for status in range(64)}
    return (found | {"empty", "cut"} | OUT_LOSSES) - NO_DROPS - ciphers


def in_the_guide() -> set[str]:
    table = GUIDE.partition("| Where | Reason | Dropped was |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| [a-z, ]+ \| (`.*?) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_the_table_of_reasons_is_what_the_code_counts() -> None:
    assert in_the_guide() == in_the_code()


def test_the_reasons_of_the_cipher_are_told_once() -> None:
    told = GUIDE.partition("REASON is the cipher's:")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", told)) == {reason_of(status) for status in range(64)}
