"""The notice of a meeting says what is known, and nothing of what is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scheduler.meetings.model import AgendaItem, Occurrence, State
from scheduler.planning.notice import Facts, notice
from tests.signaling import builders
from tests.support.meetings import SHANGHAI

TODAY = date(2026, 11, 20)


def meeting(**changes: Any) -> Occurrence:
    start = datetime(2026, 11, 27, 11, tzinfo=UTC)
    values: dict[str, Any] = {
        "title": "网络支部例会",
        "scheduled_start": start,
        "scheduled_end": start + timedelta(hours=1),
        "open_before_s": 300,
        "planned_for": date(2026, 11, 27),
    }
    return replace(builders.occurrence("o1"), **(values | changes))


def facts(one: Occurrence, **changes: Any) -> Facts:
    values: dict[str, Any] = {
        "meeting": one,
        "unit": "第一网络党支部",
        "main_sites": (),
        "branch_sites": (),
        "persons": None,
        "guests": None,
        "expected": 0,
        "host": None,
        "recorder": None,
        "agenda": (),
        "papers": (),
    }
    return Facts(**(values | changes))


def test_a_full_notice_reads_as_such_letters_do() -> None:
    told = notice(
        facts(
            meeting(),
            main_sites=("汝州市第一会场",),
            branch_sites=("示范一村", "示范二村"),
            persons=("示例一", "示例二"),
            guests=("示例专家",),
            expected=2,
            host="示例一",
            recorder="示例二",
            agenda=(
                AgendaItem(id="a", position=0, title="各村汇报", speaker="示例一", minutes=30),
                AgendaItem(id="b", position=1, title="果树管理"),
            ),
            papers=("果树管理.pdf",),
        ),
        TODAY,
        SHANGHAI,
    )
    assert told.text == (
        "关于召开“网络支部例会”的通知\n"
        "\n"
        "各参会同志：\n"
        "　　定于2026年11月27日（星期五）19:00召开“网络支部例会”。现将有关事项通知如下：\n"
        "　　一、会议时间\n"
        "　　2026年11月27日（星期五）19:00至20:00，约60分钟。\n"
        "　　二、会议地点\n"
        "　　视频会议室：汝州市第一会场。\n"
        "　　各村站点（视频电话）：示范一村、示范二村。\n"
        "　　三、参加人员\n"
        "　　应到2人：示例一、示例二。\n"
        "　　列席：示例专家。\n"
        "　　主持人：示例一；记录人：示例二。\n"
        "　　四、会议议程\n"
        "　　1. 各村汇报（示例一，30分钟）\n"
        "　　2. 果树管理\n"
        "　　五、会议材料\n"
        "　　《果树管理.pdf》\n"
        "　　六、有关要求\n"
        "　　请提前5分钟进入会场，调好设备。\n"
        "　　因故不能参加的，请在会前请假。\n"
        "\n"
        "第一网络党支部\n"
        "2026年11月20日\n"
    )


def test_what_is_not_known_is_left_out_and_the_parts_stay_numbered() -> None:
    told = notice(facts(meeting()), TODAY, SHANGHAI)
    assert [heading for heading, _ in told.parts] == ["一、会议时间", "二、有关要求"]


def test_who_may_not_see_the_roster_reads_the_number() -> None:
    told = notice(facts(meeting(), expected=12), TODAY, SHANGHAI)
    assert ("二、参加人员", ("应到12人。",)) in told.parts


def test_a_meeting_moved_by_a_holiday_says_so() -> None:
    moved = meeting(planned_for=date(2026, 11, 26), holiday="春节")
    [(_, lines), *_] = notice(facts(moved), TODAY, SHANGHAI).parts
    assert lines[1] == "本次会议原定2026年11月26日，因春节改到上述时间。"


def test_a_meeting_over_midnight_and_the_change_of_year_names_both_days() -> None:
    start = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    late = meeting(
        scheduled_start=start, scheduled_end=start + timedelta(hours=1), planned_for=None
    )
    [(_, lines), *_] = notice(facts(late), TODAY, SHANGHAI).parts
    assert lines == ("2026年12月31日（星期四）23:30至2027年1月1日（星期五）00:30，约60分钟。",)


def test_a_cancelled_meeting_is_told_off() -> None:
    off = meeting(state=State.CANCELLED, cancel_reason="大雪封路")
    told = notice(facts(off), TODAY, SHANGHAI)
    assert told.title == "关于取消“网络支部例会”的通知"
    assert told.opening.endswith("取消。原因：大雪封路。")
