"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): sending into a room, and watching it, by HTTP.

Both are the same but for the direction; the bearer token says which room and which of the two.
There are no CORS headers: a page of another origin cannot use them.
"""

from typing import Final

from aiohttp import hdrs, web

from scheduler.errors import Invalid
from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.cookies import token_of
from signaling.http.routing import Routes
from signaling.roles import Permission
from signaling.streams.fragment import CONTENT_TYPE as FRAGMENT
from signaling.streams.fragment import MAX_FRAGMENT_BYTES
from signaling.streams.offers import MAX_OFFER_BYTES
from signaling.turn import ice_servers

SDP: Final = "application/sdp"
ROUTES = Routes("streams")
WHIP: Final = "/whip/{occurrence}"
WHEP: Final = "/whep/{occurrence}"
STREAM: Final = "/{stream}"

_SEND = Permission.STREAM_SEND
_WATCH = Permission.STREAM_WATCH


@ROUTES.any("POST", WHIP, needs=_SEND, status=201, media_type=SDP, accepts=SDP)
async def send_stream(call: Call) -> web.Response:
    """Send picture and sound into an open meeting (WHIP)."""
    return await _open(call, "whip")


@ROUTES.any("POST", WHEP, needs=_WATCH, status=201, media_type=SDP, accepts=SDP)
async def watch_stream(call: Call) -> web.Response:
    """Watch an open meeting: its main picture and its voices (WHEP)."""
    return await _open(call, "whep")


@ROUTES.any("PATCH", WHIP + STREAM, needs=_SEND, media_type=FRAGMENT, accepts=FRAGMENT)
async def patch_sent_stream(call: Call) -> web.Response:
    """Tell candidates of a sending stream (204), or restart its ICE (200)."""
    return await _patch(call)


@ROUTES.any("PATCH", WHEP + STREAM, needs=_WATCH, media_type=FRAGMENT, accepts=FRAGMENT)
async def patch_watched_stream(call: Call) -> web.Response:
    """Tell candidates of a watching stream (204), or restart its ICE (200)."""
    return await _patch(call)


@ROUTES.any("DELETE", WHIP + STREAM, needs=_SEND)
async def end_sent_stream(call: Call) -> web.Response:
    """Stop sending."""
    return await _close(call)


@ROUTES.any("DELETE", WHEP + STREAM, needs=_WATCH)
async def end_watched_stream(call: Call) -> web.Response:
    """Stop watching."""
    return await _close(call)


@ROUTES.get(WHIP, needs=Permission.PUBLIC, status=204, head=True)
async def show_sending(call: Call) -> None:
    """Show nothing, with success: there is no representation (RFC 9725 §4.1)."""


@ROUTES.get(WHIP + STREAM, needs=Permission.PUBLIC, status=204, head=True)
async def show_sent_stream(call: Call) -> None:
    """Show nothing, whether there is such a stream or not."""


@ROUTES.get(WHEP, needs=Permission.PUBLIC, media_type=SDP, head=True)
async def show_watching(call: Call) -> web.Response:
    """Show nothing but the type, by which players know that this address is one of WHEP."""
    return web.Response(content_type=SDP)


@ROUTES.get(WHEP + STREAM, needs=Permission.PUBLIC, status=204, head=True)
async def show_watched_stream(call: Call) -> None:
    """Show nothing, whether there is such a stream or not."""


@ROUTES.any("OPTIONS", WHIP, needs=Permission.PUBLIC)
async def describe_sending(call: Call) -> web.Response:
    """Say what may be posted (WHIP)."""
    return _options("GET, HEAD, OPTIONS, POST", {"Accept-Post": SDP})


@ROUTES.any("OPTIONS", WHEP, needs=Permission.PUBLIC)
async def describe_watching(call: Call) -> web.Response:
    """Say what may be posted (WHEP)."""
    return _options("GET, HEAD, OPTIONS, POST", {"Accept-Post": SDP})


@ROUTES.any("OPTIONS", WHIP + STREAM, needs=Permission.PUBLIC)
async def describe_sent_stream(call: Call) -> web.Response:
    """Say how a sending stream may be changed."""
    return _options("DELETE, GET, HEAD, OPTIONS, PATCH", {"Accept-Patch": FRAGMENT})


@ROUTES.any("OPTIONS", WHEP + STREAM, needs=Permission.PUBLIC)
async def describe_watched_stream(call: Call) -> web.Response:
    """Say how a watching stream may be changed."""
    return _options("DELETE, GET, HEAD, OPTIONS, PATCH", {"Accept-Patch": FRAGMENT})


async def _open(call: Call, protocol: str) -> web.Response:
    call.part(FLOOR).streams.count(call.identity)
    offer = await _text(call, SDP, MAX_OFFER_BYTES, "stream_offer_invalid")
    token = token_of(call.request) or ""
    peer, answer = await call.part(FLOOR).streams.open(call.identity, token, offer)
    response = web.Response(status=201, body=answer.encode(), content_type=SDP)
    response.headers[hdrs.LOCATION] = f"/{protocol}/{call.occurrence.id}/{peer.id}"
    response.headers[hdrs.ETAG] = peer.etag
    response.headers["Accept-Patch"] = FRAGMENT
    for link in _ice_links(call, peer.grant.id):
        response.headers.add(hdrs.LINK, link)
    return response


async def _patch(call: Call) -> web.Response:
    text = await _text(call, FRAGMENT, MAX_FRAGMENT_BYTES, "stream_fragment_invalid")
    stream = call.request.match_info["stream"]
    condition = call.request.headers.get(hdrs.IF_MATCH)
    peer, answer = await call.part(FLOOR).streams.patch(call.identity, stream, condition, text)
    if answer is None:
        return web.Response(status=204)
    response = web.Response(body=answer.encode(), content_type=FRAGMENT)
    response.headers[hdrs.ETAG] = peer.etag
    return response


async def _close(call: Call) -> web.Response:
    await call.part(FLOOR).streams.close(call.identity, call.request.match_info["stream"])
    return web.Response()


async def _text(call: Call, media_type: str, longest: int, malformed: str) -> str:
    """Read the body; raise Invalid("stream_type_wrong" | "too_large" | `malformed`)."""
    request = call.request
    if request.content_type != media_type:
        raise Invalid("stream_type_wrong", media_type)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > longest:
            raise Invalid("too_large")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(malformed, "not UTF-8") from error


def _ice_links(call: Call, name: str) -> list[str]:
    """Return the TURN servers as values of Link (RFC 9725 §4.6)."""
    servers = ice_servers(call.part(keys.SETTINGS).turn, name, call.part(keys.CLOCK).now())
    return [
        f'<{url}>; rel="ice-server"; username="{server.username}"; '
        f'credential="{server.credential}"; credential-type="password"'
        for server in servers
        for url in server.urls
    ]


def _options(allow: str, accepts: dict[str, str]) -> web.Response:
    return web.Response(headers={hdrs.ALLOW: allow, **accepts})
