"""Pictures and voices, really encoded and decoded."""

import csv
import itertools
from importlib import resources
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from media.synthetic import audio_encoding, recording, scenery, speech, video_encoding
from media.synthetic.encoded import EncodedLoop, EncodedVoice, Frame, Layer, Sound
from media.synthetic.recording import Recording
from tests.media.synthetic.builders import a_loop, a_voice

NAME, CAPTION = "大峪村", "汝州市 · 大峪镇"


@pytest.fixture(scope="module")
def short() -> EncodedLoop:
    palette = scenery.Palette.of(NAME, 0)
    return video_encoding.encode(scenery.draw(NAME, CAPTION, palette, 24))


def pixels_that_differ(one: Image.Image, other: Image.Image) -> int:
    difference = ImageChops.difference(one, other).convert("L").point(lambda v: 255 * (v > 24))
    return difference.histogram()[255]


def test_a_loop_has_two_layers_with_a_key_frame_every_second(short: EncodedLoop) -> None:
    assert [(y.rid, y.width, y.height) for y in short.layers] == [
        ("q", 320, 180),
        ("h", 640, 360),
    ]
    for layer in short.layers:
        assert [n for n, frame in enumerate(layer.frames) if frame.key] == [0, 12]


def test_every_frame_of_a_loop_is_decoded_and_goes_on_from_its_end(short: EncodedLoop) -> None:
    for layer in short.layers:
        decoder = av.CodecContext.create("vp8", "r")
        shown = []
        for frame in (*layer.frames, *layer.frames):
            shown += decoder.decode(av.Packet(frame.data))
        assert len(shown) == 48
        assert {(f.width, f.height) for f in shown} == {(layer.width, layer.height)}


def test_neighbouring_pictures_differ_so_that_a_freeze_is_seen() -> None:
    palette = scenery.Palette.of(NAME, 0)
    pictures = list(scenery.draw(NAME, CAPTION, palette, 120))[:13]
    assert all(pixels_that_differ(a, b) > 10 for a, b in itertools.pairwise(pictures))
    assert pixels_that_differ(pictures[0], pictures[12]) > 1000


def test_the_last_picture_leads_to_the_first() -> None:
    palette = scenery.Palette.of(NAME, 0)
    pictures = list(scenery.draw(NAME, CAPTION, palette, 60))
    within = pixels_that_differ(pictures[28], pictures[29])
    assert pixels_that_differ(pictures[-1], pictures[0]) < 3 * within


def test_villages_have_their_own_colours() -> None:
    skies = {scenery.Palette.of(NAME, number).sky for number in range(20)}
    assert len(skies) == 20


def test_a_long_name_fits_the_picture() -> None:
    palette = scenery.Palette.of(NAME, 0)
    picture = next(scenery.draw("汝州市寄料镇大峪村党支部委员会", CAPTION, palette, 1))
    assert picture.getpixel((1, 158)) == next(
        scenery.draw("村", CAPTION, palette, 1)
    ).getpixel((1, 158))  # fmt: skip


def test_the_font_knows_every_name_of_the_directory_and_draws_no_boxes() -> None:
    pen = scenery.font(40)
    missing = bytes(pen.getmask("\uffff"))
    folder = resources.files("config") / "ruzhou"
    characters = {"·"}
    for file in ("units.csv", "sites.csv", "devices.csv"):
        lines = (folder / file).read_text(encoding="utf-8-sig").splitlines()
        characters |= set("".join(row["名称"] for row in csv.DictReader(lines)))
    unknown = {c for c in characters if not c.isspace() and bytes(pen.getmask(c)) == missing}
    assert not unknown


def test_talk_has_pauses_and_voices_differ() -> None:
    voice = audio_encoding.encode(speech.speak(NAME, 6.0), speech.RATE)
    assert len(voice.frames) == 300
    loud = [sound for sound in voice.frames if sound.level < 40]
    assert 100 < len(loud) < 290
    assert voice.frames[0].level == audio_encoding.SILENT
    assert voice.silence.level == audio_encoding.SILENT
    assert len(voice.silence.data) < 20
    assert len({speech.Speaker.of(f"village {n}") for n in range(20)}) == 20


def test_talk_is_decoded_as_loud_as_it_was() -> None:
    voice = audio_encoding.encode(speech.speak(NAME, 3.0), speech.RATE)
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48000, "mono"
    samples = 0
    for sound in voice.frames:
        samples += sum(f.samples for f in decoder.decode(av.Packet(sound.data)))
    assert samples == pytest.approx(3.0 * 48000, abs=960)


def test_the_same_name_gives_the_same_talk() -> None:
    assert speech.speak(NAME, 1.0) == speech.speak(NAME, 1.0)


def test_a_recording_is_made_once_and_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "LOOP_SECONDS", 1)
    monkeypatch.setattr(recording, "TALK_SECONDS", 2.0)
    made = recording.record(tmp_path / "synthetic", NAME, CAPTION, 3)
    assert len(list((tmp_path / "synthetic").iterdir())) == 1
    monkeypatch.delattr(scenery, "draw")
    assert recording.record(tmp_path / "synthetic", NAME, CAPTION, 3) == made


def test_a_broken_file_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LOOP_SECONDS", 1)
    monkeypatch.setattr(recording, "TALK_SECONDS", 2.0)
    recording.record(tmp_path, NAME, CAPTION, 3)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:5000])
    made = recording.record(tmp_path, NAME, CAPTION, 3)
    assert recording.load(file.read_bytes()) == made


def test_a_recording_that_nobody_wants_any_more_ends_at_the_next_picture(tmp_path: Path) -> None:
    answers = iter([False, False, True])
    with pytest.raises(recording.Cancelled):
        recording.record(tmp_path, NAME, CAPTION, 0, cancelled=lambda: next(answers))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "LOOP_SECONDS", 1)
    monkeypatch.setattr(recording, "TALK_SECONDS", 2.0)
    (tmp_path / "file").write_text("in the way")
    assert recording.record(tmp_path / "file", NAME, CAPTION, 3).loop.fps == 12


@settings(max_examples=100)
@given(st.binary(max_size=400), st.integers(0, 400))
def test_reading_a_damaged_recording_raises_only_value_errors(noise: bytes, at: int) -> None:
    whole = recording.save(Recording(a_loop(), a_voice()))
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    for data in (damaged, noise, whole[:at]):
        if data == whole:
            continue
        try:
            recording.load(data)
        except ValueError:
            continue


def test_layers_with_different_key_frames_are_refused() -> None:
    one = Layer("q", 2, 2, (Frame(b"k", True), Frame(b"d", False)))
    other = Layer("h", 2, 2, (Frame(b"k", True), Frame(b"k", True)))
    with pytest.raises(ValueError, match="key frames"):
        EncodedLoop(12, (one, other))


def test_what_is_saved_is_what_is_loaded() -> None:
    whole = Recording(a_loop(), EncodedVoice((Sound(b"a", 1),), Sound(b"", 127)))
    assert recording.load(recording.save(whole)) == whole
