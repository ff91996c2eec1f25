"""Records on paper: the files open, and say in every form what the record says."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from scheduler.records.paper.document import Document, Facts, Prose, document, numeral
from scheduler.records.paper.docx import to_docx
from scheduler.records.paper.font import FontUnusable, face_of
from scheduler.records.paper.pdf import to_pdf
from scheduler.records.paper.sheet import to_attendance_xlsx
from tests.scheduler.records.builders import END, FONT, content, entries_of, long_record, person
from tests.support.meetings import SHANGHAI

SAID = (
    "支部党员大会会议记录",
    "示范一村党支部",
    "2026年11月23日（星期一）19:00",
    "《冬剪工作方案》",
    "示例豁免",
    "日期记错",
    "凭本人口令签名",
)


@pytest.fixture(scope="module")
def paper() -> Document:
    record = long_record()
    corrected = record.model_copy(update={"place": "村部二楼"})
    return document(entries_of(record, corrected=corrected), SHANGHAI)


def text_of(path: Path) -> str:
    """The text of a PDF without white space, which line breaks put anywhere."""
    done = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True)
    return re.sub(r"[^\S\f]", "", done.stdout.decode())


def pages_of(path: Path) -> int:
    done = subprocess.run(["pdfinfo", path], check=True, capture_output=True)
    size = re.search(rb"Page size:\s+59\d(\.\d+)? x 84\d(\.\d+)? pts \(A4\)", done.stdout)
    assert size, done.stdout
    return int(re.findall(rb"Pages:\s+(\d+)", done.stdout)[0])


def check_pages(path: Path) -> None:
    """All that the record says stands there, and the roster's heads on each of its pages."""
    text = text_of(path)
    for said in SAID:
        assert said in text
    pages = text.split("\f")[: pages_of(path)]
    assert len(pages) >= 5
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in page
        if page.count("示范") > 5:
            assert "序号姓名单位身份情况备注" in page


def test_the_pdf_says_what_the_record_says(tmp_path: Path, paper: Document) -> None:
    (tmp_path / "record.pdf").write_bytes(to_pdf(paper, face_of(FONT), END))
    check_pages(tmp_path / "record.pdf")
    fonts = subprocess.run(
        ["pdffonts", tmp_path / "record.pdf"], check=True, capture_output=True
    ).stdout.decode()
    assert "NotoSerifCJKSC" in fonts.replace("-", "")


def test_libreoffice_opens_docx_and_xlsx(tmp_path: Path, paper: Document) -> None:
    (tmp_path / "record.docx").write_bytes(to_docx(paper, END))
    sheet = to_attendance_xlsx(long_record(), SHANGHAI, END)
    (tmp_path / "attendance.xlsx").write_bytes(sheet)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            *("--headless", "--convert-to", "pdf", "--outdir", tmp_path),
            *(tmp_path / "record.docx", tmp_path / "attendance.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    check_pages(tmp_path / "record.pdf")
    text = text_of(tmp_path / "attendance.pdf")
    for said in ("第四季度支部党员大会", "示例一三", "示例豁免", "应到119"):
        assert said in text


def test_the_docx_names_chinese_fonts_for_chinese_text(paper: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(to_docx(paper, END))) as archive:
        text = archive.read("word/document.xml").decode()
    assert 'w:eastAsia="仿宋"' in text
    assert 'w:eastAsia="宋体"' in text
    runs = re.findall(r"<w:r>.*?</w:r>", text)
    assert all("w:eastAsia=" in run for run in runs)


def test_a_sign_that_the_font_lacks_is_printed_as_such(tmp_path: Path) -> None:
    record = content(people=(person("示例一"), person("示例二"), person("示\U00032000")))
    (tmp_path / "record.pdf").write_bytes(
        to_pdf(document(entries_of(record), SHANGHAI), face_of(FONT), END)
    )
    assert "示〓" in text_of(tmp_path / "record.pdf")


def test_a_row_longer_than_a_page_is_continued_on_the_next(tmp_path: Path) -> None:
    facts = Facts(lines=((("说明", "很长的一格，" * 900),),))
    long = Document(title="一", subtitle="二", blocks=(facts, Prose(paragraphs=("完",))), seal="0")
    (tmp_path / "record.pdf").write_bytes(to_pdf(long, face_of(FONT), END))
    assert text_of(tmp_path / "record.pdf").count("很长的一格") > 850
    assert pages_of(tmp_path / "record.pdf") >= 4


def test_a_missing_font_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FontUnusable, match="fonts-noto-cjk"):
        face_of(tmp_path / "none.ttc")
    (tmp_path / "broken.ttc").write_bytes(b"no font")
    with pytest.raises(FontUnusable, match=r"broken\.ttc"):
        face_of(tmp_path / "broken.ttc")


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "一百")],
)
def test_headings_count_in_chinese(number: int, said: str) -> None:
    assert numeral(number) == said


@pytest.mark.parametrize(
    ("number", "said"), [(101, "一百零一"), (112, "一百一十二"), (120, "一百二十")]
)
def test_headings_count_beyond_a_hundred(number: int, said: str) -> None:
    assert numeral(number) == said


STRANGE = (
    "",
    "\0",
    "a\tb",
    "\x0b",
    "👩‍🌾",
    "ِعربي",
    "\ufeff",
    "\u202e",
    "𠮷野",
    "(" * 300,
    "字" * 900,
)


def test_every_text_of_people_becomes_a_document() -> None:
    people = (person("示例一"), person("示例二"), *(person(text) for text in STRANGE))
    record = content(title="".join(STRANGE), people=people)
    paper = document(entries_of(record), SHANGHAI)
    assert to_pdf(paper, face_of(FONT), END).startswith(b"%PDF-")
    assert to_docx(paper, END).startswith(b"PK")
    assert to_attendance_xlsx(record, SHANGHAI, END).startswith(b"PK")
