"""The WebSocket, as a route like all others: with the permission it needs."""

from aiohttp import web

from signaling.http.call import Call
from signaling.http.routing import Routes
from signaling.roles import Permission
from signaling.socket import websocket

ROUTES = Routes("live")


@ROUTES.get("/ws", needs=Permission.SELF)
async def connect(call: Call) -> web.WebSocketResponse:
    """Upgrade to the WebSocket protocol of signaling/PROTOCOL.md."""
    return await websocket(call.request)
