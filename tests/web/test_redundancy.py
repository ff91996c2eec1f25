"""When a page sends its sound with redundancy: the rule, sample by sample, and what says so."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from media.core import protection
from media.sdp.answer import LocalSide, write_answer
from media.sdp.negotiation import negotiate
from media.sdp.offer import parse_offer
from tests.media.sdp.builders import CHROMIUM, Ssrcs
from tests.web.stand_in import standing_in

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Samples two seconds apart; says for each whether there is redundancy after it.
_RULE = """async (samples) => {
  const { Redundancy } = await import('/static/redundancy.js');
  const rule = new Redundancy();
  const usual = { packets: 100, share: 0, allowed: 1e6, roundTrip: 0.05 };
  const sent = { packets: 1000, lost: 0 };
  rule.take({ ...usual, ...samples[0], ...sent }, 0);
  return samples.map((given, n) => {
    const now = Object.assign({}, usual, given);
    sent.packets += now.packets;
    sent.lost += now.share * now.packets;
    const { allowed, roundTrip } = now;
    const is = { ...sent, allowed: allowed === null ? Infinity : allowed, roundTrip };
    return rule.take(is, 2000 * (n + 1));
  });
}"""
_FIRST = """async ([sdp, mid]) => {
  const { redundancyFirst } = await import('/static/redundancy.js');
  return redundancyFirst(sdp, mid);
}"""
_CONSTANTS = """async () => {
  const { BEGIN, END, HOLD, MEMORY } = await import('/static/redundancy.js');
  return [BEGIN, END, HOLD / 1000, MEMORY];
}"""

Samples = list[dict[str, Any]]
On = Callable[[Samples], Awaitable[list[bool]]]


def lossy(share: float, samples: int, **more: float | None) -> Samples:
    """Samples of a line that loses this share."""
    return [{"share": share, **more}] * samples


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def blank(browser: Browser) -> AsyncIterator[Page]:
    """One page that has the modules and nothing else, for all of these tests."""
    async with standing_in() as server:
        page = await browser.new_page()
        await page.goto(f"{server.address}/blank")
        yield page
        await page.close()


@pytest.fixture
def on(blank: Page) -> On:
    """Ask the rule."""

    async def ask(samples: Samples) -> list[bool]:
        seen: list[bool] = await blank.evaluate(_RULE, samples)
        return seen

    return ask


async def test_the_page_and_the_server_have_the_same_rule(blank: Page) -> None:
    theirs = [protection.BEGIN, protection.END, protection.HOLD_S, protection.MEMORY]
    assert await blank.evaluate(_CONSTANTS) == theirs


@pytest.mark.parametrize(
    ("share", "samples"), [(0.025, None), (0.04, 2), (0.07, 1), (0.2, 1), (1.0, 1)]
)
async def test_redundancy_begins_when_three_percent_are_lost_and_stays(
    share: float, samples: int | None, on: On
) -> None:
    quiet = 20 if samples is None else samples - 1
    assert await on(lossy(share, 20)) == [False] * quiet + [True] * (20 - quiet)


async def test_one_lost_packet_or_a_few_do_not_begin_it(on: On) -> None:
    assert not any(await on([*lossy(0.05, 1), *lossy(0, 5)] * 3))


async def test_it_ends_when_less_than_one_percent_was_lost_for_ten_seconds(on: On) -> None:
    seen = await on([*lossy(0.1, 4), *lossy(0, 12)])
    # Halved with each sample, 9 % is less than 1 % after four; that is where the hold begins.
    assert seen == [True] * (4 + 4 + 4) + [False] * 4


async def test_a_loss_within_these_ten_seconds_makes_them_begin_anew(on: On) -> None:
    seen = await on([*lossy(0.1, 4), *lossy(0, 6), *lossy(0.05, 1), *lossy(0, 7)])
    assert seen == [True] * 17 + [False]


async def test_loss_around_the_limit_does_not_make_it_flicker(on: On) -> None:
    seen = await on([{"share": 0.02 if n % 2 else 0.05} for n in range(60)])
    assert sum(now != then for now, then in pairwise(seen)) <= 1


async def test_silence_says_little_and_nothing_at_all_when_nothing_is_sent(on: On) -> None:
    assert not any(await on(lossy(0.2, 3, packets=5)))
    seen = await on([*lossy(0.2, 3), *lossy(0, 20, packets=0)])
    assert all(seen), "an unknown line is not a good one"


async def test_packets_that_come_late_were_not_lost(on: On) -> None:
    assert not any(await on([*lossy(0.05, 1), *lossy(-0.05, 1)] * 4))


@pytest.mark.parametrize(("allowed", "begins"), [(90_000, False), (110_000, True), (None, True)])
async def test_it_begins_only_where_the_line_has_room_for_it(
    allowed: int | None, begins: bool, on: On
) -> None:
    assert any(await on(lossy(0.1, 10, allowed=allowed))) is begins


async def test_it_bears_the_low_estimate_that_loss_makes_but_not_a_line_without_room(
    on: On,
) -> None:
    seen = await on(
        [*lossy(0.2, 2), *lossy(0.2, 5, allowed=60_000), *lossy(0.2, 5, allowed=45_000)]
    )
    assert seen == [True] * 7 + [False] * 5


async def test_what_is_lost_while_packets_wait_does_not_begin_it(on: On) -> None:
    full = lossy(0.2, 5, roundTrip=0.5)
    assert not any(await on([*lossy(0, 2), *full]))
    assert any(await on(lossy(0.2, 5, roundTrip=0.5))), "a long line is not a full one"


async def test_another_network_with_a_longer_way_is_believed_after_a_while(on: On) -> None:
    seen = await on([*lossy(0, 2), *lossy(0.1, 20, roundTrip=0.4)])
    assert seen.index(True) > 2


async def test_the_answer_names_redundancy_first_for_the_microphone_alone(blank: Page) -> None:
    local = LocalSide(7, "ufrag", "password", "AB:CD", [("192.0.2.2", 40000)])
    answer = write_answer(negotiate(parse_offer(CHROMIUM), None, Ssrcs()), local)
    changed = await blank.evaluate(_FIRST, [answer, "0"])
    plain, redundant = answer.split("\r\n"), changed.split("\r\n")
    ((before, after),) = [pair for pair in zip(plain, redundant, strict=True) if len(set(pair)) > 1]
    assert before == "m=audio 9 UDP/TLS/RTP/SAVPF 111 63"
    assert after == "m=audio 9 UDP/TLS/RTP/SAVPF 63 111"
    without = answer.replace(" 111 63", " 111").replace("a=rtpmap:63 red/48000/2\r\n", "")
    assert await blank.evaluate(_FIRST, [without, "0"]) == without
