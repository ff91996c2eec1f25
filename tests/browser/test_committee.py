"""The committee of a branch is invited as one, and its quorum is counted from it."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser

from signaling import keys
from tests.browser.conftest import today
from tests.browser.pages import MeetingPage
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser

BRANCH, UNIT = "市直示范第一党支部", "p-organ-01"
WITHOUT = "流动党员示范临时党支部"


async def test_an_organizer_invites_the_committee_of_a_branch(
    browser: Browser, county: RunningServer
) -> None:
    cookie = county.cookie(await county.token_of_person("org001"))
    page = await MeetingPage.open(browser, f"{county.url}/plan?new=series", cookie)
    await page.sees("editor", "安排例会")
    await page.part("type").select_option("branch_committee_meeting")
    await page.part("title").fill("支部委员会会议")
    await page.part("unit").fill(BRANCH)
    await page.part("first").fill((today(county.clock) + timedelta(days=1)).isoformat())
    await page.part("first").dispatch_event("change")
    await page.part("choice-kind").select_option("committee")
    await page.part("choice-name").fill(WITHOUT)
    await page.click("choice-add")
    await page.part("editor").get_by_text("还没有登记支部委员").wait_for()
    await page.part("choices").get_by_role("button").first.click()
    await page.part("choice-name").fill(BRANCH)
    await page.click("choice-add")
    await page.sees("who", "5 人")
    await page.sees("check", "时间没有冲突")
    await page.click("save")
    await page.sees("coming", "今后各次")

    [made] = await county.part(keys.MEETINGS).all_series()
    committee = await county.part(keys.DIRECTORY).committee(UNIT)
    assert (made.persons, len(committee)) == (committee, 5)
    first, *_ = await county.part(keys.MEETINGS).occurrences(
        county.clock.now(), county.clock.now() + timedelta(days=20)
    )
    quorum = await county.part(keys.QUORUMS).of(first.id)
    assert (quorum.expected_voting, quorum.needed) == (5, 3)
    assert page.errors == []
    await page.close()
