"""Media's transports are the room's peers; what the worker says reaches them in order."""

import asyncio
from functools import partial

import pytest

from media import messages as media
from media.handle import CommandRefused, WorkerUnavailable
from signaling.protocol.views import SlotView
from signaling.rooms.peer import Peer
from signaling.rooms.room import Room
from signaling.rooms.stage import Stage
from tests.signaling.builders import RecordedLine, identity, peer, phone, room
from tests.signaling.media_double import ANSWER, MediaDouble


class Scene:
    """A room with two peers, a stage and a worker."""

    def __init__(self) -> None:
        self.room: Room = room()
        self.worker = MediaDouble(on_event=lambda event: self.stage.on_event(event))
        self.stage = Stage(self.worker, {self.room.id: self.room}.get)
        self.lines = [RecordedLine(), RecordedLine()]
        self.peers: list[Peer] = [peer(f"peer{n}", identity(phone(f"d{n}"))) for n in range(2)]
        for one, line in zip(self.peers, self.lines, strict=True):
            one.session.line = line
            self.room.add(one)

    def fills(self, transport: str | None) -> media.SlotsChanged:
        slot = media.Slot(slot=0, kind="video", transport=transport)
        return media.SlotsChanged(router=self.room.id, transport="peer0", slots=(slot,))


@pytest.fixture
async def scene() -> Scene:
    it = Scene()
    await it.worker.start()
    await it.stage.open(it.room)
    return it


async def test_an_offer_is_answered_with_slots(scene: Scene) -> None:
    assert await scene.stage.connect(scene.room, scene.peers[0], "v=0") == ANSWER
    assert [(s.kind, s.peer) for s in scene.peers[0].slots] == [("audio", None), ("video", None)]


async def test_the_worker_decides_what_is_no_offer(scene: Scene) -> None:
    with pytest.raises(CommandRefused, match="invalid_sdp"):
        await scene.stage.connect(scene.room, scene.peers[0], "hello")
    assert not scene.peers[0].has_media


async def test_a_router_that_is_missing_is_opened_for_the_offer(scene: Scene) -> None:
    scene.worker.routers.clear()
    assert await scene.stage.connect(scene.room, scene.peers[0], "v=0") == ANSWER


async def test_a_change_of_slots_after_the_answer_is_told_after_it(scene: Scene) -> None:
    scene.worker.after_reply = lambda command: scene.worker.say(scene.fills("peer1"))
    await scene.stage.connect(scene.room, scene.peers[0], "v=0")
    told_before_the_answer = scene.lines[0].types()
    slots_in_the_answer = scene.peers[0].slots
    await asyncio.sleep(0)
    assert [s.peer for s in scene.peers[0].slots] == ["peer1"]
    # Either the answer holds the change, or the event comes after it: never is it lost.
    assert (told_before_the_answer, [s.peer for s in slots_in_the_answer]) == ([], [None, None])
    assert scene.lines[0].types() == ["slots"]


async def test_a_slot_of_somebody_who_left_is_empty(scene: Scene) -> None:
    scene.worker.say(scene.fills("gone"))
    await asyncio.sleep(0)
    assert scene.peers[0].slots == (SlotView(slot=0, kind="video", peer=None, paused=False),)


async def test_the_layers_wanted_are_told_to_their_sender_and_forgotten_with_a_new_offer(
    scene: Scene,
) -> None:
    layers = {"q": True, "h": True, "f": False}
    scene.worker.say(media.LayersWanted(router=scene.room.id, transport="peer0", layers=layers))
    await asyncio.sleep(0)
    assert [line.types() for line in scene.lines] == [["media.layers"], []]
    assert scene.lines[0].sent[-1]["layers"] == scene.peers[0].layers == layers
    await scene.stage.connect(scene.room, scene.peers[0], "v=0")
    assert scene.peers[0].layers == {}


async def test_the_speaker_is_told_to_everybody(scene: Scene) -> None:
    scene.worker.say(media.SpeakerChanged(router=scene.room.id, transport="peer1"))
    await asyncio.sleep(0)
    assert scene.room.speaker == "peer1"
    assert [line.sent[-1]["peer"] for line in scene.lines] == ["peer1", "peer1"]


async def test_the_state_of_a_line_is_told_to_its_device_once(scene: Scene) -> None:
    changed = partial(
        media.TransportStateChanged, router=scene.room.id, transport="peer0", state="failed"
    )
    for _ in range(2):
        scene.worker.say(changed())
    await asyncio.sleep(0)
    assert scene.lines[0].types() == ["media.state"]
    assert scene.lines[1].types() == []


async def test_after_the_loss_of_the_worker_everybody_offers_again(scene: Scene) -> None:
    await scene.stage.connect(scene.room, scene.peers[0], "v=0")
    scene.worker.die()
    with pytest.raises(WorkerUnavailable):
        await scene.stage.connect(scene.room, scene.peers[1], "v=0")
    scene.room.speaker = scene.peers[0].id
    await scene.worker.start()
    await scene.stage.restart({scene.room.id: frozenset({scene.peers[0].id}), "gone": frozenset()})
    assert scene.lines[0].types() == ["media.restart", "speaker"]
    assert scene.lines[1].types() == ["speaker"]
    assert scene.room.id in scene.worker.routers
    assert await scene.stage.connect(scene.room, scene.peers[0], "v=0") == ANSWER


async def test_who_was_on_another_worker_than_the_lost_one_goes_on(scene: Scene) -> None:
    for one in scene.peers:
        await scene.stage.connect(scene.room, one, "v=0")
    scene.room.speaker = scene.peers[1].id
    await scene.stage.restart({scene.room.id: frozenset({scene.peers[0].id})})
    assert scene.lines[0].types() == ["media.restart"]
    assert scene.lines[1].types() == []
    assert scene.peers[1].has_media


async def test_who_left_while_the_worker_was_busy_is_disconnected_again(scene: Scene) -> None:
    it = scene.peers[0]
    scene.worker.before_reply = lambda command: (
        None if not isinstance(command, media.ConnectTransport) else scene.room.peers.clear()
    )
    with pytest.raises(WorkerUnavailable):
        await scene.stage.connect(scene.room, it, "v=0")
    assert scene.worker.routers[scene.room.id] == set()


async def test_what_was_muted_and_pinned_reaches_the_worker(scene: Scene) -> None:
    it = scene.peers[0]
    await scene.stage.connect(scene.room, it, "v=0")
    it.audio_muted = True
    await scene.stage.mute(scene.room, it)
    scene.room.floor = it.id
    await scene.stage.give_floor(scene.room)
    assert scene.worker.muted == {it.id: (True, False)}
    assert scene.worker.floor == {scene.room.id: it.id}


async def test_the_floor_is_given_again_after_the_loss_of_a_worker(scene: Scene) -> None:
    for one in scene.peers:
        await scene.stage.connect(scene.room, one, "v=0")
    scene.room.floor = scene.peers[1].id
    # On its way to the worker that led the room, when that one died.
    assert scene.worker.floor == {}
    await scene.stage.restart({scene.room.id: frozenset({scene.peers[0].id})})
    assert scene.worker.floor == {scene.room.id: scene.peers[1].id}
