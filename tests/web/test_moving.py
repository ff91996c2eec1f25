"""What the media do when the device is in another network and the server cannot be asked yet."""

import pytest
from playwright.async_api import Page

from tests.web.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_START = """async () => {
  const { Media } = await import('/static/media.js');
  const { RequestError } = await import('/static/protocol.js');
  window.asked = 0;
  window.there = false;
  const media = new Media({
    audioSlots: 1,
    videoSlots: 1,
    picture: { width: 320, height: 240, frameRate: 10 },
    offer: () => Promise.reject(new RequestError('not_connected')),
    restart: async () => {
      asked += 1;
      if (!there) {
        throw new RequestError('not_connected');
      }
      return { ufrag: 'u', password: 'p' };
    },
  });
  // A connection that believes in its way, as one does for some seconds after that is gone.
  media._connection = { state: 'connected', restart: (servers, ask) => ask(), close: () => {} };
  window.media = media;
}"""


async def test_a_way_that_could_not_be_asked_for_is_asked_for_when_the_server_is_there_again(
    server: StandIn, page: Page
) -> None:
    await page.goto(f"{server.address}/blank")
    await page.evaluate(_START)
    await page.evaluate("media.moved()")
    await page.wait_for_function("asked === 1 && !media._restarting")
    await page.evaluate("there = true, media.ensure()")
    await page.wait_for_function("asked === 2 && !media._restarting")
    await page.evaluate("media.ensure()")
    assert await page.evaluate("asked") == 2, "the way that is there is left alone"
