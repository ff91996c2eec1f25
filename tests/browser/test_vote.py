"""A vote in real browsers: it loses its quorum when a device leaves, and regains it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from signaling import keys
from tests.browser.pages import MeetingPage, device_page
from tests.signaling.live import ORGANIZER, appoint_organizer
from tests.support.assembly import assembly, found_voting_branch
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN
from tests.support.server import RunningServer, running_server, settings_for_tests

pytestmark = pytest.mark.browser


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server with the voting branch; its assembly is open. E is 5, so 3 make a quorum."""
    clock = MovableClock(SEVEN - timedelta(minutes=1))
    async with running_server(settings_for_tests(tmp_path), clock) as server:
        store = server.part(keys.STORE)
        await found_voting_branch(store)
        await appoint_organizer(store)
        meeting = await server.part(keys.MEETINGS).create_adhoc(assembly())
        await server.floor.conductor.open(meeting.id)
        yield server


async def joined(page: MeetingPage) -> MeetingPage:
    await page.join()
    await page.click("camera")  # two cores encode for everybody here
    return page


async def test_a_vote_loses_its_quorum_and_regains_it(
    browser: Browser, village: RunningServer
) -> None:
    first = await joined(await device_page(browser, village, "phone1"))
    second = await joined(await device_page(browser, village, "phone2"))
    await first.sees("counts", "应到 6 人，有表决权 5 人，实到 2 人，还差 1 人达到法定人数")
    cookie = village.cookie(await village.token_of_person(ORGANIZER))
    organizer = await MeetingPage.open(browser, f"{village.url}/organizer", cookie)

    # Two are not enough: the organizer prepares the vote, and is told why it does not open.
    await organizer.sees("quorum", "还差 1 人")
    await organizer.click("vote-new")
    await organizer.part("vote-question").fill("修缮村道的方案")
    await organizer.click("vote-prepare")
    await organizer.click("vote-open")
    await organizer.sees("vote-wrong", "不够法定人数")

    # The room in the hall ticks one member: a quorum. The vote opens and comes up on the phones.
    room = await joined(await device_page(browser, village, "room", "/room"))
    await room.click("roll-call-open")
    await room.page.locator('[data-mark="p4 present"]').click()
    await room.click("roll-close")
    await first.sees("counts", "实到 3 人，达到法定人数")
    await organizer.sees("quorum", "实到 3 人，达到法定人数")
    await organizer.click("vote-open")
    for page in (first, second, room):
        await page.sees("vote", "修缮村道的方案")
    chosen = first.page.locator('[data-answer="p1 for"]')
    await chosen.click()
    await expect(chosen).to_have_attribute("aria-pressed", "true")
    await organizer.sees("votes", "已投 1 票")

    # A device leaves, and takes the quorum with it: the rules stop the vote, everybody is told.
    await second.click("vote-close")
    await second.click("hang-up")
    await first.sees("vote-outcome", "表决已停止：到会人数不够法定人数")
    await organizer.sees("votes", "表决已停止")
    await organizer.sees("quorum", "还差 1 人")

    # It is back, and with it the quorum: a new ballot begins, in which nobody has chosen yet.
    await second.join()
    await organizer.sees("quorum", "达到法定人数")
    await organizer.click("vote-open")
    await expect(chosen).to_have_attribute("aria-pressed", "false")
    await chosen.click()
    await second.page.locator('[data-answer="p2 for"]').click()
    await room.click("more-in_favour")
    await room.click("send-count")
    await organizer.sees("votes", "已投 3 票")
    await organizer.click("vote-close")
    for page in (first, second, room):
        await page.sees("vote-outcome", "表决通过：赞成 3 票，反对 0 票，弃权 0 票")
    await organizer.sees("votes", "表决通过：赞成 3 票")

    # Who is still there? One taps, and the organizer sees it.
    await first.click("vote-close")
    await organizer.click("presence-ask")
    await first.click("presence-here")
    await organizer.sees("presence-answers", "已有 1 人回应")

    # One is taken out of E with approval: the room hears of the other denominator, and back again.
    await organizer.click("exclusion-open")
    await organizer.part("paper-person").select_option("p3")
    await organizer.part("paper-word").select_option("abroad")
    await organizer.part("paper-approved-by").fill("镇党委")
    await organizer.part("paper-approved-on").fill("2026-11-20")
    await organizer.click("paper-save")
    await organizer.sees("excluded", "示例三 不计入：在国外，镇党委")
    await first.sees("counts", "应到 6 人，有表决权 4 人")
    await organizer.click("exclusion-withdraw")
    await first.sees("counts", "应到 6 人，有表决权 5 人")
    for page in (first, second, room, organizer):
        assert page.errors == [], page.name
        await page.close()
