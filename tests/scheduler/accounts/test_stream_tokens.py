"""Tokens of encoders and players: for one meeting, one use, and a limited time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.accounts import Accounts, StreamTokens
from scheduler.accounts.stream_tokens import AFTER_THE_MEETING
from scheduler.errors import Conflict, Invalid, Refused
from scheduler.meetings.model import Occurrence, State
from scheduler.store.account_tables import stream_token
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, adhoc, found_branch, meetings_of


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(SEVEN - timedelta(minutes=10))


@pytest.fixture
def accounts(store: Store, clock: MovableClock) -> Accounts:
    return Accounts(store, clock, 30)


@pytest.fixture
def tokens(store: Store, clock: MovableClock) -> StreamTokens:
    return StreamTokens(store, clock)


@pytest.fixture
async def meeting(store: Store, clock: MovableClock) -> Occurrence:
    await found_branch(store)
    return await meetings_of(store, clock).create_adhoc(adhoc())


async def test_a_token_speaks_for_one_meeting_and_one_use(
    tokens: StreamTokens, accounts: Accounts, meeting: Occurrence
) -> None:
    token, _ = await tokens.issue(meeting, "whip", "会议室 摄像机")
    identity = await accounts.identify(token)
    assert (identity.device, identity.person, identity.grants) == (None, None, ())
    assert identity.stream is not None
    assert identity.stream.occurrence == meeting.id
    assert (identity.stream.scope, identity.stream.label) == ("whip", "会议室 摄像机")


async def test_the_store_holds_only_a_hash_of_it(
    tokens: StreamTokens, store: Store, meeting: Occurrence
) -> None:
    token, _ = await tokens.issue(meeting, "whep", "电视")
    async with store.read() as connection:
        row = (await connection.execute(select(stream_token))).one()
    assert token not in row
    assert len(row.token_hash) == 64


async def test_it_holds_for_a_day_after_the_meeting(
    tokens: StreamTokens, accounts: Accounts, meeting: Occurrence, clock: MovableClock
) -> None:
    token, expires_at = await tokens.issue(meeting, "whip", "摄像机")
    assert expires_at == meeting.scheduled_end + AFTER_THE_MEETING
    clock.advance(seconds=(expires_at - clock.now()).total_seconds())
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(token)


async def test_it_holds_for_as_long_as_was_asked(
    tokens: StreamTokens, accounts: Accounts, meeting: Occurrence, clock: MovableClock
) -> None:
    token, expires_at = await tokens.issue(meeting, "whip", "摄像机", timedelta(hours=2))
    assert timedelta(minutes=119) < expires_at - clock.now() <= timedelta(hours=2)
    clock.advance(minutes=119)
    await accounts.identify(token)
    clock.advance(minutes=1)
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(token)
    assert await accounts.purge() == 1


async def test_it_can_be_withdrawn(
    tokens: StreamTokens, accounts: Accounts, meeting: Occurrence
) -> None:
    token, _ = await tokens.issue(meeting, "whip", "摄像机")
    assert await tokens.withdraw(meeting.id) == 1
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(token)


@pytest.mark.parametrize("label", ["", "   ", "x" * 41, "a\x00b"])
async def test_a_label_must_be_readable(
    tokens: StreamTokens, meeting: Occurrence, label: str
) -> None:
    with pytest.raises(Invalid, match="label_malformed"):
        await tokens.issue(meeting, "whip", label)


@pytest.mark.parametrize("state", [State.CLOSED, State.SETTLED, State.CANCELLED])
async def test_there_is_none_for_a_meeting_that_is_over(
    tokens: StreamTokens, meeting: Occurrence, state: State
) -> None:
    with pytest.raises(Conflict, match="occurrence_over"):
        await tokens.issue(replace(meeting, state=state), "whip", "摄像机")
