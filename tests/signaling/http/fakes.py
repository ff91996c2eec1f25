"""Stand-ins for the services, small enough to see through: two trees, two meetings, tokens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from scheduler.accounts import Identity
from scheduler.directory.model import Device, Membership, RoleGrant, Site
from scheduler.errors import NotFound, Refused
from scheduler.meetings.model import Occurrence, Roster, Series
from signaling.http.models import Thresholds
from signaling.http.routing import Route
from signaling.roles import Permission, Reach, held_by
from tests.signaling import builders

SUBTREES = {
    "county": frozenset({"county", "town", "branch", "village", "other-town", "other-branch"}),
    "town": frozenset({"town", "branch", "village"}),
    "branch": frozenset({"branch"}),
    "other-town": frozenset({"other-town", "other-branch"}),
}
SITES = {
    "own-site": Site("own-site", "本村", "village", "village"),
    "other-site": Site("other-site", "外村", "village", "other-town"),
}
DEVICES = {
    "own-phone": builders.phone("own-phone", site="own-site"),
    "other-phone": builders.phone("other-phone", site="other-site"),
    "own-room": builders.device("meeting_room", "own-room", site="own-site"),
    "homeless": builders.device("mobile", "homeless"),
}


class FakeDirectory:
    async def subtree(self, unit: str, *, follow_links: bool = False) -> frozenset[str]:
        if unit not in SUBTREES:
            raise NotFound("unknown_unit", unit)
        return SUBTREES[unit]

    async def site(self, site: str) -> Site:
        if site not in SITES:
            raise NotFound("unknown_site", site)
        return SITES[site]

    async def device(self, device: str) -> Device:
        if device not in DEVICES:
            raise NotFound("unknown_device", device)
        return DEVICES[device]

    async def home_sites(self, persons: Collection[str]) -> dict[str, str]:
        return {}

    async def memberships(self, persons: Collection[str]) -> tuple[Membership, ...]:
        units = {"me": "branch", "colleague": "branch", "stranger": "other-branch"}
        since = date(2020, 1, 1)
        return tuple(
            Membership(person, units[person], "home", "full_member", True, since, None)
            for person in persons
            if person in units
        )


def meetings() -> "FakeMeetings":
    """`own` is of the branch, with person `me` and site `own-site`; `other` has neither."""
    own = builders.occurrence("own", unit="branch", host="host", recorder="recorder")
    other = builders.occurrence("other", unit="other-branch")
    return FakeMeetings(
        {"own": own, "other": other},
        {
            "own": _roster("own", "own-site", "me", "host", "recorder"),
            "other": _roster("other", "other-site", "stranger"),
        },
    )


@dataclass
class FakeMeetings:
    all: dict[str, Occurrence]
    rosters: dict[str, Roster]

    async def occurrence(self, occurrence: str) -> Occurrence:
        if occurrence not in self.all:
            raise NotFound("unknown_occurrence", occurrence)
        return self.all[occurrence]

    async def roster(self, occurrence: str) -> Roster:
        return self.rosters[occurrence]

    async def series(self, series: str) -> Series:
        if series not in self.all:
            raise NotFound("unknown_series", series)
        return _series(self.all[series])


@dataclass
class FakeAccounts:
    """Knows who each token speaks for."""

    identities: dict[str, Identity] = field(default_factory=dict)

    async def identify(self, token: str) -> Identity:
        if token not in self.identities:
            raise Refused("not_signed_in")
        return self.identities[token]


def _roster(occurrence: str, site: str, *persons: str) -> Roster:
    expected = tuple(builders.expected(person) for person in persons)
    return Roster(occurrence=occurrence, persons=expected, sites=(site,), fixed=True)


def _series(occurrence: Occurrence) -> Series:
    rules = {name: getattr(occurrence, name) for name in Thresholds.model_fields}
    return Series(
        id=occurrence.id,
        unit=occurrence.unit,
        type=occurrence.type,
        title=occurrence.title,
        rrule="FREQ=WEEKLY",
        starts_on=date(2026, 11, 27),
        start_time=time(9),
        duration_s=3600,
        sign_in=occurrence.sign_in,
        host=None,
        recorder=None,
        active=True,
        version=1,
        **rules,
    )


def granted(person: str, role: str, *, unit: str | None, site: str | None) -> Identity:
    """Somebody with one role in the directory."""
    plain = builders.identity(None, person)
    grant = RoleGrant(person, role, unit, site)
    return Identity(plain.device, plain.person, (grant,), plain.expires_at)


def permissions_of(identity: Identity) -> frozenset[Permission]:
    """All permissions that somebody holds by any role."""
    return frozenset().union(*(held.permissions for held in held_by(identity)))


def reaches_own(identity: Identity, route: Route) -> bool:
    """Tell whether a role that gives the permission reaches all the route's path names.

    The expectation is written down by kind of reach, apart from how Access finds out.
    """
    reaching: Mapping[str, frozenset[Reach]] = {
        "occurrence": frozenset(Reach),
        "series": frozenset({Reach.EVERYWHERE, Reach.SUBTREE}),
        "unit": frozenset({Reach.EVERYWHERE, Reach.SUBTREE}),
        "site": frozenset({Reach.EVERYWHERE, Reach.GRANTED}),
        "device": frozenset({Reach.EVERYWHERE, Reach.GRANTED}),
        "person": frozenset(Reach),
        "stream": frozenset(Reach),
        "attachment": frozenset(Reach),
        "page": frozenset(Reach),
        "vote": frozenset(Reach),
    }
    return any(
        route.needs in held.permissions
        and all(held.reach & reaching[name] for name in route.parameters)
        for held in held_by(identity)
        if _is_meant(held.role, identity) or not route.parameters
    )


def _is_meant(role: str, identity: Identity) -> bool:
    """Everybody could be a host or a recorder; the meeting says who is."""
    person = identity.person.id if identity.person is not None else None
    return role not in ("host", "recorder") or role == person
