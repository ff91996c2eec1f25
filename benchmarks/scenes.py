"""What happens in the room that is measured: who sends what, and how many get it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from media.synthetic.encoded import EncodedLoop, EncodedVoice, Frame, Layer, Sound

PACKET_BYTES = 1080
"""Of picture in one packet: with its headers and tag a datagram of about 1,120 bytes."""
VOICE_BYTES = 80
_WAVE = (0, 6, 11, 3, 8)
"""dB by which a voice is quieter from packet to packet."""
VOICE = "voice"
"""Names the sound of a participant among its streams; pictures are named by their RID."""

LECTURE_FPS = 30
LECTURE_LAYERS = (("q", 320, 180, 120_000), ("h", 640, 360, 350_000), ("f", 1280, 720, 1_000_000))
"""RID, pixels and bit/s, as the pages ask of a camera (web/layers.js)."""
LECTURE_CAMERAS = 5
LECTURE_VOICES = 3


@dataclass(frozen=True, slots=True)
class Role:
    """What one participant sends and can receive."""

    picture: EncodedLoop | None = None
    voice: EncodedVoice | None = None
    speaks: bool = False
    audio_slots: int = 0
    video_slots: int = 0

    def streams(self) -> list[str]:
        """Name what it sends: its layers ("" where there is only one), then its sound."""
        rids = [layer.rid for layer in self.picture.layers] if self.picture else []
        return [*(rids if len(rids) > 1 else [""] * len(rids)), *([VOICE] if self.voice else [])]


@dataclass(frozen=True, slots=True)
class Scene:
    """A room. The first role is the speaker, who comes in before the others."""

    name: str
    roles: tuple[Role, ...]
    audience: Mapping[tuple[int, str], int] = field(default_factory=dict)
    """Role and stream -> to how many others it is forwarded. What is not here goes to nobody."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How the picture of a single speaker comes."""

    name: str
    fps: int
    packets: int
    """Of one picture."""

    def __str__(self) -> str:
        """Describe it in words."""
        return f"{self.fps} pictures/s of {self.packets} packet{'s' * (self.packets > 1)}"


SINGLE = Profile("single", fps=60, packets=1)
"""Every packet by itself: nothing can be put together."""
FRAMES = Profile("frames", fps=30, packets=4)
"""About 1 Mbit/s of 640 by 360, a frame at a time, as encoders write it."""


def speaker_loop(fps: int, packets: int) -> EncodedLoop:
    """Build a picture whose frames fill so many packets each, with a key frame each second."""
    return EncodedLoop(fps, (_layer("h", 640, 360, fps, packets * PACKET_BYTES),))


def lecture_loop() -> EncodedLoop:
    """Build a camera's picture in three layers."""
    return EncodedLoop(
        LECTURE_FPS,
        tuple(
            _layer(rid, width, height, LECTURE_FPS, bps // (8 * LECTURE_FPS))
            for rid, width, height, bps in LECTURE_LAYERS
        ),
    )


def _layer(rid: str, width: int, height: int, fps: int, size: int) -> Layer:
    frames = tuple(
        Frame(bytes((0x10 | (n % fps != 0),)) + bytes(size - 1), n % fps == 0)
        for n in range(2 * fps)
    )
    return Layer(rid, width, height, frames)


def speaker_voice(level: int = 20) -> EncodedVoice:
    """Build a voice that never pauses, `level` -dBov loud at most.

    It rises and falls as speech does: what is always as loud is a noise (media.core.loudness), and
    does not take the place back that somebody silent was given while it paused between windows.
    """
    sounds = [Sound(bytes(VOICE_BYTES), level + _WAVE[i % len(_WAVE)]) for i in range(50)]
    return EncodedVoice(tuple(sounds), Sound(b"\0", 127))


def one_speaker(profile: Profile, receivers: int) -> Scene:
    """One sends picture and sound to receivers who send nothing."""
    speaker = Role(speaker_loop(profile.fps, profile.packets), speaker_voice(), speaks=True)
    return Scene(
        profile.name,
        (speaker, *[Role(audio_slots=1, video_slots=1)] * receivers),
        {(0, ""): receivers, (0, VOICE): receivers},
    )


def lecture(people: int) -> Scene:
    """Everybody sends sound, most of them the signs of silence; five show themselves in three
    layers; each receives a main picture, four small ones and three voices.

    The first is the speaker: on everybody's main picture but the own, where the second is.
    """
    loop, others = lecture_loop(), people - 1
    roles = [
        Role(
            picture=loop if index < LECTURE_CAMERAS else None,
            voice=speaker_voice(20 if index == 0 else 40),
            speaks=index < LECTURE_VOICES,
            audio_slots=LECTURE_VOICES,
            video_slots=LECTURE_CAMERAS,
        )
        for index in range(people)
    ]
    audience = {(0, "f"): others, (1, "f"): 1, (1, "q"): others - 1}
    audience |= {(index, "q"): others for index in range(2, LECTURE_CAMERAS)}
    audience |= {(index, VOICE): others for index in range(LECTURE_VOICES)}
    return Scene("lecture", tuple(roles), audience)
