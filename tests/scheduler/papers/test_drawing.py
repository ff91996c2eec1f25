"""Pages as pictures: sharp and small where they can be, refused in words where they cannot."""

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scheduler.papers.drawing import (
    ENOUGH_BYTES,
    MOST_PAGES,
    MOST_PIXELS,
    Undrawable,
    answer,
    count,
    draw,
    pressed,
    scale_of,
)
from tests.scheduler.papers.documents import encrypted_pdf, pdf, picture, raw_pdf


def test_a_page_of_text_is_as_wide_as_asked_sharp_and_small() -> None:
    content = pdf(2)
    assert count(content) == 2
    for width in (800, 1280, 1920):
        kept = pressed(draw(content, 2, width))
        assert len(kept) < ENOUGH_BYTES
        shown = Image.open(io.BytesIO(kept)).convert("RGB")
        assert abs(shown.width - width) <= 1
        assert shown.getcolors(64) is not None  # nothing blurred the edges
        assert shown.getpixel((2, 2)) == (255, 255, 255)


def test_the_pages_of_a_document_differ() -> None:
    content = pdf(2)
    assert draw(content, 1, 800).tobytes() != draw(content, 2, 800).tobytes()


def test_a_photograph_is_made_to_fit_and_never_enlarged() -> None:
    assert draw(picture((3000, 2000), "JPEG"), 1, 1280).size == (1280, 853)
    assert draw(picture((300, 200)), 1, 1280).size == (300, 200)


def test_what_cannot_be_pressed_is_sent_smaller_rather_than_large() -> None:
    assert len(pressed(draw(picture((1000, 1000), noise=True), 1, 800))) <= ENOUGH_BYTES


def test_a_photograph_stands_the_right_way_up() -> None:
    made, held = Image.new("RGB", (40, 20)), io.BytesIO()
    exif = made.getexif()
    exif[0x0112] = 6  # turned by a quarter
    made.save(held, "JPEG", exif=exif)
    assert draw(held.getvalue(), 1, 800).size == (20, 40)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (encrypted_pdf(), "paper_encrypted"),
        (b"%PDF-1.7\n%cut", "paper_unreadable"),
        (raw_pdf(count=0), "paper_unreadable"),
        (raw_pdf(count=10_000), "paper_too_long"),
        (b"\x89PNG\r\n\x1a\nrubbish", "paper_unreadable"),
        (b"\xff\xd8\xffrubbish", "paper_unreadable"),
    ],
    ids=["password", "cut", "no page", "10,000 pages", "broken PNG", "broken JPEG"],
)
def test_what_is_not_shown_says_why(content: bytes, code: str) -> None:
    assert answer({}, content) == ({"code": code}, b"")


def test_the_longest_paper_is_shown() -> None:
    assert count(raw_pdf(count=MOST_PAGES)) == MOST_PAGES


def test_a_picture_larger_than_memory_is_not_opened() -> None:
    content = bytearray(picture((20, 20)))
    content[16:24] = (20_000).to_bytes(4) * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    said, _ = answer({"page": 1, "width": 800}, bytes(content))
    assert said == {"code": "paper_too_large_to_draw"}


@pytest.mark.parametrize(
    "box", ["0 0 14400 14400", "0 0 200 14400", "0 0 1e9 1e9", "0 0 .01 1e7", "5 5 5 5", "0 0 -9 9"]
)
def test_no_box_of_a_page_makes_more_pixels_than_are_allowed(box: str) -> None:
    said, kept = answer({"page": 1, "width": 1920}, raw_pdf(box))
    assert said in ({}, {"code": "paper_unreadable"})
    if kept:
        shown = Image.open(io.BytesIO(kept))
        assert shown.width * shown.height <= MOST_PIXELS * 1.01


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([800, 1280, 1920]),
)
def test_a_scale_is_a_number_that_keeps_the_bound_or_there_is_none(
    wide: float, high: float, width: int
) -> None:
    try:
        scale = scale_of(wide, high, width)
    except Undrawable:
        return
    assert 0 <= scale < float("inf")
    assert wide * scale <= width * 1.001
    assert (wide * scale) * (high * scale) <= MOST_PIXELS * 1.001


@given(st.binary(max_size=300))
def test_any_bytes_after_the_head_of_a_pdf_are_drawn_or_refused(tail: bytes) -> None:
    said, kept = answer({"page": 1, "width": 800}, b"%PDF-1.7\n" + tail)
    assert bool(kept) != bool(said)
