"""Who is heard and who is the speaker, in virtual time."""

import itertools
import random
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from media.core.loudness import PLACES, LoudestVoices, Voice
from media.core.speaker import TICK_S, ActiveSpeaker

WAVES = (0, 6, 11, 3, 8)
"""How much quieter than its loudest moments speech is, packet by packet."""
SILENT, QUIET, TALK, LOUD = 127, 55, 35, 20


class Talk:
    """People with microphones, whose levels are set from outside; 20 ms a step."""

    def __init__(self, names: str) -> None:
        self.voices = {name: Voice(name) for name in names}
        self.places = LoudestVoices()
        self.rule = ActiveSpeaker()
        self.now = 0.0
        self.dice = random.Random(5)
        self.switches: list[tuple[float, str | None]] = []
        self._steps = 0

    def run(
        self, seconds: float, levels: Mapping[str, int], noise: Mapping[str, int] | None = None
    ) -> None:
        """Let time pass; who is not named sends silence by DTX. `noise` is as loud all the time,
        within 2 dB."""
        noise = noise or {}
        for _ in range(round(seconds / 0.02)):
            self._steps += 1
            self.now = self._steps * 0.02
            for name, voice in self.voices.items():
                if name in levels or name in noise or self._steps % 20 == 0:
                    level = SILENT
                    if name in levels:
                        level = levels[name] + WAVES[self._steps % len(WAVES)]
                    elif name in noise:
                        level = noise[name] + self.dice.randint(-2, 2)
                    voice.hear(127 - min(level, SILENT), self.now)
                    self.places.consider(voice, self.now)
            if self._steps % round(TICK_S / 0.02) == 0:
                for voice in self.voices.values():
                    voice.fade(self.now)
                if self.rule.tick(self.voices.values(), self.now):
                    self.switches.append((self.now, self.rule.speaker))


def test_the_first_voice_is_the_speaker_soon() -> None:
    talk = Talk("abc")
    talk.run(0.4, {"b": TALK})
    assert talk.rule.speaker == "b"


def test_someone_who_takes_over_is_the_speaker_within_two_seconds() -> None:
    talk = Talk("ab")
    talk.run(10, {"a": TALK})
    talk.run(2, {"b": TALK})
    assert talk.switches[-1][1] == "b"
    assert talk.switches[-1][0] - 10 < 1.2


def test_after_a_silence_the_next_speaker_comes_quicker() -> None:
    talk = Talk("ab")
    talk.run(5, {"a": TALK})
    talk.run(3, {})
    talk.run(1, {"b": TALK})
    assert talk.switches[-1][1] == "b"
    assert talk.switches[-1][0] - 8 < 0.8


def test_a_cough_changes_nothing() -> None:
    talk = Talk("ab")
    talk.run(5, {"a": TALK})
    talk.run(0.3, {"b": LOUD})
    talk.run(5, {"a": TALK})
    talk.run(1, {})
    talk.run(0.3, {"b": LOUD})
    talk.run(1, {})
    assert [name for _, name in talk.switches] == ["a"]


def test_silence_keeps_the_last_speaker() -> None:
    talk = Talk("ab")
    talk.run(3, {"a": TALK})
    talk.run(60, {})
    assert talk.rule.speaker == "a"


def test_background_noise_is_nobody_speaking() -> None:
    talk = Talk("ab")
    talk.run(20, {"a": 60, "b": 62})
    assert talk.rule.speaker is None


def test_a_steady_loud_fan_is_never_the_speaker() -> None:
    talk = Talk("abf")
    talk.run(20, {}, noise={"f": LOUD})
    assert talk.rule.speaker is None
    talk.run(5, {"a": TALK}, noise={"f": LOUD})
    talk.run(10, {}, noise={"f": LOUD})
    talk.run(3, {"b": TALK}, noise={"f": LOUD})
    assert [name for _, name in talk.switches] == ["a", "b"]


def test_fans_keep_no_place_from_who_speaks() -> None:
    talk = Talk("abcdefg")
    fans = dict.fromkeys("cdefg", LOUD)
    talk.run(5, {}, noise=fans)
    assert "a" not in talk.places.heard()
    talk.run(0.2, {"a": QUIET - 10}, noise=fans)
    assert "a" in talk.places.heard()[:PLACES]
    talk.run(5, {"a": QUIET - 10, "b": QUIET - 10}, noise=fans)
    talk.run(5, {}, noise=fans)
    assert {"a", "b"} <= set(talk.places.heard()[:PLACES])


