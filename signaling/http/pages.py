"""Pages and static files. Pages are empty shells: what they show comes through the API."""

from typing import Final

from aiohttp import web

from signaling import keys
from signaling.access import Permission
from signaling.http.call import Call
from signaling.http.routing import Routes

PAGES: Final = {
    "/": "index.html",
    "/sign-in": "sign-in.html",
    "/enrol": "enrol.html",
    "/phone": "phone.html",
    "/room": "room.html",
    "/organizer": "organizer.html",
    "/plan": "plan.html",
    "/report": "report.html",
    "/record": "record.html",
    "/leave": "leave.html",
    "/calendar": "calendar.html",
    "/clock": "clock.html",
    "/debug": "debug.html",
}

ROUTES = Routes("pages")


async def page(call: Call) -> web.Response:
    """Show a page."""
    return call.part(keys.ASSETS).answer(call.request, PAGES[call.request.path])


for _path in PAGES:
    ROUTES.get(_path, needs=Permission.PUBLIC, media_type="text/html")(page)


@ROUTES.get("/static/{file:.+}", needs=Permission.PUBLIC, media_type="*/*")
async def static_file(call: Call) -> web.Response:
    """Send a file that pages load."""
    return call.part(keys.ASSETS).answer(call.request, call.request.match_info["file"])


@ROUTES.get("/favicon.ico", needs=Permission.PUBLIC, media_type="image/svg+xml")
async def icon(call: Call) -> web.Response:
    """Send the icon browsers ask for by themselves."""
    return call.part(keys.ASSETS).answer(call.request, "icon.svg")
