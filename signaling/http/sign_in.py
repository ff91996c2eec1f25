"""Who asks: sign-in by password, enrolment by pairing code, one-time links, sign-out, me."""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote

from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from scheduler.accounts import Identity, Session
from scheduler.errors import Refused
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.cookies import COOKIE, clear_session, set_session, token_of
from signaling.http.models import Input
from signaling.http.routing import Routes
from signaling.roles import Permission, held_by

ROUTES = Routes("sign-in")
ORGANIZING = frozenset({Permission.MEETINGS_SCHEDULE, Permission.MEETINGS_RUN})


class SignIn(Input):
    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Enrolment(Input):
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class MyDevice(BaseModel):
    id: str
    kind: Literal["video_phone", "meeting_room", "mobile", "desktop"]
    name: str
    site: str | None
    holder: str | None


class MyPerson(BaseModel):
    id: str
    name: str


class MyRole(BaseModel):
    role: str
    unit: str | None
    site: str | None


class Me(BaseModel):
    """Who asks. `page` is where this device or person belongs; `permissions` what it may at all,
    over the units and sites of its roles."""

    device: MyDevice | None
    person: MyPerson | None
    roles: tuple[MyRole, ...]
    permissions: tuple[Permission, ...]
    page: str
    expires_at: datetime


@ROUTES.post("/api/sign-in", needs=Permission.PUBLIC, answer=Me)
async def sign_in(call: Call, body: SignIn) -> web.Response:
    """Sign in with name and password; the answer is `Me` and sets the cookie."""
    return _welcome(
        call, await call.part(keys.ACCOUNTS).sign_in(body.login, body.password, source=call.source)
    )


@ROUTES.post("/api/enrol", needs=Permission.PUBLIC, answer=Me)
async def enrol(call: Call, body: Enrolment) -> web.Response:
    """Enrol this device with a pairing code; the answer is `Me` and sets the cookie."""
    return _welcome(call, await call.part(keys.ACCOUNTS).enrol(body.code, source=call.source))


@ROUTES.get("/l/{token}", needs=Permission.PUBLIC, media_type="text/html")
async def redeem_link(call: Call) -> web.Response:
    """Redeem a one-time link: set the cookie and go to the page it is for."""
    try:
        session = await call.part(keys.ACCOUNTS).redeem_link(call.request.match_info["token"])
    except Refused as error:
        return _see_other(f"/sign-in?error={quote(error.code)}")
    response = _see_other(page_of(session.identity))
    _set_cookie(call, response, session)
    return response


@ROUTES.post("/api/sign-out", needs=Permission.SELF, status=204)
async def sign_out(call: Call) -> web.Response:
    """End this session for good."""
    token = token_of(call.request)
    if token is not None:
        await call.part(keys.ACCOUNTS).sign_out(token)
        call.part(FLOOR).sessions.dismiss("signed_out", credential=token)
    response = web.Response(status=204)
    clear_session(response, call.part(keys.SETTINGS).http)
    return response


@ROUTES.get("/api/me", needs=Permission.SELF, answer=Me)
async def me(call: Call) -> web.Response:
    """Say who asks and what for (`Me`), and renew the cookie: browsers forget it after 400 days."""
    identity = call.identity
    response = _me_response(identity)
    token = call.request.cookies.get(COOKIE)
    if token is not None and token == token_of(call.request):
        _set_cookie(call, response, Session(token, identity, identity.expires_at))
    return response


def page_of(identity: Identity) -> str:
    """Return the page where a device or a person belongs."""
    if identity.device is not None:
        return "/room" if identity.device.kind == "meeting_room" else "/phone"
    organizes = any(
        ORGANIZING & held.permissions for held in held_by(identity) if held.role != "host"
    )
    return "/organizer" if organizes else "/phone"


def me_of(identity: Identity) -> Me:
    """Describe who asks."""
    device, person = identity.device, identity.person
    permissions = {permission for held in held_by(identity) for permission in held.permissions}
    return Me(
        device=MyDevice(
            id=device.id,
            kind=device.kind,
            name=device.name,
            site=device.site,
            holder=device.holder,
        )
        if device
        else None,
        person=MyPerson(id=person.id, name=person.name) if person else None,
        roles=tuple(
            MyRole(role=grant.role, unit=grant.unit, site=grant.site) for grant in identity.grants
        ),
        permissions=tuple(sorted(permissions)),
        page=page_of(identity),
        expires_at=identity.expires_at,
    )


def _welcome(call: Call, session: Session) -> web.Response:
    response = _me_response(session.identity)
    _set_cookie(call, response, session)
    return response


def _me_response(identity: Identity) -> web.Response:
    return web.Response(
        body=me_of(identity).model_dump_json().encode(), content_type="application/json"
    )


def _set_cookie(call: Call, response: web.Response, session: Session) -> None:
    set_session(response, session, call.part(keys.CLOCK).now(), call.part(keys.SETTINGS).http)


def _see_other(place: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: place})
