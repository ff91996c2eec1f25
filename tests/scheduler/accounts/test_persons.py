"""Persons sign in with name and password, or with a PIN on an enrolled device."""

import asyncio

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from scheduler.accounts import Accounts
from scheduler.accounts.passwords import Passwords
from scheduler.errors import Conflict, Invalid, NotFound, Refused
from scheduler.store.account_tables import account, pin
from scheduler.store.engine import Store
from tests.scheduler.accounts.conftest import CHEAP
from tests.support.clock import MovableClock

PASSWORD = "correct horse"


async def test_a_person_signs_in_and_out(accounts: Accounts) -> None:
    await accounts.set_password("p1", "Secretary-1", PASSWORD)
    session = await accounts.sign_in(" ｓecretary-1", PASSWORD)
    identity = await accounts.identify(session.token)
    assert identity.person is not None
    assert (identity.person.id, identity.device) == ("p1", None)
    assert [grant.site for grant in identity.grants] == ["s1"]
    await accounts.sign_out(session.token)
    await accounts.sign_out(session.token)
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(session.token)


async def test_a_session_ends_after_its_days(accounts: Accounts, clock: MovableClock) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    session = await accounts.sign_in("s1", PASSWORD)
    clock.advance(days=29)
    await accounts.identify(session.token)
    clock.advance(days=1)
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(session.token)


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    accounts: Accounts,
) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    answers = []
    for login, password in (
        ("s1", "wrong"),
        ("s2", PASSWORD),
        ("长" * 999, "x"),
        ("s1\0", "x"),
        ("\ud800", "x"),
    ):
        with pytest.raises(Refused) as caught:
            await accounts.sign_in(login, password)
        answers.append(str(caught.value))
    assert set(answers) == {"sign_in_wrong"}


async def test_an_unknown_name_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of the answer would tell which names exist."""
    passwords = Passwords(CHEAP)
    hashed: list[str] = []

    async def note(secret: str) -> str:
        hashed.append(secret)
        return ""

    monkeypatch.setattr(passwords, "hash", note)
    assert not await passwords.verify(None, "x")
    assert hashed == ["x"]


@pytest.mark.parametrize("login", ["s1", "nobody"])
async def test_after_five_wrong_passwords_even_the_right_one_must_wait(
    accounts: Accounts, clock: MovableClock, login: str
) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    for _ in range(5):
        with pytest.raises(Refused, match="sign_in_wrong"):
            await accounts.sign_in(login, "wrong", source="192.0.2.1")
    with pytest.raises(Refused, match="too_many_tries"):
        await accounts.sign_in(login, PASSWORD, source="192.0.2.1")
    await accounts.sign_in("s1", PASSWORD, source="192.0.2.2")
    clock.advance(minutes=15)
    await accounts.sign_in("s1", PASSWORD, source="192.0.2.1")


async def test_many_wrong_passwords_at_once_do_not_slip_through(accounts: Accounts) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    results = await asyncio.gather(
        *(accounts.sign_in("s1", f"wrong {n}") for n in range(20)), return_exceptions=True
    )
    codes = [result.code for result in results if isinstance(result, Refused)]
    assert (codes.count("sign_in_wrong"), codes.count("too_many_tries")) == (5, 15)


async def test_being_right_wipes_the_slate(accounts: Accounts) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Refused, match="sign_in_wrong"):
                await accounts.sign_in("s1", "wrong")
        await accounts.sign_in("s1", PASSWORD)


async def test_signing_in_often_is_no_guessing(accounts: Accounts) -> None:
    """A whole office behind one address signs in at nine o'clock."""
    await accounts.set_password("p1", "s1", PASSWORD)
    for _ in range(60):
        await accounts.sign_in("s1", PASSWORD, source="192.0.2.1")


async def test_a_new_password_ends_the_sessions_under_the_old_one(accounts: Accounts) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    session = await accounts.sign_in("s1", PASSWORD)
    await accounts.set_password("p1", "s1", "another horse")
    with pytest.raises(Refused, match="not_signed_in"):
        await accounts.identify(session.token)
    with pytest.raises(Refused, match="sign_in_wrong"):
        await accounts.sign_in("s1", PASSWORD)
    await accounts.sign_in("s1", "another horse")


async def test_signing_out_everywhere_ends_all_sessions(accounts: Accounts) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    sessions = [await accounts.sign_in("s1", PASSWORD) for _ in range(2)]
    await accounts.sign_out_everywhere("p1")
    for session in sessions:
        with pytest.raises(Refused, match="not_signed_in"):
            await accounts.identify(session.token)


async def test_two_persons_cannot_share_a_sign_in_name(accounts: Accounts) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    with pytest.raises(Conflict, match="login_taken"):
        await accounts.set_password("p2", "S1", PASSWORD)


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [
        ("", PASSWORD, "login_malformed"),
        ("x" * 65, PASSWORD, "login_malformed"),
        ("a\0b", PASSWORD, "login_malformed"),
        ("s1", "short", "password_too_short"),
        ("s1", "x" * 257, "password_too_long"),
    ],
)
async def test_an_unfit_name_or_password_is_refused(
    accounts: Accounts, login: str, password: str, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await accounts.set_password("p1", login, password)


async def test_a_hash_made_with_weaker_settings_is_renewed_at_sign_in(
    accounts: Accounts, store: Store, clock: MovableClock
) -> None:
    await accounts.set_password("p1", "s1", PASSWORD)
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    await Accounts(store, clock, 30, hasher=stronger).sign_in("s1", PASSWORD)
    async with store.read() as connection:
        stored = (await connection.execute(select(account.c.password_hash))).scalar_one()
    assert not stronger.check_needs_rehash(stored)


async def test_a_pin_is_right_or_wrong_and_bounded(
    accounts: Accounts, clock: MovableClock, store: Store
) -> None:
    await accounts.set_pin("p1", "0427")
    await accounts.check_pin("p1", "０４２７")
    async with store.read() as connection:
        assert "0427" not in (await connection.execute(select(pin.c.pin_hash))).scalar_one()
    for _ in range(5):
        with pytest.raises(Refused, match="pin_wrong"):
            await accounts.check_pin("p1", "1111")
    with pytest.raises(Refused, match="too_many_tries"):
        await accounts.check_pin("p1", "0427")
    clock.advance(minutes=15)
    await accounts.check_pin("p1", "0427")


async def test_a_person_without_a_pin_has_none_that_is_right(accounts: Accounts) -> None:
    for person in ("p2", "nobody", "\0", "\ud800"):
        with pytest.raises(Refused, match="pin_wrong"):
            await accounts.check_pin(person, "0000")


@pytest.mark.parametrize("unfit", ["", "123", "123456789", "12a4"])
async def test_a_pin_is_four_to_eight_digits(accounts: Accounts, unfit: str) -> None:
    with pytest.raises(Invalid, match="pin_malformed"):
        await accounts.set_pin("p1", unfit)


async def test_only_persons_of_the_directory_get_an_account(accounts: Accounts) -> None:
    with pytest.raises(NotFound, match="unknown_person"):
        await accounts.set_password("nobody", "s1", PASSWORD)
    with pytest.raises(NotFound, match="unknown_person"):
        await accounts.set_pin("nobody", "1234")
