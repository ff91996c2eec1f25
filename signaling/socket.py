"""The endpoint `/ws`: from the upgrade to the last message. PROTOCOL.md describes it."""

import asyncio
from typing import Final

import structlog
from aiohttp import WSCloseCode, WSMsgType, hdrs, web

from scheduler.accounts import Identity
from scheduler.errors import Invalid, Refused
from signaling.floor import FLOOR, Floor
from signaling.handlers.faults import error_answer
from signaling.handlers.switch import carry_out
from signaling.handlers.table import ACTIONS
from signaling.http.call import identify
from signaling.http.cookies import token_of
from signaling.protocol import client
from signaling.protocol.codec import BadMessage, Frame, decode, request_id
from signaling.protocol.server import Error, MediaLayers, MediaRestart, Slots
from signaling.protocol.views import Welcome
from signaling.rooms.views import room_view
from signaling.sessions.bucket import TokenBucket
from signaling.sessions.connection import Connection
from signaling.sessions.session import Session

log = structlog.get_logger(__name__)

HELLO_WITHIN_S: Final = 10.0
RATE: Final = 20.0
"""Tokens a second; a message costs what its Action says."""
BURST: Final = 100.0
PATIENCE: Final = 100
"""Messages in a row that are refused as too many before the connection is closed."""


async def websocket(request: web.Request) -> web.WebSocketResponse:
    """Upgrade who can say who they are; raise Refused("not_signed_in") for a stranger."""
    floor = request.app[FLOOR]
    identity, credential = await identify(request), token_of(request)
    if identity is None or credential is None:
        raise Refused("not_signed_in")
    limits = floor.settings.signaling
    socket = web.WebSocketResponse(
        heartbeat=limits.heartbeat_s,
        max_msg_size=limits.max_message_bytes,
        compress=False,  # a deflate context is larger than all else a device costs
        timeout=2.0,
    )
    await socket.prepare(request)
    connection = Connection(socket, request.transport, limits.queue_messages)
    floor.connections.add(connection)
    language = floor.texts.choose(request.headers.get(hdrs.ACCEPT_LANGUAGE))
    writer = asyncio.create_task(connection.write())
    conversation = Conversation(floor, connection, identity, credential, language)
    floor.sessions.expect(connection, identity, credential)
    try:
        await conversation.listen(socket)
    finally:
        floor.connections.discard(connection)
        floor.sessions.greeted(connection)
        conversation.over()
        if connection.ended is None:
            writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
    return socket


