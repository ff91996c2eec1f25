"""The start page of the demonstration: fresh links with QR codes. Elsewhere there is none."""

from datetime import datetime

from pydantic import BaseModel

from scheduler.errors import NotFound
from signaling.demo.demo import DEMO
from signaling.demo.links import Part
from signaling.http.call import Call
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("demo")


class LinkView(BaseModel):
    """`path` is a link for the browser that asks; `network` another one for other machines, with
    its QR code as an SVG data URI. Each is good for one use. With `pin` the person signs."""

    part: Part
    label: str
    page: str
    path: str
    network: str | None
    qr: str | None
    pin: str | None


class DemoView(BaseModel):
    """`participants` are the devices in the meeting now."""

    occurrence: str
    title: str
    starts_at: datetime
    ends_at: datetime
    participants: int
    links: tuple[LinkView, ...]


@ROUTES.get("/api/demo", needs=Permission.PUBLIC)
async def show_demo(call: Call) -> DemoView:
    """Show the meeting in progress and a fresh link for every part."""
    demo = call.request.app.get(DEMO)
    if demo is None:
        raise NotFound("not_demo")
    meeting = demo.occurrence
    return DemoView(
        occurrence=meeting.id,
        title=meeting.title,
        starts_at=meeting.scheduled_start,
        ends_at=meeting.scheduled_end,
        participants=demo.present,
        links=tuple(
            LinkView(
                part=link.part,
                label=link.label,
                page=link.page,
                path=link.path,
                network=link.network,
                qr=link.qr_svg(),
                pin=link.pin,
            )
            for link in await demo.links()
        ),
    )
