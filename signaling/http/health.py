"""What operators and their machines ask: alive, ready, figures, version."""

from typing import Literal

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from scheduler.errors import DomainError
from signaling import keys
from signaling.access import Permission
from signaling.http.call import Call
from signaling.http.routing import Routes
from signaling.version import VERSION

ROUTES = Routes("operation")


class NotReady(DomainError):
    """A part that meetings need does not answer; `detail` names it."""


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Version(BaseModel):
    name: str = "liancun"
    version: str = VERSION


@ROUTES.get("/healthz", head=True, needs=Permission.PUBLIC)
async def alive(call: Call) -> Health:
    """Say that the process answers."""
    return Health()


@ROUTES.get("/readyz", head=True, needs=Permission.PUBLIC)
async def ready(call: Call) -> Health:
    """Say that every part meetings need is up; 503 with the code `not_ready` otherwise."""
    for name, check in call.part(keys.READINESS).items():
        if not await check():
            raise NotReady("not_ready", name)
    return Health()


@ROUTES.get("/version", head=True, needs=Permission.PUBLIC)
async def version(call: Call) -> Version:
    """Name the version."""
    return Version()


@ROUTES.get("/metrics", needs=Permission.PUBLIC, media_type="text/plain")
async def metrics(call: Call) -> web.Response:
    """Write the figures for Prometheus: sums only, no name and no id of a person."""
    return web.Response(
        body=await call.part(keys.METRICS).text(), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
