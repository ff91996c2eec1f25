"""A synthetic phone and a server that follows a script; the media is real."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from media.synthetic.recording import Recording
from media.transports.dtls import Certificate
from signaling.protocol.client import Hello, Join
from signaling.protocol.server import Bye, Invited, MediaRestart, MediaState, Ring, RoomClosed
from signaling.synthetic.phone import Line, SyntheticPhone
from tests.media.synthetic.builders import a_loop, a_voice
from tests.signaling.synthetic.scripted import ScriptedServer, invitation, scripted_server
from tests.support.waiting import until


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as server:
        yield server


class RunningPhone:
    """A phone and the task that carries it."""

    def __init__(self, server: ScriptedServer, http: aiohttp.ClientSession) -> None:
        recording = Recording(a_loop(), a_voice())
        line = Line(server.url, "token-7")
        self.phone = SyntheticPhone(7, line, recording, http, Certificate.generate())
        self.task = asyncio.create_task(self.phone.run())

    async def connected(self) -> None:
        await until(lambda: self.phone.participant is not None)
        assert self.phone.participant is not None
        async with asyncio.timeout(10):
            await self.phone.participant.connected()

    async def hang_up(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def phone(server: ScriptedServer) -> AsyncIterator[RunningPhone]:
    async with aiohttp.ClientSession() as http:
        running = RunningPhone(server, http)
        yield running
        await running.hang_up()


async def test_it_signs_in_with_its_token_and_waits_to_be_called(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    await server.until("hello")
    assert server.tokens == ["token-7"]
    assert not phone.phone.can_speak
    assert server.count("join") == 0


async def test_it_answers_the_ring_and_connects_its_media(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    await server.until("hello")
    await server.say(Ring(invitation=invitation()))
    await server.until("media.offer")
    await phone.connected()
    assert phone.phone.can_speak


async def test_it_joins_what_its_welcome_invites_it_to_and_talks_in_its_turn(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation(),)
    phone.phone.speak(True)
    await phone.connected()
    participant = phone.phone.participant
    assert participant is not None
    before = participant.stats()["sent_packets"]
    await until(lambda: participant.stats()["sent_packets"] >= before + 100)


async def test_hanging_up_leaves_the_meeting(server: ScriptedServer, phone: RunningPhone) -> None:
    server.invitations = (invitation(),)
    await phone.connected()
    participant = phone.phone.participant
    assert participant is not None
    await phone.hang_up()
    assert server.count("leave") == 1
    assert participant.state == "closed"


async def test_a_lost_worker_brings_a_new_offer(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation(),)
    await phone.connected()
    await server.say(MediaRestart())
    await server.until("media.offer", 2)
    await server.say(MediaState(state="failed"))
    await server.until("media.offer", 3)
    await phone.connected()
    assert server.count("join") == 1


async def test_media_that_the_server_ended_is_offered_again(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation(),)
    await phone.connected()
    await server.drop_media(1)
    await server.until("media.offer", 2)
    await phone.connected()


async def test_a_refused_offer_is_repeated(server: ScriptedServer, phone: RunningPhone) -> None:
    server.invitations = (invitation(),)
    server.refusals = ["media_unavailable"]
    await server.until("media.offer", 2)
    await phone.connected()


async def test_a_line_that_comes_back_in_time_keeps_the_media(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.resumable = True
    server.invitations = (invitation(),)
    await phone.connected()
    await server.say(Invited(invitation=invitation()))
    before = phone.phone.participant
    await server.until("media.offer")
    await server.hang_up()
    await server.until("hello", 2)
    second = [m for m in server.requests if isinstance(m, Hello)][1]
    assert (second.resume, second.seq) == ("secret", 1)
    assert phone.phone.participant is before
    assert server.count("join") == 1


async def test_a_server_that_forgot_it_gets_a_join_and_an_offer(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation(),)
    await phone.connected()
    await server.hang_up()
    await server.until("media.offer", 2)
    await phone.connected()
    assert server.count("join") == 2


async def test_when_the_meeting_ends_it_waits_for_the_next(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation(),)
    await phone.connected()
    server.invitations = ()
    await server.say(RoomClosed(occurrence="meeting", reason="ended"))
    await server.say(Ring(invitation=invitation("next")))
    await server.until("media.offer", 2)
    assert [m.occurrence for m in server.requests if isinstance(m, Join)] == ["meeting", "next"]


async def test_a_meeting_that_does_not_let_it_in_is_forgotten(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation("closed"), invitation("meeting"))
    await server.until("media.offer")
    assert [m.occurrence for m in server.requests if isinstance(m, Join)] == ["closed", "meeting"]


async def test_a_phone_that_was_replaced_stays_away(
    server: ScriptedServer, phone: RunningPhone
) -> None:
    server.invitations = (invitation(),)
    await phone.connected()
    await server.say(Bye(reason="replaced"))
    async with asyncio.timeout(5):
        await phone.task
    assert phone.phone.dismissed
    assert server.count("hello") == 1
