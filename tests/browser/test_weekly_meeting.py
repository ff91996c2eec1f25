"""The weekly meeting of a network branch, from the call to the report, in real browsers."""

import asyncio
import csv
import io
from datetime import datetime

import pytest
from playwright.async_api import Browser, expect

from signaling import keys
from tests.browser.conftest import EXPECTED, ROOM, local, today, weekly_meeting
from tests.browser.pages import (
    NO_FREEZE_S,
    MeetingPage,
    device_page,
    eventually,
    longest_still,
)
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.measured]

STAYS, LOST, LEAVES, LISTENS, LATE, NEVER, IN_THE_ROOM, ON_LEAVE = EXPECTED
JOIN_WITHIN_S = 2.0
SPEAKER_WITHIN_S = 2.0


class Story:
    """The people of the story with their devices, and the county's clock."""

    def __init__(self, browser: Browser, server: RunningServer) -> None:
        self.browser = browser
        self.server = server
        self.day = today(server.clock)
        self.phones: dict[str, str] = {}
        self.pages: dict[str, MeetingPage] = {}

    async def prepare(self) -> None:
        await weekly_meeting(self.server.part(keys.MEETINGS), self.day)
        for device in await self.server.part(keys.DIRECTORY).devices_held_by(EXPECTED):
            if device.kind == "video_phone" and device.holder is not None:
                self.phones[device.holder] = device.id

    def it_is(self, hour: int, minute: int, second: int = 0) -> None:
        """Move the clock on to a time of the day."""
        at = local(self.day, hour, minute, second)
        ahead = (at - self.server.clock.now()).total_seconds()
        assert ahead > 0, f"the story runs late: it is past {at:%H:%M:%S} already"
        self.server.clock.advance(seconds=ahead)

    async def phone(self, person: str) -> MeetingPage:
        page = await device_page(self.browser, self.server, self.phones[person])
        page.name = person
        self.pages[person] = page
        return page

    async def peer(self, person: str) -> str:
        return str((await self.pages[person].state())["peer"])

    async def occurrence(self) -> str:
        start, end = local(self.day, 0, 0), local(self.day, 23, 59)
        found = await self.server.part(keys.MEETINGS).occurrences(start, end)
        assert len(found) == 1
        return found[0].id


async def only_speaks(story: Story, speaker: str) -> None:
    """Mute every other phone, then open the microphone of the speaker."""
    for person, page in story.pages.items():
        if person != speaker:
            await page.mute(True)
    await story.pages[speaker].mute(False)


