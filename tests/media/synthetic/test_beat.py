"""What a participant misses while its process stands still does not pull it into step with others:
cameras and microphones keep their own beat, as real ones do."""

import random

import pytest

from media.synthetic.camera import Camera
from media.synthetic.encoded import EncodedVoice, Sound
from media.synthetic.microphone import FRAME, Microphone
from tests.media.synthetic.builders import a_loop, a_voice


def a_camera(seed: int) -> Camera:
    dice = random.Random(seed)
    ssrcs = range(1, 1 + len(a_loop().layers))
    return Camera(a_loop(), "1", ssrcs, simulcast=len(ssrcs) > 1, now=100.0, dice=dice)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("pause", [0.15, 1.0, 7.77])
def test_a_camera_goes_on_in_its_own_beat_after_a_pause(seed: int, pause: float) -> None:
    camera = a_camera(seed)
    first = camera.deadline()
    resumed = first + pause
    assert camera.advance(resumed)
    interval = 1 / a_loop().fps
    beats = (camera.deadline() - first) / interval
    assert beats == pytest.approx(round(beats), abs=1e-6)
    assert resumed <= camera.deadline() <= resumed + interval


def test_a_camera_takes_over_the_beat_of_another() -> None:
    one, other = a_camera(1), a_camera(2)
    assert one.deadline() != other.deadline()
    other.beat(one.deadline())
    for camera in (one, other):
        camera.advance(one.deadline())
    assert one.deadline() == other.deadline()


def test_silent_microphones_are_not_in_step_after_a_pause() -> None:
    voice = EncodedVoice(a_voice().frames, Sound(b"\0", 127))
    dice = random.Random(3)
    microphones = [Microphone(voice, "0", n, now=100.0, dice=dice) for n in range(8)]
    for n, microphone in enumerate(microphones):  # they fell silent one after the other
        microphone.advance(100.1 + n * FRAME)
    for microphone in microphones:
        microphone.advance(105.0)
    assert len({round(m.deadline(), 6) for m in microphones}) == 8
    assert all(105.0 < m.deadline() <= 105.0 + 21 * FRAME for m in microphones)
