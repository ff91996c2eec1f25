"""A camera's layers: what its picture allows, less what nobody has use for."""

import pytest
from playwright.async_api import Page

from tests.web.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Two connections of one page; the second answers as the server does, with all layers taken.
_SENDER = """async () => {
  const { Layers, layersOffered } = await import('/static/layers.js');
  const one = new RTCPeerConnection();
  const camera = one.addTransceiver('video', {
    direction: 'sendonly', sendEncodings: layersOffered() });
  await one.setLocalDescription(await one.createOffer());
  window.sender = camera.sender;
  window.layers = new Layers();
  window.fit = async (pixels, wanted) => {
    layers.wanted = wanted;
    await layers.fit(() => ({ sender, pixels }));
    return sender.getParameters().encodings.filter((e) => e.active).map((e) => e.rid).join('');
  };
}"""


@pytest.mark.parametrize(
    ("pixels", "wanted", "sent"),
    [
        (960 * 540, {}, "qhf"),
        (960 * 540, {"q": True, "h": True, "f": False}, "qh"),
        (960 * 540, {"q": True, "h": False, "f": False}, "q"),
        (640 * 360, {"q": True, "h": True, "f": True}, "qh"),
        (640 * 360, {"q": True, "h": False, "f": True}, "q"),
    ],
)
async def test_a_layer_is_sent_that_the_picture_has_and_somebody_wants(
    pixels: int, wanted: dict[str, bool], sent: str, server: StandIn, page: Page
) -> None:
    await page.goto(f"{server.address}/phone")
    await page.evaluate(_SENDER)
    assert await page.evaluate("([p, w]) => fit(p, w)", [pixels, wanted]) == sent


async def test_of_changes_that_come_at_once_the_last_one_counts(
    server: StandIn, page: Page
) -> None:
    await page.goto(f"{server.address}/phone")
    await page.evaluate(_SENDER)
    assert (
        await page.evaluate(
            "() => { fit(518400, {f: false}); fit(518400, {}); return fit(518400, {h: false}); }"
        )
        == "qf"
    )
