"""A stand-in for the server: the real files of `web/`, and a WebSocket that says what a test wants.

It speaks just enough of signaling/PROTOCOL.md for a page to show something; it checks nothing.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import WSMsgType, web
from PIL import Image, ImageDraw

from signaling.http.pages import PAGES
from signaling.http.security import CONTENT_SECURITY_POLICY
from tests.web.files import WEB

OCCURRENCE = "occurrence-1"
PEERS = 12
NAMES = ("王建国", "李秀英", "张志强", "刘玉兰", "陈国庆", "杨海霞", "赵永红", "黄小明", "周建军")


def at(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def invitation(*, ringing: bool = False) -> dict[str, Any]:
    return {
        "occurrence": OCCURRENCE,
        "title": "第一网络党支部例会",
        "unit": "第一网络党支部",
        "starts_at": at(-5),
        "ends_at": at(55),
        "ringing": ringing,
    }


def room(**changes: Any) -> dict[str, Any]:
    """A meeting of several villages: some muted, one without a camera, one with a broken line."""
    peers = [
        {
            "peer": f"peer-{n}",
            "name": f"寄料镇示范{n}村 · 示例书记{n:03}",
            "site": f"site-{n}",
            "kind": "meeting_room" if n == 3 else "video_phone",
            "person": None,
            "audio_muted": n % 3 == 1,
            "video_muted": n == 2,
            "connected": n != 4,
        }
        for n in range(PEERS)
    ]
    counts = {"expected": 16, "present": 12, "on_leave": 1, "uncounted_rooms": 1}
    view = {k: v for k, v in invitation().items() if k != "ringing"}
    return (
        view
        | {
            "peer": "peer-0",
            "peers": peers,
            "speaker": "peer-1",
            "floor": None,
            "counts": counts,
            "signed_in": True,
            "may_sign_in": [],
            "may_call_roll": False,
            "may_give_floor": False,
            "may_show_papers": False,
            "paper": None,
            "quorum": None,
            "votes": [],
            "voters": [],
            "chosen": [],
        }
        | changes
    )


def quorum(**changes: Any) -> dict[str, Any]:
    """应到 16, of whom 15 vote, and 12 are here."""
    return {
        "expected_total": 16,
        "expected_voting": 15,
        "present_total": 12,
        "present_voting": 11,
        "needed": 8,
        "reached": True,
    } | changes


def vote(**changes: Any) -> dict[str, Any]:
    """An open vote in which nobody has voted; this device's site may count four."""
    return {
        "vote": "vote-1",
        "agenda_item": "item-2",
        "title": "关于修缮寄料镇示范村村道的方案",
        "kind": "general",
        "candidate": None,
        "secret": False,
        "state": "open",
        "ballot": 1,
        "stopped_reason": None,
        "expected_voting": 15,
        "present_voting": 11,
        "needed": 8,
        "votes_needed": 8,
        "cast": 0,
        "in_favour": None,
        "against": None,
        "abstain": None,
        "written": None,
        "adopted": None,
        "sites": [{"site": "site-0", "voters": 4, "counted": False}],
    } | changes


def choices(count: int) -> list[dict[str, str]]:
    return [{"person": f"person-{n}", "name": name} for n, name in enumerate(NAMES[:count])]


def agenda() -> list[dict[str, Any]]:
    return [
        {"id": "item-1", "title": "学习上级文件精神", "speaker": "王建国", "minutes": 20},
        {"id": "item-2", "title": "讨论修缮村道的方案", "speaker": None, "minutes": 15},
        {"id": "item-3", "title": "安排下月工作", "speaker": "李秀英", "minutes": None},
    ]


def paper(number: int, name: str, media_type: str, size_bytes: int = 240_000) -> dict[str, Any]:
    return {
        "id": f"paper-{number}",
        "name": name,
        "media_type": media_type,
        "size_bytes": size_bytes,
        "sha256": "",
        "shown_as": "text" if media_type.startswith("text/") else "pages",
    }


def papers() -> list[dict[str, Any]]:
    """One that the page shows by itself, and one for another program."""
    return [
        paper(1, "村道修缮方案.txt", "text/plain; charset=utf-8"),
        paper(2, "果树冬季管理.pdf", "application/pdf", 3_400_000),
    ]


def shown_paper(page: int = 1, **changes: Any) -> dict[str, Any]:
    """A paper shown to everybody by somebody of the room."""
    return {
        "attachment": "paper-2",
        "name": "果树冬季管理.pdf",
        "media_type": "application/pdf",
        "shown_as": "pages",
        "page": page,
        "pages": 3,
        "by": "寄料镇示范1村 · 示例书记001",
    } | changes


def page_picture(number: int) -> bytes:
    """A page as the server draws it: upright, with a thick border, another grey each."""
    held = io.BytesIO()
    page = Image.new("RGB", (800, 1132), "white")
    for inset in range(0, 300, 60):
        box = (40 + inset, 40 + inset, 760 - inset, 1092 - inset)
        ImageDraw.Draw(page).rectangle(box, outline=(60 * number, 0, 0), width=6)
    page.save(held, "PNG")
    return held.getvalue()


