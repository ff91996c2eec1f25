"""The walk: each role over each route, once over what is its own and once over another's.

The handlers are replaced; what decides is the real table, the real wrapper and the real checks.
"""

import dataclasses
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from scheduler.accounts import Identity
from signaling import keys
from signaling.app import TABLES
from signaling.http.call import Call
from signaling.http.routing import ROUTE_ATTRIBUTE, Route, endpoint
from signaling.roles import ROLE_PERMISSIONS, ROLE_REACH, Permission, Reach
from tests.signaling import builders
from tests.signaling.http import fakes
from tests.signaling.http.conftest import Client, bearer, spoken_to

ROUTES = [route for table in TABLES for route in table.routes]
GUARDED = [route for route in ROUTES if route.needs is not Permission.PUBLIC]
OWN = {
    "occurrence": "own",
    "series": "own",
    "unit": "branch",
    "site": "own-site",
    "device": "own-phone",
    "person": "me",
    "stream": "s",
    "attachment": "a",
    "page": "1",
    "vote": "v",
}
OTHER = {
    "occurrence": "other",
    "series": "other",
    "unit": "other-branch",
    "site": "other-site",
    "device": "other-phone",
    "person": "stranger",
    "stream": "s",
    "attachment": "a",
    "page": "1",
    "vote": "v",
}
GRANTS = {
    "city_org_admin": (None, None),
    "township_admin": ("town", None),
    "branch_secretary": ("branch", None),
    "first_secretary": (None, "own-site"),
    "site_operator": (None, "own-site"),
}
PUBLIC_PATHS = {
    *("/healthz", "/readyz", "/version", "/metrics", "/api/openapi.json", "/static/{file}"),
    *("/", "/sign-in", "/enrol", "/phone", "/room", "/organizer", "/report", "/debug"),
    *("/plan", "/leave", "/calendar", "/clock", "/record"),
    "/favicon.ico",
    *("/api/sign-in", "/api/enrol", "/l/{token}", "/api/demo"),
    "/calendar/{token}.ics",
    # GET shows nothing there (RFC 9725 §4.1); what changes something needs a token.
    *("/whip/{occurrence}", "/whep/{occurrence}"),
    *("/whip/{occurrence}/{stream}", "/whep/{occurrence}/{stream}"),
}
"""Everything a stranger may ask for. A new public route must be written down here."""

pytestmark = pytest.mark.parametrize("role", sorted(ROLE_PERMISSIONS))


def who_holds(role: str) -> Identity:
    """Somebody with this role over what is called own, and with what follows from being them."""
    if role == "device":
        return builders.identity(fakes.DEVICES["own-phone"])
    if role == "meeting_room":
        return builders.identity(fakes.DEVICES["own-room"])
    if role in ("host", "recorder"):
        return builders.identity(None, role)
    if role in ("stream_sender", "stream_player"):
        return builders.stream("whip" if role == "stream_sender" else "whep", "own")
    if role == "person":
        return builders.identity(None, "me")
    unit, site = GRANTS.get(role, (None, None))
    return fakes.granted("me", role, unit=unit, site=site)


@pytest.fixture
async def walker(
    app: web.Application, accounts: fakes.FakeAccounts, role: str
) -> AsyncIterator[Client]:
    walked = web.Application(middlewares=list(app.middlewares))
    walked[keys.ACCOUNTS], walked[keys.ACCESS] = app[keys.ACCOUNTS], app[keys.ACCESS]
    walked[keys.DIRECTORY], walked[keys.MEETINGS] = app[keys.DIRECTORY], app[keys.MEETINGS]
    walked[keys.TEXTS], walked[keys.METRICS] = app[keys.TEXTS], app[keys.METRICS]
    walked[keys.SETTINGS] = app[keys.SETTINGS]
    for route in GUARDED:
        bare = dataclasses.replace(route, handler=_admitted, body=None, query=None)
        walked.router.add_route(route.method, route.path, endpoint(bare))
    accounts.identities["holder"] = who_holds(role)
    async with spoken_to(walked) as client:
        yield client


async def _admitted(call: Call) -> None:
    """Say 204: whoever comes here was let in."""


async def ask(client: Client, route: Route, things: dict[str, str], token: str) -> int:
    path = route.template.format(**things)
    async with client.request(route.method, path, **bearer(token)) as response:
        return response.status


async def test_a_role_is_let_in_only_where_the_table_gives_the_permission(
    walker: Client, role: str, accounts: fakes.FakeAccounts
) -> None:
    held = fakes.permissions_of(accounts.identities["holder"])
    for route in GUARDED:
        status = await ask(walker, route, OWN, "holder")
        if route.needs not in held:
            assert status == 403, f"{role} came into {route.method} {route.path}"
        elif fakes.reaches_own(accounts.identities["holder"], route):
            assert status == 204, f"{role} was kept out of {route.method} {route.path}"


async def test_a_role_does_not_reach_what_is_another_s(walker: Client, role: str) -> None:
    everywhere = Reach.EVERYWHERE in ROLE_REACH[role]
    for route in GUARDED:
        if route.parameters and not (everywhere and route.needs in ROLE_PERMISSIONS[role]):
            status = await ask(walker, route, OTHER, "holder")
            assert status == 403, f"{role} reached {route.method} {route.path} of others"


async def test_a_stranger_is_asked_to_sign_in(walker: Client, role: str) -> None:
    for route in GUARDED:
        assert await ask(walker, route, OWN, "nobody") == 401, route.path


def test_what_is_public_is_on_a_list(role: str) -> None:
    public = {route for route in ROUTES if route.needs is Permission.PUBLIC}
    # OPTIONS tells what a path can do, and must do so before anybody has said who they are.
    assert {route.template for route in public if route.method != "OPTIONS"} <= PUBLIC_PATHS
    streams = {route.method for route in public if route.tag == "streams"}
    assert streams == {"GET", "OPTIONS"}


def test_every_handler_of_the_application_is_a_route_with_a_permission(
    app: web.Application, role: str
) -> None:
    for registered in app.router.routes():
        if registered.method != "HEAD":
            assert isinstance(getattr(registered.handler, ROUTE_ATTRIBUTE), Route)
