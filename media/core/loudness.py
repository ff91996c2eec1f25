"""Audio levels (RFC 6464) smoothed to a loudness, and the three loudest voices of a room.

Loudness is 127 - level: 0 is digital silence, 127 the loudest there is, one step is one dB.
"""

from collections.abc import Iterable
from math import inf

SPEECH = 72.0
"""-55 dBov: what is below counts as background."""
ATTACK, DECAY = 0.5, 0.05
"""Share of the way to a packet's level, per packet of 20 ms: a word is heard after two packets,
a pause between words is bridged."""
UNKNOWN = 82.0
"""Taken for a packet with sound in it whose sender does not say how loud it is."""
SILENT_AFTER_S = 0.2
BAND, STEADY_S = 4.0, 0.25
"""Speech leaves a band of ± `BAND` dB every few packets; what stays in it for longer than
`STEADY_S` is a fan, an engine or rain, however loud it is."""
NOISE_S = 1.0
"""After so long it is for certain, and counts as background where places are given."""
PLACES = 3
MARGIN = 6.0
"""dB by which a voice must be louder to push one out that is still speaking."""
PROTECTED_S = 0.5
"""A voice that just came in is not pushed out while it speaks: a syllable is heard whole."""


class Voice:
    """How loud one participant is."""

    __slots__ = ("_about", "_steady_since", "admitted_at", "heard_at", "loudness", "tid")

    def __init__(self, tid: str) -> None:
        self.tid = tid
        self.loudness = 0.0
        self.heard_at = 0.0
        """When its last packet came."""
        self.admitted_at = 0.0
        self._about = 0.0
        self._steady_since = inf

    def hear(self, loudness: float, now: float) -> None:
        """Take in one packet, `loudness` 0..127."""
        rate = ATTACK if loudness > self.loudness else DECAY
        self.loudness += (loudness - self.loudness) * rate
        self.heard_at = now
        if abs(loudness - self._about) > BAND or loudness == UNKNOWN:
            self._about, self._steady_since = loudness, now

    def told(self, loudness: float, speaks: bool, now: float) -> None:
        """Take over what was measured elsewhere; every 100 ms while there is sound."""
        self.loudness, self.heard_at = loudness, now
        if speaks:
            self._steady_since = now
        else:
            # As if it had been steady just long enough, or for as long as it is known to be.
            self._steady_since = min(self._steady_since, now - STEADY_S - 0.001)

    def speaks(self, now: float) -> bool:
        """Tell whether it is loud enough for speech, and lively."""
        return self.loudness >= SPEECH and now - self._steady_since <= STEADY_S

    def foreground(self, now: float) -> float:
        """Return its loudness, with what is a noise for certain below `SPEECH`."""
        if self.loudness >= SPEECH and now - self._steady_since > NOISE_S:
            return SPEECH - 1
        return self.loudness

    def fade(self, now: float) -> None:
        """Let a voice die away whose packets stopped (DTX), called every 100 ms."""
        if now - self.heard_at > SILENT_AFTER_S:
            self.loudness *= 0.5


class LoudestVoices:
    """Who is heard: `PLACES` voices, and one more in reserve.

    The reserve is for those who hold a place themselves and hear the others. Rules, in order: a
    free place goes to whoever sends sound; a voice above `SPEECH` takes the place of the quietest
    of the three when that is background (a noise is, however loud), or `MARGIN` dB quieter and not
    protected; the one pushed out becomes the reserve. Places do not move otherwise, so that
    nobody's voice changes slots because of a loud word.
    """

    __slots__ = ("_places", "_reserve")

    def __init__(self) -> None:
        self._places: list[Voice] = []
        self._reserve: Voice | None = None

    def heard(self) -> tuple[str, ...]:
        """Return who is heard, places first, then the reserve."""
        voices = [*self._places, *([self._reserve] if self._reserve else [])]
        return tuple(voice.tid for voice in voices)

    def consider(self, voice: Voice, now: float) -> bool:
        """Look at a voice that has just been heard; tell whether places changed."""
        places = self._places
        if voice in places:
            return False
        if len(places) < PLACES:
            if voice is self._reserve:
                self._reserve = None
            voice.admitted_at = now
            places.append(voice)
            return True
        loudness = voice.foreground(now)
        if loudness >= SPEECH:
            quietest = min(places, key=lambda place: place.foreground(now))
            background = quietest.foreground(now) < SPEECH
            louder = loudness >= quietest.loudness + MARGIN
            if background or (louder and now - quietest.admitted_at >= PROTECTED_S):
                places[places.index(quietest)] = voice
                voice.admitted_at = now
                self._reserve = quietest
                return True
        if self._reserve is None:
            self._reserve = voice
            return True
        if voice is not self._reserve and loudness >= max(
            SPEECH, self._reserve.foreground(now) + MARGIN
        ):
            self._reserve = voice
            return True
        return False

    def dismiss(self, gone: Iterable[Voice]) -> bool:
        """Take the places of voices that were muted, left or stopped; tell whether any had one."""
        gone = set(gone)
        before = self.heard()
        self._places = [voice for voice in self._places if voice not in gone]
        if self._reserve in gone:
            self._reserve = None
        return self.heard() != before