class Conversation:
    """One connection's messages, answered in the order they come."""

    def __init__(
        self,
        floor: Floor,
        connection: Connection,
        identity: Identity,
        credential: str,
        language: str,
    ) -> None:
        self._floor = floor
        self._connection = connection
        self._identity = identity
        self._credential = credential
        self._language = language
        self._session: Session | None = None
        self._now = asyncio.get_running_loop().time
        self._bucket = TokenBucket(RATE, BURST, self._now())
        self._refused_in_a_row = 0

    async def listen(self, socket: web.WebSocketResponse) -> None:
        """Answer every message until the connection ends."""
        deadline = asyncio.get_running_loop().call_later(HELLO_WITHIN_S, self._no_hello)
        try:
            async for message in socket:
                if self._connection.ended is not None:
                    continue  # what still arrives is read away until the closing is through
                if message.type is WSMsgType.TEXT:
                    await self._take(message.data)
                elif message.type is WSMsgType.BINARY:
                    self._refuse(Invalid("message_binary"), None)
        finally:
            deadline.cancel()

    def over(self) -> None:
        """The connection is gone; the session's grace begins."""
        if self._session is not None:
            self._floor.sessions.detach(self._session, self._connection)

    async def _take(self, text: str) -> None:
        if not self._bucket.take(1, self._now()):
            self._too_many(request_id(text))
            return
        try:
            message = decode(text)
        except BadMessage as error:
            self._refuse(error, error.request)
            return
        try:
            await self._answer(message)
        except Exception as error:
            self._refuse(error, message.id, message.type)

    async def _answer(self, message: client.ClientMessage) -> None:
        if isinstance(message, client.Hello):
            self._hello(message)
            return
        if self._session is None:
            raise Invalid("hello_first")
        cost = ACTIONS[type(message)].cost
        if cost > 1 and not self._bucket.take(cost - 1, self._now()):
            self._too_many(message.id)
            return
        self._refused_in_a_row = 0
        result = await carry_out(self._floor, self._session, message)
        self._connection.post(Frame.answer(message.id, result).on_wire(0))

    def _hello(self, hello: client.Hello) -> None:
        """Begin or resume a session. Nothing is awaited between the look at the state of things
        and the first event after it, so none falls between."""
        if self._session is not None:
            raise Invalid("hello_twice")
        if hello.version != client.VERSION:
            self._refuse(Invalid("version_unsupported", str(hello.version)), hello.id)
            self._connection.refuse(WSCloseCode.PROTOCOL_ERROR)
            return
        session, resumed = self._floor.sessions.claim(
            self._identity, self._credential, self._language, hello.resume
        )
        self._session = session
        self._floor.sessions.greeted(self._connection)
        covered = resumed and session.covers(hello.seq)
        seq = hello.seq if covered else session.seq
        welcome = _welcome(self._floor, session, resumed, seq)
        session.attach(self._connection, Frame.answer(hello.id, welcome), seq)
        if resumed:
            self._floor.entrance.away(session)
            if not covered:
                _tell_media(self._floor, session)
            self._floor.hub.watching.touch_of(session)
        log.info(
            "device connected",
            session=session.key,
            who=session.who,
            resumed=resumed,
            covered=covered,
            client=hello.client,
        )

    def _refuse(self, error: Exception, request: int | None, kind: str = "") -> None:
        answer = error_answer(error, request, self._language, self._floor.texts, kind)
        self._connection.post(Frame.unnumbered(answer).on_wire(0))

    def _too_many(self, request: int | None) -> None:
        self._refused_in_a_row += 1
        code = "too_many_messages"
        answer = Error(id=request, code=code, message=self._floor.texts.error(self._language, code))
        self._connection.post(Frame.unnumbered(answer).on_wire(0))
        if self._refused_in_a_row >= PATIENCE:
            log.warning("connection floods", who=self._session.who if self._session else "")
            self._connection.refuse(WSCloseCode.POLICY_VIOLATION)

    def _no_hello(self) -> None:
        if self._session is None:
            self._refuse(Invalid("hello_first"), None)
            self._connection.refuse(WSCloseCode.POLICY_VIOLATION)


def _welcome(floor: Floor, session: Session, resumed: bool, seq: int) -> Welcome:
    device, person = session.identity.device, session.identity.person
    place = floor.hub.place_of(session)
    return Welcome(
        version=client.VERSION,
        seq=seq,
        resume=session.token,
        resumed=resumed,
        grace_s=floor.sessions.grace_s,
        now=floor.clock.now(),
        device=device.id if device is not None else None,
        device_name=device.name if device is not None else None,
        device_kind=device.kind if device is not None else None,
        person=person.id if person is not None else None,
        person_name=person.name if person is not None else None,
        invitations=floor.hub.invitations(session),
        room=room_view(*place, floor.ice_servers(session)) if place is not None else None,
    )


def _tell_media(floor: Floor, session: Session) -> None:
    """Say anew what events that were not kept may have said."""
    place = floor.hub.place_of(session)
    if place is None:
        return
    _, peer = place
    if peer.has_media:
        peer.tell(Slots(slots=peer.slots))
        if peer.layers:
            peer.tell(MediaLayers(layers=peer.layers))
    elif peer.lost_media:
        peer.tell(MediaRestart())
