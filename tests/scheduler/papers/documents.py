"""Documents as people add them, and as nobody should."""

import io
import zlib
from functools import cache

import docx
import openpyxl
from fpdf import FPDF
from PIL import Image

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


@cache
def pdf(pages: int, words: str = "村道修缮方案") -> bytes:
    """A PDF with Chinese text whose pages say which they are."""
    made = FPDF()
    made.add_font("noto", fname=FONT)
    made.set_font("noto", size=20)
    for page in range(1, pages + 1):
        made.add_page()
        made.multi_cell(0, 12, f"{words}　第 {page} 页\n" + "各村支部每月二十五日前报送。" * 30)
    return bytes(made.output())


def encrypted_pdf() -> bytes:
    made = FPDF()
    made.set_encryption(owner_password="o", user_password="u")
    made.add_page()
    return bytes(made.output())


def raw_pdf(box: str = "0 0 595 842", count: int = 1, content: bytes = b"") -> bytes:
    """A PDF written by hand: one page object, shown `count` times, with this box and content."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, b"3 0 R " * count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R>>" % box.encode(),
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream"
        % (len(packed := zlib.compress(content, 9)), packed),
    ]
    held = bytearray(b"%PDF-1.7\n")
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(held))
        held += b"%d 0 obj%b endobj\n" % (number, part)
    start = len(held)
    held += b"xref\n0 5\n0000000000 65535 f \n"
    held += b"".join(b"%010d 00000 n \n" % place for place in places)
    held += b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    return bytes(held)


def word(paragraphs: int = 3) -> bytes:
    made = docx.Document()
    made.add_heading("冬季果树管理")
    for number in range(1, paragraphs + 1):
        made.add_paragraph(f"第{number}条　修剪在落叶以后进行。")
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def sheet() -> bytes:
    made = openpyxl.Workbook()
    rows = made.create_sheet("面积", 0)
    rows.append(["村", "面积（亩）"])
    rows.append(["示范一村", 120])
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def picture(size: tuple[int, int], kind: str = "PNG", *, noise: bool = False) -> bytes:
    made = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, "red")
    held = io.BytesIO()
    made.save(held, kind)
    return held.getvalue()
