"""Lines of Chinese end where they may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.records.paper.line_breaking import NO_END, NO_START, break_lines, pieces


def ems(text: str) -> float:
    """A Chinese sign is 1 wide, a Latin one half."""
    return sum(0.5 if sign < "\u2000" else 1.0 for sign in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("应到十六人，实到十二人。", 5, ["应到十六", "人，实到十", "二人。"]),
        ("会议通过《决议》一项", 5, ["会议通过", "《决议》一", "项"]),
        ("到会 16 人", 3.5, ["到会 16", "人"]),
        ("于2026年完成", 4, ["于2026年", "完成"]),
        ("无异议——通过", 4, ["无异", "议——通", "过"]),
        ("abcdefgh", 2, ["abcd", "efgh"]),
        ("一\n二", 5, ["一", "二"]),
        ("", 5, [""]),
    ],
)
def test_examples(text: str, width: float, lines: list[str]) -> None:
    assert break_lines(text, width, ems) == lines


TEXTS = st.text("一二三人，。、（）《》“”——…… ab19%\n", max_size=60)


@given(TEXTS, st.floats(1, 20), st.floats(0, 3))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: float, first: float) -> None:
    lines = break_lines(text, width, ems, first=first)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(ems(line) <= width for line in lines)


@given(TEXTS.map(lambda text: text.replace("\n", "")))
def test_pieces_join_to_the_text_and_break_no_rule(text: str) -> None:
    found = list(pieces(text))
    assert "".join(found) == text
    for piece in found[1:]:
        assert piece[0] not in NO_START
    for piece in found[:-1]:
        assert piece[-1] not in NO_END


@given(st.text("一二三四，。（）", max_size=60))
def test_a_line_that_can_hold_a_piece_does_not_cut_it(text: str) -> None:
    widest = max((ems(piece) for piece in pieces(text)), default=1.0)
    for line in break_lines(text, widest, ems)[1:]:
        assert line[:1] not in NO_START
