"""Sounds like speech that say nothing: a pulse through three formants, in the rhythm of Mandarin.

Klatt's way of formant synthesis, as small as it goes: syllables of a vowel with one of the four
tones, some with a breath of noise before it, in phrases with pauses between them.
"""

import math
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

RATE = 16_000
"""Samples per second."""
_PEAK = 20000.0
_VOWELS = (
    (800, 1250, 2600),
    (320, 2250, 3000),
    (350, 700, 2500),
    (520, 1300, 2450),
    (520, 880, 2550),
    (330, 1850, 2350),
)
"""Formants of a, i, u, e, o, ü in Hz."""
_BANDWIDTHS = (80.0, 110.0, 160.0)
_TONES = ((1.25, 1.25), (0.95, 1.3), (0.9, 0.8), (1.4, 0.8))
"""Pitch at the beginning and at the end of a syllable, as parts of the speaker's own."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice: its pitch in Hz, the length of its throat (1 = a man's), its haste."""

    pitch: float
    formants: float
    syllable: float
    """Seconds."""

    @classmethod
    def of(cls, name: str) -> "Speaker":
        """Choose by the name, always the same."""
        dice = random.Random(name)
        if dice.random() < 0.5:
            return cls(dice.uniform(105, 145), 1.0, dice.uniform(0.19, 0.24))
        return cls(dice.uniform(180, 225), 1.16, dice.uniform(0.18, 0.22))


class _Resonator:
    """A two-pole filter with a gain of 1 at 0 Hz."""

    def __init__(self, frequency: float, bandwidth: float) -> None:
        radius = math.exp(-math.pi * bandwidth / RATE)
        self._b = 2 * radius * math.cos(2 * math.pi * frequency / RATE)
        self._c = -radius * radius
        self._a = 1 - self._b - self._c
        self._y1 = self._y2 = 0.0

    def run(self, samples: list[float]) -> list[float]:
        a, b, c, y1, y2 = self._a, self._b, self._c, self._y1, self._y2
        out = []
        for x in samples:
            y = a * x + b * y1 + c * y2
            y1, y2 = y, y1
            out.append(y)
        self._y1, self._y2 = y1, y2
        return out


def speak(name: str, seconds: float) -> "array[int]":
    """Return `seconds` of talk, 16-bit mono at RATE, that begins and ends in a pause."""
    dice = random.Random("talk of " + name)
    speaker = Speaker.of(name)
    total = round(seconds * RATE)
    out: list[float] = [0.0] * round(0.12 * RATE)
    while True:
        phrase = list(_phrase(speaker, dice))
        if len(out) + len(phrase) > total:
            break
        out += phrase
        out += [0.0] * round(dice.uniform(0.18, 0.42) * RATE)
    out = out[:total] + [0.0] * (total - len(out))
    loudest = max(1e-9, *(abs(x) for x in out))
    return array("h", (round(_PEAK * x / loudest) for x in out))


def _phrase(speaker: Speaker, dice: random.Random) -> Iterator[float]:
    syllables = dice.randint(4, 9)
    for number in range(syllables):
        fall = 1.0 - 0.2 * number / syllables  # the voice sinks towards the end of a phrase
        yield from _syllable(speaker, speaker.pitch * fall, dice)
        yield from [0.0] * round(dice.uniform(0.0, 0.03) * RATE)


def _syllable(speaker: Speaker, pitch: float, dice: random.Random) -> list[float]:
    length = round(speaker.syllable * dice.uniform(0.8, 1.25) * RATE)
    begin, end = dice.choice(_TONES)
    breath = round(dice.uniform(0.02, 0.05) * RATE) if dice.random() < 0.6 else 0
    phase, source = 0.0, []
    for i in range(length):
        part = i / length
        phase += pitch * (begin + (end - begin) * part) / RATE
        phase -= int(phase)
        pulse = 3 * phase * phase - 2 * phase if phase < 0.67 else 0.0  # an opening glottis
        noise = dice.uniform(-1, 1) * (0.5 if i < breath else 0.012)
        source.append((0.0 if i < breath else pulse) + noise)
    for frequency, bandwidth in zip(dice.choice(_VOWELS), _BANDWIDTHS, strict=True):
        source = _Resonator(frequency * speaker.formants, bandwidth).run(source)
    rise, fall = round(0.02 * RATE), round(0.05 * RATE)
    strength = dice.uniform(0.75, 1.0)
    return [
        x * strength * min(1.0, i / rise, (length - 1 - i) / fall) for i, x in enumerate(source)
    ]
