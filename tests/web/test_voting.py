"""What a device does in a vote: each person's own answer, hands counted, who came instead."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.web.stand_in import OCCURRENCE, StandIn, choices, quorum, room, vote

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
AT = "2026-11-23T11:00:00Z"
DESK = """async () => {
  const { loadTexts } = await import('/static/i18n.js');
  const { VoteDesk } = await import('/static/ui/vote-desk.js');
  await loadTexts();
  window.desk = new VoteDesk('meeting');
  document.body.append(desk.element);
  window.refreshed = desk.refresh();
}"""


async def join(server: StandIn, page: Page, where: str = "phone", **changes: Any) -> None:
    server.room = room(**{"quorum": quorum(), "votes": [vote()]} | changes)
    await page.goto(f"{server.address}/{where}")
    await page.click("[data-testid=join]")
    await expect(page.get_by_test_id("meeting")).to_be_visible()


async def test_two_at_one_device_answer_each_for_themselves(server: StandIn, page: Page) -> None:
    await join(server, page, voters=choices(2))
    await page.click("[data-answer='person-0 for']")
    await page.click("[data-answer='person-1 against']")
    await page.click("[data-answer='person-1 abstain']")
    cast = await server.wait_for("vote.cast", 3)
    assert [(one["vote"], one["person"], one["choice"]) for one in cast] == [
        ("vote-1", "person-0", "for"),
        ("vote-1", "person-1", "against"),
        ("vote-1", "person-1", "abstain"),
    ]
    for answer, pressed in (("person-0 for", "true"), ("person-1 against", "false")):
        shown = page.locator(f"[data-answer='{answer}']")
        await expect(shown).to_have_attribute("aria-pressed", pressed)


async def test_a_new_ballot_begins_with_nothing_chosen(server: StandIn, page: Page) -> None:
    chosen = [{"vote": "vote-1", "person": "person-0", "choice": "for"}]
    await join(server, page, voters=choices(1), chosen=chosen)
    answer = page.locator("[data-answer='person-0 for']")
    await expect(answer).to_have_attribute("aria-pressed", "true")
    stopped = vote(state="stopped", stopped_reason="quorum_lost", sites=[])
    await server.tell("votes", occurrence=OCCURRENCE, votes=[stopped])
    await expect(page.get_by_test_id("vote-outcome")).to_contain_text("表决已停止")
    await expect(answer).to_have_count(0)
    await page.click("[data-testid=vote-close]")
    await server.tell("votes", occurrence=OCCURRENCE, votes=[vote(ballot=2)])
    await expect(answer).to_have_attribute("aria-pressed", "false")


async def test_a_vote_put_away_comes_back_by_its_button_and_with_its_result(
    server: StandIn, page: Page
) -> None:
    await join(server, page, voters=choices(1))
    await page.click("[data-testid=vote-close]")
    await page.click("[data-testid=vote-open]")
    await expect(page.get_by_test_id("vote")).to_be_visible()
    await page.click("[data-testid=vote-close]")
    result = {"in_favour": 9, "against": 1, "abstain": 0, "written": 0, "adopted": True}
    closed = vote(state="closed", sites=[], **result)
    await server.tell("votes", occurrence=OCCURRENCE, votes=[closed])
    outcome = page.get_by_test_id("vote-outcome")
    await expect(outcome).to_have_text("表决通过：赞成 9 票，反对 1 票，弃权 0 票")
    await expect(page.get_by_test_id("vote-open")).to_be_hidden()


async def test_nobody_answers_a_secret_vote_on_a_device(server: StandIn, page: Page) -> None:
    await join(server, page, votes=[vote(secret=True, kind="admission")], voters=choices(1))
    await expect(page.get_by_test_id("vote-outcome")).to_contain_text("纸质选票")
    await expect(page.locator("[data-answer]")).to_have_count(0)


async def test_the_operator_of_a_site_counts_no_more_hands_than_are_there(
    server: StandIn, page: Page
) -> None:
    await join(server, page, "room", may_call_roll=True)
    for _ in range(6):
        await page.click("[data-testid=more-in_favour]")
    await expect(page.get_by_test_id("count-in_favour")).to_have_text("4")
    await page.click("[data-testid=less-in_favour]")
    await page.click("[data-testid=more-against]")
    await page.click("[data-testid=send-count]")
    (counted,) = await server.wait_for("vote.count")
    assert (counted["in_favour"], counted["against"], counted["abstain"]) == (3, 1, 0)


async def test_a_presence_check_is_one_tap_or_none(server: StandIn, page: Page) -> None:
    await join(server, page, votes=[])
    check = {"occurrence": OCCURRENCE, "at": "2026-11-23T11:00:00Z", "answered": 0}
    await server.tell("presence_check", check="first", **check)
    await page.click("[data-testid=presence-not-now]")
    await expect(page.get_by_test_id("presence-prompt")).to_be_hidden()
    await server.tell("presence_check", check="second", **check)
    await page.click("[data-testid=presence-here]")
    (answer,) = await server.wait_for("presence.answer")
    assert answer["check"] == "second"
    await expect(page.get_by_test_id("presence-prompt")).to_be_hidden()


async def test_the_roll_says_who_came_instead_and_who_attends(server: StandIn, page: Page) -> None:
    await join(server, page, "room", votes=[], may_call_roll=True)
    await page.click("[data-testid=roll-call-open]")
    await page.click("[data-mark='person-0 instead']")
    await page.click("[data-testid=others] [data-person=person-5]")
    (marked,) = await server.wait_for("roll_call.mark")
    assert (marked["person"], marked["mark"], marked["substitute"]) == (
        "person-0",
        "absent",
        "person-5",
    )
    await page.click("[data-testid=roll-attendee]")
    await page.click("[data-testid=others] [data-person=person-6]")
    (attends,) = await server.wait_for("roll_call.attend")
    assert attends["person"] == "person-6"
    assert [one["person"] for one in server.requests("roll_call.others")] == ["person-0", None]


async def test_an_answer_that_was_asked_for_before_an_event_does_not_hide_it(
    server: StandIn, page: Page
) -> None:
    """Somebody answers while the organizer's page asks how many did."""
    asked, answered = asyncio.Event(), asyncio.Event()
    people = iter([[], [{"person": "p1"}]])

    async def api(route: Route) -> None:
        kind = route.request.url.rpartition("/")[2]
        if kind == "presence-checks":
            answers = next(people)
            asked.set()
            await answered.wait()
            await route.fulfill(json={"checks": [{"at": AT, "answers": answers}]})
        elif kind == "quorum":
            await route.fulfill(json=quorum())
        else:
            await route.fulfill(json={kind: []})

    await page.route("**/api/occurrences/**", api)
    await page.goto(f"{server.address}/blank")
    await page.evaluate(DESK)
    await asked.wait()
    await page.evaluate("at => desk.showPresence(at, 1)", AT)
    answered.set()
    await page.evaluate("refreshed")
    await expect(page.get_by_test_id("presence-answers")).to_contain_text("已有 1 人回应")