class StandIn:
    """What the next page meets; change the attributes before opening it."""

    def __init__(self) -> None:
        self.address = ""
        self.kind = "video_phone"
        self.known = True
        self.invitations = [invitation()]
        self.room = room()
        self.pin = "1234"
        self.agenda: list[dict[str, Any]] = []
        self.papers: list[dict[str, Any]] = []
        self.paper_text = "第一条　修缮村道\n"
        self.paper_requests = 0
        self.pages = 3
        self.pages_asked: list[str] = []
        self.page_problem = ""
        self.resumed = False
        self.silent = False
        self.answers_pings = True
        self.connections = 0
        self.received: list[dict[str, Any]] = []
        self.changed = asyncio.Event()
        self._sockets: list[web.WebSocketResponse] = []
        self._seq = 0

    def requests(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.received if message["type"] == kind]

    async def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until the page has sent `count` messages of a kind."""
        async with asyncio.timeout(15):
            while len(found := self.requests(kind)) < count:
                self.changed.clear()
                await self.changed.wait()
        return found

    async def send(self, event: dict[str, Any]) -> None:
        """Send an event to the newest connection as it is."""
        await self._sockets[-1].send_json(event)

    async def tell(self, kind: str, **fields: Any) -> None:
        """Send the next event in order."""
        self._seq += 1
        await self.send({"type": kind, "seq": self._seq, **fields})

    async def drop(self) -> None:
        """Close the line of the newest connection."""
        await self._sockets[-1].close()

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        self.connections += 1
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                asked = message.json()
                self.received.append(asked)
                self.changed.set()
                if not self.silent and (asked["type"] != "ping" or self.answers_pings):
                    await self._answer(socket, asked)
        return socket

    async def _answer(self, socket: web.WebSocketResponse, asked: dict[str, Any]) -> None:
        result: dict[str, Any] | None = None
        match asked["type"]:
            case "hello":
                self._seq = asked["seq"] if self.resumed else 0
                result = self._welcome(self._seq)
            case "join":
                result = self.room
            case "media.offer":
                return await self._refuse(socket, asked, "media_unavailable")
            case "sign_in" if asked["pin"] != self.pin:
                return await self._refuse(socket, asked, "pin_wrong")
            case "roll_call.list" | "roll_call.mark" | "roll_call.attend":
                result = self._roll(asked)
            case "roll_call.others":
                result = {"persons": choices(len(NAMES))}
        await socket.send_json({"type": "ok", "id": asked["id"], "result": result})
        if asked["type"] == "sign_in":
            await self.tell("signed_in", person=asked["person"], name="")
        return None

    async def _refuse(
        self, socket: web.WebSocketResponse, asked: dict[str, Any], code: str
    ) -> None:
        error = {"type": "error", "id": asked["id"], "code": code, "message": code}
        await socket.send_json(error)

    def _welcome(self, seq: int) -> dict[str, Any]:
        return {
            "version": 1,
            "seq": seq,
            "resume": "token-to-come-back",
            "resumed": self.resumed,
            "grace_s": 30,
            "now": at(0),
            "device": "device-1",
            "device_name": "寄料镇示范0村视频电话",
            "device_kind": self.kind,
            "person": None,
            "person_name": None,
            "invitations": self.invitations,
            "room": self.room if self.resumed else None,
        }

    def _roll(self, asked: dict[str, Any]) -> dict[str, Any]:
        entries = [
            {
                **choice,
                "mark": asked.get("mark") if asked.get("person") == choice["person"] else None,
                "substitute": None,
                "here_by_device": n == 4,
            }
            for n, choice in enumerate(choices(len(NAMES)))
        ]
        return {"site": "site-0", "entries": entries}

    async def _me(self, _: web.Request) -> web.Response:
        if not self.known:
            return web.json_response({"code": "not_signed_in"}, status=401)
        device = {"id": "device-1", "kind": self.kind, "name": "寄料镇示范0村视频电话", "site": "s"}
        return web.json_response(
            {"device": device, "person": None, "roles": [], "permissions": [], "page": "/phone"}
        )

    async def _page(self, request: web.Request) -> web.Response:
        html = (WEB / PAGES[request.path]).read_text(encoding="utf-8")
        return web.Response(
            text=html,
            content_type="text/html",
            headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
        )

    async def _blank(self, _: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>-</title>", content_type="text/html")

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.json_response({"occurrences": []})

    async def _agenda(self, _: web.Request) -> web.Response:
        return web.json_response({"version": 1, "items": self.agenda})

    async def _papers(self, _: web.Request) -> web.Response:
        self.paper_requests += 1
        return web.json_response({"attachments": self.papers})

    async def _pages(self, _: web.Request) -> web.Response:
        return web.json_response({"pages": self.pages})

    async def _page_picture(self, request: web.Request) -> web.Response:
        if self.page_problem:
            problem = {"code": self.page_problem, "detail": "打不开"}
            return web.json_response(problem, status=422)
        self.pages_asked.append(request.path_qs.rpartition("/")[2])
        return web.Response(body=page_picture(int(request.match_info["page"])))

    async def _paper(self, _: web.Request) -> web.Response:
        return web.Response(text=self.paper_text, headers={"Content-Disposition": "attachment"})

    def app(self) -> web.Application:
        app = web.Application()
        for path in PAGES:
            app.router.add_get(path, self._page)
        app.router.add_static("/static", WEB)
        app.router.add_get("/blank", self._blank)
        app.router.add_get("/ws", self._websocket)
        app.router.add_get("/api/me", self._me)
        app.router.add_get("/api/occurrences", self._nothing)
        meeting = f"/api/occurrences/{OCCURRENCE}"
        app.router.add_get(f"{meeting}/agenda", self._agenda)
        app.router.add_get(f"{meeting}/attachments", self._papers)
        app.router.add_get(f"{meeting}/attachments/{{paper}}", self._paper)
        pages = f"{meeting}/attachments/{{paper}}/pages"
        app.router.add_get(pages, self._pages)
        app.router.add_get(f"{pages}/{{page}}", self._page_picture)
        return app


@asynccontextmanager
async def standing_in() -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    runner = web.AppRunner(stand_in.app(), shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    stand_in.address = f"http://{host}:{port}"
    try:
        yield stand_in
    finally:
        await runner.cleanup()
