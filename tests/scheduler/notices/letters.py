"""A letter, for tests of the channels."""

from datetime import timedelta
from typing import Any

from scheduler.directory.model import Person
from scheduler.notices.model import Channel, Letter, Notice, NoticeKind
from tests.support.meetings import SEVEN


def letter(channel: Channel = Channel.MAIL, **changes: Any) -> Letter:
    """An invitation of a person with mail and telephone to Monday 19:00."""
    values: dict[str, Any] = {
        "id": 7,
        "occurrence": "meeting1",
        "person": "p1",
        "channel": channel,
        "kind": NoticeKind.INVITATION,
        "sequence": 0,
        "title": "果树管理交流",
        "start": SEVEN,
        "end": SEVEN + timedelta(hours=1),
        "written_at": SEVEN - timedelta(days=1),
        "attempts": 1,
    }
    return Letter(
        notice=Notice(**(values | changes)),
        to=Person("p1", "示例一", "13800000001", "one@village.example"),
        subject="会议通知：果树管理交流",
        text="示例一同志：\n请您参加“果树管理交流”。",
        unit="第一网络党支部",
        link="https://liancun.example/phone",
    )
