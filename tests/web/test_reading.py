"""What an old village secretary needs of every screen (DOMAIN, section 6): size, contrast,
large targets apart from each other, no scrolling, and everything by the arrow keys."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from tests.web.stand_in import (
    StandIn,
    agenda,
    choices,
    invitation,
    papers,
    quorum,
    room,
    shown_paper,
    vote,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

VIEWPORTS = ((1280, 800), (1920, 1080), (390, 844))
# Returns what breaks a rule on the layer on top, as sentences.
_COMPLAINTS = """() => {
  const LEAST_TEXT = 18, LEAST_TARGET = 60, LEAST_CONTRAST = 4.5, SLACK = 0.6;
  const complaints = [];
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight + 1 || root.scrollWidth > innerWidth + 1) {
    complaints.push(`the page scrolls: ${root.scrollWidth} x ${root.scrollHeight}`);
  }
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility !== 'hidden';
  };
  const layers = Array.from(document.querySelectorAll('[role=dialog]')).filter(shown);
  const layer = layers[layers.length - 1] || document.body;
  const numbers = (colour) => {
    const found = (colour.match(/[0-9.]+/g) || []).map(Number);
    return found.length === 3 ? found.concat([1]) : found;
  };
  const over = (top, below) => top.slice(0, 3).map((v, n) => v * top[3] + below[n] * (1 - top[3]));
  const backgroundOf = (element) => {
    const own = numbers(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) { return own.slice(0, 3); }
    // Over a moving picture the worst case is white.
    const inPicture = element.tagName === 'FIGCAPTION';
    const below = inPicture ? [255, 255, 255]
      : element.parentElement ? backgroundOf(element.parentElement) : [255, 255, 255];
    return over(own, below);
  };
  const luminance = (rgb) => {
    const linear = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4)));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  for (const element of layer.querySelectorAll('*')) {
    if (!shown(element) || element.closest('svg')) { continue; }
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const name = element.dataset.testid || String(element.className) || element.tagName;
    if (['BUTTON', 'A', 'INPUT', 'SELECT'].includes(element.tagName)) {
      if (Math.min(box.width, box.height) < LEAST_TARGET - SLACK) {
        complaints.push(`${name} is small: ${box.width} x ${box.height}`);
      }
      const [right, bottom] = [innerWidth + 1, innerHeight + 1];
      if (box.left < -1 || box.top < -1 || box.right > right || box.bottom > bottom) {
        complaints.push(`${name} is not wholly on the screen`);
      }
    }
    const words = Array.from(element.childNodes)
      .filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join('');
    if (words.trim() && !element.closest(':disabled')) {
      if (parseFloat(style.fontSize) < LEAST_TEXT) {
        complaints.push(`"${words}" is written small: ${style.fontSize}`);
      }
      const back = backgroundOf(element);
      const [light, dark] = [luminance(over(numbers(style.color), back)), luminance(back)]
        .sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < LEAST_CONTRAST) {
        complaints.push(`"${words}" is pale: ${contrast.toFixed(2)}`);
      }
    }
  }
  return complaints;
}"""

Opener = Callable[[StandIn, Page], Awaitable[None]]


async def home(server: StandIn, page: Page) -> None:
    await page.goto(f"{server.address}/phone")
    await page.wait_for_selector("[data-testid=join]:visible")


async def home_without_a_meeting(server: StandIn, page: Page) -> None:
    server.invitations = []
    await page.goto(f"{server.address}/phone")
    await page.wait_for_selector("[data-line=ready]")


async def emergency(server: StandIn, page: Page) -> None:
    await home(server, page)
    await page.click("[data-testid=home] [data-testid=emergency]")
    await page.wait_for_selector("[data-testid=emergency-dialog]")


async def tile_not_open(server: StandIn, page: Page) -> None:
    await home(server, page)
    await page.click("[data-testid=tile-doctor]")


async def ringing(server: StandIn, page: Page) -> None:
    server.invitations = [invitation(ringing=True)]
    await page.goto(f"{server.address}/phone")
    await page.wait_for_selector("[data-testid=answer]:visible")


async def fill_slots(server: StandIn, count: int) -> None:
    await server.wait_for("media.offer")
    slots = [
        {"slot": n, "kind": "video", "peer": f"peer-{n + 1}", "paused": False} for n in range(count)
    ]
    await server.tell("slots", slots=slots)


async def meeting(server: StandIn, page: Page) -> None:
    await home(server, page)
    await page.click("[data-testid=join]")
    await page.wait_for_selector("[data-testid=meeting]:visible")
    await fill_slots(server, 5)


async def voting(server: StandIn, page: Page) -> None:
    server.room = room(quorum=quorum(), votes=[vote()], voters=choices(2))
    await home(server, page)
    await page.click("[data-testid=join]")
    await page.wait_for_selector("[data-testid=vote]:visible")


async def counting_hands(server: StandIn, page: Page) -> None:
    server.room = room(
        quorum=quorum(), votes=[vote()], may_call_roll=True, may_give_floor=True, signed_in=False
    )
    await page.goto(f"{server.address}/room")
    await page.click("[data-testid=join]")
    await page.wait_for_selector("[data-testid=hand-count]:visible")


async def vote_put_away(server: StandIn, page: Page) -> None:
    """The meeting goes on with a button to come back, and asks who is there."""
    await voting(server, page)
    await page.click("[data-testid=vote-close]")
    await server.tell(
        "presence_check",
        occurrence="occurrence-1",
        check="c",
        at="2026-11-23T11:00:00Z",
        answered=0,
    )
    await page.wait_for_selector("[data-testid=presence-prompt]:visible")


async def agenda_and_papers(server: StandIn, page: Page) -> None:
    server.agenda, server.papers = agenda(), papers()
    await meeting(server, page)
    await page.click("[data-testid=papers-open]")
    await page.wait_for_selector("[data-testid=agenda]:visible")


async def papers_in_a_room(server: StandIn, page: Page) -> None:
    server.agenda, server.papers = agenda(), papers()
    await meeting_room(server, page)
    await page.wait_for_selector("[data-testid=papers-open]:visible")


async def papers_of_a_room(server: StandIn, page: Page) -> None:
    await papers_in_a_room(server, page)
    await page.click("[data-testid=papers-open]")
    await page.wait_for_selector("[data-testid=paper-open]:visible")


async def reading_a_paper(server: StandIn, page: Page) -> None:
    server.paper_text = "第一条　修缮寄料镇示范村的村道，由村民会议讨论决定。\n" * 40
    await agenda_and_papers(server, page)
    await page.click("[data-testid=paper-open]")
    await page.wait_for_selector("[data-testid=paper-down]:visible")


async def turning_pages_in_a_room(server: StandIn, page: Page) -> None:
    await papers_of_a_room(server, page)
    await page.locator("[data-testid=paper-open]").nth(1).click()
    await page.wait_for_selector("[data-testid=paper-sheet] img:visible")


async def shown_a_paper(server: StandIn, page: Page) -> None:
    await meeting(server, page)
    await server.tell("paper", paper=shown_paper(2))
    await page.wait_for_selector("[data-testid=paper-sheet] img:visible")


async def vote_stopped(server: StandIn, page: Page) -> None:
    await voting(server, page)
    stopped = vote(state="stopped", stopped_reason="quorum_lost", sites=[])
    await server.tell("votes", occurrence="occurrence-1", votes=[stopped])
    await page.wait_for_selector("[data-testid=vote-outcome]:has-text('已停止')")


async def who_came_instead(server: StandIn, page: Page) -> None:
    await roll_call(server, page)
    await page.click("[data-mark='person-0 instead']")
    await page.wait_for_selector("[data-testid=others]:visible")


async def signing_in(server: StandIn, page: Page) -> None:
    server.room = room(signed_in=False, may_sign_in=choices(1))
    await home(server, page)
    await page.click("[data-testid=join]")
    await page.wait_for_selector("[data-testid=keypad]:visible")


async def choosing_a_name(server: StandIn, page: Page) -> None:
    server.room = room(signed_in=False, may_sign_in=choices(3))
    await home(server, page)
    await page.click("[data-testid=join]")
    await page.wait_for_selector("[data-testid=sign-in]:visible")


async def meeting_room(server: StandIn, page: Page) -> None:
    server.kind = "meeting_room"
    server.room = room(peer="peer-3", signed_in=False, may_call_roll=True, may_give_floor=True)
    await page.goto(f"{server.address}/room")
    await page.click("[data-testid=join]")
    await page.wait_for_selector("[data-testid=meeting]:visible")
    await fill_slots(server, 9)


async def roll_call(server: StandIn, page: Page) -> None:
    await meeting_room(server, page)
    await page.click("[data-testid=roll-call-open]")
    await page.wait_for_selector("[data-testid=roll] li")


async def enrolment(server: StandIn, page: Page) -> None:
    await page.goto(f"{server.address}/enrol")
    await page.wait_for_selector("[data-testid=keypad]")


async def sign_in(server: StandIn, page: Page) -> None:
    await page.goto(f"{server.address}/sign-in")
    await page.wait_for_selector("[data-testid=login]")


async def farewell(server: StandIn, page: Page) -> None:
    await home(server, page)
    await server.send({"type": "bye", "seq": 0, "reason": "revoked"})
    await page.wait_for_selector("[data-testid=statement]")


@pytest.mark.parametrize(
    "opened",
    [
        home,
        home_without_a_meeting,
        emergency,
        tile_not_open,
        ringing,
        meeting,
        signing_in,
        choosing_a_name,
        meeting_room,
        roll_call,
        who_came_instead,
        voting,
        vote_put_away,
        vote_stopped,
        agenda_and_papers,
        papers_in_a_room,
        papers_of_a_room,
        reading_a_paper,
        turning_pages_in_a_room,
        shown_a_paper,
        counting_hands,
        enrolment,
        sign_in,
        farewell,
    ],
)
async def test_a_screen_can_be_read_and_hit_without_scrolling(
    opened: Opener, server: StandIn, page: Page
) -> None:
    for width, height in VIEWPORTS:
        await page.set_viewport_size({"width": width, "height": height})
        await opened(server, page)
        assert await page.evaluate(_COMPLAINTS) == [], f"{width} x {height}"
        server.received.clear()


async def test_larger_letters_still_need_no_scrolling(server: StandIn, page: Page) -> None:
    await page.add_init_script("localStorage.setItem('liancun.letters', 'large')")
    for width, height in VIEWPORTS:
        await page.set_viewport_size({"width": width, "height": height})
        for opened in (home, meeting):
            await opened(server, page)
            assert await page.evaluate(_COMPLAINTS) == [], f"{opened.__name__} {width} x {height}"
            server.received.clear()


async def test_a_meeting_is_joined_and_left_with_a_remote_control_alone(
    server: StandIn, page: Page
) -> None:
    server.invitations = [invitation(ringing=True)]
    await page.goto(f"{server.address}/phone")
    await page.wait_for_selector("[data-testid=answer]:visible")
    await page.keyboard.press("Enter")  # the answer has the focus when it rings
    await page.wait_for_selector("[data-testid=meeting]:visible")
    for _ in range(12):
        focused = await page.evaluate("document.activeElement.dataset.testid || ''")
        if focused == "hang-up":
            break
        await page.keyboard.press("ArrowRight" if focused else "ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-testid=home]:visible")
    assert server.requests("leave")


async def test_the_roll_is_called_with_a_remote_control_alone(server: StandIn, page: Page) -> None:
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await roll_call(server, page)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowLeft")  # from who came instead to the marks
    assert await page.evaluate("document.activeElement.dataset.mark")
    await page.keyboard.press("Enter")
    (marked,) = await server.wait_for("roll_call.mark")
    focused = await page.evaluate("document.activeElement.dataset.mark")
    assert focused == f"{marked['person']} {marked['mark']}"
