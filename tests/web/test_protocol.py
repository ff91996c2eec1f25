"""The wire protocol in a real browser, without a page: order, coming back, giving up."""

from itertools import pairwise

import pytest
from playwright.async_api import Page

from tests.web.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_START = """async () => {
  const { Connection } = await import('/static/protocol.js');
  const url = location.origin.replace('http', 'ws') + '/ws';
  const connection = new Connection({ url, random: () => 0 });
  window.connection = connection;
  window.seen = [];
  window.states = [];
  connection.on('state', (state) => states.push(state));
  connection.on('speaker', (event) => seen.push(event.peer));
  connection.on('welcome', (welcome) => seen.push(welcome.resumed ? 'resumed' : 'welcome'));
  connection.open();
}"""


async def connected(server: StandIn, page: Page) -> None:
    await page.goto(f"{server.address}/blank")
    await page.evaluate(_START)
    await until(page, "connection.state === 'online'")


async def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page; fails by the test's own time limit of 10 s."""
    await page.wait_for_function(condition, timeout=10_000)


async def seen(page: Page) -> list[str]:
    found: list[str] = await page.evaluate("seen")
    return found


async def test_events_come_in_order_and_only_once(server: StandIn, page: Page) -> None:
    await connected(server, page)
    for seq, peer in ((1, "a"), (2, "b"), (2, "b again"), (1, "a again"), (3, "c")):
        await server.send({"type": "speaker", "seq": seq, "peer": peer})
    await until(page, "seen.includes('c')")
    assert await seen(page) == ["welcome", "a", "b", "c"]


async def test_a_missing_event_is_fetched_by_resuming(server: StandIn, page: Page) -> None:
    await connected(server, page)
    await server.tell("speaker", peer="a")
    server.resumed = True
    await server.send({"type": "speaker", "seq": 3, "peer": "c"})
    hello = (await server.wait_for("hello", 2))[-1]
    assert (hello["resume"], hello["seq"]) == ("token-to-come-back", 1)
    await until(page, "seen.includes('resumed')")
    await server.tell("speaker", peer="b")
    await server.tell("speaker", peer="c")
    await until(page, "seen.includes('c')")
    assert await seen(page) == ["welcome", "a", "resumed", "b", "c"]


async def test_after_a_restart_of_the_server_events_count_from_one_again(
    server: StandIn, page: Page
) -> None:
    await connected(server, page)
    for peer in ("a", "b", "c"):
        await server.tell("speaker", peer=peer)
    await until(page, "seen.includes('c')")
    await server.drop()
    await server.wait_for("hello", 2)
    await until(page, "connection.state === 'online'")
    await server.tell("speaker", peer="d")
    await until(page, "seen.includes('d')")
    assert await seen(page) == ["welcome", "a", "b", "c", "welcome", "d"]


@pytest.mark.parametrize("reason", ["replaced", "revoked", "signed_out", "removed"])
async def test_it_does_not_return_when_it_is_told_not_to(
    reason: str, server: StandIn, page: Page
) -> None:
    await connected(server, page)
    await server.send({"type": "bye", "seq": 0, "reason": reason})
    await until(page, "connection.state === 'ended'")
    assert await page.evaluate("connection.ending") == reason
    await page.evaluate("connection.nudge()")
    assert await page.evaluate("connection.state") == "ended"
    assert server.connections == 1


@pytest.mark.parametrize("reason", ["too_slow", "server_stopping"])
async def test_it_returns_when_the_server_only_stops(
    reason: str, server: StandIn, page: Page
) -> None:
    await connected(server, page)
    await server.send({"type": "bye", "seq": 0, "reason": reason})
    await server.drop()
    await server.wait_for("hello", 2)


async def test_a_line_that_died_with_its_network_is_noticed_at_once_when_there_is_another_one(
    server: StandIn, page: Page
) -> None:
    await page.clock.install()
    await connected(server, page)
    server.answers_pings = False
    await page.evaluate("connection.nudge()")
    await server.wait_for("ping")
    await page.clock.run_for(2_600)
    await until(page, "states.includes('waiting')")


async def test_a_line_that_says_nothing_is_noticed_within_ten_seconds(
    server: StandIn, page: Page
) -> None:
    await page.clock.install()
    await connected(server, page)
    server.answers_pings = False
    await page.clock.run_for(5_100)
    await server.wait_for("ping")
    assert await page.evaluate("connection.state") == "online"
    await page.clock.run_for(4_900)
    await until(page, "states.includes('waiting')")


async def test_a_request_without_an_answer_ends_in_a_timeout(server: StandIn, page: Page) -> None:
    await page.clock.install()
    await connected(server, page)
    server.silent = True
    await page.evaluate(
        "void connection.request('leave', {}, 2000).catch((error) => seen.push(error.code))"
    )
    await server.wait_for("leave")
    await page.clock.run_for(2_100)
    await until(page, "seen.includes('timeout')")


async def test_what_was_asked_on_a_lost_line_is_answered_at_once(
    server: StandIn, page: Page
) -> None:
    await connected(server, page)
    server.silent = True
    await page.evaluate("void connection.request('leave').catch((error) => seen.push(error.code))")
    await server.wait_for("leave")
    await server.drop()
    await until(page, "seen.includes('not_connected')")


async def test_waits_grow_but_stay_short_enough_for_a_meeting(page: Page, server: StandIn) -> None:
    """No server at all: every try fails at once; virtual time shows when they were made."""
    await page.clock.install()
    await page.goto(f"{server.address}/blank")
    waits = await page.evaluate(
        """async () => {
          const { Connection } = await import('/static/protocol.js');
          const tries = [];
          class Refused {
            constructor() {
              tries.push(Date.now());
              Promise.resolve().then(() => this.onclose && this.onclose());
            }
            close() {}
          }
          window.tries = tries;
          const connection = new Connection({ url: 'x', Socket: Refused, random: () => 1 });
          connection.open();
        }"""
    )
    assert waits is None
    for _ in range(60):
        await page.clock.run_for(250)
    tries: list[int] = await page.evaluate("tries")
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps[0] <= 500
    # The installed clock also runs by itself between the steps, so equal waits differ by some ms.
    assert all(later > earlier - 50 for earlier, later in pairwise(gaps)), gaps
    assert 2_500 <= max(gaps) <= 3_300


async def test_who_is_no_longer_signed_in_is_not_let_in_again(server: StandIn, page: Page) -> None:
    await page.goto(f"{server.address}/blank")
    await page.evaluate(
        """async () => {
          const { Connection } = await import('/static/protocol.js');
          const url = location.origin.replace('http', 'ws') + '/no-such-path';
          window.connection = new Connection({ url, allowed: async () => false });
          connection.open();
        }"""
    )
    await until(page, "connection.state === 'ended'")
    assert await page.evaluate("connection.ending") == "signed_out"
