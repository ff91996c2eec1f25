"""A device is enrolled once with a pairing code and holds a key that can be revoked."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.accounts import Accounts, Identity
from scheduler.errors import Conflict, Invalid, NotFound, Refused
from scheduler.store.account_tables import pairing_code, sign_in, sign_in_link
from scheduler.store.engine import Store
from tests.support.clock import MovableClock


async def test_a_pairing_code_enrols_its_device(accounts: Accounts) -> None:
    code = await accounts.issue_pairing_code("d1", by="p2")
    assert len(code.code) == 6
    assert code.code.isdecimal()
    session = await accounts.enrol(code.code)
    identity = await accounts.identify(session.token)
    assert identity.device is not None
    assert (identity.device.id, identity.person, identity.grants) == ("d1", None, ())
    assert identity == session.identity


async def test_a_code_typed_with_gaps_or_full_width_digits_is_understood(
    accounts: Accounts,
) -> None:
    code = (await accounts.issue_pairing_code("d1", by=None)).code
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    session = await accounts.enrol(f" {wide[:3]} {wide[3:]} ")
    assert session.identity.device is not None


async def test_a_code_works_once_and_not_after_its_time(
    accounts: Accounts, clock: MovableClock
) -> None:
    code = (await accounts.issue_pairing_code("d1", by=None)).code
    await accounts.enrol(code)
    with pytest.raises(Refused, match="pairing_code_wrong"):
        await accounts.enrol(code)
    late = await accounts.issue_pairing_code("d1", by=None)
    clock.advance(minutes=10)
    with pytest.raises(Refused, match="pairing_code_wrong"):
        await accounts.enrol(late.code)


async def test_of_many_who_type_the_same_code_at_once_one_gets_in(accounts: Accounts) -> None:
    code = (await accounts.issue_pairing_code("d1", by=None)).code
    results = await asyncio.gather(
        *(accounts.enrol(code) for _ in range(5)), return_exceptions=True
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1


async def test_a_new_code_replaces_the_former_one_of_the_device(accounts: Accounts) -> None:
    first = await accounts.issue_pairing_code("d1", by=None)
    second = await accounts.issue_pairing_code("d1", by=None)
    with pytest.raises(Refused):
        await accounts.enrol(first.code if first.code != second.code else "x")
    await accounts.enrol(second.code)


async def test_enrolling_again_ends_the_former_key(accounts: Accounts) -> None:
    old = await accounts.enrol((await accounts.issue_pairing_code("d1", by=None)).code)
    new = await accounts.enrol((await accounts.issue_pairing_code("d1", by=None)).code)
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(old.token)
    await accounts.identify(new.token)


async def test_guessing_codes_is_bounded_by_address_and_opens_again(
    accounts: Accounts, clock: MovableClock
) -> None:
    for _ in range(10):
        with pytest.raises(Refused, match="pairing_code_wrong"):
            await accounts.enrol("wrong", source="192.0.2.1")
    code = (await accounts.issue_pairing_code("d1", by=None)).code
    with pytest.raises(Refused, match="too_many_tries"):
        await accounts.enrol(code, source="192.0.2.1")
    await accounts.enrol(code, source="192.0.2.2")
    clock.advance(minutes=10)
    again = (await accounts.issue_pairing_code("d1", by=None)).code
    await accounts.enrol(again, source="192.0.2.1")


async def test_a_revoked_device_is_out_at_once_with_all_its_codes_and_links(
    accounts: Accounts,
) -> None:
    session = await accounts.enrol((await accounts.issue_pairing_code("d1", by=None)).code)
    code = await accounts.issue_pairing_code("d1", by=None)
    link = await accounts.issue_link(device="d1", lifetime=timedelta(hours=1))
    await accounts.revoke_device("d1")
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(session.token)
    with pytest.raises(Refused, match="pairing_code_wrong"):
        await accounts.enrol(code.code)
    with pytest.raises(Refused, match="link_used"):
        await accounts.redeem_link(link)
    with pytest.raises(Conflict, match="device_revoked"):
        await accounts.issue_link(device="d1", lifetime=timedelta(hours=1))


async def test_a_revoked_device_comes_back_only_by_a_new_code(accounts: Accounts) -> None:
    await accounts.revoke_device("d1")
    session = await accounts.enrol((await accounts.issue_pairing_code("d1", by=None)).code)
    assert session.identity.device is not None
    assert not session.identity.device.revoked


async def test_a_link_signs_in_once(accounts: Accounts, clock: MovableClock) -> None:
    link = await accounts.issue_link(device="d2", person="p1", lifetime=timedelta(hours=1))
    session = await accounts.redeem_link(link)
    assert session.identity.device is not None
    assert session.identity.person is not None
    assert [grant.role for grant in session.identity.grants] == ["first_secretary"]
    with pytest.raises(Refused, match="link_used"):
        await accounts.redeem_link(link)
    late = await accounts.issue_link(person="p1", lifetime=timedelta(hours=1))
    clock.advance(hours=1)
    with pytest.raises(Refused, match="link_used"):
        await accounts.redeem_link(late)


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "长" * 5000])
async def test_a_token_that_is_none_is_refused(accounts: Accounts, token: str) -> None:
    with pytest.raises(Refused, match="link_used"):
        await accounts.redeem_link(token)
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(token)
    with pytest.raises(Refused, match="pairing_code_wrong"):
        await accounts.enrol(token)
    await accounts.sign_out(token)


async def test_what_the_directory_does_not_know_gets_nothing(accounts: Accounts) -> None:
    hour = timedelta(hours=1)
    for device in ("nobody", "\0"):
        with pytest.raises(NotFound, match="unknown_device"):
            await accounts.issue_pairing_code(device, by=None)
    with pytest.raises(NotFound, match="unknown_device"):
        await accounts.issue_link(device="nobody", lifetime=hour)
    with pytest.raises(NotFound, match="unknown_person"):
        await accounts.issue_link(person="nobody", lifetime=hour)
    with pytest.raises(NotFound, match="unknown_device"):
        await accounts.revoke_device("nobody")
    with pytest.raises(Invalid, match="link_for_nobody"):
        await accounts.issue_link(lifetime=hour)


async def test_the_store_holds_no_token_and_no_code(accounts: Accounts, store: Store) -> None:
    code = await accounts.issue_pairing_code("d1", by=None)
    link = await accounts.issue_link(device="d1", lifetime=timedelta(hours=1))
    session = await accounts.redeem_link(
        await accounts.issue_link(person="p1", lifetime=timedelta(hours=1))
    )
    async with store.read() as connection:
        held = [
            str(value)
            for table in (pairing_code, sign_in_link, sign_in)
            for row in await connection.execute(select(table))
            for value in row
        ]
    assert not {code.code, link, session.token} & set(held)
    assert session.token not in repr(session)
    assert code.code not in repr(code)


async def test_what_has_expired_is_purged(
    accounts: Accounts, clock: MovableClock, store: Store
) -> None:
    await accounts.issue_pairing_code("d1", by=None)
    link = await accounts.issue_link(person="p1", lifetime=timedelta(hours=1))
    await accounts.redeem_link(link)
    await accounts.issue_link(person="p1", lifetime=timedelta(hours=1))
    with pytest.raises(Refused):
        await accounts.check_pin("p1", "0000")
    assert await accounts.purge() == 0
    clock.advance(days=31)
    assert await accounts.purge() == 4


async def test_a_revoked_device_is_refused_among_many_that_come_together(
    accounts: Accounts,
) -> None:
    codes = [await accounts.issue_pairing_code(device, by=None) for device in ("d1", "d2")]
    keys = [(await accounts.enrol(code.code)).token for code in codes]
    person = await accounts.redeem_link(
        await accounts.issue_link(device="d2", person="p1", lifetime=timedelta(hours=1))
    )
    await accounts.revoke_device("d1")
    found = await asyncio.gather(
        *(accounts.identify(token) for token in ("stranger", *keys, person.token)),
        return_exceptions=True,
    )
    assert [type(each) for each in found] == [Refused, Refused, Identity, Identity]
    assert found[3] == person.identity