async def test_the_weekly_meeting_of_a_network_branch(
    browser: Browser, county: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story(browser, county)
    await story.prepare()
    on_time = (STAYS, LOST, LEAVES, LISTENS)

    # Ten to ten: the phones and the room wait. The agenda opens the meeting and calls them.
    for person in on_time:
        await (await story.phone(person)).sees("home")
    room = await device_page(browser, county, ROOM, "/room")
    await room.sees("home")
    story.it_is(9, 55, 1)
    for page in (*story.pages.values(), room):
        await page.sees("join")
    story.it_is(9, 59, 1)
    first_pictures = {}
    for person in on_time:
        page = story.pages[person]
        await page.sees("ringing", "第一网络党支部例会")
        await page.click("answer")
        await page.sees("meeting")
        await page.sees("counts", "已签到，应到 8 人")
        if person in (LEAVES, LISTENS):
            await page.click("camera")  # two cores encode for everybody here
        if person != on_time[0]:
            first_pictures[person] = await page.first_picture_s()
    await room.sees("ringing")
    await room.click("answer")
    await room.sees("meeting")
    await room.click("camera")
    await room.mute(True)
    first_pictures[ROOM] = await room.first_picture_s()
    with capsys.disabled():
        shown = ", ".join(f"{who} {seconds:.2f} s" for who, seconds in first_pictures.items())
        print(f"\nclick on join to first picture: {shown}")
    assert max(first_pictures.values()) < JOIN_WITHIN_S, first_pictures

    # One speaks: everybody else sees the speaker. Then another one, and the picture follows.
    await only_speaks(story, STAYS)
    first = await story.peer(STAYS)
    listeners = [room, story.pages[LEAVES], story.pages[LISTENS]]
    for page in (*listeners, story.pages[LOST]):
        await page.wait_for_frames(5, of=first)
    await the_picture_follows(story, listeners, capsys)

    # 10:06: one comes late. 10:10: one page is lost and comes back within the grace.
    story.it_is(10, 6, 30)
    late = await story.phone(LATE)
    await late.join()
    await late.sees("counts", "已签到")
    await late.click("camera")
    await late.mute(True)
    await late.wait_for_frames(3)
    story.it_is(10, 10)
    lost = story.pages[LOST]
    await lost.crash_and_return(f"{county.url}/phone", between=lambda: story.it_is(10, 11))
    await lost.join()
    await lost.sees("counts", "已签到")
    await lost.wait_for_frames(3)

    # 10:12: the room calls its roll.
    story.it_is(10, 12)
    await room.click("roll-call-open")
    await room.sees("roll-call")
    await room.page.locator(f'[data-mark="{IN_THE_ROOM} present"]').click()
    await room.page.locator(f'[data-mark="{ON_LEAVE} leave"]').click()
    await expect(room.page.locator(f'[data-mark="{ON_LEAVE} leave"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    await room.click("roll-close")

    # 10:20: one hangs up. Meanwhile the organizer sees who is there and who is not.
    story.it_is(10, 20)
    await story.pages[LEAVES].click("hang-up")
    await story.pages[LEAVES].sees("home")
    cookie = county.cookie(await county.token_of_person("org001"))
    organizer = await MeetingPage.open(browser, f"{county.url}/organizer", cookie)
    here = organizer.part("people-here")
    for person in (STAYS, LOST, LISTENS, LATE, IN_THE_ROOM):
        await expect(here.locator(f'[data-person="{person}"]')).to_be_visible()
    await expect(
        organizer.part("people-missing").locator(f'[data-person="{NEVER}"]')
    ).to_be_visible()
    await expect(organizer.part("people-gone").locator(f'[data-person="{LEAVES}"]')).to_be_visible()

    # 10:40: the organizer ends the meeting for everybody and looks at the report.
    story.it_is(10, 40)
    await organizer.click("close")
    await organizer.click("confirm-close")
    for page in (room, *story.pages.values()):
        await page.sees("home")
    await organizer.click("report")
    await organizer.sees("report-rows")
    await the_report_is_right(story, organizer)
    for page in (room, organizer, *story.pages.values()):
        assert page.errors == [], page.name
        await page.close()


async def the_picture_follows(
    story: Story, watching: list[MeetingPage], capsys: pytest.CaptureFixture[str]
) -> None:
    """Another voice becomes the speaker; the main slot follows in time and never stands still."""
    second = await story.peer(LOST)
    still = [asyncio.create_task(longest_still(page, 6.0)) for page in watching]
    await only_speaks(story, LOST)
    loop = asyncio.get_running_loop()
    since = loop.time()

    async def follows(page: MeetingPage) -> float:
        async def shows() -> float | None:
            return loop.time() if (await page.main_slot())["peer"] == second else None

        return await eventually(shows, f"{page.name} shows the new speaker") - since

    took = await asyncio.gather(*(follows(page) for page in watching))
    for page in watching:
        await page.wait_for_frames(5, of=second)
    longest = await asyncio.gather(*still)
    with capsys.disabled():
        print(
            f"main picture follows another voice after {max(took):.2f} s at most,"
            f" longest time without a new frame {max(longest):.2f} s"
        )
    assert max(took) <= SPEAKER_WITHIN_S
    assert max(longest) < NO_FREEZE_S


async def the_report_is_right(story: Story, page: MeetingPage) -> None:
    """The page, the API and the CSV say the same, and it is what happened."""
    happened: dict[str, tuple[str, float]] = {
        STAYS: ("present", 40),
        LOST: ("present", 40),
        LISTENS: ("present", 40),
        IN_THE_ROOM: ("present", 40),
        LATE: ("late", 33.5),
        LEAVES: ("left_early", 20),
        NEVER: ("absent", 0),
        ON_LEAVE: ("leave", 0),
    }
    occurrence = await story.occurrence()
    token = await story.server.token_of_person("org001")
    async with story.server.http(token) as http:
        async with http.get(f"/api/occurrences/{occurrence}/attendance") as answer:
            report = await answer.json()
        async with http.get(f"/api/occurrences/{occurrence}/attendance.csv") as answer:
            rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    by_person = {row["person"]: row for row in report["rows"]}
    assert set(by_person) == set(happened)
    for person, (state, minutes) in happened.items():
        row = by_person[person]
        assert row["counted_state"] == state, person
        assert row["counted_minutes"] == pytest.approx(minutes, abs=0.5), person
        shown = page.page.locator(f'tr[data-person="{person}"]')
        await expect(shown).to_have_attribute("data-state", state)
        in_csv = next((line for line in rows if row["name"] in line), [])
        words = await shown.locator(".chip").inner_text()
        assert words in in_csv, in_csv
        assert any(_is_number(cell, row["counted_minutes"]) for cell in in_csv), in_csv
    counts = report["counts"]
    assert (counts["expected"], counts["present"], counts["on_leave"]) == (8, 5, 1)
    assert counts["attendance_rate"] == pytest.approx(5 / 8)
    assert datetime.fromisoformat(report["closed_at"]) >= local(story.day, 10, 40)


def _is_number(cell: str, value: float) -> bool:
    try:
        return abs(float(cell) - value) < 0.06
    except ValueError:
        return False
