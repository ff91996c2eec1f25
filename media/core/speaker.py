"""Who is the speaker: a rule that people find calm.

Time is cut into ticks of 100 ms. In each tick the loudest voice above the background wins; what is
loud and steady is no voice and wins none. The present speaker counts 6 dB louder than it is, so
that two who talk at once do not alternate. The speaker is whoever won most of the last 15 ticks,
and at least 6 of them; a tie keeps the present one. A speaker is kept for a second at least, and
silence changes nothing. When there is no speaker yet, four ticks are enough: a fan that is switched
on wins up to three.

So a cough or a "yes" moves nothing, and someone who really takes over is the speaker after 0.6 s
when the one before was silent, after about 0.9 s when not, and always within 2 s.
"""

from collections.abc import Iterable

from media.core.loudness import SPEECH, Voice

TICK_S = 0.1
WINDOW = 15
NEEDED = 6
NEEDED_FIRST = 4
FAVOUR = 6.0
HOLD_S = 1.0

_WINDOW_MASK = (1 << WINDOW) - 1


class ActiveSpeaker:
    """Call `tick` every `TICK_S`."""

    __slots__ = ("_since", "_wins", "speaker")

    def __init__(self) -> None:
        self.speaker: str | None = None
        self._since = 0.0
        self._wins: dict[str, int] = {}
        """By transport the ticks it won, newest in the lowest bit; nobody with none."""

    def tick(self, voices: Iterable[Voice], now: float) -> bool:
        """Judge the last tick by the voices that may speak; tell whether the speaker changed."""
        winner, best = None, SPEECH
        for voice in voices:
            loudness = voice.loudness
            if loudness < SPEECH or not voice.speaks(now):
                continue
            if voice.tid == self.speaker:
                loudness += FAVOUR
            if loudness >= best:
                winner, best = voice.tid, loudness
        shifted = {tid: wins << 1 & _WINDOW_MASK for tid, wins in self._wins.items()}
        self._wins = {tid: wins for tid, wins in shifted.items() if wins}
        if winner is not None:
            self._wins[winner] = self._wins.get(winner, 0) | 1
        return self._judge(now)

    def remove(self, tid: str) -> bool:
        """Forget who left or was muted; tell whether it was the speaker. There is none then."""
        self._wins.pop(tid, None)
        if self.speaker != tid:
            return False
        self.speaker = None
        return True

    def _judge(self, now: float) -> bool:
        if not self._wins:
            return False
        count = {tid: wins.bit_count() for tid, wins in self._wins.items()}
        first = max(count, key=lambda tid: (count[tid], tid == self.speaker))
        if self.speaker is None:
            needed = NEEDED_FIRST
        elif now - self._since < HOLD_S:
            return False
        else:
            needed = NEEDED
        if first == self.speaker or count[first] < needed:
            return False
        self.speaker, self._since = first, now
        return True
