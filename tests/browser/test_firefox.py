"""The phone's page in Firefox: it joins, sees and hears, and is seen by Chromium."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signaling import keys
from tests.browser.pages import device_page, eventually
from tests.signaling.live import running_branch
from tests.support.chromium import chromium
from tests.support.firefox import Tab, firefox

pytestmark = [pytest.mark.browser, pytest.mark.waiting]

PRESS_GREEN = """() => {
  const buttons = [...document.querySelectorAll('[data-testid=answer], [data-testid=join]')];
  const shown = buttons.find((button) => button.offsetParent !== null);
  if (shown) shown.click();
  return shown ? true : null;
}"""
ENOUGH = 10
"""Pictures after which it goes on."""


async def main_picture(tab: Tab) -> dict[str, Any] | None:
    """Return the main slot once it has shown enough, None before."""
    slots = (await tab.evaluate("window.liancun.media()"))["slots"]
    main = next((s for s in slots if (s["kind"], s["slot"]) == ("video", 0)), None)
    return main if main is not None and main["frames"] >= ENOUGH else None


async def test_a_phone_with_firefox_is_in_the_meeting(tmp_path: Path) -> None:
    async with (
        running_branch(tmp_path) as branch,
        chromium() as browser,
        firefox(tmp_path / "profile") as fox,
    ):
        await branch.open()
        link = await branch.server.part(keys.ACCOUNTS).issue_link(
            device="phone1", lifetime=timedelta(hours=1)
        )
        tab = await fox.new_page()
        await tab.goto(f"{branch.server.url}/l/{link}")
        await eventually(lambda: tab.evaluate(PRESS_GREEN), "Firefox may join")
        page = await device_page(browser, branch.server, "phone2")
        await page.join()
        state = await tab.evaluate("window.liancun.state()")
        await page.wait_for_frames(ENOUGH, of=state["peer"])
        main = await eventually(lambda: main_picture(tab), "Firefox shows the main picture")
        assert main["peer"] == (await page.state())["peer"]
        state = await tab.evaluate("window.liancun.state()")
        assert (state["media"], state["obstacle"]) == ("connected", "")
        sends = (await tab.evaluate("window.liancun.media()"))["sends"]
        assert {each["rid"] for each in sends if each["kind"] == "video"} == {"q", "h", "f"}
        assert page.errors == []
