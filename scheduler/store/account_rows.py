"""Queries of the accounts. What is used once is deleted by the statement that reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.account_tables import (
    account,
    pairing_code,
    pin,
    sign_in,
    sign_in_link,
    stream_token,
    tries,
)
from scheduler.store.directory_tables import device

AnyRow = Row[*tuple[Any, ...]]


def _upsert(connection: AsyncConnection) -> Any:
    """Return the dialect's insert, the one that knows ON CONFLICT."""
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


async def account_of_login(connection: AsyncConnection, login: str) -> AnyRow | None:
    """Return (person, password_hash)."""
    query = select(account.c.person, account.c.password_hash).where(account.c.login == login)
    return (await connection.execute(query)).one_or_none()


async def put_account(
    connection: AsyncConnection, person: str, login: str, password_hash: str
) -> None:
    values = {"login": login, "password_hash": password_hash}
    statement = _upsert(connection)(account).values(person=person, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["person"], set_=values)
    )


async def put_pin(connection: AsyncConnection, person: str, pin_hash: str) -> None:
    values = {"pin_hash": pin_hash}
    statement = _upsert(connection)(pin).values(person=person, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["person"], set_=values)
    )


async def pin_hash(connection: AsyncConnection, person: str) -> str | None:
    query = select(pin.c.pin_hash).where(pin.c.person == person)
    return (await connection.execute(query)).scalar_one_or_none()


async def put_pairing_code(
    connection: AsyncConnection,
    code_hash: str,
    device_id: str,
    issued_by: str | None,
    expires_at: datetime,
) -> bool:
    """Return whether the code was free; a device has one code at a time."""
    await connection.execute(delete(pairing_code).where(pairing_code.c.device == device_id))
    statement = _upsert(connection)(pairing_code).values(
        code_hash=code_hash, device=device_id, issued_by=issued_by, expires_at=expires_at
    )
    result = await connection.execute(statement.on_conflict_do_nothing())
    return bool(result.rowcount)


async def take_pairing_code(
    connection: AsyncConnection, code_hash: str, now: datetime
) -> str | None:
    """Use the code up; return its device, or None where it is unknown or too old."""
    statement = (
        delete(pairing_code)
        .where(pairing_code.c.code_hash == code_hash, pairing_code.c.expires_at > now)
        .returning(pairing_code.c.device)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def put_link(
    connection: AsyncConnection,
    token_hash: str,
    device_id: str | None,
    person: str | None,
    expires_at: datetime,
) -> None:
    await connection.execute(
        insert(sign_in_link).values(
            token_hash=token_hash, device=device_id, person=person, expires_at=expires_at
        )
    )


async def take_link(connection: AsyncConnection, token_hash: str, now: datetime) -> AnyRow | None:
    """Use the link up; return its (device, person), or None where it is unknown or too old."""
    statement = (
        delete(sign_in_link)
        .where(sign_in_link.c.token_hash == token_hash, sign_in_link.c.expires_at > now)
        .returning(sign_in_link.c.device, sign_in_link.c.person)
    )
    return (await connection.execute(statement)).one_or_none()


async def put_sign_in(
    connection: AsyncConnection,
    token_hash: str,
    device_id: str | None,
    person: str | None,
    now: datetime,
    expires_at: datetime,
) -> None:
    await connection.execute(
        insert(sign_in).values(
            token_hash=token_hash,
            device=device_id,
            person=person,
            created_at=now,
            expires_at=expires_at,
        )
    )


async def find_sign_ins(
    connection: AsyncConnection, token_hashes: Sequence[str], now: datetime
) -> dict[str, AnyRow]:
    """Return (token_hash, device, person, expires_at) of the sign-ins that hold, by hash."""
    query = (
        select(sign_in.c.token_hash, sign_in.c.device, sign_in.c.person, sign_in.c.expires_at)
        .outerjoin(device, device.c.id == sign_in.c.device)
        .where(
            sign_in.c.token_hash.in_(token_hashes),
            sign_in.c.expires_at > now,
            device.c.revoked_at.is_(None),
        )
    )
    return {row.token_hash: row for row in await connection.execute(query)}


async def drop_sign_in(connection: AsyncConnection, token_hash: str) -> None:
    await connection.execute(delete(sign_in).where(sign_in.c.token_hash == token_hash))


async def drop_keys_of_device(connection: AsyncConnection, device_id: str) -> None:
    """End what the device was enrolled with; a person who signed in on it stays."""
    ours = (sign_in.c.device == device_id) & sign_in.c.person.is_(None)
    await connection.execute(delete(sign_in).where(ours))


async def drop_all_of_device(connection: AsyncConnection, device_id: str) -> None:
    """End every sign-in, link and code of the device."""
    for table in (sign_in, sign_in_link, pairing_code):
        await connection.execute(delete(table).where(table.c.device == device_id))


async def drop_all_of_person(connection: AsyncConnection, person: str) -> None:
    """End every sign-in and link of the person."""
    for table in (sign_in, sign_in_link):
        await connection.execute(delete(table).where(table.c.person == person))


async def set_revoked(connection: AsyncConnection, device_id: str, at: datetime | None) -> None:
    """Mark the device, or with None unmark it."""
    await connection.execute(update(device).where(device.c.id == device_id).values(revoked_at=at))


async def count_try(
    connection: AsyncConnection, key_hash: str, now: datetime, resets_at: datetime
) -> int:
    """Count one more try of the key; return how many there are in its window."""
    statement = _upsert(connection)(tries).values(key_hash=key_hash, count=1, resets_at=resets_at)
    over = tries.c.resets_at <= now
    statement = statement.on_conflict_do_update(
        index_elements=["key_hash"],
        set_={
            "count": case((over, 1), else_=tries.c.count + 1),
            "resets_at": case((over, resets_at), else_=tries.c.resets_at),
        },
    ).returning(tries.c.count)
    return int((await connection.execute(statement)).scalar_one())


async def give_back_tries(connection: AsyncConnection, key_hashes: Sequence[str]) -> None:
    """Take back one try of each key."""
    mine = tries.c.key_hash.in_(key_hashes) & (tries.c.count > 0)
    await connection.execute(update(tries).where(mine).values(count=tries.c.count - 1))


async def forget_tries(connection: AsyncConnection, key_hashes: Sequence[str]) -> None:
    await connection.execute(delete(tries).where(tries.c.key_hash.in_(key_hashes)))


async def purge(connection: AsyncConnection, now: datetime) -> int:
    """Delete what has expired; return how many rows."""
    deleted = 0
    for table in (sign_in, sign_in_link, pairing_code, stream_token):
        deleted += (
            await connection.execute(delete(table).where(table.c.expires_at <= now))
        ).rowcount
    deleted += (await connection.execute(delete(tries).where(tries.c.resets_at <= now))).rowcount
    return deleted
