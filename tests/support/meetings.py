"""A small network branch for tests of the schedule: three villages, a city room, five persons."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from config.settings import Meeting
from scheduler.meetings.model import AdhocDraft, SeriesDraft
from scheduler.meetings.service import Meetings
from scheduler.store import directory_tables as tables
from scheduler.store.engine import Store
from tests.support.clock import MovableClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
SEVEN = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # Monday 19:00 in Ruzhou

ROWS: Mapping[str, list[dict[str, Any]]] = {
    "unit": [
        {"id": "city", "tree": "admin", "kind": "city", "parent": None},
        {"id": "net1", "tree": "party", "kind": "network_branch", "parent": None},
        {"id": "br1", "tree": "party", "kind": "branch", "parent": None},
    ],
    "unit_name": [
        {"unit": "city", "since": date(1, 1, 1), "name": "汝州市"},
        {"unit": "net1", "since": date(1, 1, 1), "name": "第一网络党支部"},
        {"unit": "br1", "since": date(1, 1, 1), "name": "示范一村党支部"},
        {"unit": "br1", "since": date(2027, 1, 1), "name": "示范新村党支部"},
    ],
    "person": [
        {"id": f"p{number}", "name": f"示例{name}", "phone": None}
        for number, name in enumerate("一二三四五六", 1)
    ],
    "site": [
        {"id": "v1", "name": "示范一村", "kind": "village", "unit": "city"},
        {"id": "v2", "name": "示范二村", "kind": "village", "unit": "city"},
        {"id": "v3", "name": "示范三村", "kind": "village", "unit": "city"},
        {"id": "hall", "name": "市会议室", "kind": "city", "unit": "city"},
    ],
    "device": [
        {"id": "phone1", "kind": "video_phone", "name": "一", "site": "v1", "holder": "p1"},
        {"id": "phone2", "kind": "video_phone", "name": "二", "site": "v2", "holder": "p2"},
        {"id": "phone3", "kind": "video_phone", "name": "三", "site": "v3", "holder": "p3"},
        {"id": "mobile1", "kind": "mobile", "name": "手机", "site": None, "holder": "p1"},
        {"id": "room", "kind": "meeting_room", "name": "会议室", "site": "hall", "holder": None},
    ],
    "membership": [
        {
            "person": "p1",
            "unit": "br1",
            "kind": "home",
            "standing": "full_member",
            "voting": True,
            "since": date(2020, 1, 1),
            "until": None,
        },
        {
            "person": "p1",
            "unit": "net1",
            "kind": "network",
            "standing": "full_member",
            "voting": True,
            "since": date(2020, 1, 1),
            "until": None,
        },
    ],
}


async def found_branch(store: Store) -> None:
    """Write the small directory."""
    async with store.begin() as connection:
        for table, rows in ROWS.items():
            await connection.execute(insert(getattr(tables, table)), rows)


def meetings_of(store: Store, clock: MovableClock) -> Meetings:
    return Meetings(store, clock, Meeting(), SHANGHAI)


def weekly(**changes: Any) -> SeriesDraft:
    """The weekly meeting: Monday 19:00 for an hour, p1 to p4 expected, p5 non-voting."""
    values: dict[str, Any] = {
        "unit": "net1",
        "type": "network_branch_meeting",
        "title": "网络支部例会",
        "rrule": "FREQ=WEEKLY;BYDAY=MO",
        "starts_on": MONDAY,
        "start_time": time(19),
        "duration_s": 3600,
        "persons": ("p1", "p2", "p3", "p4"),
        "non_voting": ("p5",),
        "sites": ("v1", "v2", "v3", "hall"),
    }
    return SeriesDraft(**(values | changes))


def adhoc(**changes: Any) -> AdhocDraft:
    """One meeting on Monday 19:00 for an hour with the same persons and sites."""
    values: dict[str, Any] = {
        "unit": "net1",
        "title": "果树管理交流",
        "start": SEVEN,
        "duration_s": 3600,
        "persons": ("p1", "p2", "p3", "p4"),
        "non_voting": ("p5",),
        "sites": ("v1", "v2", "v3", "hall"),
    }
    return AdhocDraft(**(values | changes))
