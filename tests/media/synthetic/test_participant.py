"""Participants on real sockets with a real media worker in this process."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from config.settings import Media
from media.handle import Worker
from media.messages import Connected, ConnectTransport, OpenRouter
from media.synthetic import sdp
from media.synthetic.connection import State
from media.synthetic.participant import SyntheticParticipant
from tests.media.synthetic.builders import a_loop, a_voice
from tests.support.waiting import until

SETTINGS = Media(host="127.0.0.1", announce=("127.0.0.1",), udp_port=0, in_process=True)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker(SETTINGS)
    await worker.start()
    await worker.request(OpenRouter(router="meeting"))
    yield worker
    await worker.stop()


async def enter(worker: Worker, name: str, participant: SyntheticParticipant) -> None:
    reply = await worker.request(
        ConnectTransport(router="meeting", transport=name, offer=participant.offer())
    )
    assert isinstance(reply, Connected)
    participant.accept(reply.answer)
    async with asyncio.timeout(5):
        await participant.connected()


async def until_received(participant: SyntheticParticipant, kind: str, packets: int) -> None:
    await until(
        lambda: any(
            slot["kind"] == kind and slot["packets"] >= packets
            for slot in participant.stats()["slots"]
        )
    )


async def test_two_see_and_hear_each_other_and_a_watcher_both(worker: Worker) -> None:
    one, other = (SyntheticParticipant(a_loop(), a_voice()) for _ in range(2))
    watcher = SyntheticParticipant(None, None, audio_slots=1, video_slots=2, verify_every=1)
    await enter(worker, "one", one)
    await enter(worker, "other", other)
    await enter(worker, "watcher", watcher)
    one.speak(True)
    await until_received(other, "video", 5)
    await until_received(other, "audio", 20)
    await until_received(watcher, "video", 5)
    await until_received(watcher, "audio", 20)
    assert watcher.stats()["undecipherable"] == 0
    assert one.stats()["keyframe_requests"] > 0
    assert one.stats()["sent_packets"] > 20
    for participant in (one, other, watcher):
        await participant.close()
        await participant.close()
        assert participant.state == "closed"


async def test_states_are_told_in_order(worker: Worker) -> None:
    states: list[State] = []
    participant = SyntheticParticipant(None, a_voice(), on_state=states.append)
    await enter(worker, "one", participant)
    await participant.close()
    assert states == ["checking", "connecting", "connected", "closed"]


async def test_the_end_of_the_worker_closes_the_participant(worker: Worker) -> None:
    ended = asyncio.Event()

    def note(state: State) -> None:
        if state == "closed":
            ended.set()

    participant = SyntheticParticipant(a_loop(), a_voice(), on_state=note)
    await enter(worker, "one", participant)
    await worker.stop()
    async with asyncio.timeout(5):
        await ended.wait()
    assert participant.state == "closed"
    with pytest.raises(ConnectionError, match="closed"):
        await participant.connected()


async def test_a_participant_that_was_never_answered_can_be_closed() -> None:
    participant = SyntheticParticipant(a_loop(), a_voice())
    assert participant.offer().startswith("v=0")
    await participant.close()
    assert participant.state == "closed"


async def test_an_answer_that_is_none_leaves_no_socket_behind() -> None:
    participant = SyntheticParticipant(a_loop(), a_voice())
    with pytest.raises(sdp.AnswerError):
        participant.accept("v=0")
    await participant.close()
