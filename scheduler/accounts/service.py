"""Enrolment, sign-in and the sessions that follow from them."""

import re
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.accounts.identities import Bearers, identify
from scheduler.accounts.model import Identity, PairingCode, Session
from scheduler.accounts.passwords import Passwords
from scheduler.accounts.tokens import fingerprint, new_code, new_token, normal_code, normal_login
from scheduler.accounts.tries import Tries, pairing_bounds, pin_bounds, sign_in_bounds
from scheduler.clock import Clock
from scheduler.directory.service import LOCAL_ZONE
from scheduler.errors import Conflict, Invalid, NotFound, Refused
from scheduler.store import account_rows, directory_rows
from scheduler.store.account_tables import LOGIN_LENGTH
from scheduler.store.base import is_id
from scheduler.store.engine import Store

CODE_LIFETIME = timedelta(minutes=10)
DEVICE_KEY_LIFETIME = timedelta(days=3650)
"""A village phone is enrolled once; its key ends by revocation."""

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 256
_PIN = re.compile(r"[0-9]{4,8}")
_CODES_TRIED = 50


class Accounts:
    """Accounts of persons and keys of devices."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        session_days: int,
        *,
        hasher: PasswordHasher | None = None,
        zone: ZoneInfo = LOCAL_ZONE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._session_lifetime = timedelta(days=session_days)
        self._passwords = Passwords(hasher)
        self._tries = Tries(store, clock)
        self._zone = zone
        self._identifying = store.batches(self._identify)

    async def issue_pairing_code(self, device_id: str, by: str | None) -> PairingCode:
        """Return a new code for the device, the only one that holds; raise NotFound."""
        now = self._clock.now()
        expires_at = now + CODE_LIFETIME
        async with self._store.begin() as connection:
            await _require_device(connection, device_id)
            await account_rows.purge(connection, now)
            for _ in range(_CODES_TRIED):
                code = new_code()
                if await account_rows.put_pairing_code(
                    connection, fingerprint(code), device_id, by, expires_at
                ):
                    return PairingCode(code, expires_at)
        raise Conflict("too_many_codes", device_id)

    async def enrol(self, code: str, *, source: str = "") -> Session:
        """Turn a pairing code into the device's key; earlier keys of the device end.

        `source` is where the request came from, to bound the tries. A device that was revoked is
        in use again: whoever issued the code meant it. Raise Refused.
        """
        bounds = pairing_bounds(source)
        await self._tries.spend(bounds)
        now = self._clock.now()
        async with self._store.begin() as connection:
            code_hash = fingerprint(normal_code(code))
            device_id = await account_rows.take_pairing_code(connection, code_hash, now)
            if device_id is None:
                raise Refused("pairing_code_wrong")
            await account_rows.set_revoked(connection, device_id, None)
            await account_rows.drop_keys_of_device(connection, device_id)
            session = await self._start(connection, device_id, None)
        await self._tries.give_back(bounds)
        return session

    async def issue_link(
        self, *, device: str | None = None, person: str | None = None, lifetime: timedelta
    ) -> str:
        """Return the token of a link that signs in once: a device, a person, or both.

        Raise NotFound; Conflict where the device is revoked.
        """
        if device is None and person is None:
            raise Invalid("link_for_nobody")
        token = new_token()
        async with self._store.begin() as connection:
            if device is not None and await _require_device(connection, device):
                raise Conflict("device_revoked", device)
            if person is not None:
                await _require_person(connection, person)
            expires_at = self._clock.now() + lifetime
            await account_rows.put_link(connection, fingerprint(token), device, person, expires_at)
        return token

    async def redeem_link(self, token: str) -> Session:
        """Use the link up; raise Refused("link_used") where it was used, has expired or is none."""
        async with self._store.begin() as connection:
            link = await account_rows.take_link(connection, fingerprint(token), self._clock.now())
            if link is None:
                raise Refused("link_used")
            return await self._start(connection, link.device, link.person)

    async def sign_in(self, login: str, password: str, *, source: str = "") -> Session:
        """Sign a person in; raise Refused, which never tells whether the name exists.

        `source` is where the request came from, to bound the tries.
        """
        login = normal_login(login)
        if not _is_login(login) or len(password) > _LONGEST_PASSWORD:
            raise Refused("sign_in_wrong")
        bounds = sign_in_bounds(login, source)
        await self._tries.spend(bounds)
        async with self._store.read() as connection:
            account = await account_rows.account_of_login(connection, login)
        stored: str | None = account.password_hash if account else None
        right = await self._passwords.verify(stored, password)
        if account is None or not right:
            raise Refused("sign_in_wrong")
        await self._tries.give_back(bounds)
        weak = self._passwords.is_weak(account.password_hash)
        fresh = await self._passwords.hash(password) if weak else None
        async with self._store.begin() as connection:
            if await account_rows.account_of_login(connection, login) != account:
                raise Refused("sign_in_wrong")  # changed while we were looking
            if fresh is not None:
                await account_rows.put_account(connection, account.person, login, fresh)
            return await self._start(connection, None, account.person)

    async def identify(self, token: str) -> Identity:
        """Return whose token it is; raise Refused("not_signed_in").

        It is read anew each time, so that what was revoked is refused at once; those who come
        together are read together.
        """
        return await self._identifying.call(token)

    async def sign_out(self, token: str) -> None:
        """End the session; harmless where it has ended."""
        async with self._store.begin() as connection:
            await account_rows.drop_sign_in(connection, fingerprint(token))

    async def sign_out_everywhere(self, person: str) -> None:
        """End all sessions and links of the person."""
        async with self._store.begin() as connection:
            await account_rows.drop_all_of_person(connection, person)

    async def revoke_device(self, device_id: str) -> None:
        """End all keys, links, codes and sign-ins of the device; raise NotFound."""
        async with self._store.begin() as connection:
            await _require_device(connection, device_id)
            await account_rows.set_revoked(connection, device_id, self._clock.now())
            await account_rows.drop_all_of_device(connection, device_id)

    async def set_password(self, person: str, login: str, password: str) -> None:
        """Give the person a sign-in name and a password; sessions under the old one end.

        Raise NotFound, Conflict("login_taken"), Invalid("login_malformed", "password_too_short",
        "password_too_long").
        """
        login = normal_login(login)
        if not _is_login(login):
            raise Invalid("login_malformed")
        if len(password) < SHORTEST_PASSWORD:
            raise Invalid("password_too_short")
        if len(password) > _LONGEST_PASSWORD:
            raise Invalid("password_too_long")
        password_hash = await self._passwords.hash(password)
        try:
            async with self._store.begin() as connection:
                await _require_person(connection, person)
                await account_rows.put_account(connection, person, login, password_hash)
                await account_rows.drop_all_of_person(connection, person)
        except IntegrityError as error:
            raise Conflict("login_taken") from error

    async def set_pin(self, person: str, pin: str) -> None:
        """Give the person a PIN of 4 to 8 digits; raise NotFound, Invalid("pin_malformed")."""
        pin = normal_code(pin)
        if not _PIN.fullmatch(pin):
            raise Invalid("pin_malformed")
        pin_hash = await self._passwords.hash(pin)
        async with self._store.begin() as connection:
            await _require_person(connection, person)
            await account_rows.put_pin(connection, person, pin_hash)

    async def check_pin(self, person: str, pin: str) -> None:
        """Return if the PIN is the person's; raise Refused("pin_wrong", "too_many_tries")."""
        if not is_id(person):
            raise Refused("pin_wrong")
        bounds = pin_bounds(person)
        await self._tries.spend(bounds)
        async with self._store.read() as connection:
            stored = await account_rows.pin_hash(connection, person)
        if not await self._passwords.verify(stored, normal_code(pin)):
            raise Refused("pin_wrong", person)
        await self._tries.give_back(bounds)

    async def purge(self) -> int:
        """Delete expired sessions, links, codes and counts of tries; return how many."""
        async with self._store.begin() as connection:
            return await account_rows.purge(connection, self._clock.now())

    async def _identify(self, tokens: Sequence[str]) -> list[Identity | Exception]:
        async with self._store.read() as connection:
            return await identify(connection, tokens, self._clock.now(), self._zone)

    async def _start(
        self, connection: AsyncConnection, device_id: str | None, person: str | None
    ) -> Session:
        token, now = new_token(), self._clock.now()
        lifetime = self._session_lifetime if person is not None else DEVICE_KEY_LIFETIME
        expires_at = now + lifetime
        await account_rows.put_sign_in(
            connection, fingerprint(token), device_id, person, now, expires_at
        )
        today = now.astimezone(self._zone).date()
        bearers = await Bearers.read(connection, [device_id], [person], today)
        return Session(token, bearers.identity(device_id, person, expires_at), expires_at)


def _is_login(text: str) -> bool:
    return 0 < len(text) <= LOGIN_LENGTH and text.isprintable()


async def _require_device(connection: AsyncConnection, device_id: str) -> bool:
    """Return whether the device is revoked; raise NotFound."""
    rows = await directory_rows.devices(connection, ids={device_id})
    if not rows:
        raise NotFound("unknown_device", device_id)
    return rows[0].revoked_at is not None


async def _require_person(connection: AsyncConnection, person: str) -> None:
    if not await directory_rows.persons(connection, ids={person}):
        raise NotFound("unknown_person", person)
