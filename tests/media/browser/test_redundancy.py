"""A real browser behind a line that loses packets hears nearly everything by redundancy."""

import re
from typing import Any

import pytest

from media.messages import Connected, ConnectTransport, GetStats, Stats
from tests.media.browser.conftest import ROUTER, Meeting, Participant
from tests.support.relay import Relay

pytestmark = [pytest.mark.browser, pytest.mark.measured]

SOUND = """async () => {
  const reports = await participant.slots.audio[0].receiver.getStats();
  for (const report of reports.values()) {
    if (report.type === "inbound-rtp") {
      return {
        codec: reports.get(report.codecId).mimeType,
        played: report.totalSamplesReceived,
        concealed: report.concealedSamples - report.silentConcealedSamples,
        packets: report.packetsReceived,
        lost: report.packetsLost,
      };
    }
  }
}"""


async def join_through(meeting: Meeting, relay: Relay, name: str) -> Participant:
    """Let a page in whose media goes by the relay."""
    page = await meeting._browser.new_page()
    await page.goto(meeting._address)
    participant = Participant(page)
    options = {"publish": False, "audioSlots": 1, "videoSlots": 0}
    offer = await participant.call("offer", options)
    reply = await meeting.worker.request(
        ConnectTransport(router=ROUTER, transport=name, offer=offer)
    )
    assert isinstance(reply, Connected)
    candidate = re.search(r"udp \d+ (\S+) (\d+) typ host", reply.answer)
    assert candidate is not None
    relay.host = candidate[1]
    port = await relay.open()
    relay.lead((candidate[1], int(candidate[2])))
    await participant.call("accept", reply.answer.replace(f" {candidate[2]} typ", f" {port} typ"))
    await participant.call("connected")
    return participant


async def redundancy(meeting: Meeting, name: str) -> int:
    reply = await meeting.worker.request(GetStats(detail=True))
    assert isinstance(reply, Stats)
    routers: Any = reply.stats["routers"]
    consumers = routers[ROUTER]["dump"]["transports"][name]["consumers"]
    return int(consumers[0]["redundancy"])


async def test_a_browser_that_loses_a_tenth_conceals_little(meeting: Meeting) -> None:
    relay = Relay("")
    try:
        await meeting.join("a", pictures=0)
        listener = await join_through(meeting, relay, "b")
        await listener.call("grown", "audio", 0, "packets", 50)
        relay.loss = 0.1
        while not await redundancy(meeting, "b"):  # a browser reports on sound every few seconds
            await listener.call("grown", "audio", 0, "packets", 10)
        before = await listener.page.evaluate(SOUND)
        await listener.call("grown", "audio", 0, "packets", 250)
        after = await listener.page.evaluate(SOUND)
    finally:
        relay.close()
    lost = after["lost"] - before["lost"]
    concealed = (after["concealed"] - before["concealed"]) / (after["played"] - before["played"])
    print(f"{after['codec']}: {lost} of 250 packets lost, {concealed:.1%} concealed")
    assert lost >= 10
    assert concealed < 0.5 * lost / 250
