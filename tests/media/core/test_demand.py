"""Senders are told which layers anybody has use for."""

from media.core.demand import LINGER_S
from media.core.outputs import LayersWanted
from media.core.producer import ABSENT_S
from tests.media.core.building import receiving
from tests.media.core.lines import Line, ThinMeeting
from tests.media.core.meeting import Meeting

LAYERS = ("q", "h", "f")


class Obeying(Meeting):
    """Its senders rest the layers that are not wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, str] = {}
        self._read = 0

    def wanted(self, tid: str) -> str:
        """Return the layers a sender was told to send, all in the beginning."""
        return self._told.get(tid, "qhf")

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end - 1e-6:
            super().run(0.05)
            for _, output in self.outputs[self._read :]:
                if isinstance(output, LayersWanted):
                    layers = "".join(rid for rid, wanted in output.layers if wanted)
                    self._told[output.transport] = layers
            self._read = len(self.outputs)
            self.dead_layers = {
                layer.ssrc
                for tid, cameras in self.cameras.items()
                for layer in cameras
                if layer.rid is not None and layer.rid not in self.wanted(tid)
            }


def gathering(count: int = 6) -> Obeying:
    """The first speaks; all see its picture as the main one."""
    meeting = Obeying()
    for number in range(count):
        meeting.join(f"s{number}", rids=LAYERS, slots=receiving(video=3))
    meeting.levels["s0"] = 20
    meeting.run(LINGER_S + 2)
    return meeting


def test_in_the_beginning_everything_is_wanted() -> None:
    meeting = gathering()
    told = [at for at, o in meeting.outputs if isinstance(o, LayersWanted)]
    assert min(told) >= 100 + LINGER_S


def test_only_the_main_picture_is_wanted_in_full() -> None:
    meeting = gathering()
    assert meeting.wanted("s0") == "qhf"
    assert meeting.wanted("s1") == "qhf", "the speaker sees it as main picture"
    assert [meeting.wanted(f"s{n}") for n in range(2, 6)] == ["q"] * 4


def test_a_sender_whose_layers_rest_still_has_a_picture() -> None:
    meeting = gathering()
    meeting.run(ABSENT_S + 2)
    assert not any(slot.paused for slot in meeting.router.slots("s1"))


def test_when_the_speaker_changes_the_next_one_sends_everything_before_it_is_shown() -> None:
    meeting = gathering()
    meeting.levels.update(s0=127, s4=20)
    begun = meeting.now
    meeting.run(2.5)
    told = [
        at
        for at, o in meeting.outputs
        if isinstance(o, LayersWanted) and o.transport == "s4" and at > begun
    ]
    assert told[0] - begun <= 0.4
    shown = [frame for frame in meeting.frames("s1") if frame.source[0] // 10 == 5]
    assert shown, "its lowest layer was there at once"
    assert shown[0].begins_keyframe
    assert shown[-1].source[0] == 53, "and the highest within two and a half seconds"
    meeting.check()


def test_who_spoke_lately_stays_warm_and_who_did_not_for_long_rests() -> None:
    meeting = gathering()
    for speaker in ("s2", "s3", "s4"):
        meeting.levels = {tid: 20 if tid == speaker else 127 for tid in meeting.levels}
        meeting.run(4)
    meeting.run(LINGER_S + 1)
    assert meeting.wanted("s2") == "qhf"
    assert meeting.wanted("s0") == "q"


def test_whoever_gets_the_floor_sends_everything_at_once() -> None:
    meeting = gathering()
    meeting.router.give_floor("s5", meeting.now)
    meeting.run(0.3)
    assert meeting.wanted("s5") == "qhf"


def test_a_camera_without_layers_is_told_nothing() -> None:
    meeting = Obeying()
    meeting.join("a")
    meeting.join("b")
    meeting.run(LINGER_S + 2)
    assert not [o for _, o in meeting.outputs if isinstance(o, LayersWanted)]


def test_what_no_line_can_carry_rests() -> None:
    meeting = ThinMeeting(1)
    meeting.join("s", rids=LAYERS, slots=receiving(video=0))
    meeting.at_line("v", Line(250_000))
    meeting.run(LINGER_S + 20)
    meeting.levels["s"] = 127
    told = [o for _, o in meeting.outputs if isinstance(o, LayersWanted)]
    assert told[-1].layers == (("q", True), ("h", True), ("f", False))