def test_a_fan_that_is_switched_on_while_somebody_talks_changes_nothing() -> None:
    talk = Talk("af")
    talk.run(5, {"a": QUIET - 10})
    for _ in range(10):
        talk.run(3, {"a": QUIET - 10}, noise={"f": LOUD})
        talk.run(2, {"a": QUIET - 10})
    assert [name for _, name in talk.switches] == ["a"]


def test_who_talks_beside_a_fan_is_the_speaker() -> None:
    talk = Talk("ab")
    talk.run(4, {"a": TALK})
    talk.run(10, {}, noise={"b": TALK + 20})
    talk.run(2, {"b": TALK})
    assert talk.rule.speaker == "b"


def test_two_who_talk_at_once_do_not_alternate() -> None:
    talk, chance = Talk("ab"), random.Random(1)
    talk.run(3, {"a": TALK})
    for _ in range(100):
        talk.run(0.2, {"a": TALK + chance.randint(-3, 3), "b": TALK + chance.randint(-3, 3)})
    assert [name for _, name in talk.switches] == ["a"]


def test_speech_with_pauses_is_one_speech() -> None:
    talk, chance = Talk("ab"), random.Random(2)
    for _ in range(60):
        talk.run(chance.uniform(0.2, 0.8), {"a": TALK})
        talk.run(chance.uniform(0.1, 0.4), {"b": 60})
    begun = talk.now
    for _ in range(6):
        talk.run(0.5, {"b": TALK})
        talk.run(0.2, {"a": 60})
    assert [name for _, name in talk.switches] == ["a", "b"]
    assert talk.switches[-1][0] - begun < 2


def test_who_leaves_is_not_the_speaker_any_more() -> None:
    talk = Talk("ab")
    talk.run(3, {"a": TALK})
    assert talk.rule.remove("a")
    assert talk.rule.speaker is None
    assert not talk.rule.remove("a")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.1, 2)), max_size=12))
def test_a_speaker_is_kept_for_a_second(turns: list[tuple[str, float]]) -> None:
    talk = Talk("abcd")
    for name, seconds in turns:
        talk.run(seconds, {name: LOUD})
    times = [at for at, _ in talk.switches]
    assert all(later - at > 0.95 for at, later in itertools.pairwise(times))


def test_in_a_small_meeting_everybody_is_heard() -> None:
    talk = Talk("abcd")
    talk.run(1, {"a": TALK})
    assert set(talk.places.heard()) == set("abcd")


def test_a_fifth_voice_is_heard_at_once_when_it_speaks() -> None:
    talk = Talk("abcde")
    talk.run(5, {"a": TALK})
    talk.run(0.1, {"a": TALK, "e": TALK})
    assert "e" in talk.places.heard()[:PLACES]
    assert "a" in talk.places.heard()[:PLACES]


def test_three_who_speak_are_not_pushed_out_by_one_of_the_same_loudness() -> None:
    talk = Talk("abcd")
    talk.run(3, {"a": TALK, "b": TALK, "c": TALK})
    talk.run(3, {"a": TALK, "b": TALK, "c": TALK, "d": TALK - 3})
    assert set(talk.places.heard()[:PLACES]) == set("abc")
    talk.run(1, {"a": TALK, "b": TALK, "c": QUIET, "d": TALK - 3})
    assert set(talk.places.heard()[:PLACES]) == set("abd")
    assert talk.places.heard()[PLACES] == "c"


def test_a_voice_keeps_its_place_while_others_come_and_go() -> None:
    talk = Talk("abcdef")
    talk.run(1, {"a": TALK, "b": TALK, "c": TALK})
    before = talk.places.heard()[:PLACES]
    talk.run(2, {"b": TALK, "c": TALK, "f": TALK})
    after = talk.places.heard()[:PLACES]
    assert [before[i] == after[i] for i in range(3)].count(False) == 1


def test_a_place_of_someone_muted_goes_to_the_next() -> None:
    talk = Talk("abcde")
    talk.run(1, {"a": TALK, "b": TALK, "c": TALK})
    assert talk.places.dismiss([talk.voices["b"]])
    del talk.voices["b"]
    talk.run(0.5, {"e": TALK})
    assert "e" in talk.places.heard()[:PLACES]
    assert len(set(talk.places.heard())) == len(talk.places.heard()) == 4


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 127)), max_size=300))
def test_nobody_has_two_places(packets: list[tuple[int, int]]) -> None:
    voices = [Voice(str(n)) for n in range(8)]
    places = LoudestVoices()
    for step, (number, loudness) in enumerate(packets):
        voices[number].hear(loudness, step / 50)
        places.consider(voices[number], step / 50)
        if loudness == 0:
            places.dismiss([voices[number]])
        heard = places.heard()
        assert len(heard) == len(set(heard)) <= PLACES + 1
