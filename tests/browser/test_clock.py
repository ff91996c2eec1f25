"""The organizer of the city finds the branch that is late: from the bars to the periods."""

import pytest
from playwright.async_api import Browser, expect

from signaling import keys
from tests.browser.conftest import today
from tests.browser.pages import MeetingPage
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser


async def test_the_city_looks_from_a_township_into_a_branch(
    browser: Browser, county: RunningServer
) -> None:
    await county.part(keys.ALERTS).look()
    cookie = county.cookie(await county.token_of_person("org001"))
    year = today(county.clock).year - 1  # over, and nothing was held in it
    desk = await MeetingPage.open(browser, f"{county.url}/clock?year={year}", cookie)
    await desk.sees("unit", "中共汝州市委员会")
    await desk.sees("numbers", "0%")
    await desk.part("chart").get_by_text("中共寄料镇委员会").click()
    await desk.sees("unit", "中共寄料镇委员会")
    await desk.part("units").get_by_text("寄料镇示范一村党支部").click()
    await desk.sees("unit", "寄料镇示范一村党支部")
    periods = desk.part("strip-member_assembly").locator("li")
    await expect(periods).to_have_count(4)
    await expect(periods.first).to_have_attribute("data-standing", "late")
    await desk.sees("no-committee", "不足 7 人")
    await desk.sees("study-rows", "姓名")
    await expect(desk.part("alerts").locator("li").first).to_contain_text("寄料镇示范一村党支部")
    assert desk.errors == []
