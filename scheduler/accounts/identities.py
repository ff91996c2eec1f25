"""Who tokens speak for, as the store says at this moment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.accounts.model import Identity, StreamGrant
from scheduler.accounts.tokens import fingerprint
from scheduler.directory.model import Device, Person, RoleGrant
from scheduler.directory.service import device_from
from scheduler.errors import Refused
from scheduler.store import account_rows, directory_rows, stream_token_rows

_NAME_CHARS = 12


async def identify(
    connection: AsyncConnection, tokens: Sequence[str], now: datetime, zone: ZoneInfo
) -> list[Identity | Exception]:
    """Return for each token whose it is, or Refused("not_signed_in").

    Three queries at most, five where persons are among them, however many tokens there are.
    """
    hashes = [fingerprint(token) for token in tokens]
    signed_in = await account_rows.find_sign_ins(connection, hashes, now)
    bearers = await Bearers.read(
        connection,
        (row.device for row in signed_in.values()),
        (row.person for row in signed_in.values()),
        now.astimezone(zone).date(),
    )
    others = [each for each in hashes if each not in signed_in]
    streams = await stream_token_rows.find(connection, others, now) if others else {}
    found: list[Identity | Exception] = []
    for each in hashes:
        if (row := signed_in.get(each)) is not None:
            found.append(bearers.identity(row.device, row.person, row.expires_at))
        elif (row := streams.get(each)) is not None:
            grant = StreamGrant(each[:_NAME_CHARS], row.occurrence, row.scope, row.label)
            found.append(Identity(None, None, (), row.expires_at, grant))
        else:
            found.append(Refused("not_signed_in"))
    return found


class Bearers:
    """Devices and persons that hold tokens, with the persons' grants of one day."""

    def __init__(
        self,
        devices: dict[str, Device],
        persons: dict[str, Person],
        grants: Sequence[RoleGrant],
    ) -> None:
        self._devices = devices
        self._persons = persons
        self._grants = grants

    @classmethod
    async def read(
        cls,
        connection: AsyncConnection,
        devices: Iterable[str | None],
        persons: Iterable[str | None],
        on: date,
    ) -> "Bearers":
        """Read those that are not None; `on` is the day whose grants count."""
        device_ids = {device for device in devices if device is not None}
        person_ids = {person for person in persons if person is not None}
        device_rows: directory_rows.Rows = ()
        person_rows: directory_rows.Rows = ()
        grants: directory_rows.Rows = ()
        if device_ids:
            device_rows = await directory_rows.devices(connection, ids=device_ids)
        if person_ids:
            person_rows = await directory_rows.persons(connection, ids=person_ids)
            grants = await directory_rows.grants(connection, on, person_ids=person_ids)
        return cls(
            {row.id: device_from(row) for row in device_rows},
            {row.id: Person(**row._mapping) for row in person_rows},
            [RoleGrant(**row._mapping) for row in grants],
        )

    def identity(self, device: str | None, person: str | None, expires_at: datetime) -> Identity:
        """Return who signs in with this device, this person, or both; they have been read."""
        return Identity(
            device=self._devices[device] if device is not None else None,
            person=self._persons[person] if person is not None else None,
            grants=tuple(grant for grant in self._grants if grant.person == person),
            expires_at=expires_at,
        )
