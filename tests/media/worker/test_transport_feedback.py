"""A participant that tells when packets came instead of estimating, at a real worker."""

from collections.abc import Mapping
from typing import Any

from config.settings import Media
from media.handle import Worker
from media.messages import Connected, ConnectTransport, Event, GetStats, OpenRouter, Stats
from media.synthetic.participant import SyntheticParticipant
from tests.media.synthetic.builders import a_loop, a_voice
from tests.support.waiting import until


async def described(worker: Worker) -> Mapping[str, Any]:
    reply = await worker.request(GetStats(detail=True))
    assert isinstance(reply, Stats)
    routers: Any = reply.stats["routers"]
    transports: Mapping[str, Any] = routers["room"]["dump"]["transports"]
    return transports


def pictures(participant: SyntheticParticipant) -> int:
    return sum(s["frames"] for s in participant.stats()["slots"] if s["kind"] == "video")


async def test_its_line_is_estimated_from_what_it_tells() -> None:
    events: list[Event] = []
    worker = Worker(
        Media(host="127.0.0.1", udp_port=0), on_event=events.append, on_restarted=lambda: None
    )
    await worker.start()
    try:
        await worker.request(OpenRouter(router="room"))
        people = {
            "camera": SyntheticParticipant(a_loop(), a_voice()),
            "viewer": SyntheticParticipant(None, a_voice(), tells=True),
        }
        for name, participant in people.items():
            reply = await worker.request(
                ConnectTransport(router="room", transport=name, offer=participant.offer())
            )
            assert isinstance(reply, Connected)
            participant.accept(reply.answer)
            await participant.connected()
        viewer = people["viewer"]
        await until(lambda: pictures(viewer) >= 12)
        there = await described(worker)
        assert there["viewer"]["estimate_by"] == "transport-cc"
        assert there["viewer"]["drops"] == {}
        assert viewer.stats()["unknown_streams"] == 0
        assert viewer.stats()["undecipherable"] == 0
        for participant in people.values():
            await participant.close()
    finally:
        await worker.stop()
