"""The archive pack proves itself: whatever is changed in it is found and named."""

import io
import random
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import Conflict
from scheduler.records.chain import Entry, hash_of
from scheduler.records.pack.manifest import MANIFEST, RECORD_JSON, describe
from scheduler.records.pack.reading import PackRefused
from scheduler.records.pack.verifying import Verified, verify
from scheduler.records.pack.writing import record_json, write_pack
from scheduler.records.paper.font import Face, face_of
from scheduler.records.paper.zip_dates import zipped
from tests.scheduler.records.builders import FONT, PAPER, entries_of, long_record
from tests.support.meetings import SHANGHAI

ENTRIES = entries_of(long_record(9), corrected=long_record(8))
PAPERS = {"f1": PAPER}


@pytest.fixture(scope="module")
def face() -> Face:
    return face_of(FONT)


@pytest.fixture(scope="module")
def pack(face: Face) -> bytes:
    return write_pack(ENTRIES, PAPERS, face, SHANGHAI)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pack") / "pack.zip"


def files_of(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verified(place: Path, pack: bytes, expected: str | None = None) -> Verified:
    place.write_bytes(pack)
    return verify(place, expected)


def packed(files: Mapping[str, bytes], *, compress: bool = False) -> bytes:
    return zipped(files, compress=compress)


def forged(pack: bytes, entries: list[Entry]) -> bytes:
    """The pack with other entries and a manifest that was made anew for them."""
    files = files_of(pack) | {RECORD_JSON: record_json(entries)}
    del files[MANIFEST]
    manifest = describe(entries[-1].occurrence, len(entries), entries[-1].hash, files)
    return packed({MANIFEST: manifest.text()} | files)


def test_a_pack_is_whole_and_says_what_it_holds(place: Path, pack: bytes) -> None:
    found = verified(place, pack, ENTRIES[-1].hash)
    assert found.problems == ()
    assert (found.occurrence, found.entries, found.files) == ("meeting-1", 7, 5)
    assert list(files_of(pack)) == [
        "manifest.json",
        "record.json",
        "record.pdf",
        "record.docx",
        "attendance.xlsx",
        "attachments/01-冬剪工作方案.txt",
    ]


def test_the_same_record_gives_the_same_bytes(pack: bytes, face: Face) -> None:
    assert write_pack(ENTRIES, PAPERS, face, SHANGHAI) == pack


def test_a_pack_that_was_unpacked_and_packed_again_is_still_whole(place: Path, pack: bytes) -> None:
    again = dict(sorted(files_of(pack).items()))
    assert verified(place, packed(again, compress=True)).whole


@given(data=st.data())
@settings(max_examples=60)
def test_a_changed_byte_of_any_file_is_found(data: st.DataObject, place: Path, pack: bytes) -> None:
    files = files_of(pack)
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != files[name][at]))
    files[name] = files[name][:at] + bytes([byte]) + files[name][at + 1 :]
    found = verified(place, packed(files))
    assert any(name in problem for problem in found.problems)


def test_a_changed_bit_anywhere_in_the_zip_file_is_found_or_changes_no_file(
    place: Path, pack: bytes
) -> None:
    chosen = random.Random(410482)
    for _ in range(60):
        at = chosen.randrange(len(pack))
        changed = pack[:at] + bytes([pack[at] ^ 1 << chosen.randrange(8)]) + pack[at + 1 :]
        try:
            whole = verified(place, changed).whole
        except PackRefused:
            continue
        assert not whole or files_of(changed) == files_of(pack)


@pytest.mark.parametrize("seq", range(1, 8))
def test_a_changed_entry_is_found_though_the_manifest_was_made_anew(
    place: Path, pack: bytes, seq: int
) -> None:
    changed = list(ENTRIES)
    changed[seq - 1] = replace(changed[seq - 1], author_name="别人")
    found = verified(place, forged(pack, changed))
    assert any(f"entry {seq}: was changed" in problem for problem in found.problems)


def test_a_chain_made_wholly_anew_is_found_by_the_hash_on_paper(place: Path, pack: bytes) -> None:
    changed: list[Entry] = []
    for entry in ENTRIES:
        previous = changed[-1].hash if changed else entry.previous
        anew = replace(entry, previous=previous, author_name="别人")
        changed.append(replace(anew, hash=hash_of(anew)))
    assert verified(place, forged(pack, changed)).whole
    found = verified(place, forged(pack, changed), ENTRIES[-1].hash)
    assert found.problems == ("record.json: the last entry has not the expected hash",)


def test_entries_cut_off_at_the_end_are_found(place: Path, pack: bytes) -> None:
    files = files_of(pack) | {RECORD_JSON: record_json(ENTRIES[:-1])}
    found = verified(place, packed(files))
    assert "record.json: does not end with the entry that manifest.json names" in found.problems


def test_a_signature_for_another_text_is_found(place: Path, pack: bytes) -> None:
    other = entries_of(long_record(5))
    said = [replace(ENTRIES[1], content=other[1].content, hash="")]
    said = [replace(one, hash=hash_of(one)) for one in said]
    tail = [*ENTRIES[:1], *said]
    for entry in ENTRIES[2:5]:
        anew = replace(entry, previous=tail[-1].hash)
        tail.append(replace(anew, hash=hash_of(anew)))
    found = verified(place, forged(pack, tail))
    assert found.problems == ("record.json: entry 2: the signature is for another text",)


def test_missing_and_added_files_are_named(place: Path, pack: bytes) -> None:
    files = files_of(pack)
    del files["record.pdf"], files["attachments/01-冬剪工作方案.txt"]
    files["attachments/02-别的.txt"] = b"?"
    problems = verified(place, packed(files)).problems
    assert set(problems) == {
        "record.pdf: is missing",
        "attachments/01-冬剪工作方案.txt: is missing",
        "attachments/02-别的.txt: was added",
    }


def test_only_an_archived_whole_record_is_packed(face: Face) -> None:
    with pytest.raises(Conflict, match="record_not_archived"):
        write_pack(entries_of(long_record(5), archived=False), PAPERS, face, SHANGHAI)
    with pytest.raises(Conflict, match="record_attachment_changed"):
        write_pack(ENTRIES, {"f1": b"other"}, face, SHANGHAI)
    broken = [*ENTRIES[:1], replace(ENTRIES[1], reason="x"), *ENTRIES[2:]]
    with pytest.raises(Conflict, match="record_chain_broken"):
        write_pack(broken, PAPERS, face, SHANGHAI)


def test_a_paper_with_a_strange_name_is_packed_under_a_harmless_one(
    place: Path, face: Face
) -> None:
    record = long_record(5)
    strange = record.attachments[0].model_copy(update={"name": "总　表\u200b\u202e/..\\a.txt"})
    renamed = record.model_copy(update={"attachments": (strange,)})
    made = write_pack(entries_of(renamed), PAPERS, face, SHANGHAI)
    assert verified(place, made).whole
    assert list(files_of(made))[-1] == "attachments/01-总　表___.._a.txt"
