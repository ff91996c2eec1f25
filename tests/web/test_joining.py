"""What a page does around a meeting: without a camera, with a PIN, when it ends, when it rings."""

import pytest
from playwright.async_api import Page, expect

from tests.web.stand_in import OCCURRENCE, StandIn, choices, invitation, room

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# A browser that fails as the named error says, for the camera or for everything.
_NO_CAMERA = """(() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wish) =>
    wish.video ? Promise.reject(new DOMException('', 'NotFoundError')) : real(wish);
})()"""
_NOTHING = """(() => {
  navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('', 'NotAllowedError'));
})()"""
_NO_DEVICES = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"


async def join(server: StandIn, page: Page) -> None:
    await page.goto(f"{server.address}/phone")
    await page.click("[data-testid=join]")
    await expect(page.get_by_test_id("meeting")).to_be_visible()


async def test_joining_offers_all_that_the_server_answers(server: StandIn, page: Page) -> None:
    """Two sections to send, one of them in three layers; then 3 slots for sound, 5 for video."""
    await join(server, page)
    (offer, *_) = await server.wait_for("media.offer")
    sections = offer["sdp"].split("\r\nm=")[1:]
    assert [section.split()[0] for section in sections] == ["audio", "video"] + ["audio"] * 3 + [
        "video"
    ] * 5
    assert ["a=sendonly" in section for section in sections] == [True] * 2 + [False] * 8
    assert ["a=recvonly" in section for section in sections] == [False] * 2 + [True] * 8
    assert "a=simulcast:send q;h;f" in sections[1]
    assert "VP8/90000" in sections[1]
    assert len(offer["sdp"]) < 40_000


@pytest.mark.parametrize(
    ("browser_without", "muted", "captured"),
    [
        (_NO_CAMERA, {"audio": False, "video": True}, "microphone"),
        (_NOTHING, {"audio": True, "video": True}, "nothing"),
        (_NO_DEVICES, {"audio": True, "video": True}, "nothing"),
    ],
    ids=["no camera", "nothing allowed", "address without https"],
)
async def test_without_a_camera_one_still_joins_and_is_told_why(
    browser_without: str, muted: dict[str, bool], captured: str, server: StandIn, page: Page
) -> None:
    await page.add_init_script(browser_without)
    await join(server, page)
    band = page.get_by_test_id("band")
    await expect(band).to_be_visible()
    assert await page.evaluate("liancun.state().captured") == captured
    told = (await server.wait_for("media.mute"))[-1]
    assert {"audio": told["audio"], "video": told["video"]} == muted
    await page.get_by_test_id("capture-understood").click()
    await expect(band).to_be_hidden()


async def test_the_camera_is_really_off_when_it_is_switched_off(
    server: StandIn, page: Page
) -> None:
    await join(server, page)
    await expect(page.get_by_test_id("own")).to_have_class("picture own-picture known playing")
    await page.get_by_test_id("camera").click()
    (muted,) = await server.wait_for("media.mute")
    assert (muted["audio"], muted["video"]) == (False, True)
    assert await page.evaluate("document.querySelector('.own-picture video').srcObject === null")
    await page.get_by_test_id("camera").click()
    assert (await server.wait_for("media.mute", 2))[-1]["video"] is False


async def test_ringing_stops_when_it_is_declined_and_the_way_in_stays(
    server: StandIn, page: Page
) -> None:
    server.invitations = []
    await page.goto(f"{server.address}/phone")
    await server.wait_for("hello")
    await server.tell("ring", invitation=invitation(ringing=True))
    await page.get_by_test_id("decline").click()
    await server.wait_for("decline")
    await expect(page.get_by_test_id("ringing")).to_be_hidden()
    await expect(page.get_by_test_id("join")).to_be_visible()


async def test_ringing_stops_when_the_server_says_so(server: StandIn, page: Page) -> None:
    server.invitations = [invitation(ringing=True)]
    await page.goto(f"{server.address}/phone")
    await expect(page.get_by_test_id("ringing")).to_be_visible()
    await server.tell("ring.stop", occurrence=OCCURRENCE, reason="closed")
    await expect(page.get_by_test_id("ringing")).to_be_hidden()
    await expect(page.get_by_test_id("join")).to_be_hidden()


async def test_one_person_types_only_the_pin(server: StandIn, page: Page) -> None:
    server.room = room(signed_in=False, may_sign_in=choices(1))
    await join(server, page)
    keypad = page.get_by_test_id("keypad")
    for digit in "4321":
        await keypad.locator(f"[data-digit='{digit}']").click()
    await keypad.locator(".go").click()
    await server.wait_for("sign_in")
    await expect(page.get_by_test_id("sign-in").get_by_role("alert")).not_to_be_empty()
    await page.keyboard.type("1234")
    await keypad.locator(".go").click()
    await expect(page.get_by_test_id("sign-in")).to_have_count(0)
    await expect(page.get_by_test_id("sign-in-open")).to_be_hidden()


async def test_one_of_several_first_says_who_it_is(server: StandIn, page: Page) -> None:
    server.room = room(signed_in=False, may_sign_in=choices(3))
    await join(server, page)
    await page.click("[data-person=person-1]")
    await page.get_by_test_id("keypad").wait_for()
    await page.keyboard.type("1234")
    await page.get_by_test_id("keypad").locator(".go").click()
    assert (await server.wait_for("sign_in"))[0]["person"] == "person-1"


async def test_after_a_restart_of_the_server_the_page_joins_again_by_itself(
    server: StandIn, page: Page
) -> None:
    await join(server, page)
    await server.wait_for("media.offer")
    server.received.clear()
    await server.drop()
    await server.wait_for("join")
    await server.wait_for("media.offer")
    await expect(page.get_by_test_id("meeting")).to_be_visible()


async def test_who_hung_up_on_a_broken_line_leaves_when_it_is_back(
    server: StandIn, page: Page
) -> None:
    await join(server, page)
    server.silent = True
    await page.get_by_test_id("hang-up").click()
    server.silent, server.resumed = False, True
    server.received.clear()
    await server.drop()
    await server.wait_for("leave")
    await expect(page.get_by_test_id("home")).to_be_visible()


async def test_when_the_meeting_ends_the_camera_goes_out_and_the_home_says_so(
    server: StandIn, page: Page
) -> None:
    await join(server, page)
    await page.evaluate(
        "() => { window.camera = document.querySelector('.own-picture video').srcObject; }"
    )
    await server.tell("room.closed", occurrence=OCCURRENCE, reason="ended")
    await expect(page.get_by_test_id("home")).to_be_visible()
    await expect(page.get_by_test_id("join")).to_be_hidden()
    assert await page.evaluate("liancun.state().captured") == "nothing"
    assert await page.evaluate(
        "!window.camera || camera.getTracks().every((track) => track.readyState === 'ended')"
    )


async def test_a_page_nobody_knows_goes_to_enrolment(server: StandIn, page: Page) -> None:
    server.known = False
    await page.goto(f"{server.address}/phone")
    await page.wait_for_url("**/enrol")
