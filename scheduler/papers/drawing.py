"""Draws one page of a document: a process that lives for one picture, behind its fence.

The document comes on standard input (PDF, PNG or JPEG), the task as JSON in the first argument:
`{}` counts the pages, `{"page": 1, "width": 1280}` draws one. The answer is a line of JSON,
`{"pages": n}` or `{"code": …}`, and after it the bytes of a WebP picture.
"""

import io
import json
import math
import sys
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageOps

from scheduler.papers.fence import SYSTEM, Fence, put_up

MEBIBYTE: Final = 1024 * 1024
FENCE: Final = Fence(
    cpu_s=20,
    memory_bytes=1024 * MEBIBYTE,
    # Python may look for one of its own modules even now.
    readable=(*SYSTEM, sys.prefix, sys.base_prefix),
)
MOST_PAGES: Final = 300
MOST_PIXELS: Final = 12_000_000
"""Of a picture that is sent; A4 at 1920 is 5.2 million. A longer page is drawn narrower."""
MOST_PIXELS_READ: Final = 80_000_000
ENOUGH_BYTES: Final = 150 * 1000
"""A page is sent to villages with half a megabit a second."""
THINNEST, WIDEST = 1e-3, 1e9
"""Points (1/72 inch) between which a page lies; the rest are mistakes or traps."""
STEPS: Final = (15, 7, 3)
"""Into how many steps from dark to light each colour is divided, fine ones first."""
MOST_COLOURS: Final = 512
"""Text, lines and surfaces have fewer, with their soft edges; a photograph has more."""
QUALITIES: Final = (80, 50, 25)
FPDF_ERR_PASSWORD: Final = 4


class Undrawable(Exception):
    """This document is not drawn; `code` says why to people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def count(content: bytes) -> int:
    """Return the number of pages; raise Undrawable."""
    if not content.startswith(b"%PDF-"):
        opened(content).close()
        return 1
    with document(content) as found:
        return len(found)


def draw(content: bytes, page: int, width: int) -> Image.Image:
    """Return a page, counted from 1, about `width` pixels wide; raise Undrawable."""
    if not content.startswith(b"%PDF-"):
        return drawn_picture(opened(content), width)
    with document(content) as found:
        if not 1 <= page <= len(found):
            raise Undrawable("unknown_page")
        if found.get_formtype():
            found.init_forms()  # what was filled in is drawn as well
        sheet = found[page - 1]
        scale = scale_of(sheet.get_width(), sheet.get_height(), width)
        picture: Image.Image = sheet.render(scale=scale).to_pil()
        return picture.convert("RGB")


def document(content: bytes) -> pdfium.PdfDocument:
    """Open a PDF; raise Undrawable."""
    try:
        found = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        code = "paper_encrypted" if error.err_code == FPDF_ERR_PASSWORD else "paper_unreadable"
        raise Undrawable(code) from error
    if len(found) > MOST_PAGES:
        raise Undrawable("paper_too_long")
    return found


def scale_of(points_wide: float, points_high: float, width: int) -> float:
    """Return by how much a page is enlarged to be `width` pixels wide and not too many in all.

    Raise Undrawable for a page without an area.
    """
    if not (THINNEST < points_wide < WIDEST and THINNEST < points_high < WIDEST):
        raise Undrawable("paper_unreadable")
    wide = width / points_wide
    return min(wide, math.sqrt(MOST_PIXELS / (points_wide * points_high)))


def opened(content: bytes) -> Image.Image:
    """Open a PNG or JPEG without decoding it; raise Undrawable."""
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Undrawable("paper_too_large_to_draw") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Undrawable("paper_unreadable") from error
    if picture.width * picture.height > MOST_PIXELS_READ:
        raise Undrawable("paper_too_large_to_draw")
    return picture


def drawn_picture(picture: Image.Image, width: int) -> Image.Image:
    """Return a photograph the right way up, at most `width` wide and on white."""
    factor = min(1.0, scale_of(picture.width, picture.height, width))
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    picture.draft("RGB", size)  # a JPEG is decoded at a fraction of its size
    try:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise Undrawable("paper_unreadable") from error
    fitting = scale_of(*upright.size, width)
    if fitting < 1:
        high = max(1, round(upright.height * fitting))
        upright = upright.resize((max(1, round(upright.width * fitting)), high), reducing_gap=2.0)
    white = Image.new("RGBA", upright.size, "white")
    white.alpha_composite(upright)
    return white.convert("RGB")


def pressed(picture: Image.Image) -> bytes:
    """Return the picture as WebP of at most about ENOUGH_BYTES.

    Text and thin lines keep their edges: they have few colours and are written without loss. What
    has more is a photograph.
    """
    for steps in STEPS:
        few = picture.point([round(round(n / 255 * steps) * 255 / steps) for n in range(256)] * 3)
        if few.getcolors(MOST_COLOURS) is None:
            break
        kept = written(few, lossless=True, quality=50)
        if len(kept) <= ENOUGH_BYTES:
            return kept
    while True:
        for quality in QUALITIES:
            lossy = written(picture, lossless=False, quality=quality)
            if len(lossy) <= ENOUGH_BYTES:
                return lossy
        if picture.width <= 400:
            return lossy
        smaller = max(0.5, 0.95 * math.sqrt(ENOUGH_BYTES / len(lossy)))
        high = max(1, round(picture.height * smaller))
        picture = picture.resize((round(picture.width * smaller), high))


def written(picture: Image.Image, *, lossless: bool, quality: int) -> bytes:
    held = io.BytesIO()
    picture.save(held, "WEBP", lossless=lossless, quality=quality, method=4)
    return held.getvalue()


def answer(task: dict[str, int], content: bytes) -> tuple[dict[str, object], bytes]:
    """Do a task of this process; return what it says and a picture."""
    try:
        if not task:
            return {"pages": count(content)}, b""
        return {}, pressed(draw(content, task["page"], task["width"]))
    except Undrawable as why:
        return {"code": why.code}, b""
    except (pdfium.PdfiumError, MemoryError, OSError, ValueError):
        return {"code": "paper_unreadable"}, b""


def main() -> None:
    Image.init()  # its parts are read from disk before the fence is up
    put_up(FENCE)
    said, picture = answer(json.loads(sys.argv[1]), sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + picture)


if __name__ == "__main__":
    main()
