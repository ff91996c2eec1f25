"""The pages as people use them: what is on the screen, what is clicked, what is seen and heard."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.server import RunningServer

T = TypeVar("T")

NO_FREEZE_S = 1.5
"""A main picture without a new frame for longer is one a person sees freeze."""


class MeetingPage:
    """A device's page: village phone, member's phone or meeting room."""

    def __init__(self, context: BrowserContext, page: Page, name: str) -> None:
        self._context = context
        self.page = page
        self.name = name
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def open(
        cls,
        browser: Browser,
        url: str,
        cookie: Any,
        *,
        size: tuple[int, int] = (1280, 800),
        name: str = "",
        zone: str | None = None,
    ) -> "MeetingPage":
        """Open the page in a browser context of its own, signed in by the cookie; with `zone` in
        a browser whose machine is set to another time zone."""
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            permissions=["camera", "microphone"],
            timezone_id=zone,
        )
        if cookie is not None:
            await context.add_cookies([cookie])
        opened = cls(context, await context.new_page(), name)
        await opened.page.goto(url)
        return opened

    def part(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    async def click(self, testid: str) -> None:
        await self.part(testid).click()

    async def sees(self, testid: str, text: str | None = None) -> None:
        """Wait until something is on the screen, with a text in it."""
        await expect(self.part(testid)).to_be_visible(timeout=15_000)
        if text is not None:
            await expect(self.part(testid)).to_contain_text(text, timeout=15_000)

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.page.evaluate("window.liancun.state()")
        return found

    async def media(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.page.evaluate("window.liancun.media()")
        return found

    async def main_slot(self) -> dict[str, Any]:
        """Return what is known of the main picture: who fills it, frames decoded, freezes."""
        for slot in (await self.media())["slots"]:
            if slot["kind"] == "video" and slot["slot"] == 0:
                return dict(slot)
        return {"peer": None, "frames": 0}

    async def wait_for_frames(self, more: int = 3, *, of: str | None = None) -> dict[str, Any]:
        """Wait until the main slot has decoded more frames, of a certain peer if one is given."""
        first: int | None = None

        async def enough() -> dict[str, Any] | None:
            nonlocal first
            slot = await self.main_slot()
            if of is not None and slot["peer"] != of:
                return None
            first = slot["frames"] if first is None else first
            return slot if slot["frames"] - first >= more else None

        return await eventually(enough, f"{self.name}: the main slot decodes frames")

    async def first_picture_s(self) -> float:
        """Return the seconds from the click on join to the first picture."""

        async def both() -> float | None:
            marks = await self.page.evaluate("window.liancun.marks()")
            if marks["join"] is None or marks["first_frame"] is None:
                return None
            return float(marks["first_frame"] - marks["join"]) / 1000

        return await eventually(both, f"{self.name}: a first picture after the click")

    async def join(self) -> None:
        """Press the green button, whether the device rings or only offers the meeting."""
        answer, join = self.part("answer"), self.part("join")
        await expect(answer.or_(join).filter(visible=True).first).to_be_visible(timeout=15_000)
        await (answer if await answer.is_visible() else join).click()
        await self.sees("meeting")

    async def mute(self, muted: bool) -> None:
        """Use the button of the microphone if need be, once the browser has said what it gives:
        before that nothing is sent, and the button would say no to what it is still asked for."""

        async def answered() -> dict[str, Any] | None:
            state = await self.state()
            return state if state["captured"] != "nothing" or state["obstacle"] else None

        state = await eventually(answered, f"{self.name}: the browser says what it captures")
        if state["muted"]["audio"] != muted:
            await self.click("microphone")

    async def close(self) -> None:
        await self._context.close()

    async def crash_and_return(self, url: str, between: Callable[[], None]) -> None:
        """End the page without a word, do something, open it again in the same browser."""
        await self.page.close(run_before_unload=False)
        between()
        self.page = await self._context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        await self.page.goto(url)


async def eventually(
    question: Callable[[], Awaitable[T | None]], what: str, within_s: float = 20.0
) -> T:
    """Ask until there is an answer; fail with `what` when none comes in time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while loop.time() < until:
        answer = await question()
        if answer is not None:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError(f"did not happen within {within_s} s: {what}")


async def longest_still(page: MeetingPage, seconds: float) -> float:
    """Watch the main picture for a while; return the longest time without a new frame, seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    frames, since, longest = -1, loop.time(), 0.0
    while loop.time() < end:
        now_frames = (await page.main_slot())["frames"]
        now = loop.time()
        longest = max(longest, now - since)
        if now_frames != frames:
            assert now_frames > frames, "the counters started again: a new connection was made"
            frames, since = now_frames, now
        await asyncio.sleep(0.05)
    return longest


async def device_page(
    browser: Browser, server: RunningServer, device: str, path: str = "/phone"
) -> MeetingPage:
    """Open the page of an enrolled device of the directory."""
    cookie = server.cookie(await server.token_of_device(device))
    return await MeetingPage.open(browser, server.url + path, cookie, name=device)
