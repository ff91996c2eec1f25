"""`liancun report`: the reports on a terminal, as CSV and as JSON."""

import asyncio
import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from scheduler.attendance.sheet import Column, Sheet
from scheduler.store.engine import Store
from signaling.cli import main
from signaling.commands.table import lines_of, width
from tests.support.clock import MovableClock
from tests.support.meetings import adhoc, found_branch, meetings_of


@pytest.fixture
def meeting() -> str:
    """A meeting of the network branch that was held and settled."""

    async def hold() -> str:
        store, clock = await Store.open(Settings().store.url), MovableClock()
        try:
            await found_branch(store)
            meetings = meetings_of(store, clock)
            start = clock.now().replace(microsecond=0)
            held = (await meetings.create_adhoc(adhoc(start=start))).id
            await meetings.open(held)
            clock.advance(hours=1)
            await meetings.close(held)
            await meetings.settle(held)
            return held
        finally:
            await store.close()

    return asyncio.run(hold())


def test_the_clock_is_printed_as_a_table(meeting: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "clock", "--unit", "net1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "单位: 第一网络党支部"
    heads, rule, row, whole = lines[3:7]
    assert heads.startswith("单位")
    assert width(rule) == width(heads)
    assert row == whole  # one unit is its own sum


def test_the_same_report_comes_as_csv_and_as_json(
    meeting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "branch", "net1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["occurrence"] for one in found["meetings"]] == [meeting]
    assert main(["report", "meeting", meeting, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["状态"] for row in rows} == {"缺席"}
    day = MovableClock().now().date()
    span = ["--from", str(day - timedelta(days=1)), "--to", str(day + timedelta(days=1))]
    assert main(["report", "attendance", *span, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["occurrences"] == 1


def test_study_hours_and_alerts_are_printed(
    meeting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "study", "--unit", "br1", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["rows"]
    assert (row["name"], row["hours"], row["required"]) == ("示例一", 0.0, 32)
    assert main(["report", "alerts", "--unit", "br1", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["提醒"] for row in rows} >= {"已逾期"}


def test_a_unit_nobody_knows_is_said(meeting: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "clock", "--unit", "nowhere"]) == 1
    assert "unknown_unit" in capsys.readouterr().err


def test_who_looks_into_an_empty_store_is_told_where_the_demonstration_is(
    meeting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("var", "liancun.db").rename(Path("var", "demo.db"))
    assert main(["report", "clock"]) == 1
    assert "--demo" in capsys.readouterr().err
    assert main(["report", "meeting", meeting, "--demo"]) == 0
    assert "果树管理交流" in capsys.readouterr().out


def test_columns_stand_below_each_other_with_chinese_in_them() -> None:
    sheet = Sheet(
        title="表",
        preface=(),
        columns=(Column(heading="姓名", width=8), Column(heading="次", width=4)),
        rows=(("王建国", 2), ("A\x1b[2J", 12)),
    )
    assert list(lines_of(sheet)) == ["姓名    次", "------  --", "王建国   2", "A�[2J   12"]
