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
    """`news` says that the leading side should hear of our voices now, not with the next tick."""

    __slots__ = ("_decided", "_told", "news")

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        super().__init__(transports)
        self._decided = Decisions()
        self._told: dict[str, float] = {}
        self.news = False

    def loud(self) -> dict[str, float] | None:
        """Return the loudness of our loudest voices, None where there is nothing to tell."""
        voices = {
            tid: round(self._transports[tid].voice.loudness, 1) for tid in self.voices.heard()
        }
        sounding = any(loudness > FAINT for loudness in voices.values())
        self.news = False
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
        stage.pictures_changed(now)
        return stage

    # -- what a leading stage decides ---------------------------------------------------------

    def _consider(self, voice: Voice, now: float) -> None:
        raised = voice.loudness >= SPEECH and self._told.get(voice.tid, SPEECH) < SPEECH
        if self.voices.consider(voice, now) or raised:
            self.news = True

    def decisions(self) -> Decisions:
        return self._decided

    def tick(self, now: float) -> bool:
        self.quieten(now)
        return False

    def _heard(self) -> tuple[str, ...]:
        return self._decided.heard

    def _present(self, now: float) -> dict[str, None]:
        return dict.fromkeys(self._decided.pictures)
