"""The microphone: a voice while speaking, and signs of comfort noise while silent (DTX)."""

import random

from media.synthetic.encoded import EncodedVoice
from media.synthetic.outgoing import Outgoing, extension_block
from media.synthetic.sdp import AUDIO_LEVEL, MID, OPUS

CLOCK_RATE = 48_000
FRAME = 0.02
"""Seconds."""
_TICKS = 960
_SILENT_TICKS = 20
"""Frames between packets of a silent Opus encoder with DTX: 0.4 s."""
_MOST_LATE = 10
_QUIET = 60
"""-dBov from which on a frame is a pause in speech."""
_VOICE = 0x80
"""The V bit (RFC 6464 §3)."""


class Microphone:
    """Sends the frames of a voice; RFC 6464 levels go with each packet."""

    def __init__(
        self, voice: EncodedVoice, mid: str, ssrc: int, *, now: float, dice: random.Random
    ) -> None:
        self.speaking = False
        self.stream = Outgoing(ssrc, OPUS, CLOCK_RATE, dice.getrandbits(15), dice.getrandbits(32))
        self._voice = voice
        self._mid = (MID, mid.encode())
        self._at = dice.randrange(len(voice.frames))
        # All times stand on a grid of 20 ms, so that timestamps are whole frames apart.
        self._origin = now + dice.random() * FRAME
        self._origin_timestamp = self.stream.timestamp(self._origin)
        self._tick = 0
        self._begins = False

    def speak(self, on: bool, now: float) -> None:
        """Begin or end a turn."""
        if on and not self.speaking:
            self._begins = True
            self._tick = min(self._tick, self._tick_at(now) + 1)
        self.speaking = on

    def deadline(self) -> float:
        """When the next packet is due."""
        return self._origin + self._tick * FRAME

    def advance(self, now: float) -> list[bytes]:
        """Return the packets that are due; what a stall of the process missed is left out."""
        packets: list[bytes] = []
        if self.speaking:
            self._tick = max(self._tick, self._tick_at(now) - _MOST_LATE)
        while now >= self.deadline():
            sound = self._voice.frames[self._at] if self.speaking else self._voice.silence
            level = sound.level | (_VOICE if self.speaking and sound.level < _QUIET else 0)
            block = extension_block([(AUDIO_LEVEL, bytes((level,))), self._mid])
            timestamp = (self._origin_timestamp + self._tick * _TICKS) & 0xFFFFFFFF
            packets.append(self.stream.packet(sound.data, timestamp, self._begins, block))
            self._begins = False
            if self.speaking:
                self._at = (self._at + 1) % len(self._voice.frames)
                self._tick += 1
            else:
                late = max(0, self._tick_at(now) - self._tick)
                self._tick += (late // _SILENT_TICKS + 1) * _SILENT_TICKS
        return packets

    def _tick_at(self, now: float) -> int:
        return int((now - self._origin) / FRAME)
