"""Who speaks when: one at a time, for 8 to 15 seconds, never the same twice running."""

import random
from collections.abc import Sequence

SHORTEST, LONGEST = 8.0, 15.0
"""Seconds of one turn."""
PAUSE = (0.4, 1.2)
"""Seconds between two turns."""


class Turns:
    """The order of talk of a group whose members come and go; `now` is monotonic seconds."""

    def __init__(self, dice: random.Random, now: float) -> None:
        self.speaker: str | None = None
        self._dice = dice
        self._last: str | None = None
        self._next = now

    def deadline(self) -> float:
        """When to call `advance`."""
        return self._next

    def advance(self, present: Sequence[str], now: float) -> str | None:
        """Return who speaks from now on, None for a pause; `present` are those who can."""
        if self.speaker is not None and self.speaker not in present:
            self._next = now  # went away in the middle of a sentence
        if now < self._next:
            return self.speaker
        if self.speaker is not None:
            self._last, self.speaker = self.speaker, None
            self._next = now + self._dice.uniform(*PAUSE)
        elif others := [p for p in present if p != self._last] or list(present):
            self.speaker = self._dice.choice(others)
            self._next = now + self._dice.uniform(SHORTEST, LONGEST)
        else:
            self._next = now + PAUSE[0]
        return self.speaker
