"""The stage of a room's part that another part leads: it shows what was decided there.

Its own choice is only whom to name: the loudest voices of this side, so that the leading one can
choose among all. Layers are chosen here, for the lines are here.
"""

from collections.abc import Mapping

from media.core.loudness import SPEECH, Voice
from media.core.pipe_messages import Decisions
from media.core.stage import FAINT, Stage
from media.core.transport import Transport


class Following(Stage):
    """`news`, where it is a time, says since when the leading side should hear of our voices before
    the next tick."""

    __slots__ = ("_decided", "_told", "news")

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        super().__init__(transports)
        self._decided = Decisions()
        self._told: dict[str, tuple[float, bool]] = {}
        self.news: float | None = None

    def loud(self, now: float) -> dict[str, tuple[float, bool]] | None:
        """Return how loud our loudest voices are and whether they speak, None where there is
        nothing to tell."""
        heard = (self._transports[tid].voice for tid in self.voices.heard())
        voices = {voice.tid: (round(voice.loudness, 1), voice.speaks(now)) for voice in heard}
        sounding = any(loudness > FAINT for loudness, _ in voices.values())
        self.news = None
        if voices == self._told and not sounding:
            return None
        self._told = voices
        return voices

    def follow(self, decided: Decisions, now: float) -> None:
        """Do what was decided."""
        before, self._decided = self._decided, decided
        self.floor = decided.floor
        self._spoken = list(decided.spoken)
        if decided.heard != before.heard:
            self.assign_sound(now)
        if (decided.floor, decided.spoken, decided.pictures) != (
            before.floor,
            before.spoken,
            before.pictures,
        ):
            self.assign_pictures(now)

    def promoted(self, now: float) -> Stage:
        """Return a stage that goes on from here with decisions of its own."""
        stage = Stage(self._transports)
        speaker = self._decided.speaker
        stage.resume(
            speaker=speaker if speaker in self._transports else None,
            floor=self.floor,
            spoken=[tid for tid in self._spoken if tid in self._transports],
        )
        stage.changed |= self.changed
        stage.changed_in_sound |= self.changed_in_sound
        stage.pictures_changed(now)
        return stage

    # -- what a leading stage decides ---------------------------------------------------------

    def _consider(self, voice: Voice, now: float) -> None:
        told = self._told.get(voice.tid)
        raised = told is not None and told[0] < SPEECH <= voice.loudness
        if self.voices.consider(voice, now) or raised:
            self.news = now

    def decisions(self) -> Decisions:
        return self._decided

    def tick(self, now: float) -> bool:
        self.quieten(now)
        return False

    def _heard(self) -> tuple[str, ...]:
        return self._decided.heard

    def _present(self, now: float) -> dict[str, None]:
        return dict.fromkeys(self._decided.pictures)
