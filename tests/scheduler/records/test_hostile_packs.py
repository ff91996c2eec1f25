"""Hostile ZIP files are refused before they cost anything."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.records.pack import reading
from scheduler.records.pack.reading import PackRefused
from scheduler.records.pack.verifying import verify


def with_files(*names: str, content: bytes = b"{}") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of double names, which are the point
        for name in ("manifest.json", "record.json", *names):
            archive.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    """A megabyte that says it unpacks to 600 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("record.pdf", "w", force_zip64=True) as file,
    ):
        for _ in range(600):
            file.write(bytes(1024 * 1024))
    return out.getvalue()


def encrypted() -> bytes:
    whole = with_files()
    at = whole.rindex(b"PK\x01\x02")
    return whole[: at + 8] + struct.pack("<H", 1) + whole[at + 10 :]


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a path upwards": lambda: with_files("../evil"),
    "a path upwards among the attachments": lambda: with_files("attachments/../../evil"),
    "an absolute path": lambda: with_files("/etc/passwd"),
    "a path of Windows": lambda: with_files("attachments/C:\\evil"),
    "a folder": lambda: with_files("attachments/"),
    "a strange file": lambda: with_files("run.exe"),
    "a name with control characters": lambda: with_files("attachments/a\nb"),
    "a name that reads backwards": lambda: with_files("attachments/a\u202etxt.exe"),
    "a name twice": lambda: with_files("record.pdf", "record.pdf"),
    "a name twice but for its case": lambda: with_files("attachments/A", "attachments/a"),
    "too many files": lambda: with_files(*(f"attachments/{n}" for n in range(600))),
    "an encrypted file": encrypted,
    "no ZIP file": lambda: b"no zip" * 100,
    "nothing": lambda: b"",
    "half a file": lambda: with_files("record.pdf")[:150],
    "no record": lambda: zipfile_without("record.json"),
    "no manifest": lambda: zipfile_without("manifest.json"),
}


def zipfile_without(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for one in {"manifest.json", "record.json"} - {name}:
            archive.writestr(one, b"{}")
    return out.getvalue()


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_pack_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "pack.zip").write_bytes(HOSTILE[what]())
    with pytest.raises(PackRefused):
        verify(tmp_path / "pack.zip")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackRefused):
        verify(tmp_path / "none.zip")


def test_a_bomb_is_refused_by_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(bomb())
    with pytest.raises(PackRefused, match="more than a pack may hold"):
        verify(tmp_path / "pack.zip")


def test_what_unpacks_to_too_much_is_stopped_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_JSON", 1000)
    (tmp_path / "pack.zip").write_bytes(with_files(content=bytes(2000)))
    with pytest.raises(PackRefused, match="more than a pack may hold"):
        verify(tmp_path / "pack.zip")


def test_a_file_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    whole = with_files("record.pdf", content=bytes(2000))
    at = whole.rindex(b"PK\x01\x02")
    (tmp_path / "pack.zip").write_bytes(whole[: at + 24] + struct.pack("<I", 9) + whole[at + 28 :])
    problems = verify(tmp_path / "pack.zip").problems
    assert any(problem.startswith("record.pdf: is damaged") for problem in problems)


@pytest.mark.parametrize(
    "record",
    [b"[", b"null", b"{}", b"[" * 100_000, b'{"entries":[1],"format":"liancun-entries/1"}'],
)
def test_a_record_that_says_nonsense_is_reported(tmp_path: Path, record: bytes) -> None:
    (tmp_path / "pack.zip").write_bytes(with_files(content=record))
    found = verify(tmp_path / "pack.zip")
    assert not found.whole
    assert any("record.json" in problem for problem in found.problems)
