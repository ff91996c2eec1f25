"""`liancun archive`: a pack is exported, and proves itself without the store."""

import asyncio
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.records.building import records_of
from scheduler.records.paper.zip_dates import zipped
from scheduler.records.service import Signer
from scheduler.store.engine import Store
from signaling.cli import main
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc, found_branch, meetings_of

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def meeting() -> str:
    """The id of a meeting whose record is archived."""

    async def keep() -> str:
        settings, clock = Settings(), MovableClock()
        store = await Store.open(settings.store.url)
        try:
            await found_branch(store)
            meetings, accounts = meetings_of(store, clock), Accounts(store, clock, 30, hasher=CHEAP)
            records = records_of(store, clock, settings, accounts)
            start = clock.now() + timedelta(seconds=1)
            one = await meetings.create_adhoc(adhoc(start=start, host="p1", recorder="p2"))
            await meetings.open(one.id)
            clock.advance(minutes=60)
            await meetings.close(one.id)
            await meetings.settle(one.id)
            digest = (await records.view(one.id)).digest
            for person, signer in (("p1", Signer.HOST), ("p2", Signer.RECORDER)):
                await accounts.set_pin(person, "1234")
                await records.sign(one.id, signer, person, "1234", digest)
            await records.submit(one.id, (await records.view(one.id)).record.version, "p1")
            await records.archive(one.id, (await records.view(one.id)).record.version, "p6")
            return one.id
        finally:
            await store.close()

    return asyncio.run(keep())


def test_a_pack_is_exported_and_proves_itself(
    meeting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "export", meeting, "pack.zip"]) == 0
    assert main(["archive", "export", meeting, "again.zip"]) == 0
    assert Path("pack.zip").read_bytes() == Path("again.zip").read_bytes()
    assert main(["archive", "export", meeting, "pack.zip"]) == 4
    capsys.readouterr()
    Path("var/liancun.db").unlink()
    assert main(["archive", "verify", "pack.zip"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"whole: 5 entries, 4 files, meeting {meeting}\nlast entry ")
    last = said.split("last entry ")[1].split()[0]
    assert main(["archive", "verify", "pack.zip", "--hash", last[:16]]) == 0
    assert main(["archive", "verify", "pack.zip", "--hash", "0" * 16]) == 1
    assert not Path("var/liancun.db").exists()

    with zipfile.ZipFile("pack.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["record.docx"] += b" "
    Path("pack.zip").write_bytes(zipped(files, compress=False))
    capsys.readouterr()
    assert main(["archive", "verify", "pack.zip"]) == 1
    told = capsys.readouterr()
    assert told.out == "record.docx: was changed\n"
    assert told.err == "liancun: pack.zip: 1 problems: it was changed\n"


def test_what_is_no_pack_ends_with_another_code(capsys: pytest.CaptureFixture[str]) -> None:
    Path("note.zip").write_text("no zip", "utf-8")
    assert main(["archive", "verify", "note.zip"]) == 4
    assert main(["archive", "verify", "nowhere.zip"]) == 4
    with pytest.raises(SystemExit) as usage:
        main(["archive", "verify", "note.zip", "--hash", "short"])
    assert usage.value.code == 2
    capsys.readouterr()


def test_a_meeting_without_an_archived_record_gives_no_pack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["archive", "export", "unknown", "pack.zip"]) == 1
    assert "unknown_occurrence" in capsys.readouterr().err
    assert not Path("pack.zip").exists()


def test_a_missing_font_is_a_fault_of_the_settings(
    meeting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANCUN_RECORDS__FONT", "/fonts/none.ttc")
    assert main(["archive", "export", meeting, "pack.zip"]) == 3
    assert "/fonts/none.ttc: there is no such font file" in capsys.readouterr().err
