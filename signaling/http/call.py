"""One request of the API, with who asks and what it is about, checked before a handler runs."""

from typing import TypeVar

import structlog
from aiohttp import hdrs, web

from scheduler.accounts import Identity
from scheduler.errors import NotFound, Refused
from scheduler.meetings.model import Occurrence, Series
from signaling import keys
from signaling.access import Permission
from signaling.http.cookies import token_of
from signaling.http.sources import source_of

SUBJECTS = frozenset(
    {
        *("occurrence", "series", "unit", "site", "device", "person"),
        *("stream", "attachment", "page", "vote"),
    }
)
"""What a path of a guarded route may name; each has its own check in `Call.admit`."""

T = TypeVar("T")

_IDENTITY: web.RequestKey[Identity | None] = web.RequestKey("identity")


class Call:
    """What a handler gets. `occurrence` and `series` are those named by the path."""

    def __init__(self, request: web.Request, needs: Permission) -> None:
        self.request = request
        self.needs = needs
        self._identity: Identity | None = None
        self._occurrence: Occurrence | None = None
        self._series: Series | None = None

    async def admit(self) -> None:
        """Identify who asks and check `needs` over what the path names.

        Raises Refused("not_signed_in" | "not_allowed") or NotFound.
        """
        if self.needs is Permission.PUBLIC:
            return
        self._identity = await identify(self.request)
        await self.require()
        for name, value in self.request.match_info.items():
            await self._check_subject(name, value)

    async def require(
        self,
        permission: Permission | None = None,
        *,
        unit: str | None = None,
        site: str | None = None,
        occurrence: Occurrence | None = None,
        person: str | None = None,
    ) -> None:
        """Check something more than the path names; `permission` None means the route's own."""
        await self.part(keys.ACCESS).require(
            self._identity,
            permission or self.needs,
            unit=unit,
            site=site,
            occurrence=occurrence,
            person=person,
        )

    async def units(self) -> frozenset[str] | None:
        """Return the units over which the route's permission is held; None means every unit."""
        return await self.part(keys.ACCESS).units(self.identity, self.needs)

    async def sites(self) -> frozenset[str]:
        """Return the sites for which the route's permission was granted by name."""
        return await self.part(keys.ACCESS).sites(self.identity, self.needs)

    def part(self, key: web.AppKey[T]) -> T:
        """Return a part of the application."""
        return self.request.app[key]

    @property
    def identity(self) -> Identity:
        """Who asks. Raises Refused("not_signed_in") on a public route."""
        if self._identity is None:
            raise Refused("not_signed_in")
        return self._identity

    @property
    def author(self) -> str:
        """The id under which an act is written down: the person, else the device."""
        if self.identity.person is not None:
            return self.identity.person.id
        if self.identity.device is not None:
            return self.identity.device.id
        raise Refused("not_signed_in")

    @property
    def source(self) -> str:
        """Where the request came from, to bound the tries of a secret."""
        return source_of(self.request, self.part(keys.SETTINGS).http.trusted_proxies)

    @property
    def occurrence(self) -> Occurrence:
        if self._occurrence is None:
            raise NotFound("unknown_occurrence")
        return self._occurrence

    @property
    def series(self) -> Series:
        if self._series is None:
            raise NotFound("unknown_series")
        return self._series

    @property
    def language(self) -> str:
        """The language of the answer, from Accept-Language."""
        return self.part(keys.TEXTS).choose(self.request.headers.get(hdrs.ACCEPT_LANGUAGE))

    async def _check_subject(self, name: str, value: str) -> None:
        match name:
            case "occurrence":
                structlog.contextvars.bind_contextvars(meeting=value)
                self._occurrence = await self.part(keys.MEETINGS).occurrence(value)
                await self.require(occurrence=self._occurrence)
            case "series":
                self._series = await self.part(keys.MEETINGS).series(value)
                await self.require(unit=self._series.unit)
            case "unit":
                await self.require(unit=value)
            case "site":
                await self.require(site=value)
            case "person":
                await self.require(person=value)
            case "device":
                await self._check_device(value)
            case "stream" | "attachment" | "page" | "vote":
                pass  # sought only among those of its occurrence, which was checked
            case _:
                raise Refused("not_allowed", f"nothing is known of {name}")

    async def _check_device(self, device_id: str) -> None:
        """A device belongs to its site; a mobile without a site to its holder's."""
        directory = self.part(keys.DIRECTORY)
        device = await directory.device(device_id)
        site = device.site
        if site is None and device.holder is not None:
            site = (await directory.home_sites([device.holder])).get(device.holder)
        if site is not None:
            await self.require(site=site)
        elif await self.part(keys.ACCESS).units(self.identity, self.needs) is not None:
            raise Refused("not_allowed", self.needs.value)


async def identify(request: web.Request) -> Identity | None:
    """Return who the cookie or the bearer token speaks for; None for a stranger. It is read from
    the store once for each request."""
    if _IDENTITY not in request:
        request[_IDENTITY] = await _read_identity(request)
    return request[_IDENTITY]


async def _read_identity(request: web.Request) -> Identity | None:
    token = token_of(request)
    if token is None:
        return None
    try:
        identity = await request.app[keys.ACCOUNTS].identify(token)
    except Refused:
        return None
    if identity.device is not None:
        structlog.contextvars.bind_contextvars(device=identity.device.id)
    return identity
